namespace Aggregator.Simulation;

/// <summary>An invariant did not hold.</summary>
internal sealed class ViolationException(string message) : Exception(message);

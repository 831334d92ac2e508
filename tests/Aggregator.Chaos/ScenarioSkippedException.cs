namespace Aggregator.Chaos;

/// <summary>A scenario cannot run here; the message says why.</summary>
internal sealed class ScenarioSkippedException(string reason) : Exception(reason);

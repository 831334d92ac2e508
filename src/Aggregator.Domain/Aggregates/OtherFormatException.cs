namespace Aggregator.Domain.Aggregates;

/// <summary>Stored bytes are of a format of another release.</summary>
public sealed class OtherFormatException(string message) : Exception(message);

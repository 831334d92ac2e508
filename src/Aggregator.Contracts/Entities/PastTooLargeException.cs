namespace Aggregator.Contracts.Entities;

/// <summary>A view of the past would need more claims in memory than one view may have (R19).</summary>
[GenerateSerializer, Alias("aggregator.past-too-large")]
public sealed class PastTooLargeException(string message) : Exception(message);

namespace Aggregator.Contracts;

/// <summary>A grain met a fault of the store. The store's own exceptions stay where they were thrown: they have no form on the wire.</summary>
[GenerateSerializer, Alias("aggregator.store-fault")]
public sealed class StoreFaultException(string message) : OrleansException(message);

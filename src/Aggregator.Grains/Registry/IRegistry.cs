using Aggregator.Domain.Registry;

namespace Aggregator.Grains.Registry;

/// <summary>The registry as this process knows it.</summary>
public interface IRegistry
{
    /// <summary>The present version; a view or a roll-up takes it once and keeps to it.</summary>
    RegistrySnapshot Current { get; }
}

/// <summary>The registry that ships with Aggregator.</summary>
public sealed class ShippedRegistry : IRegistry
{
    /// <inheritdoc/>
    public RegistrySnapshot Current { get; } = BundledRegistry.Snapshot;
}

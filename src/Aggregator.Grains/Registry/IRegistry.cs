using Aggregator.Domain.Registry;

namespace Aggregator.Grains.Registry;

/// <summary>The registry as this process knows it: what was shipped, and the edits in the store.</summary>
public interface IRegistry
{
    /// <summary>The present version; a view or a roll-up takes it once and keeps to it.</summary>
    RegistrySnapshot Current { get; }

    /// <summary>Reads the store's edits if this process is behind a version that somebody has seen.</summary>
    Task CatchUpAsync(long version, CancellationToken cancellationToken);
}

/// <summary>Makes edits of the registry durable.</summary>
public interface IRegistryEditor
{
    /// <summary>
    /// Makes an edit, on the registry as the store has it: the plan is asked what is to become of it and asked again if another
    /// edit came first.
    /// </summary>
    /// <param name="plan">What the edit makes of the registry it is given; or why it is not made; or neither if nothing is to be done.</param>
    /// <param name="cancellationToken">Gives up waiting; what was begun may yet be done.</param>
    Task<EditResult> EditAsync(Func<RegistrySnapshot, (RegistryOverride? Edit, RegistryRefusal? Refusal)> plan, CancellationToken cancellationToken);
}

/// <summary>What became of an edit.</summary>
/// <param name="Before">The registry that it was made on, or refused by.</param>
/// <param name="After">The registry with it; the same if nothing was done.</param>
/// <param name="Refusal">Why it was not made; null if it was, or if nothing was to be done.</param>
/// <param name="Busy">Whether others kept editing in between for as long as it was tried.</param>
public sealed record EditResult(RegistrySnapshot Before, RegistrySnapshot After, RegistryRefusal? Refusal, bool Busy);

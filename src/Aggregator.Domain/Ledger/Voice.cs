using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Ledger;

/// <summary>Who stands behind a claim (docs/rules.md): an actor's voice or, without a claimant, a source's own.</summary>
/// <param name="Kind"><see cref="EntityKind.Actor"/> or <see cref="EntityKind.Source"/>.</param>
/// <param name="Id">Registry id.</param>
public readonly record struct Voice(EntityKind Kind, string Id) : IComparable<Voice>
{
    /// <summary>The voice of a claim whose appearances trace back to <paramref name="origin"/> (R5).</summary>
    public static Voice Of(Claim claim, string origin, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(registry);
        if (claim.Claimant is { } claimant)
        {
            return new(EntityKind.Actor, registry.Voice(claimant.Id));
        }

        return registry.Find(EntityKind.Source, origin)?.Affiliation is { } actor
            ? new(EntityKind.Actor, registry.Voice(actor))
            : new(EntityKind.Source, origin);
    }

    /// <inheritdoc/>
    public int CompareTo(Voice other)
    {
        var byKind = Kind.CompareTo(other.Kind);
        return byKind != 0 ? byKind : string.CompareOrdinal(Id, other.Id);
    }
}

/// <summary>How a position stands to the side it is about (docs/rules.md).</summary>
public enum Standing : byte
{
    /// <summary>Said by a party with an interest, or by someone nobody knows.</summary>
    Alleged,

    /// <summary>Said by a monitor, media, igo or ngo, or an unaffiliated source, that is no party to the line.</summary>
    Independent,

    /// <summary>Said by the side it hurts.</summary>
    Admitted,
}

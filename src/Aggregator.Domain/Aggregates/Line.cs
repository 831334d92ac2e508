using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Aggregates;

/// <summary>One voice's current standing figure on a line (docs/rules.md, position).</summary>
public sealed record Position
{
    /// <summary>Who stands behind it.</summary>
    public required Voice Voice { get; init; }

    /// <summary>How it stands to the side it is about.</summary>
    public required Standing Standing { get; init; }

    /// <summary>The figure; unnumbered if only words without a number were said.</summary>
    public required Bounds Figure { get; init; }

    /// <summary>Running total or dated incidents.</summary>
    public required Basis Basis { get; init; }

    /// <summary>First day it covers; null if never said.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>Last day it covers.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>What the last total added; null unless one series makes the position.</summary>
    public long? Added { get; init; }

    /// <summary>What the last total took back, signed; null unless one series makes the position.</summary>
    public long? Corrected { get; init; }

    /// <summary>What the parts say, where that is more than the whole.</summary>
    public Bounds? Floor { get; init; }

    /// <summary>What the whole has beyond its parts.</summary>
    public long? Unallocated { get; init; }

    /// <summary>Whether the parts say more than the whole up to the same day (R14).</summary>
    public bool Inconsistent { get; init; }

    /// <summary>Whether classes of other items have taken over all of it: shown as it last stood (R16).</summary>
    public bool Superseded { get; init; }

    /// <summary>What it rests on.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>Figures per formation, model or subgroup.</summary>
    public IReadOnlyDictionary<string, Tally> Details { get; init; } = VoiceTally.NoDetails;
}

/// <summary>What is said of one target, item and outcome: the positions side by side and the estimate.</summary>
/// <param name="Target">Actor id; null for claims that name no target.</param>
/// <param name="Item">What is counted.</param>
/// <param name="Outcome">What happened to it.</param>
/// <param name="Estimate">R9; low is 0 and best null where no position has one; high is null where it is open or nobody has a number.</param>
/// <param name="Positions">By voice.</param>
public sealed record Line(string? Target, Item Item, Outcome Outcome, Bounds Estimate, IReadOnlyList<Position> Positions)
{
    /// <summary>Whether a position is denied (R12).</summary>
    public bool Disputed => Positions.Any(position => position.Provenance.DeniedBy.Count > 0);

    /// <summary>Whether a position's parts say more than the whole (R14).</summary>
    public bool Inconsistent => Positions.Any(position => position.Inconsistent);
}

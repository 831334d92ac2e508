using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>
/// Another reading of what a position says, shown beside it and never counted: a higher total that another body of the
/// voice said before (R8), or casualties also told as killed or wounded (R10).
/// </summary>
/// <param name="Outcome">The outcome it was told as.</param>
/// <param name="Figure">Its figure.</param>
/// <param name="AsOf">Last day it speaks of.</param>
/// <param name="Claim">A claim that says it, the earliest.</param>
public readonly record struct Variant(Outcome Outcome, Bounds Figure, DateOnly AsOf, ClaimKey Claim) : IComparable<Variant>
{
    /// <summary>Most variants that a position names.</summary>
    public const int Maximum = 16;

    /// <summary>Latest day first, then outcome, then claim.</summary>
    public int CompareTo(Variant other)
    {
        var byDay = other.AsOf.CompareTo(AsOf);
        var byOutcome = byDay != 0 ? byDay : Outcome.CompareTo(other.Outcome);
        return byOutcome != 0 ? byOutcome : Claim.CompareTo(other.Claim);
    }
}

using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Aggregates;

/// <summary>The claims of one bucket: those that stand, and those that once did.</summary>
internal sealed class ClaimBucket
{
    private readonly List<Former> _formers;

    public ClaimBucket(IEnumerable<Appearance> standing, IEnumerable<Former> formers)
    {
        Standing = standing.ToDictionary(one => one.Claim.Key);
        _formers = [.. formers];
    }

    /// <summary>By key: one version of a claim stands.</summary>
    public Dictionary<ClaimKey, Appearance> Standing { get; }

    /// <summary>What stood once, in no order.</summary>
    public IReadOnlyCollection<Former> Formers => _formers;

    /// <summary>Keeps what stood once; what was never known to stand is not kept.</summary>
    public void Keep(Former former)
    {
        if (former.Until > former.Appearance.KnownFrom)
        {
            _formers.Add(former);
        }
    }

    /// <summary>A version has come: what it outranks was known to stand no longer than until then.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Outranked(Appearance by) => Cut(former => former.Claim.Key == by.Claim.Key && Rank(former).CompareTo(Rank(by)) < 0, by.KnownFrom);

    /// <summary>The former versions of a claim that are higher than this one.</summary>
    public IEnumerable<Appearance> Outranking(Appearance version) => _formers
        .Select(former => former.Appearance)
        .Where(former => former.Claim.Key == version.Claim.Key && Rank(former).CompareTo(Rank(version)) > 0);

    /// <summary>A claim is retracted: none of its versions was known to stand from then on.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Ended(ClaimKey key, DateTimeOffset at) => Cut(former => former.Claim.Key == key, at);

    /// <summary>What was known to stand at a moment.</summary>
    public IEnumerable<Appearance> AsOf(DateTimeOffset moment) => Standing.Values
        .Where(one => one.KnownFrom <= moment)
        .Concat(_formers.Where(former => former.Appearance.KnownFrom <= moment && moment < former.Until).Select(former => former.Appearance));

    private bool Cut(Predicate<Appearance> which, DateTimeOffset until)
    {
        var cut = _formers.FindAll(former => former.Until > until && which(former.Appearance));
        foreach (var former in cut)
        {
            _formers.Remove(former);
            Keep(former with { Until = until });
        }

        return cut.Count > 0;
    }

    // R3: revision, reportedAt, arrival.
    private static (int, DateTimeOffset, long, int) Rank(Appearance one) =>
        (one.Claim.Revision, one.Claim.ReportedAt, one.Position.Sequence, one.Position.Ordinal);
}

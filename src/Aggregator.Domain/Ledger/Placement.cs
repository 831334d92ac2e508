using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>An appearance with the period it counts for and the origin it traces back to.</summary>
/// <param name="Appearance">The claim.</param>
/// <param name="Period">Its days: as said, or as <see cref="Placement"/> found.</param>
/// <param name="Origin">Source id that names its origin (R5).</param>
internal sealed record Placed(Appearance Appearance, Period Period, string Origin)
{
    public Claim Claim => Appearance.Claim;

    public Figure Figure => Claim.Figure!;

    public string? Detail => Figure.Detail;
}

/// <summary>Gives every appearance of a cell its period (R6) and its origin (R5).</summary>
internal static class Placement
{
    /// <summary>How far back an undated appearance may join a dated or earlier one.</summary>
    public static readonly TimeSpan UndatedWindow = TimeSpan.FromHours(48);

    /// <param name="appearances">Appearances with a figure, in ledger order.</param>
    public static List<Placed> Place(IReadOnlyList<Appearance> appearances)
    {
        var periods = new Period[appearances.Count];
        var tellers = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var (withText, texts) = (new List<int>(), new List<TextSketch>());
        for (var at = 0; at < periods.Length; at++)
        {
            var claim = appearances[at].Claim;
            periods[at] = OwnPeriod(claim.Occurred is null && claim.Figure!.Basis == Basis.Incident ? appearances[Earliest(at)] : appearances[at]);
            if (claim.Figure!.Basis == Basis.Incident)
            {
                foreach (var token in Tokens(claim))
                {
                    if (!tellers.TryGetValue(token, out var told))
                    {
                        tellers[token] = told = [];
                    }

                    told.Add(at);
                }

                if (TextSketch.Parse(claim.Report?.Fingerprint) is { } text)
                {
                    withText.Add(at);
                    texts.Add(text);
                }
            }
        }

        return Origins.Trace(appearances, periods);

        // An undated incident takes the days of the earliest appearance up to 48 h before it that tells the same story.
        // The earlier one's own days are taken, never those it was itself given: no chaining.
        int Earliest(int undated)
        {
            var since = appearances[undated].Claim.ReportedAt - UndatedWindow;
            var earliest = undated;
            foreach (var token in Tokens(appearances[undated].Claim))
            {
                if (tellers.TryGetValue(token, out var told) && IndexSince(told, since) is var first && first < told.Count)
                {
                    earliest = Math.Min(earliest, told[first]);
                }
            }

            return TextSketch.Parse(appearances[undated].Claim.Report?.Fingerprint) is { } text ? Math.Min(earliest, FirstLike(text, since) ?? earliest) : earliest;
        }

        int? FirstLike(TextSketch text, DateTimeOffset since)
        {
            var start = IndexSince(withText, since);
            var end = Math.Min(withText.Count, start + Origins.TextsCompared);
            for (var at = start; at < end; at++)
            {
                if (texts[at].IsCopyOf(text))
                {
                    return withText[at];
                }
            }

            return null;
        }

        int IndexSince(List<int> told, DateTimeOffset since)
        {
            var (low, high) = (0, told.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = appearances[told[middle]].Claim.ReportedAt < since ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }

    /// <summary>The days that a claim itself names; the day of reportedAt where it names none.</summary>
    public static Period OwnPeriod(Appearance appearance)
    {
        var claim = appearance.Claim;
        if (claim.Figure is { Basis: Basis.Cumulative } total)
        {
            return Period.Day(total.AsOf ?? claim.Occurred?.To ?? appearance.ReportedOn);
        }

        return claim.Occurred ?? Period.Day(appearance.ReportedOn);
    }

    // What two appearances share that tell the same story: origin, source, text, or claimant and bounds.
    private static IEnumerable<string> Tokens(Claim claim)
    {
        foreach (var token in Origins.Tokens(claim))
        {
            yield return token;
        }

        if (claim.Claimant is { } claimant)
        {
            yield return $"said {claimant.Id} {claim.Figure!.Bounds}";
        }
    }
}

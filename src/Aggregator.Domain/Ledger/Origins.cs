using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>
/// R5: appearances of one period that share origin, source or report text are one origin, over all sources and before
/// voices. An origin is named by its earliest member that declares one, else by its earliest member's source.
/// </summary>
internal static class Origins
{
    /// <summary>What appearances of one origin have in common: any one of these.</summary>
    public static IEnumerable<string> Tokens(Claim claim)
    {
        yield return claim.Source.Id;
        if (claim.Origin is { } origin && origin.Id != claim.Source.Id)
        {
            yield return origin.Id;
        }

        if (claim.Report?.Fingerprint is { } text)
        {
            yield return "text " + text;
        }
    }

    /// <param name="appearances">In ledger order.</param>
    /// <param name="periods">Their periods.</param>
    public static List<Placed> Trace(IReadOnlyList<Appearance> appearances, Period[] periods)
    {
        var root = new int[appearances.Count];
        var holders = new Dictionary<(Period, string?, string), int>();
        for (var at = 0; at < root.Length; at++)
        {
            root[at] = at;
            foreach (var token in Tokens(appearances[at].Claim))
            {
                Join(token, at);
            }
        }

        var names = new string?[root.Length];
        for (var at = 0; at < root.Length; at++)
        {
            names[Find(at)] ??= appearances[at].Claim.Origin?.Id;
        }

        var placed = new List<Placed>(root.Length);
        for (var at = 0; at < root.Length; at++)
        {
            var first = Find(at);
            placed.Add(new Placed(appearances[at], periods[at], names[first] ?? appearances[first].Claim.Source.Id));
        }

        return placed;

        void Join(string token, int at)
        {
            // A global incident id stands in place of the period (R6).
            var claim = appearances[at].Claim;
            var key = (claim.Incident is null ? periods[at] : default, claim.Incident, token);
            if (!holders.TryAdd(key, at))
            {
                Unite(holders[key], at);
            }
        }

        // The earliest member is the root, so that names do not hang on the order of joining.
        void Unite(int left, int right)
        {
            left = Find(left);
            right = Find(right);
            root[Math.Max(left, right)] = Math.Min(left, right);
        }

        int Find(int at)
        {
            while (root[at] != at)
            {
                at = root[at] = root[root[at]];
            }

            return at;
        }
    }
}

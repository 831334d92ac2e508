using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>
/// R5: appearances of one period that share origin, source or report text are one origin, over all sources and before
/// voices. An origin is named by its earliest member that declares one, else by its earliest member's source.
/// </summary>
/// <remarks>
/// A text is compared with the <see cref="TextsCompared"/> earliest of its period; beyond them a copy that is like none of
/// those is an origin of its own.
/// </remarks>
internal static class Origins
{
    /// <summary>Most texts of one period that another is compared with.</summary>
    public const int TextsCompared = 64;

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
        var texts = new Dictionary<(Period, string?), List<(TextSketch Text, int At)>>();
        for (var at = 0; at < root.Length; at++)
        {
            root[at] = at;
            var isNew = true;
            foreach (var token in Tokens(appearances[at].Claim))
            {
                isNew = Join(token, at);
            }

            // The last token is that of the text: one seen before has been compared.
            if (isNew && TextSketch.Parse(appearances[at].Claim.Report?.Fingerprint) is { } text)
            {
                JoinLike(text, at);
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

        // A global incident id stands in place of the period (R6).
        (Period, string?) When(int at) => appearances[at].Claim.Incident is { } incident ? (default(Period), incident) : (periods[at], null);

        bool Join(string token, int at)
        {
            var (period, incident) = When(at);
            if (holders.TryAdd((period, incident, token), at))
            {
                return true;
            }

            Unite(holders[(period, incident, token)], at);
            return false;
        }

        void JoinLike(TextSketch text, int at)
        {
            if (!texts.TryGetValue(When(at), out var others))
            {
                texts[When(at)] = others = [];
            }

            foreach (var other in others.Where(other => other.Text.IsCopyOf(text)))
            {
                Unite(other.At, at);
            }

            if (others.Count < TextsCompared)
            {
                others.Add((text, at));
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

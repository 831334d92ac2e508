using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>What the oracle finds as text: what <see cref="Shown"/> makes of a view has to be the same.</summary>
internal static class Row
{
    /// <summary>A line with its estimate (R9), then its positions; nothing where nobody says anything.</summary>
    public static IEnumerable<string> Line(string? target, Item item, Outcome outcome, Dictionary<Voice, Said> voices, World world)
    {
        var said = voices.Where(voice => voice.Value.Told.Count > 0).ToDictionary();
        if (said.Count == 0)
        {
            return [];
        }

        var initiators = said.Values.SelectMany(one => one.Told).Select(one => one.Claim.Initiator?.Id).OfType<string>().ToList();
        return Positions($"{target} {item} {outcome}", target, said, world).Prepend(
            $"{target} {item} {outcome} estimate {Estimate()} disputed {said.Values.Any(one => one.DeniedBy.Count > 0)} inconsistent {said.Values.Any(one => one.Node.Inconsistent)}");

        // Low: the highest low of admitted and independent ones; high: the highest of all; best: the independent best by rating, as-of, voice.
        Number Estimate()
        {
            var numbered = said.Where(voice => !NumberOf(voice.Value.Node).IsNone).Select(voice => (
                Voice: voice.Key,
                Number: NumberOf(voice.Value.Node),
                AsOf: AsOfOf(voice.Value.Node),
                Standing: world.Standing(voice.Key, target, initiators))).ToList();
            if (numbered.Count == 0)
            {
                return new Number(0, null, null);
            }

            var low = numbered.Where(one => one.Standing != "Alleged").Select(one => one.Number.Low ?? 0).DefaultIfEmpty(0).Max();
            var high = numbered.Exists(one => one.Number.High is null) ? null : numbered.Max(one => one.Number.High);
            var best = numbered.Where(one => one.Standing == "Independent" && one.Number.Best is not null)
                .OrderBy(one => one.Voice.IsActor ? 'Z' : world.Entry(EntityKind.Source, one.Voice.Id)?.Rating ?? 'Z')
                .ThenByDescending(one => one.AsOf)
                .ThenBy(one => one.Voice.Id, StringComparer.Ordinal)
                .Select(one => one.Number.Best).FirstOrDefault();
            return new Number(low, best < low || best > high ? null : best, high);
        }
    }

    public static IEnumerable<string> Positions(string line, string? target, Dictionary<Voice, Said> voices, World world)
    {
        var initiators = voices.Values.SelectMany(one => one.Told).Select(one => one.Claim.Initiator?.Id).OfType<string>().ToList();
        return voices.Where(voice => voice.Value.Told.Count > 0).Select(voice => $"{line} {voice.Key} {world.Standing(voice.Key, target, initiators)} {Text(voice.Value)}");
    }

    public static string List(IEnumerable<string?> ids) => $"[{string.Join(',', ids.OfType<string>().Distinct().Order(StringComparer.Ordinal))}]";

    public static string Text(IEnumerable<string> rows) => string.Join('\n', rows.Order(StringComparer.Ordinal));

    private static string Text(Said said)
    {
        var (node, told) = (said.Node, said.Told);
        var dated = Dated(node);
        var since = node.AsOf is null ? dated.Select(period => (DateOnly?)period.From).Min() : node.Since;
        return $"{NumberOf(node)} {(node.AsOf is null ? "Incident" : "Cumulative")} since {since:O} as of {AsOfOf(node):O} added {node.Series?.Added} corrected {node.Series?.Corrected} floor {node.Floor} unallocated {node.Unallocated} {node.Inconsistent} {said.Superseded} "
            + $"appearances {told.Count} unnumbered {said.Unnumbered} bodies {List(told.Select(one => one.Claim.Claimant?.Id))} sources {List(told.Select(one => one.Claim.Source.Id))} origins {List(told.Select(one => one.Origin))} initiators {List(told.Select(one => one.Claim.Initiator?.Id))} "
            + $"denied {List(said.DeniedBy.Select(voice => voice.ToString()))} confirmed {List(said.ConfirmedBy.Select(voice => voice.ToString()))} "
            + $"variants {string.Join(';', said.Variants.Distinct().OrderByDescending(one => one.AsOf).ThenBy(one => one.Outcome).ThenBy(one => one.Claim).Select(one => $"{one.Outcome} {one.Figure} {one.AsOf:O} {one.Claim}"))} "
            + $"evidence {string.Join(',', Statements.InOrder(told.Select(one => one.Claim)).Reverse().Select(claim => claim.Key))} "
            + $"details {string.Join(';', said.Details.OrderBy(detail => detail.Key, StringComparer.Ordinal).Select(detail => $"{detail.Key}={Text(detail.Value.Node)} {detail.Value.Superseded}"))}";
    }

    private static string Text(Node node) =>
        $"{node.Value} {node.Upto} since {node.Since:O} as of {node.AsOf:O} added {node.Series?.Added} corrected {node.Series?.Corrected} floor {node.Floor} unallocated {node.Unallocated} {node.Inconsistent} days {string.Join('+', node.Days.OrderBy(day => day.Key).Select(day => $"{day.Key.From:O}–{day.Key.To:O}:{day.Value}"))}";

    private static List<Period> Dated(Node node) => [.. node.Days.Keys.Where(period => Node.Counts(period, node.AsOf))];

    private static Number NumberOf(Node node) => node.AsOf is null && Dated(node).Count == 0 ? new Number(null, null, null) : node.Value;

    private static DateOnly? AsOfOf(Node node) => Dated(node).Select(period => (DateOnly?)period.To).Append(node.AsOf).Max();
}

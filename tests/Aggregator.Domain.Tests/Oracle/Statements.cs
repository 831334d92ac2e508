using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>A claim with the days it counts for, the origin it traces back to and the voice behind it.</summary>
internal sealed record Told(Claim Claim, Period Period, string Origin, Voice Voice)
{
    public Figure Figure => Claim.Figure!;

    public Number Number => Number.Of(Figure.Bounds);

    public string Detail => Figure.Detail ?? "";

    public bool IsTotal => Figure.Basis == Basis.Cumulative;
}

/// <summary>Who speaks: an actor's voice or a source's own.</summary>
internal readonly record struct Voice(bool IsActor, string Id)
{
    public override string ToString() => $"{(IsActor ? "actor" : "source")}:{Id}";
}

/// <summary>Days, origins, voices and statements of one cell's claims, by the words of R5 and R6.</summary>
internal static class Statements
{
    /// <summary>Ties: the greatest (reportedAt, source, id).</summary>
    public static IEnumerable<Claim> InOrder(IEnumerable<Claim> claims) =>
        claims.OrderBy(claim => claim.ReportedAt).ThenBy(claim => claim.Key.Source, StringComparer.Ordinal).ThenBy(claim => claim.Key.Id, StringComparer.Ordinal);

    /// <summary>Superseded by another claim of its report: history only.</summary>
    public static bool IsFormer(Claim claim) => claim.Relates?.Kind == RelationKind.Former;

    /// <summary>The cell's claims that can count, in ledger order.</summary>
    public static List<Told> Tell(IEnumerable<Claim> cell, World world)
    {
        var claims = InOrder(cell.Where(claim => claim.Figure is not null && claim.Stance != Stance.Denies && !IsFormer(claim))).ToList();
        return Trace(claims, claims.ConvertAll(claim => PeriodOf(claim, claims)), world);
    }

    /// <summary>The cell's denials, in ledger order. They are copies of one another as statements are: once per voice however many carry it.</summary>
    public static List<Told> Denials(IEnumerable<Claim> cell, World world)
    {
        var claims = InOrder(cell.Where(claim => claim.Figure is not null && claim.Stance == Stance.Denies && !IsFormer(claim))).ToList();
        return Trace(claims, claims.ConvertAll(OwnPeriod), world);
    }

    /// <summary>R6: the figure of one key; null without a number.</summary>
    public static Number? Figure(IEnumerable<Told> key)
    {
        var values = PerReport(key);
        if (values.Count == 0)
        {
            return null;
        }

        var best = LatestNew(values);
        var latest = values.GroupBy(one => one.First.Claim.Source.Id).Select(source => source.Last().Value).ToList();
        var (low, high) = (latest.Min(one => one.Low ?? 0), latest.Exists(one => one.High is null) ? null : latest.Max(one => one.High));
        return best.Best is { } stands ? new Number(Math.Min(low, stands), stands, high is null ? null : Math.Max(high.Value, stands)) : new Number(low, null, high);
    }

    /// <summary>The value whose first appearance is latest.</summary>
    public static Number LatestNew(List<(Told First, Number Value)> values) => InOrderOfFirstAppearance(values).Last();

    public static IEnumerable<Number> InOrderOfFirstAppearance(List<(Told First, Number Value)> values) =>
        values.Select((one, at) => (one.Value, at)).GroupBy(one => one.Value).OrderBy(value => value.Min(one => one.at)).Select(value => value.Key);

    /// <summary>One value a report: its largest figure, with what it adds; a part only where nothing else is said. In order of their first claim.</summary>
    public static List<(Told First, Number Value)> PerReport(IEnumerable<Told> key)
    {
        var values = new List<(Told, Number)>();
        foreach (var report in key.Where(one => !one.Number.IsNone).GroupBy(one => (one.Claim.Source.Id, one.Claim.Report?.Url ?? one.Claim.Report?.Fingerprint ?? one.Claim.Key.ToString())))
        {
            var more = report.Where(one => one.Claim.Relates?.Kind == RelationKind.More).ToList();
            var said = report.Where(one => one.Claim.Relates is null).ToList();
            if (said.Count + more.Count == 0)
            {
                said = [.. report];
            }

            // Of equally large ones the greatest (reportedAt, source, id).
            var largest = said.Count == 0 ? Number.Zero : said.Last(one => one.Number.Size == said.Max(other => other.Number.Size)).Number;
            values.Add((said.Concat(more).First(), Number.Sum([largest, .. more.Select(one => one.Number)])));
        }

        return values;
    }

    public static Period OwnPeriod(Claim claim)
    {
        var reported = DateOnly.FromDateTime(claim.ReportedAt.UtcDateTime);
        return claim.Figure!.Basis == Basis.Cumulative
            ? Period.Day(claim.Figure.AsOf ?? claim.Occurred?.To ?? reported)
            : claim.Occurred ?? Period.Day(reported);
    }

    private static Period PeriodOf(Claim claim, List<Claim> cell)
    {
        if (claim.Occurred is not null || claim.Figure!.Basis == Basis.Cumulative)
        {
            return OwnPeriod(claim);
        }

        // Undated: the earliest up to 48 h before that shares origin, source, text, or claimant and bounds; itself at the latest.
        return OwnPeriod(cell.First(other =>
            other.Key == claim.Key
            || (other.Figure!.Basis == Basis.Incident && other.ReportedAt >= claim.ReportedAt.AddHours(-48) && cell.IndexOf(other) < cell.IndexOf(claim)
                && (Share(other, claim) || (claim.Claimant is not null && claim.Claimant.Id == other.Claimant?.Id && claim.Figure.Bounds == other.Figure.Bounds)))));
    }

    private static bool Share(Claim left, Claim right) =>
        Publishers(left).Intersect(Publishers(right)).Any() || IsSameText(left.Report?.Fingerprint, right.Report?.Fingerprint);

    // Equal, or near-identical: what a near-identical text is, the sketch itself says (R5).
    private static bool IsSameText(string? left, string? right) =>
        left is not null && right is not null
        && (left == right || (TextSketch.Parse(left) is { } one && TextSketch.Parse(right) is { } other && one.IsCopyOf(other)));

    private static IEnumerable<string> Publishers(Claim claim) => claim.Origin is null ? [claim.Source.Id] : [claim.Source.Id, claim.Origin.Id];

    private static List<Told> Trace(List<Claim> claims, List<Period> periods, World world)
    {
        var origins = claims.Select((_, at) => OriginOf(at, claims, periods)).ToList();
        return [.. claims.Select((claim, at) => new Told(claim, periods[at], origins[at], world.VoiceOf(claim, origins[at])))];
    }

    // R5: connected components within one period, or within one incident.
    private static string OriginOf(int at, List<Claim> claims, List<Period> periods)
    {
        var component = new HashSet<int> { at };
        while (true)
        {
            var more = Enumerable.Range(0, claims.Count)
                .Where(other => !component.Contains(other) && component.Any(member => SameTime(member, other) && Share(claims[member], claims[other])))
                .ToList();
            if (more.Count == 0)
            {
                break;
            }

            component.UnionWith(more);
        }

        var members = component.Order().Select(member => claims[member]).ToList();
        return members.Find(member => member.Origin is not null)?.Origin!.Id ?? members[0].Source.Id;

        bool SameTime(int left, int right) => claims[left].Incident == claims[right].Incident && (claims[left].Incident is not null || periods[left] == periods[right]);
    }
}

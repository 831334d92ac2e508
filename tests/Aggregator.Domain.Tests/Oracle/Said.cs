using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>A figure per formation, model or subgroup, and whether another class has taken it over.</summary>
internal sealed record Detail(Node Node, bool Superseded);

/// <summary>Another reading of the same, shown and never counted (R8, R10).</summary>
internal sealed record Variation(Outcome Outcome, Number Figure, DateOnly AsOf, ClaimKey Claim);

/// <summary>What a voice says of a line at an entity: its figures and the claims they rest on.</summary>
internal sealed record Said(Node Node, List<Told> Told, int Unnumbered, bool Superseded, Dictionary<string, Detail> Details, List<Variation> Variants)
{
    public HashSet<Voice> DeniedBy { get; init; } = [];

    public HashSet<Voice> ConfirmedBy { get; init; } = [];

    public Said With(IEnumerable<Reply> replies)
    {
        var all = replies.ToList();
        return this with
        {
            DeniedBy = [.. DeniedBy, .. all.Where(reply => reply.IsDenial).Select(reply => reply.Voice)],
            ConfirmedBy = [.. ConfirmedBy, .. all.Where(reply => !reply.IsDenial).Select(reply => reply.Voice)],
        };
    }

    /// <summary>A node with its parts, voice by voice (R14); what they rest on is all that any of them rests on.</summary>
    public static Dictionary<Voice, Said> Combine(Dictionary<Voice, Said> own, List<Dictionary<Voice, Said>> parts, bool places)
    {
        var all = new Dictionary<Voice, Said>();
        foreach (var voice in own.Keys.Concat(parts.SelectMany(part => part.Keys)).Distinct())
        {
            var (mine, theirs) = (own.GetValueOrDefault(voice), parts.Select(part => part.GetValueOrDefault(voice)).OfType<Said>().ToList());
            all[voice] = theirs.Count == 0 ? mine! : Combine(mine, theirs, places);
        }

        return all;
    }

    private static Said Combine(Said? mine, List<Said> theirs, bool places)
    {
        List<Said> everyone = mine is null ? theirs : [mine, .. theirs];
        return new Said(
            Node.Of(mine?.Node, [.. theirs.Select(one => one.Node)], places),
            [.. everyone.SelectMany(one => one.Told)],
            everyone.Sum(one => one.Unnumbered),
            everyone.TrueForAll(one => one.Superseded),
            everyone.SelectMany(one => one.Details.Keys).Distinct().ToDictionary(
                detail => detail,
                detail => new Detail(
                    Node.Of(mine?.Details.GetValueOrDefault(detail)?.Node, [.. theirs.Select(one => one.Details.GetValueOrDefault(detail)?.Node).OfType<Node>()], places),
                    everyone.Exists(one => one.Details.GetValueOrDefault(detail) is { Superseded: true }))),
            [.. everyone.SelectMany(one => one.Variants).Distinct()])
        {
            DeniedBy = [.. everyone.SelectMany(one => one.DeniedBy)],
            ConfirmedBy = [.. everyone.SelectMany(one => one.ConfirmedBy)],
        };
    }
}

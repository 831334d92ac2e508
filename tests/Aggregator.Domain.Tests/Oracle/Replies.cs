using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>A denial or a confirmation.</summary>
internal sealed record Reply(Claim Claim, Voice Voice)
{
    public bool IsDenial => Claim.Stance == Stance.Denies;

    public string Region => Claim.Region?.Id ?? "world";

    public bool NamesClaims => Claim.RefersTo.Count > 0;

    // Source names fold case.
    public bool Names(ClaimKey key) => Claim.RefersTo.Any(named => named.Split('/', 2) is [var source, var id] && string.Equals(source, key.Source, StringComparison.OrdinalIgnoreCase) && id == key.Id);

    public bool Fits(Period said) => Claim.Occurred is not { } days || (days.From <= said.To && said.From <= days.To);

    /// <summary>With a figure only equal ones; heavy losses without a number are any.</summary>
    public bool Equals(Number said) => Claim.Figure is null || Claim.Figure.Bounds.IsUnnumbered || Number.Of(Claim.Figure.Bounds) == said;
}

/// <summary>
/// R12 and R21: who denies and who confirms what. A reply hits what it refers to; else what other voices say on the same target,
/// item and outcome (or holder), in its place or within, in an overlapping period, and with a figure only equal ones. A denial
/// lapses when its voice later asserts the same.
/// </summary>
internal sealed class Replies
{
    public Replies(IEnumerable<Claim> claims, World world)
    {
        var all = claims.Where(claim => !Statements.IsFormer(claim)).ToList();
        foreach (var cell in all.Where(claim => claim.Figure is not null).GroupBy(claim => (claim.Target?.Id, claim.Figure!.Item, claim.Figure.Outcome, Region: claim.Region?.Id ?? "world")))
        {
            var told = Statements.Tell(cell, world);
            Standing.AddRange(told.Where(one => one.Claim.Stance == Stance.Confirms).Select(one => new Reply(one.Claim, one.Voice)));
            Standing.AddRange(Statements.Denials(cell, world).Select(one => new Reply(one.Claim, one.Voice)).Where(denial => !HasLapsed(denial, told)));
        }

        // A denial that names claims hits them, though it states no figure and no holder itself.
        Standing.AddRange(all.Where(claim => claim is { Figure: null, Holder: null, Stance: Stance.Denies, RefersTo.Count: > 0 }).Select(claim => new Reply(claim, world.VoiceOf(claim, claim.Origin?.Id ?? claim.Source.Id))));
        foreach (var place in all.Where(claim => claim.Figure is null && claim.Holder is not null).GroupBy(claim => claim.Region?.Id ?? "world"))
        {
            Standing.AddRange(place.Where(claim => claim.Stance != Stance.Asserts).Select(claim => new Reply(claim, Holds.VoiceOf(claim, world)))
                .Where(reply => !reply.IsDenial || !place.Any(claim => claim.Stance != Stance.Denies && claim.ReportedAt > reply.Claim.ReportedAt
                    && Holds.VoiceOf(claim, world) == reply.Voice && world.Voice(claim.Holder!.Id) == world.Voice(reply.Claim.Holder!.Id))));
        }
    }

    /// <summary>Those that have not lapsed.</summary>
    public List<Reply> Standing { get; } = [];

    /// <summary>Those that hit what a voice says in a cell, statement by statement.</summary>
    public static IEnumerable<Reply> Hitting(Voice voice, Said said, List<Reply> replies, Dictionary<Voice, List<Told>> cell) => replies.Where(reply =>
        (reply.Voice != voice || (reply.IsDenial && reply.NamesClaims))
        && !(reply.IsDenial && HasLapsed(reply, cell.GetValueOrDefault(reply.Voice) ?? []))
        && (reply.NamesClaims
            ? said.Told.Exists(one => reply.Names(one.Claim.Key))
            : said.Told.Exists(one => reply.Fits(Days(one, said.Told)) && reply.Equals(one.Number)) || Hits(reply, said.Node)));

    /// <summary>Those that hit what a voice says at a part: its figures are its statements there.</summary>
    public static IEnumerable<Reply> Hitting(Voice voice, Said part, List<Reply> replies) => replies.Where(reply =>
        (reply.Voice != voice || (reply.IsDenial && reply.NamesClaims))
        && (reply.NamesClaims ? part.Told.Exists(one => reply.Names(one.Claim.Key)) : Hits(reply, part.Node)));

    // A day's figure, or the total over all its days.
    private static bool Hits(Reply reply, Node node) =>
        node.Days.Any(day => reply.Fits(day.Key) && reply.Equals(day.Value))
        || (node.AsOf is { } day && reply.Fits(new Period(node.Since <= day ? node.Since.Value : day, day)) && reply.Equals(node.Upto));

    private static bool HasLapsed(Reply denial, List<Told> told) => told.Exists(one =>
        one.Voice == denial.Voice && one.Claim.ReportedAt > denial.Claim.ReportedAt && denial.Fits(Days(one, told)) && denial.Equals(one.Number));

    // A total speaks of all days since its series began; a missing start joins the earliest.
    private static Period Days(Told one, List<Told> all)
    {
        var since = one.IsTotal ? one.Figure.Since ?? all.Where(other => other.IsTotal && other.Voice == one.Voice && other.Detail == one.Detail).Min(other => other.Figure.Since) : null;
        return since < one.Period.From ? new Period(since.Value, one.Period.To) : one.Period;
    }
}

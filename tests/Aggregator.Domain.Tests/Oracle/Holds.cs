using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>R13: who is said to hold a place, by the words.</summary>
internal static class Holds
{
    public static Voice VoiceOf(Claim claim, World world) => world.VoiceOf(claim, claim.Origin?.Id ?? claim.Source.Id);

    /// <param name="claims">Claims on who holds the place.</param>
    /// <param name="replies">Those made there and in the places that contain it.</param>
    /// <param name="world">For voices.</param>
    public static string Of(IEnumerable<Claim> claims, List<Reply> replies, World world)
    {
        var rows = new List<string>();
        var (holders, isDenied) = (new HashSet<string>(), false);
        foreach (var voice in Statements.InOrder(claims.Where(claim => claim.Figure is null && claim.Holder is not null && claim.Stance != Stance.Denies && !Statements.IsFormer(claim))).GroupBy(claim => VoiceOf(claim, world)))
        {
            var said = voice.OrderBy(Day).ToList();
            var holder = said[^1].Holder!.Id;
            var word = said.Skip(said.FindLastIndex(claim => claim.Holder!.Id != holder) + 1).ToList();
            var hits = replies.Where(reply => Hits(reply, voice.Key, holder, word, claims, world)).ToList();
            holders.Add(world.Voice(holder));
            isDenied |= hits.Exists(reply => reply.IsDenial);
            rows.Add($"{voice.Key} {holder} since {word[0].Occurred?.From ?? Reported(word[0]):O} appearances {word.Count} sources {Row.List(word.Select(claim => claim.Source.Id))} bodies {Row.List(word.Select(claim => claim.Claimant?.Id))} "
                + $"denied {Row.List(hits.Where(reply => reply.IsDenial).Select(reply => reply.Voice.ToString()))} confirmed {Row.List(hits.Where(reply => !reply.IsDenial).Select(reply => reply.Voice.ToString()))} "
                + $"evidence {string.Join(',', Statements.InOrder(word).Reverse().Select(claim => claim.Key))}");
        }

        var status = rows.Count == 0 ? "Unknown" : holders.Count > 1 || isDenied ? "Contested" : "Uncontested";
        return $"{status}\n{string.Join('\n', rows.Order(StringComparer.Ordinal))}";
    }

    private static bool Hits(Reply reply, Voice voice, string holder, List<Claim> word, IEnumerable<Claim> claims, World world)
    {
        if (reply.NamesClaims)
        {
            return (reply.Voice != voice || reply.IsDenial) && word.Exists(claim => reply.Names(claim.Key)) && !HasLapsed(reply, claims, world);
        }

        return reply.Claim.Figure is null && reply.Claim.Holder is { } named && reply.Voice != voice && world.Voice(named.Id) == world.Voice(holder)
            && word.Exists(claim => claim.Occurred is not { } days || reply.Fits(days)) && !HasLapsed(reply, claims, world);
    }

    private static bool HasLapsed(Reply reply, IEnumerable<Claim> claims, World world) => reply.IsDenial && reply.Claim is { Figure: null, Holder: { } named } && claims.Any(claim =>
        claim is { Figure: null, Holder: not null } && claim.Stance != Stance.Denies && !Statements.IsFormer(claim) && claim.ReportedAt > reply.Claim.ReportedAt
        && VoiceOf(claim, world) == reply.Voice && world.Voice(claim.Holder.Id) == world.Voice(named.Id));

    private static DateOnly Day(Claim claim) => claim.Occurred?.To ?? Reported(claim);

    private static DateOnly Reported(Claim claim) => DateOnly.FromDateTime(claim.ReportedAt.UtcDateTime);
}

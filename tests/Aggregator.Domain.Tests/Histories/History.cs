using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;
using CsCheck;

namespace Aggregator.Domain.Tests.Histories;

/// <summary>One thing that came in: a version of a claim, the retraction of one, or another text of its report (R3).</summary>
/// <param name="Claim">The version; where it is taken back only its key counts.</param>
/// <param name="IsRetraction">Whether it takes the key back.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Published">Of a key taken back: when the text of its report that has it no more was published; null if it was retracted.</param>
internal sealed record Arrival(Claim Claim, bool IsRetraction, DateTimeOffset ReceivedAt, DateTimeOffset? Published = null)
{
    /// <summary>In one line, as a failing history is printed.</summary>
    public override string ToString()
    {
        var (claim, figure) = (Claim, Claim.Figure);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""

              {claim.Key}{(Published is { } text ? $" TAKEN by a text of {text:MM-ddTHH}" : IsRetraction ? " RETRACTED" : "")} {claim.ReportedAt:MM-ddTHH} rev {claim.Revision} {claim.Claimant?.Id ?? "-"} {claim.Stance} {figure?.Item} {figure?.Outcome} {figure?.Bounds} {figure?.Basis} {figure?.Detail} since {figure?.Since:MM-dd} as of {figure?.AsOf:MM-dd} correction {figure?.Correction} supersedes {string.Join(',', figure?.Supersedes ?? [])} holder {claim.Holder?.Id} of {claim.Target?.Id ?? "-"} in {claim.Region?.Id ?? "-"} on {claim.Occurred?.From:MM-dd}..{claim.Occurred?.To:MM-dd} by {claim.Initiator?.Id} {claim.Relates?.Kind} names {string.Join(',', claim.RefersTo)} origin {claim.Origin?.Id} text {claim.Report?.Fingerprint?[..Math.Min(6, claim.Report.Fingerprint.Length)]} report {claim.Report?.Url} incident {claim.Incident}
            """);
    }
}

/// <summary>
/// Random histories of a small world (<see cref="Say.Registry"/>) in which claims collide a lot: few keys, sides, places,
/// days and values. Made of plain numbers, so that a failing one shrinks.
/// </summary>
internal static class History
{
    /// <summary>How many histories a property is tried on. <c>AGGREGATOR_HISTORIES=100000</c> in the environment makes a long run.</summary>
    public static readonly long Count = long.Parse(Environment.GetEnvironmentVariable("AGGREGATOR_HISTORIES") ?? "1000", System.Globalization.CultureInfo.InvariantCulture);

    private const int Choices = 42;
    private const int Keys = 30;
    private static readonly DateTimeOffset Start = Say.Time("2024-05-01T00:00Z");
    private static readonly string[] Claimants = ["red", "red-army", "blue", "", "red-ministry", "watch", "red", "blue-army", "relief", "red-army", "blue-enclave", "nobody-knows"];
    private static readonly string?[] Targets = ["blue", "blue-army", "blue-navy", "blue-enclave", "red", "red-army", null];
    private static readonly string[] Regions = ["town", "village", "province", "land", "world"];
    private static readonly string[] Sources = ["wire", "agency-two", "paper", "paper-two", "rated", "red-tv"];
    private static readonly (Item Item, Outcome Outcome)[] Counted =
    [
        (Item.Tank, Outcome.Destroyed), (Item.Apc, Outcome.Destroyed), (Item.Tank, Outcome.Captured), (Item.Tank, Outcome.Abandoned), (Item.Tank, Outcome.Lost),
        (Item.Combatant, Outcome.Killed), (Item.Combatant, Outcome.Casualties), (Item.Combatant, Outcome.Wounded),
    ];

    private static readonly string[] Initiators = ["red", "red-army", "watch", "blue-navy"];
    private static readonly string[] Holders = ["red", "red-army", "blue", "blue-enclave", "nobody-knows"];

    // Two that are known by equality alone, a text and its light edit, and another story.
    private static readonly string[] Texts =
    [
        "f0", "f1",
        .. new[]
        {
            "The ministry said that 12 tanks and 7 howitzers were destroyed near the town on Wednesday, while two columns of the enemy were stopped at the river by nightfall.",
            "The ministry said that 12 tanks and 7 howitzers were destroyed near the town on Wednesday, while two columns of the enemy were stopped at the river by nightfall. Our own correspondents.",
            "Residents of the village spoke of shelling from the hills all morning; 3 houses burnt down, and the road to the north was cut, aid workers told the agency by telephone.",
        }.Select(text => TextSketch.Of(text).ToString()),
    ];

    private static readonly Bounds[] Values =
    [
        Bounds.Exactly(0), Bounds.Exactly(1), Bounds.Exactly(4), Bounds.Exactly(5), Bounds.Exactly(10), new(9, 10, 11), new(11, 11, null), new(10, 10, null), new(0, null, 10), new(10, null, null), new(12, 12, 99), Bounds.Unnumbered,
    ];

    /// <summary>Histories of up to sixteen arrivals.</summary>
    public static readonly Gen<Arrival[]> Any = Gen.Int[0, 9999].Array[Choices].Array[2, 16]
        .Select(drawn => drawn.Select((numbers, at) => ArrivalOf(new Draw(numbers), at)).ToArray());

    private static readonly (EntityKind Kind, string Id, string Into)[] Merges =
    [
        (EntityKind.Actor, "blue-navy", "blue-army"), (EntityKind.Actor, "blue-enclave", "blue"), (EntityKind.Actor, "nobody-knows", "red-army"),
        (EntityKind.Actor, "red-spokesman", "red-ministry"), (EntityKind.Actor, "red-army", "red"), (EntityKind.Actor, "relief", "watch"),
        (EntityKind.Region, "village", "town"), (EntityKind.Region, "town", "province"), (EntityKind.Source, "paper-two", "paper"), (EntityKind.Source, "red-tv", "wire"),
    ];

    /// <summary>Any of some merges of entries that the histories name.</summary>
    public static readonly Gen<(EntityKind Kind, string Id, string Into)[]> AnyMerges =
        Gen.Int[0, (1 << Merges.Length) - 1].Select(chosen => Merges.Where((_, at) => (chosen & (1 << at)) != 0).ToArray());

    /// <summary>The log of a history, each claim's versions resolved one by one (R2, R3, R4), written without the house's own deduplicator.</summary>
    public static List<PlacedRecord> Log(IEnumerable<Arrival> history)
    {
        var log = new List<PlacedRecord>();
        var held = new Dictionary<ClaimKey, (List<(Claim Claim, DateTimeOffset KnownFrom)> Versions, Claim? Standing, bool Retracted)>();
        foreach (var (claim, isRetraction, receivedAt, published) in history)
        {
            var (versions, standing, retracted) = held.GetValueOrDefault(claim.Key, ([], null, false));
            if (retracted || (!isRetraction && versions.Exists(one => one.Claim.ContentHash == claim.ContentHash)))
            {
                continue;
            }

            LogRecord record;
            if (published is { } later)
            {
                // Only what stands goes with its text.
                if (standing is null)
                {
                    continue;
                }

                log.Add(new PlacedRecord(new LogPosition(0, log.Count + 1, 0), new LogRecord.Reported(new ReportText { Source = claim.Key.Source, SourceId = claim.Source.Id, Address = "a", TextHash = 1, PublishedAt = later, Claims = [] }), receivedAt));
                record = new LogRecord.Superseded(claim.Source.Id, standing, new LogPosition(0, 1, 0), later) { Formerly = Formerly(standing) };
                (standing, retracted) = (null, true);
            }
            else if (isRetraction)
            {
                record = new LogRecord.Retracted(new Retraction(claim.Key, claim.Source.Id), standing, standing is null ? null : new LogPosition(0, 1, 0)) { Formerly = standing is null ? [] : Formerly(standing) };
                (standing, retracted) = (null, true);
            }
            else if (standing is null)
            {
                record = new LogRecord.Added(claim);
                standing = claim;
                versions.Add((claim, claim.ReportedAt));
            }
            else
            {
                var stands = (claim.Revision, claim.ReportedAt).CompareTo((standing.Revision, standing.ReportedAt)) >= 0;
                var higher = versions.Where(one => (one.Claim.Revision, one.Claim.ReportedAt).CompareTo((claim.Revision, claim.ReportedAt)) > 0).Select(one => (DateTimeOffset?)one.KnownFrom);
                record = new LogRecord.Corrected(claim, standing, new LogPosition(0, 1, 0), stands) { OutrankedFrom = higher.Min(), Formerly = Formerly(claim, standing) };
                versions.Add((claim, claim.ReportedAt == standing.ReportedAt && receivedAt > claim.ReportedAt ? receivedAt : claim.ReportedAt));
                standing = stands ? claim : standing;
            }

            held[claim.Key] = (versions, standing, retracted);
            log.Add(new PlacedRecord(new LogPosition(0, log.Count + 1, 0), record, receivedAt));

            EntityKey[] Formerly(params Claim[] now) => [.. versions.SelectMany(one => LogRecord.TouchedBy(one.Claim)).Except(now.SelectMany(LogRecord.TouchedBy))];
        }

        return log;
    }

    /// <summary>The claims that stand at a moment, by R19's words: what was known by then, and of each key the last version.</summary>
    /// <param name="history">In order of receipt.</param>
    /// <param name="moment">The moment; null for now.</param>
    public static List<Claim> Standing(IEnumerable<Arrival> history, DateTimeOffset? moment = null)
    {
        var standing = new List<Claim>();
        foreach (var key in history.GroupBy(one => one.Claim.Key))
        {
            // Another text takes what stands, and nothing where nothing does.
            var coming = key.SkipWhile(one => one.Published is not null).ToList();
            var taken = coming.TakeWhile(one => !one.IsRetraction).DistinctBy(one => one.Claim.ContentHash).ToList();
            var retraction = coming.Find(one => one.IsRetraction);
            if (retraction is not null && (moment is null || (retraction.Published ?? retraction.ReceivedAt) <= moment))
            {
                continue;
            }

            // A version with the time of the one that stood when it came is known from its receipt.
            var known = new List<Claim>();
            Claim? stood = null;
            foreach (var (claim, _, receivedAt, _) in taken)
            {
                var knownFrom = stood?.ReportedAt == claim.ReportedAt && receivedAt > claim.ReportedAt ? receivedAt : claim.ReportedAt;
                if (moment is null || knownFrom <= moment)
                {
                    known.Add(claim);
                }

                stood = stood is null || (claim.Revision, claim.ReportedAt).CompareTo((stood.Revision, stood.ReportedAt)) >= 0 ? claim : stood;
            }

            if (known.Count > 0)
            {
                // The last of equals: arrival decides.
                standing.Add(known.Aggregate((best, one) => (one.Revision, one.ReportedAt).CompareTo((best.Revision, best.ReportedAt)) >= 0 ? one : best));
            }
        }

        return standing;
    }

    private static Arrival ArrivalOf(Draw draw, int at)
    {
        // Most versions of a key name the same.
        var number = draw.Next(Keys);
        var naming = draw.Next(5) == 0 ? draw.Next(Keys) : number;
        // Half of them tell of the same, so that they bear on one another.
        var (item, outcome) = draw.Next(2) == 0 ? Counted[0] : draw.Of(Counted);
        var stance = draw.Next(6) switch { 0 => Stance.Denies, 1 => Stance.Confirms, _ => Stance.Asserts };
        var total = draw.Next(3) == 0;
        var day = Say.Day("2024-05-01").AddDays(draw.Next(5));
        var claim = Say.Figure(
            Claimants[naming % Claimants.Length],
            draw.Next(3) switch { 0 => stance == Stance.Asserts ? Bounds.Exactly(4) : Bounds.Unnumbered, 1 => Bounds.Exactly(4), _ => draw.Of(Values) },
            item,
            outcome,
            naming % 4 > 0 ? "blue" : Targets[naming / 4 % Targets.Length],
            RegionOf(naming),
            reported: Start.AddHours(6 * draw.Next(20)).ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            source: Sources[number % Sources.Length],
            id: $"k{number}",
            origin: draw.Next(4) == 0 ? draw.Of(Sources) : null,
            fingerprint: draw.Next(4) == 0 ? draw.Of(Texts) : null,
            detail: draw.Next(4) == 0 ? $"model-{draw.Next(2)}" : null,
            incident: draw.Next(4) == 0 ? $"ucdp/{draw.Next(2)}" : null,
            stance: stance,
            basis: total ? Basis.Cumulative : Basis.Incident,
            since: total && draw.Next(2) == 0 ? $"2024-04-{20 + (5 * draw.Next(2))}" : null,
            asOf: total && draw.Next(3) == 0 ? Date(day.AddDays(draw.Next(3))) : null,
            relates: draw.Next(8) == 0 ? (RelationKind)(1 + draw.Next(3)) : null,
            report: draw.Next(3) == 0 ? $"https://a.example/{draw.Next(2)}" : null,
            correction: total && draw.Next(6) == 0 ? -1 : null,
            refersTo: draw.Next(5) == 0 ? Named(draw.Next(Keys), draw.Next(2) == 0) : null,
            initiator: draw.Next(4) == 0 ? draw.Of(Initiators) : null,
            supersedes: total ? draw.Next(8) switch { 0 => ["tank/model-0"], 1 => ["apc"], _ => null } : null).Claim;
        claim = claim with
        {
            Revision = draw.Next(3),
            Occurred = draw.Next(4) == 0 ? null : new Period(day, day.AddDays(draw.Next(3))),
            Credibility = draw.Next(4) == 0 ? 1 + draw.Next(6) : null,
            Region = RegionOf(naming) == "world" && draw.Next(2) == 0 ? null : claim.Region,
        };

        // A figure, or who holds the place, or an event without either.
        claim = draw.Next(9) switch
        {
            0 or 1 => claim with { Figure = null, Holder = new EntityRef(draw.Of(Holders), "holder") },
            2 => claim with { Figure = null, Event = EventType.ArmedClash },
            _ => claim,
        };
        var content = $"{claim with { ContentHash = 0 }} {string.Join(',', claim.RefersTo)} {string.Join(',', claim.Figure?.Supersedes ?? [])}".Aggregate((UInt128)17, (hash, character) => (hash * 31) + character);
        var isTakenBack = draw.Next(8) == 0;
        return new Arrival(
            claim with { ContentHash = content },
            isTakenBack,
            Start.AddHours((6 * 20) + at),
            isTakenBack && draw.Next(3) == 0 ? Start.AddHours(6 * draw.Next(22)) : null);
    }

    // Two thirds of the keys are of one place, and three quarters of one target: they meet in one cell.
    private static string RegionOf(int number) => number % 3 > 0 ? "town" : Regions[number / 3 % Regions.Length];

    private static string[] Named(int number, bool asWritten) => [$"{(asWritten ? Sources[number % Sources.Length].ToUpperInvariant() : Sources[number % Sources.Length])}/k{number}"];

    private static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Turns drawn numbers into choices.</summary>
    private sealed class Draw(int[] numbers)
    {
        private int _at;

        public int Next(int choices) => numbers[_at++ % numbers.Length] % choices;

        public T Of<T>(T[] from) => from[Next(from.Length)];
    }
}

using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Ledger;

/// <summary>Makes claims for the tests of the ledger's rules: a small war between two sides, watched by a monitor.</summary>
internal static class Say
{
    private static int _next;

    public static RegistrySnapshot Registry { get; } = new(
    [
        Actor("red", "state"), Actor("red-army", "military", "red"), Actor("red-ministry", "ministry", "red"), Actor("red-spokesman", "person", "red-ministry"),
        Actor("blue", "state"), Actor("blue-army", "military", "blue"), Actor("blue-navy", "military", "blue"),
        Actor("blue-enclave", "rebel") with { Voice = "blue" },
        Actor("watch", "monitor"), Actor("relief", "ngo"),
        Region("world", "world", null), Region("land", "country", "world"), Region("province", "admin1", "land"), Region("town", "city", "province"), Region("village", "city", "province"),
        Source("wire", "agency"), Source("agency-two", "agency"), Source("paper", "outlet"), Source("paper-two", "outlet"), Source("rated", "monitor") with { Rating = 'B' },
        Source("red-tv", "outlet") with { Affiliation = "red" },
    ], 1);

    /// <summary>The registry with some of its entries merged into others.</summary>
    public static RegistrySnapshot Merged(params (EntityKind Kind, string Id, string Into)[] merges) => new(
        [
            .. Enum.GetValues<EntityKind>().SelectMany(Registry.All).Select(entry =>
                merges.FirstOrDefault(merge => merge.Kind == entry.Entity && merge.Id == entry.Id) is { Into: { } into } ? entry with { MergedInto = into } : entry),
            .. merges.Where(merge => Registry.Find(merge.Kind, merge.Id) is null).Select(merge => Registry.Describe(merge.Kind, merge.Id) with { MergedInto = merge.Into }),
        ],
        Registry.Version + 1);

    /// <summary>A claim of a figure; what is not given is the plainest.</summary>
    public static Appearance Figure(
        string claimant, Bounds bounds, Item item = Item.Tank, Outcome outcome = Outcome.Destroyed, string? target = "blue",
        string region = "town", string? on = null, string? until = null, string reported = "2024-05-01T12:00Z", string source = "wire", string? id = null,
        string? origin = null, string? fingerprint = null, string? detail = null, string? incident = null, Stance stance = Stance.Asserts,
        Basis basis = Basis.Incident, string? since = null, string? asOf = null, RelationKind? relates = null, string? report = null, long? correction = null,
        string[]? refersTo = null, string? initiator = null, string[]? supersedes = null)
    {
        var claim = new Claim
        {
            Key = new ClaimKey(source, id ?? $"c{Interlocked.Increment(ref _next):d6}"),
            ContentHash = 1,
            Source = new EntityRef(source, source),
            Origin = origin is null ? null : new EntityRef(origin, origin),
            Report = fingerprint is null && report is null ? null : new ReportRef { Fingerprint = fingerprint, Url = report },
            ReportedAt = Time(reported),
            Claimant = claimant.Length == 0 ? null : new EntityRef(claimant, claimant),
            Stance = stance,
            Initiator = initiator is null ? null : new EntityRef(initiator, initiator),
            Target = target is null ? null : new EntityRef(target, target),
            Region = new EntityRef(region, region),
            Occurred = on is null ? null : new Period(Day(on), Day(until ?? on)),
            Figure = new Figure
            {
                Item = item,
                Outcome = outcome,
                Bounds = bounds,
                Basis = basis,
                Since = since is null ? null : Day(since),
                AsOf = asOf is null ? null : Day(asOf),
                Detail = detail,
                Correction = correction,
                Supersedes = supersedes ?? [],
            },
            Relates = relates is { } kind ? new Relation("other", kind) : null,
            Incident = incident,
            RefersTo = refersTo ?? [],
        };
        return new Appearance(claim, new LogPosition(0, 1, 0));
    }

    public static Appearance Total(string claimant, long total, string asOf, string? since = null, string reported = "2024-05-30T12:00Z", string source = "wire", string region = "town", string target = "blue", long? correction = null) =>
        Figure(claimant, Bounds.Exactly(total), basis: Basis.Cumulative, asOf: asOf, since: since, reported: reported, source: source, region: region, target: target, correction: correction);

    public static Appearance Control(string claimant, string holder, string? on = null, string reported = "2024-05-01T12:00Z", Stance stance = Stance.Asserts, string source = "wire", string? id = null, string region = "town", RelationKind? relates = null, string[]? refersTo = null)
    {
        var claim = Figure(claimant, Bounds.Zero, target: null, on: on, reported: reported, stance: stance, source: source, id: id, region: region, relates: relates, refersTo: refersTo).Claim;
        return new Appearance(claim with { Figure = null, Holder = new EntityRef(holder, holder) }, new LogPosition(0, 1, 0));
    }

    public static Voice Actor(string id) => new(EntityKind.Actor, id);

    public static Voice Outlet(string id) => new(EntityKind.Source, id);

    /// <summary>What one voice says of one cell.</summary>
    public static VoiceTally Fold(Voice voice, params Appearance[] appearances) => Cell.Fold(appearances, Registry)[voice];

    public static Bounds Value(Voice voice, params Appearance[] appearances) => Fold(voice, appearances).Tally.Value;

    public static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    public static DateTimeOffset Time(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);

    private static RegistryEntry Actor(string id, string kind, string? parent = null) => new() { Entity = EntityKind.Actor, Id = id, Name = id, Kind = kind, Parent = parent };

    private static RegistryEntry Region(string id, string kind, string? parent) => new() { Entity = EntityKind.Region, Id = id, Name = id, Kind = kind, Parent = parent };

    private static RegistryEntry Source(string id, string kind) => new() { Entity = EntityKind.Source, Id = id, Name = id, Kind = kind };
}

using System.Globalization;
using Aggregator.Domain.Claims;

namespace Aggregator.Simulation.Feeding;

/// <summary>The claims that senders send: few keys, each with some versions, every version always the same.</summary>
internal static class Claims
{
    public const int Keys = 10;
    public const int Versions = 3;
    public const int FirstOfPaper = 2;

    /// <summary>The keys of those that deny, of both sources.</summary>
    public static readonly int[] Denials = [2, 3, 6];

    private const int Retold = 1;
    private const int Retelling = 8;

    private static readonly string[] Regions = ["town", "village", "land", "town", "world"];
    private static readonly string[] Claimants = ["red", "red-army", "blue", "", "red", "blue-army"];
    private static readonly string[] Targets = ["blue", "blue-army", "blue", "red"];
    private static readonly DateTimeOffset Start = new(2024, 5, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly Claim[] All = [.. Enumerable.Range(0, Keys * Versions).Select(n => Make(n / Versions, n % Versions))];

    /// <summary>One that no sender sends.</summary>
    public static Claim Fresh { get; } = Make(Keys, 0);

    /// <summary>The key of a number.</summary>
    public static ClaimKey Key(int key) => new(key % 3 == 2 ? "paper" : "wire", string.Create(CultureInfo.InvariantCulture, $"c{key}"));

    /// <summary>The version with a key and a content.</summary>
    public static Claim Of(ClaimKey key, UInt128 content) => Array.Find(All, claim => claim.Key == key && claim.ContentHash == content)!;

    /// <summary>All versions of a key.</summary>
    public static IEnumerable<Claim> Of(int key) => All[(key * Versions)..((key + 1) * Versions)];

    /// <summary>A version of a key.</summary>
    public static Claim Of(int key, int version) => All[(key * Versions) + version];

    // Each key is a detail of its own, so that figures count keys; some control a place instead, some deny. But one of the paper's tells what one of the wire's does, now
    // with the same figure and now with another: of two origins there is something to judge (R17).
    private static Claim Make(int key, int version)
    {
        var told = key == Retelling ? Retold : key;
        var isContradiction = key == Retelling && version == 1;
        var mix = (told * 7) + (version * 3);
        var claimant = Claimants[mix % Claimants.Length];
        var isControl = told % 5 == 4;
        var isDenial = Array.IndexOf(Denials, told) >= 0;
        var source = Key(key).Source;
        return new Claim
        {
            Key = Key(key),
            ContentHash = (UInt128)(1000 + (key * 10) + version),
            Source = new EntityRef(source, source),
            ReportedAt = Start.AddHours((key % 4) + version),
            Revision = version == 2 ? 1 : version,
            Claimant = claimant.Length == 0 ? null : new EntityRef(claimant, claimant),
            Stance = isDenial ? Stance.Denies : Stance.Asserts,
            Target = isControl ? null : new EntityRef(Targets[mix % Targets.Length], Targets[mix % Targets.Length]),
            Region = new EntityRef(Regions[mix % Regions.Length], Regions[mix % Regions.Length]),
            Occurred = new Period(DateOnly.FromDateTime(Start.Date), DateOnly.FromDateTime(Start.Date)),
            Holder = isControl ? new EntityRef("red", "red") : null,
            Figure = isControl ? null : new Figure
            {
                Item = Item.Tank,
                Outcome = Outcome.Destroyed,
                Bounds = Bounds.Exactly(1 + version + (isContradiction ? 4 : 0)),
                Detail = isDenial ? null : string.Create(CultureInfo.InvariantCulture, $"no. {told}"),
            },
        };
    }
}

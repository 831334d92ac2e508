using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Aggregator.Domain.Claims;

namespace Aggregator.ColdStart;

/// <summary>What claim a number gives: the same in every run, whatever was made before.</summary>
/// <remarks>
/// Each figure belongs to an incident that one to three claims tell alike, so a plain sum over incidents is what views must show. A
/// claim is corrected, or taken back, only where it tells its incident alone.
/// </remarks>
internal sealed class Generator(Scene scene, long claims, ulong seed = 20260224)
{
    private const int Sources = 400;
    private const int Days = 1_000;
    private const int Minutes = 24 * 60;
    private static readonly DateOnly FirstDay = new(2022, 2, 24);
    private static readonly Item[] Items = [Item.Tank, Item.Drone, Item.Artillery, Item.Combatant, Item.Civilian];

    /// <summary>The claim of a number, from 0.</summary>
    public Claim Claim(long number)
    {
        // Numbers go in sixes: an incident told by one, one told by two, one told by three.
        var (incident, telling, tellers) = (number % 6) switch
        {
            0 => (number / 6 * 3, 0, 1),
            < 3 and var at => ((number / 6 * 3) + 1, (int)at - 1, 2),
            var at => ((number / 6 * 3) + 2, (int)at - 3, 3),
        };
        var what = new Draw(seed, (ulong)incident << 1);
        var who = new Draw(seed, ((ulong)number << 1) | 1);
        var place = scene.Pick(what.Fraction());
        var (target, other) = what.Chance(50) ? (place.One, place.Other) : (place.Other, place.One);
        var day = FirstDay.AddDays((int)(incident * 2 * Days / Math.Max(1, claims)));
        var isFigure = what.Chance(70);
        var isDenial = !isFigure && what.Chance(10);
        var item = Items[what.Below(Items.Length)];
        var count = 1 + what.Below(what.Chance(5) ? 200 : 6);
        var claimant = what.Below(10) switch { 0 => target, 1 => null, _ => other };
        var source = string.Create(CultureInfo.InvariantCulture, $"cold-{(claimant is null ? SourceOf(what.Fraction()) : (SourceOf(who.Fraction()) + (telling * 131)) % Sources)}");
        var reportedAt = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddMinutes(who.Below(Minutes) + (telling * Minutes));
        return new Claim
        {
            Key = new ClaimKey(source, string.Create(CultureInfo.InvariantCulture, $"c{number}")),
            ContentHash = XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}/{number}"))),
            Source = new EntityRef(source, source),
            Report = new ReportRef { Url = string.Create(CultureInfo.InvariantCulture, $"https://{source}.example/{number / 4}") },
            ReportedAt = reportedAt,
            Claimant = claimant is null ? null : new EntityRef(claimant, claimant),
            Stance = isDenial ? Stance.Denies : Stance.Asserts,
            Event = isFigure ? null : EventType.ArmedClash,
            Target = new EntityRef(target, target),
            Region = new EntityRef(place.Id, place.Id),
            Occurred = Period.Day(day),
            Figure = isFigure
                ? new Figure { Item = item, Outcome = item.IsPeople() ? Outcome.Killed : Outcome.Destroyed, Bounds = Bounds.Exactly(count), Phrase = string.Create(CultureInfo.InvariantCulture, $"{count} {item}") }
                : null,
            Incident = isFigure ? string.Create(CultureInfo.InvariantCulture, $"cold/{incident}") : null,
            Quote = string.Create(CultureInfo.InvariantCulture, $"Reported at {place.Id}: incident {incident} of that day."),
        };

        static int SourceOf(double fraction) => (int)(Sources * fraction * fraction);
    }

    /// <summary>Whether a claim is told by nobody else, so that it may be corrected or taken back.</summary>
    public static bool IsAlone(long number) => number % 6 == 0;

    /// <summary>What becomes of a claim that is alone, of all claims 1% and 0.1%.</summary>
    public Fate FateOf(long number) => !IsAlone(number) ? Fate.Stands : new Draw(seed ^ 0x5eed, (ulong)number).Below(1_000) switch
    {
        < 60 => Fate.Corrected,
        < 66 => Fate.Retracted,
        _ => Fate.Stands,
    };

    /// <summary>The version that replaces a claim.</summary>
    public static Claim Correction(Claim claim) => claim with
    {
        Revision = 1,
        ContentHash = claim.ContentHash + 1,
        ReportedAt = claim.ReportedAt.AddHours(6),
        Figure = claim.Figure is { } figure ? figure with { Bounds = Bounds.Exactly(figure.Bounds.Best!.Value + 1) } : null,
        Quote = "Corrected: " + claim.Quote,
    };
}

/// <summary>What comes after a claim.</summary>
internal enum Fate
{
    Stands,
    Corrected,
    Retracted,
}

/// <summary>Numbers that follow from a seed and a number alone (SplitMix64).</summary>
internal struct Draw(ulong seed, ulong number)
{
    private ulong _state = (seed * 0x9E3779B97F4A7C15) ^ (number * 0xD1342543DE82EF95);

    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    public int Below(int limit) => (int)(Next() % (ulong)limit);

    public bool Chance(int percent) => Below(100) < percent;

    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

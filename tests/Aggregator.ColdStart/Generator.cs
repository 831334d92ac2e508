using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Aggregator.Domain.Claims;
using Aggregator.Tests.Shared;

namespace Aggregator.ColdStart;

/// <summary>What claim a number gives: the same in every run, whatever was made before.</summary>
/// <remarks>
/// Who tells of the losses of a day in a place always gives the same figure, whichever claim it is in (R6), so a sum over such statements is what
/// views must show. A few claims tell an incident of its own, on an item that no other is on: those alone are corrected or taken back.
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
        // Numbers go in sixes: something told by one, something told by two, something told by three.
        var (incident, telling) = (number % 6) switch
        {
            0 => (number / 6 * 3, 0),
            < 3 and var at => ((number / 6 * 3) + 1, (int)at - 1),
            var at => ((number / 6 * 3) + 2, (int)at - 3),
        };
        var what = new Draw(seed, (ulong)incident << 1);
        var who = new Draw(seed, ((ulong)number << 1) | 1);
        var place = scene.Pick(what.Fraction());
        var (target, other) = what.Chance(50) ? (place.One, place.Other) : (place.Other, place.One);
        var day = FirstDay.AddDays((int)(incident * 2 * Days / Math.Max(1, claims)));
        var isIncident = IsIncident(number);
        var isFigure = what.Chance(70) || isIncident;
        var isDenial = !isFigure && what.Chance(10);
        var item = isIncident ? Item.Apc : Items[what.Below(Items.Length)];
        var claimant = what.Below(100) switch { < 10 => target, 10 => null, _ => other };
        var source = string.Create(CultureInfo.InvariantCulture, $"cold-{(claimant is null ? SourceOf(what.Fraction()) : (SourceOf(who.Fraction()) + (telling * 131)) % Sources)}");
        var reportedAt = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddMinutes(who.Below(Minutes) + (telling * Minutes));
        var said = new Draw(seed, XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(isIncident
            ? string.Create(CultureInfo.InvariantCulture, $"{number}")
            : string.Create(CultureInfo.InvariantCulture, $"{place.Id}/{target}/{item}/{claimant ?? source}/{day:O}"))));
        var count = 1 + said.Below(said.Chance(5) ? 200 : 6);
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
            Incident = isIncident ? string.Create(CultureInfo.InvariantCulture, $"cold/{incident}") : null,
            Quote = string.Create(CultureInfo.InvariantCulture, $"Reported at {place.Id}: incident {incident} of that day."),
        };

        static int SourceOf(double fraction) => (int)(Sources * fraction * fraction);
    }

    /// <summary>Whether a claim tells an incident of its own, so that it may be corrected or taken back: about 2% do.</summary>
    public bool IsIncident(long number) => number % 6 == 0 && (FateOf(number) != Fate.Stands || new Draw(seed ^ 0xd1ce, (ulong)number).Chance(5));

    /// <summary>What becomes of a claim: of all 1% are corrected and 0.1% taken back.</summary>
    public Fate FateOf(long number) => number % 6 != 0 ? Fate.Stands : new Draw(seed ^ 0x5eed, (ulong)number).Below(1_000) switch
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

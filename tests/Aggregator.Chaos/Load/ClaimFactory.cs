using System.Globalization;

namespace Aggregator.Chaos.Load;

/// <summary>Makes the claims of a batch from its number: the same every time.</summary>
/// <param name="seed">Of the run.</param>
/// <param name="claimsPerBatch">Claims of each.</param>
/// <param name="quoteLength">Characters of each claim's quote; 0 for none.</param>
internal sealed class ClaimFactory(int seed, int claimsPerBatch, int quoteLength)
{
    /// <summary>The item that claims are taken back of; figures of the others can only grow.</summary>
    public const string Retractable = "ifv";

    public const int Sources = 8;

    public const long CorrectedCount = 3;

    private const int Days = 7_000;
    private static readonly string[] Items = ["tank", "drone", "artillery", Retractable];
    private static readonly DateOnly FirstDay = new(2000, 1, 1);

    /// <summary>Whether a figure, by item and voice, can only grow: nothing of it is taken back or replaced.</summary>
    public static bool OnlyGrows(string figure) => figure.Split(' ')[0] is not (Retractable or ReportFactory.Item);

    /// <summary>The source whose claims are taken back and whose reports are replaced; the others' counts can only grow.</summary>
    public static string RetractableSource { get; } = SourceName(Sources - 1);

    public static IEnumerable<string> SourceNames => Enumerable.Range(0, Sources).Select(SourceName);

    public static string SourceName(int at) => string.Create(CultureInfo.InvariantCulture, $"chaos-wire-{at}");

    /// <summary>A batch; one in four is spread over all sources, so over partitions, the others come from one.</summary>
    public ClaimSpec[] Batch(int number)
    {
        var random = RandomOf(seed, number);
        var item = Items[random.Next(Items.Length)];
        var theatre = Theatre.All[random.Next(Theatre.All.Count)];
        var target = theatre.Targets[random.Next(theatre.Targets.Length)];
        var isInner = random.Next(4) == 0;
        var isMixed = random.Next(4) == 0;
        var source = random.Next(Sources - 1);
        return [.. Enumerable.Range(0, claimsPerBatch).Select(at => new ClaimSpec
        {
            Source = item == Retractable ? RetractableSource : SourceName(isMixed ? at % (Sources - 1) : source),
            Id = string.Create(CultureInfo.InvariantCulture, $"{number}-{at}"),
            Theatre = theatre,
            Claimant = theatre.Claimants[(number + at) % theatre.Claimants.Length],
            Target = target,
            Region = isInner ? theatre.Inner : theatre.Leaves[at % theatre.Leaves.Length],
            Day = FirstDay.AddDays(number % Days),
            Item = item,
            Detail = string.Create(CultureInfo.InvariantCulture, $"no. {at + (number / Days * claimsPerBatch)}"),
            Quote = quoteLength == 0 ? null : Words(random, quoteLength),
        })];
    }

    /// <summary>Random numbers that follow from a seed and a number alone, in every process.</summary>
    public static Random RandomOf(int seed, int number) => new(new Draw((ulong)seed, (ulong)number).Below(int.MaxValue));

    // Text that does not compress to nothing.
    private static string Words(Random random, int length) => string.Create(length, random, static (text, random) =>
    {
        for (var at = 0; at < text.Length; at++)
        {
            text[at] = (char)('a' + random.Next(26));
        }
    });

    /// <summary>A claim for every place and actor of the theatres, so that every view is there from the start.</summary>
    public static ClaimSpec[] First() => [.. Theatre.All.SelectMany(static (theatre, of) => theatre.Leaves.Append(theatre.Inner).Select((place, at) => new ClaimSpec
    {
        Source = SourceName(((of * (theatre.Leaves.Length + 1)) + at) % Sources),
        Id = string.Create(CultureInfo.InvariantCulture, $"first-{of}-{at}"),
        Theatre = theatre,
        Claimant = theatre.Claimants[at % theatre.Claimants.Length],
        Target = theatre.Targets[at % theatre.Targets.Length],
        Region = place,
        Day = FirstDay.AddDays(-1 - at),
        Item = "helicopter",
        Detail = "no. 0",
    }))];

    /// <summary>One claim from every source: what waits for it waits for every partition in use.</summary>
    public static ClaimSpec[] Probe(int number) => [.. Enumerable.Range(0, Sources).Select(at => new ClaimSpec
    {
        Source = SourceName(at),
        Id = string.Create(CultureInfo.InvariantCulture, $"probe-{number}"),
        Theatre = Theatre.All[at % 2],
        Claimant = Theatre.All[at % 2].Claimants[0],
        Target = Theatre.All[at % 2].Targets[0],
        Region = Theatre.All[at % 2].Leaves[at / 2 % 4],
        Day = FirstDay.AddDays(number % Days),
        Item = "helicopter",
        Detail = string.Create(CultureInfo.InvariantCulture, $"no. {at}"),
    })];
}

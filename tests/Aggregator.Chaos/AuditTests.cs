using System.Globalization;
using System.Text;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos;

/// <summary>An audit that finds nothing must be one that would have found something.</summary>
public sealed class AuditTests
{
    private static readonly ClaimFactory Factory = new(seed: 1, claimsPerBatch: 4, quoteLength: 0);
    private static int _numbers;

    [Fact]
    public void Batch_OfASeed_IsTheSameInEveryProcess() =>
        Assert.Equal("ddataataaididdta", string.Concat(Enumerable.Range(1, 16).Select(number => Factory.Batch(number)[0].Item[0])));

    [Fact]
    public void Truth_AllThere_IsRight()
    {
        var operation = Sent(OperationKind.Claims, Factory.Batch(1), acknowledged: true);

        var (standing, violations) = TruthOf(operation).Judge(Shown(operation.Operation.Claims));

        Assert.Empty(violations);
        Assert.Equal(operation.Operation.Claims, standing);
    }

    [Fact]
    public void Truth_AcknowledgedAndMissing_IsLost()
    {
        var operation = Sent(OperationKind.Claims, Factory.Batch(1), acknowledged: true);

        Assert.Equal([Promise.Lost], Judge([operation], Shown(operation.Operation.Claims[1..])));
    }

    [Fact]
    public void Truth_NotAcknowledged_CountsOnceOrNot()
    {
        var operation = Sent(OperationKind.Claims, Factory.Batch(1), acknowledged: false);

        Assert.Empty(Judge([operation], []));
        Assert.Empty(Judge([operation], Shown(operation.Operation.Claims)));
        Assert.Equal([Promise.Doubled], Judge([operation], Shown([operation.Operation.Claims[0], operation.Operation.Claims[0]])));
    }

    [Fact]
    public void Truth_NeverSent_IsFound() => Assert.Equal([Promise.Doubled], Judge([], Shown(Factory.Batch(1)[..1])));

    [Theory]
    [InlineData(true, 1L, Promise.Lost)]
    [InlineData(true, 3L, null)]
    [InlineData(false, 1L, null)]
    [InlineData(false, 3L, null)]
    [InlineData(false, 2L, Promise.Lost)]
    public void Truth_Corrected_ShowsTheCorrectionOnceItIsAcknowledged(bool acknowledged, long shown, Promise? broken)
    {
        var claims = Sent(OperationKind.Claims, Factory.Batch(1)[..1], acknowledged: true);
        var correction = Sent(OperationKind.Correction, [claims.Operation.Claims[0] with { Count = ClaimFactory.CorrectedCount, Revision = 1 }], acknowledged);

        Assert.Equal(broken is { } one ? [one] : [], Judge([claims, correction], [(claims.Operation.Claims[0].Key, shown)]));
    }

    [Fact]
    public void Truth_TakenBackAndShown_IsWrong()
    {
        var claims = Sent(OperationKind.Claims, Factory.Batch(1)[..1], acknowledged: true);
        var retraction = Sent(OperationKind.Retraction, claims.Operation.Claims, acknowledged: true);

        Assert.Empty(Judge([claims, retraction], []));
        Assert.Equal([Promise.Figure], Judge([claims, retraction], Shown(claims.Operation.Claims)));
    }

    [Fact]
    public void Truth_OfAReplacedReport_HasTheLaterTextsClaims()
    {
        var report = Sent(OperationKind.Report, Named(ReportFactory.Make(0, replaces: false).Claims, "early"), acknowledged: true);
        var repost = (new Operation(Interlocked.Increment(ref _numbers), OperationKind.Repost, Named(ReportFactory.Make(0, replaces: true).Claims, "late"), persists: true) { Attempts = 1, Replaces = report.Operation }, true);

        Assert.Empty(Judge([report, repost], Shown(repost.Item1.Claims)));
        Assert.Equal([Promise.Figure, Promise.Figure], Judge([report, repost], Shown([.. report.Operation.Claims, .. repost.Item1.Claims])));
        Assert.Equal([Promise.Lost], Judge([report, repost], []));
        Assert.Equal([Promise.Doubled], Judge([report], Shown([.. report.Operation.Claims, report.Operation.Claims[0]])));

        static ClaimSpec[] Named(ClaimSpec[] claims, string name) => [.. claims.Select((claim, at) => claim with { Id = string.Create(CultureInfo.InvariantCulture, $"{name}-{at}") })];
    }

    [Fact]
    public void Truth_RetractionThatTheStoreLost_IsMissing()
    {
        var claims = Sent(OperationKind.Claims, Factory.Batch(1)[..1], acknowledged: true);
        var retraction = Sent(OperationKind.Retraction, claims.Operation.Claims, acknowledged: true);

        Assert.Empty(TruthOf(claims, retraction).Missing([]));
        Assert.Equal(claims.Operation.Claims[0], Assert.Single(TruthOf(claims, retraction).Missing(Shown(claims.Operation.Claims))).Claim);
    }

    [Fact]
    public void Expectation_OfALeaf_CountsUpToTheRoot()
    {
        var claim = Factory.Batch(1)[0] with { Region = "azovstal", Theatre = Theatre.All[1], Target = "russia-armed-forces", Item = "tank" };

        var expected = new Expectation([claim], new Dictionary<string, string>());

        foreach (var path in new[] { "regions/azovstal", "regions/mariupol", "regions/donetsk-oblast", "regions/donbas", "regions/ukraine", "regions/world", "actors/russia-armed-forces", "actors/russia" })
        {
            Assert.Equal((path, 1), (path, expected.Figures("/v1/" + path)["tank ukraine"]));
        }

        Assert.Empty(expected.Figures("/v1/regions/karabakh"));
        Assert.Equal(0, expected.Count("/v1/regions/mariupol"));
    }

    [Fact]
    public void AofTail_Cut_DropsWholeTransactionsAfterTheTime()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "appendonlydir")).FullName, "appendonly.aof.1.incr.aof");
        var kept = "#TS:100\r\n" + Command("SET", "a", "1") + "#TS:101\r\n" + Command("MULTI") + Command("SET", "agg:log:{3}:6", "2") + Command("EXEC");
        File.WriteAllText(file, kept + "#TS:102\r\n" + Command("MULTI") + Command("SET", "agg:log:{3}:7", "3") + Command("SET", "agg:log:{3}:last", "7") + Command("EXEC") + Command("SET", "agg:log:{3}:8", "4"));

        var tail = AofTail.Cut(folder.Path, DateTimeOffset.FromUnixTimeSeconds(103));

        Assert.Equal((2, 102), (tail.Commands, tail.From.ToUnixTimeSeconds()));
        Assert.Equal((7, 8), Assert.Single(tail.Entries).Value);
        Assert.Equal(kept, File.ReadAllText(file));

        static string Command(params string[] words) =>
            string.Create(CultureInfo.InvariantCulture, $"*{words.Length}\r\n") + string.Concat(words.Select(word => string.Create(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n")));
    }

    private static Promise[] Judge((Operation Operation, bool IsAcknowledged)[] sent, (string Key, long? Count)[] evidence) => [.. TruthOf(sent).Judge(evidence).Violations.Select(one => one.Promise)];

    private static Truth TruthOf(params (Operation Operation, bool IsAcknowledged)[] sent) =>
        new(sent.Select(one => one.Operation), sent.Where(one => one.IsAcknowledged).ToDictionary(one => one.Operation.Number, _ => DateTimeOffset.UnixEpoch));

    private static (string Key, long? Count)[] Shown(IEnumerable<ClaimSpec> claims) => [.. claims.Select(claim => (claim.Key, (long?)claim.Count))];

    private static (Operation Operation, bool IsAcknowledged) Sent(OperationKind kind, ClaimSpec[] claims, bool acknowledged) =>
        (new Operation(Interlocked.Increment(ref _numbers), kind, claims, persists: true) { Attempts = 1 }, acknowledged);
}

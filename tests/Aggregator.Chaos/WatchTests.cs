using System.Text.Json.Nodes;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Reporting;
using Aggregator.Chaos.Running;
using Aggregator.Grains.Protocol;

namespace Aggregator.Chaos;

/// <summary>What is watched while faults go on would be seen.</summary>
public sealed class WatchTests
{
    private static readonly DateTimeOffset Began = DateTimeOffset.UnixEpoch;

    [Fact]
    public void History_ThatOnlyGrows_IsRight()
    {
        var history = new LogHistory();

        Assert.Empty(history.Take(Look(0)));
        Assert.Empty(history.Take(Look(1, last: 9, checkpoint: 5, version: 8, epoch: 4, mark: 9, era: 2)));
        Assert.Empty(history.Take(Look(2, incarnation: 2, last: 5, checkpoint: 3, version: 9, epoch: 5, mark: 2, markIncarnation: 2, era: 3)));
    }

    [Theory]
    [InlineData("the log of partition 0 ends", 6, 3, 7, 3, 5, 1)]
    [InlineData("partition 0 is checkpointed to 2", 8, 2, 7, 3, 5, 1)]
    [InlineData("has version", 8, 3, 6, 3, 5, 1)]
    [InlineData("has epoch", 8, 3, 7, 2, 5, 1)]
    [InlineData("has the mark", 8, 3, 7, 3, 4, 1)]
    [InlineData("the store's era", 8, 3, 7, 3, 5, 0)]
    [InlineData("partition 0 is checkpointed to 9", 8, 9, 7, 3, 5, 1)]
    [InlineData("has the mark 9", 8, 3, 7, 3, 9, 1)]
    public void History_WithAFall_IsToldWhatFell(string what, long last, long checkpoint, long version, long epoch, long mark, long era)
    {
        var history = new LogHistory();
        history.Take(Look(0));

        Assert.Contains(what, Assert.Single(history.Take(Look(1, last: last, checkpoint: checkpoint, version: version, epoch: epoch, mark: mark, era: era))), StringComparison.Ordinal);
    }

    [Fact]
    public void History_ThatForgets_KeepsWhatHeldBefore()
    {
        var history = new LogHistory();
        history.Take(Look(0));
        history.Take(Look(2, last: 20, checkpoint: 15, version: 30, epoch: 9, mark: 20, era: 2));

        history.Forget(Began.AddSeconds(1));

        Assert.Empty(history.Take(Look(3)));
        Assert.Contains("has version", Assert.Single(history.Take(Look(4, version: 6))), StringComparison.Ordinal);
    }

    [Fact]
    public void Applied_LessThanWasSaidToShow_IsExcusedOnlyByARowReadSince()
    {
        var claims = ClaimFactory.Probe(1);
        var check = new AppliedCheck(new Fronts(new HttpPeer(), []), claims);
        var least = new Dictionary<string, long> { ["helicopter armenia"] = 2 };
        Assert.NotNull(check.Less(CeilingTests.View(1, 1, 0, item: "helicopter"), least));
        Assert.Null(check.Less(CeilingTests.View(2, 1, 0, item: "helicopter"), least));

        var paths = Views.All.ToDictionary(static path => path, static _ => 7L);
        Assert.True(check.MayShowLess("/v1/regions/world", paths));
        foreach (var path in Views.All)
        {
            check.Before(path, 7);
        }

        Assert.False(check.MayShowLess("/v1/regions/world", paths));
        paths["/v1/regions/fizuli"] = 8;
        Assert.True(check.MayShowLess("/v1/regions/world", paths));
        Assert.True(check.MayShowLess("/v1/regions/karabakh", paths));
        Assert.False(check.MayShowLess("/v1/regions/ukraine", paths));
        Assert.False(check.MayShowLess("/v1/actors/azerbaijan", paths));
        Assert.False(check.MayShowLess("/v1/sources/chaos-wire-0", paths));
    }

    [Fact]
    public void HostLog_OfAnEarlierRun_ExcusesNothing()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "host.log");
        File.WriteAllLines(file, ["=== process 1 at one", "I have been told I am dead", "=== process 2 at two", "all is well"]);
        var log = new HostLog(file);

        Assert.True(log.Contains("told I am dead"));
        Assert.False(log.LastRunContains("told I am dead"));
        Assert.True(log.LastRunContains("all is well"));
        Assert.Equal("=== process 2 at two | all is well", log.Tail(5));
    }

    [Fact]
    public void ExitCode_WhereNothingRan_IsNotZero()
    {
        var (skipped, passed) = (Result("no redis-server"), Result(null));

        Assert.Equal(1, ChaosRunner.ExitCode([]));
        Assert.Equal(1, ChaosRunner.ExitCode([skipped, skipped]));
        Assert.Equal(1, ChaosRunner.ExitCode([skipped, passed]));
        Assert.Equal(0, ChaosRunner.ExitCode([passed, passed]));
        Assert.Equal(1, ChaosRunner.ExitCode([passed, passed with { Violations = [new Violation(Promise.Lost, "one")] }]));

        static RunResult Result(string? why) => new() { Scenario = "one", Seed = 1, Seconds = 1, Skipped = why };
    }

    [Fact]
    public void Report_IsIdentifiedByWhatAHostReads_AndByNothingElse()
    {
        var (report, claims) = ReportFactory.Make(3, replaces: false);
        var read = new JsonObject { ["claims"] = new JsonArray([.. claims.Select(static (claim, at) => JsonNode.Parse($$"""
            {"id":"id-{{at}}","source":"{{claim.Source}}","claimant":{"id":"{{claim.Claimant}}"},"target":{"id":"{{claim.Target}}"},"region":{"id":"{{claim.Region}}"},"occurred":{"from":"{{claim.Day:yyyy-MM-dd}}"},
             "figure":{"item":"{{claim.Item}}","outcome":"destroyed","best":{{claim.Count}},"basis":"incident" } }
            """))]) };

        Assert.Equal(["id-0", "id-1"], ReportFactory.Identify(claims, read)!.Select(static claim => claim.Id));
        read["claims"]![1]!["figure"]!["best"] = 99L;
        Assert.Null(ReportFactory.Identify(claims, read));
        Assert.Equal(report.Url, ReportFactory.Make(3, replaces: true).Report.Url);
    }

    private static LogLook Look(
        int second, long incarnation = 1, long last = 8, long checkpoint = 3, long version = 7, long epoch = 3, long mark = 5, long markIncarnation = 1, long era = 1)
    {
        var marks = new Marks { [0] = new Mark(markIncarnation, mark) };
        return new LogLook(Began.AddSeconds(second), [new LogRow("agg:row:region:fizuli", version, epoch, marks)], [new LogHead(incarnation, checkpoint, last)], era);
    }
}

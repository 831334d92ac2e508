using System.Text.Json.Nodes;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos;

/// <summary>What a view shows twice meanwhile is found, and who refuses rightly is not blamed.</summary>
public sealed class CeilingTests
{
    private static readonly ClaimSpec Claim = ClaimFactory.Probe(1)[0] with { Region = "fizuli", Theatre = Theatre.All[0], Claimant = "armenia", Target = "azerbaijan-armed-forces", Item = "tank" };

    [Theory]
    [InlineData("regions/fizuli", 1, 1, 1, 0)]
    [InlineData("regions/fizuli", 1, 1, 2, 1)]
    [InlineData("regions/fizuli", 1, 2, 1, 1)]
    [InlineData("regions/fizuli", 2, 1, 1, 1)]
    [InlineData("regions/world", 1, 1, 0, 0)]
    [InlineData("regions/world", 2, 2, 0, 2)]
    [InlineData("actors/azerbaijan", 2, 1, 0, 1)]
    [InlineData("regions/ukraine", 1, 0, 0, 1)]
    [InlineData("regions/fizuli", 0, 0, 0, 0)]
    public void Exceeded_OfOneClaim_IsWhatCountsTwice(string path, long best, long appearances, long total, int found)
    {
        var ceiling = new Ceiling();
        ceiling.Add([Claim]);
        ceiling.Add([Claim]);

        Assert.Equal(found, ceiling.Exceeded("/v1/" + path, View(best, appearances, total)).Count());
    }

    [Fact]
    public void Exceeded_BeforeAndAfterACorrection_GoesByTheLargerFigure()
    {
        var ceiling = new Ceiling();
        ceiling.Add([Claim]);
        Assert.NotEmpty(ceiling.Exceeded("/v1/regions/karabakh", View(3, 1, 0)));

        ceiling.Add([Claim with { Count = 3, Revision = 1 }]);

        Assert.Empty(ceiling.Exceeded("/v1/regions/karabakh", View(3, 1, 0)));
        Assert.NotEmpty(ceiling.Exceeded("/v1/regions/karabakh", View(4, 1, 0)));
    }

    [Fact]
    public void Exceeded_OfAMergedPlace_IsTheSurvivorsToo()
    {
        var ceiling = new Ceiling();
        ceiling.Add([Claim with { Region = "chaosville" }]);
        Assert.NotEmpty(ceiling.Exceeded("/v1/regions/fizuli", View(1, 1, 1)));

        ceiling.Merge("chaosville", "fizuli");
        ceiling.Add([Claim with { Region = "chaosville", Id = "other" }]);

        Assert.Empty(ceiling.Exceeded("/v1/regions/fizuli", View(2, 2, 2)));
        Assert.Empty(ceiling.Exceeded("/v1/regions/world", View(2, 2, 0)));
        Assert.NotEmpty(ceiling.Exceeded("/v1/regions/world", View(3, 2, 0)));
    }

    [Theory]
    [InlineData(200, false, null)]
    [InlineData(0, false, null)]
    [InlineData(503, true, null)]
    [InlineData(429, true, null)]
    [InlineData(503, false, Promise.Answer)]
    [InlineData(500, false, Promise.Answer)]
    [InlineData(404, false, Promise.Lost)]
    public void Judge_OfAView_TellsRefusalsFromFaults(int status, bool saysWhen, Promise? broken)
    {
        var ceiling = new Ceiling();
        ceiling.Add([Claim]);
        var answer = new Answer(status, status == 200 ? View(1, 1, 1) : null, status == 0 ? "no answer within 3 s" : null, saysWhen);

        Assert.Equal(broken is { } one ? [one] : [], new ViewJudge(ceiling).Judge("front", "/v1/regions/fizuli", answer).Select(static found => found.Promise));
    }

    [Fact]
    public void Judge_OfAViewThatShowsAClaimTwice_IsDoubled()
    {
        var ceiling = new Ceiling();
        ceiling.Add([Claim]);

        Assert.Equal(Promise.Doubled, Assert.Single(new ViewJudge(ceiling).Judge("front", "/v1/regions/fizuli", new Answer(200, View(2, 1, 1), null))).Promise);
    }

    internal static JsonObject View(long best, long appearances, long total, long version = 1, string item = "tank") => JsonNode.Parse($$"""
        {"version":{{version}},"claims":{"total":{{total}}},"lines":[{"item":"{{item}}","outcome":"destroyed","positions":[{"voice":{"id":"armenia"},"best":{{best}},"appearances":{{appearances}}}]}]}
        """)!.AsObject();
}

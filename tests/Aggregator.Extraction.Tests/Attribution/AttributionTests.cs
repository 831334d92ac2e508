namespace Aggregator.Extraction.Tests.Attribution;

/// <summary>Who says it, from the words around a figure.</summary>
public sealed class AttributionTests
{
    [Theory]
    [InlineData("Officials in Northtown said that 5 civilians were killed.", "northland-officials")]
    [InlineData("Five civilians were killed, officials in Northtown said.", "northland-officials")]
    [InlineData("Five civilians were killed, said officials in Northtown.", "northland-officials")]
    [InlineData("According to officials in Northtown, five civilians were killed.", "northland-officials")]
    [InlineData("Five civilians were killed, according to officials in Northtown.", "northland-officials")]
    [InlineData("Northtown said the attack was over. It said five civilians were killed.", "northland")]
    [InlineData("\"It is over,\" Northtown said. \"Five civilians were killed.\"", "northland")]
    [InlineData("Residents said five civilians were killed.", "residents")]
    [InlineData("Five civilians were killed on Monday.", null)]
    [InlineData("The War Monitor, a group of volunteers, said five civilians were killed.", "war-monitor")]
    public void Claimant_WhereverItStands_IsFound(string text, string? claimant)
    {
        var claim = Assert.Single(Reading.Extract(text), claim => claim.Figure is not null);

        Assert.Equal(claimant, claim.Claimant?.Id);
    }

    [Fact]
    public void Denial_OfAClaimThatTheSentenceReports_GivesBoth()
    {
        var claims = Reading.Extract("Northtown dismissed claims by Southland that 5 tanks were destroyed.");

        Assert.Equal([("southland", "asserts"), ("northland", "denies")], claims.Select(claim => (claim.Claimant!.Id!, claim.Stance!)));
        Assert.Equal(["1"], claims[1].RefersTo);
    }

    [Fact]
    public void Denial_OfAnEarlierFigure_CarriesIt()
    {
        var claims = Reading.Extract("Southland said 512 Northlandic soldiers were killed. Northtown called the figure a lie.");

        Assert.Equal((512L, "denies", "northland"), (claims[^1].Figure!.Best!.Value, claims[^1].Stance, claims[^1].Claimant!.Id));
    }
}

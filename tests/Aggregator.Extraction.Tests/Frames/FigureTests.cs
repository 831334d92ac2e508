using Aggregator.Domain.Claims;

namespace Aggregator.Extraction.Tests.Frames;

/// <summary>What is counted and what happened to it; published on Wednesday 15 May 2024.</summary>
public sealed class FigureTests
{
    [Theory]
    [InlineData("Northtown said nearly 50 drones and four helicopters were downed, and 80 tanks destroyed.", "drone destroyed 50, helicopter destroyed 4, tank destroyed 80")]
    [InlineData("Northtown said it had struck, destroying four enemy tanks, an armoured vehicle and killing 10 troops.", "tank destroyed 4, armoured-vehicle destroyed 1, combatant killed 10")]
    [InlineData("Shells killed two civilians and wounded five, officials in Northtown said.", "civilian killed 2, civilian wounded 5")]
    [InlineData("Two soldiers were killed and 10 wounded, Northtown said.", "combatant killed 2, combatant wounded 10")]
    [InlineData("At least nine people died and 25 were injured, residents said.", "person killed 9, person wounded 25")]
    [InlineData("Northtown put the toll at 22 dead and 111 wounded.", "person killed 22, person wounded 111")]
    [InlineData("Northtown said 80 tanks were destroyed, as well as nearly 50 drones.", "tank destroyed 80, drone destroyed 50")]
    [InlineData("Northtown said its gunners shot down four of six drones.", "drone destroyed 4")]
    [InlineData("Northtown said it had destroyed a convoy of 12 vehicles.", "vehicle destroyed 12")]
    [InlineData("More than 500,000 people have been displaced, residents said.", "person displaced 500001")]
    public void Read_MixedLists_GiveEachItsItemAndOutcome(string text, string expected) =>
        Assert.Equal(expected, string.Join(", ", Reading.Extract(text).Where(claim => claim.Figure is not null).Select(claim => $"{claim.Figure!.Item} {claim.Figure.Outcome} {claim.Figure.Best}")));

    [Fact]
    public void Read_PartOfAFigure_RelatesToItsWhole()
    {
        var claims = Reading.Extract("Shells wounded ten people in Millbrook, among them two children, residents said.");

        Assert.Equal(("1", "part"), (claims[1].RelatesTo, claims[1].RelatesAs));
        Assert.Equal(("civilian", "wounded"), (claims[1].Figure!.Item, claims[1].Figure!.Outcome));
    }

    [Fact]
    public void Read_TotalSinceADate_IsCumulative()
    {
        var claim = Assert.Single(Reading.Extract("Northtown said on Monday that 300 Southlandic soldiers had been killed since May 1."));

        Assert.Equal(("cumulative", new DateOnly(2024, 5, 1), new DateOnly(2024, 5, 13)), (claim.Figure!.Basis, claim.Figure.Since, claim.Figure.AsOf));
    }

    [Fact]
    public void Read_Enemy_IsTheSpeakersOpponent()
    {
        var claims = Reading.Extract("Northlandic troops met Southlandic troops. Northtown said it had destroyed four enemy tanks. Southtown said it had destroyed three enemy drones.");

        Assert.Equal(["southland", "northland"], claims.Where(claim => claim.Figure is not null).Select(claim => Reading.Registry.Voice(claim.Target!.Id!)));
    }

    [Fact]
    public void Read_LossesWithoutANumber_AreThreeNulls()
    {
        var claim = Assert.Single(Reading.Extract("Northtown said Southlandic troops suffered heavy losses."));

        Assert.Equal(Bounds.Unnumbered, new Bounds(claim.Figure!.Low, claim.Figure.Best, claim.Figure.High));
        Assert.Equal("southland", Reading.Registry.Voice(claim.Target!.Id!));
    }

    [Theory]
    [InlineData("If they come again, 50 tanks will be destroyed.")]
    [InlineData("An envoy warned that thousands of soldiers could be killed.")]
    [InlineData("Were 50 soldiers killed in Millbrook?")]
    [InlineData("Northland has 500 tanks and plans to buy 40 drones.")]
    [InlineData("Some 30,000 people were killed when the two fought in the 1990s.")]
    [InlineData("The bank lost $3 million and 250 dockers were dismissed.")]
    [InlineData("The truce would free 40 hostages, and 120 prisoners might go home.")]
    public void Read_WhatIsNoClaim_StaysOut(string text) => Assert.DoesNotContain(Reading.Extract(text), claim => claim.Figure is not null);
}

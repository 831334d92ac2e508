namespace Aggregator.Extraction.Tests.Frames;

public sealed class ControlAndEventTests
{
    [Theory]
    [InlineData("Northtown said its troops had captured the town of Millbrook.", "millbrook", "northland")]
    [InlineData("Southlandic troops hold Millbrook, residents said.", "millbrook", "southland")]
    public void Control_TakenOrHeld_NamesPlaceAndHolder(string text, string place, string holder)
    {
        var claim = Assert.Single(Reading.Extract(text), claim => claim.Holder is not null);

        Assert.Equal((place, holder), (claim.Region?.Id, Reading.Registry.Voice(claim.Holder!.Id!)));
    }

    [Fact]
    public void Event_RepelledAttack_HasTheAttackerAsInitiatorAndTarget()
    {
        var claim = Assert.Single(Reading.Extract("Northtown said it had repelled a Southlandic attack near Millbrook on Monday."));

        Assert.Equal(("armed-clash", "millbrook"), (claim.Event, claim.Region?.Id));
        Assert.Equal(("southland", "southland"), (Reading.Registry.Voice(claim.Initiator!.Id!), Reading.Registry.Voice(claim.Target!.Id!)));
        Assert.Equal(new DateOnly(2024, 5, 13), claim.OccurredFrom);
    }
}

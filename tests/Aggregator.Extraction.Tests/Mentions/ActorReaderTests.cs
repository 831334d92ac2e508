using Aggregator.Extraction.Mentions;

namespace Aggregator.Extraction.Tests.Mentions;

public sealed class ActorReaderTests
{
    [Theory]
    [InlineData("Northland attacked", "northland", "Northland")]
    [InlineData("Northtown's defence ministry said", "northland-ministry-of-defence", "Northtown's defence ministry")]
    [InlineData("the defence ministry in Northtown said", "northland-ministry-of-defence", "defence ministry in Northtown")]
    [InlineData("officials in Northtown said", "northland-officials", "officials in Northtown")]
    [InlineData("Defence officials in Northland's capital Northtown said", "northland", "Defence officials in Northland's capital Northtown")]
    [InlineData("Southlandic troops fled", "southland-armed-forces", "Southlandic troops")]
    [InlineData("Southland's military", "southland-armed-forces", "Southland's military")]
    public void Read_NamesAndBodies_ResolveToTheSidesBody(string text, string id, string words)
    {
        var actor = Read(text)[0];

        Assert.Equal((id, words), (actor.Id, actor.Text));
    }

    [Theory]
    [InlineData("the enemy fled", ActorForm.Side)]
    [InlineData("they said", ActorForm.Pronoun)]
    [InlineData("residents said", ActorForm.Other)]
    [InlineData("the army said", ActorForm.BareBody)]
    [InlineData("then Jane Doe spoke", ActorForm.Other)]
    public void Read_WordsWithoutAName_KeepTheirForm(string text, object form) => Assert.Equal(form, Read(text)[0].Form);

    private static IReadOnlyList<ActorMention> Read(string text)
    {
        var document = Reading.Document(text);
        return new ActorReader(document, Reading.English, Reading.Registry, new NameFinder(document, Reading.Registry)).Read(0, document.Tokens.Length, static _ => false);
    }
}

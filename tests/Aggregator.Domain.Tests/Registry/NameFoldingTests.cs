using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Registry;

public sealed class NameFoldingTests
{
    [Theory]
    [InlineData("Füzuli", "fuzuli")]
    [InlineData("Ménaka", "menaka")]
    [InlineData("Ağdərə", "agdara")]
    [InlineData("Łódź", "lodz")]
    [InlineData("Straße", "strasse")]
    [InlineData("the Nagorno–Karabakh's", "nagorno karabakh")]
    [InlineData("Armenia's defence ministry", "armenia defence ministry")]
    [InlineData("Armenia’s", "armenia")]
    [InlineData("Houthis'", "houthis")]
    [InlineData("Ma'rib", "marib")]
    [InlineData("Artemivs’k", "artemivsk")]
    [InlineData("U.S. Central  Command", "us central command")]
    [InlineData("AFC/M23", "afc m23")]
    [InlineData("—", "")]
    public void Fold_OfAName_IsWhatMatches(string name, string folded) => Assert.Equal(folded, NameFolding.Fold(name));

    [Fact]
    public void ToSlug_OfAName_JoinsItsWords() => Assert.Equal("islamic-state", NameFolding.ToSlug("The Islamic State"));

    [Fact]
    public void Fold_OfAFoldedName_ChangesNothing() =>
        Assert.All(
            BundledRegistry.Read().SelectMany(entry => entry.Aliases).Take(20_000),
            alias => Assert.Equal(NameFolding.Fold(alias), NameFolding.Fold(NameFolding.Fold(alias))));
}

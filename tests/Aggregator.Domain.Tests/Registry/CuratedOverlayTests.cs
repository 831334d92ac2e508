using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Registry;

public sealed class CuratedOverlayTests
{
    private static readonly RegistryEntry Generated = new()
    {
        Entity = EntityKind.Region, Id = "bakhmut", Name = "Artemivsk", Kind = "city", Parent = "ukraine",
        Aliases = ["Artemovsk", "Bakhmout"], Latitude = 48.6, Longitude = 38, Population = 80_500,
    };

    [Fact]
    public void Apply_SameId_ReplacesFilledCellsAndJoinsAliases()
    {
        var curated = Generated with { Name = "Bakhmut", Parent = "donetsk-oblast", Aliases = ["-Bakhmout", "Artyomovsk"], Latitude = null, Longitude = null, Population = 0 };

        var merged = Assert.Single(CuratedOverlay.Apply([Generated, curated]));

        Assert.Equal("Bakhmut", merged.Name);
        Assert.Equal("donetsk-oblast", merged.Parent);
        Assert.Equal(["Artyomovsk", "Artemovsk", "Artemivsk"], merged.Aliases);
        Assert.Equal(48.6, merged.Latitude);
        Assert.Equal(80_500, merged.Population);
    }

    [Fact]
    public void Apply_OtherEntityOfTheSameId_StaysApart() =>
        Assert.Equal(2, CuratedOverlay.Apply([Generated, Generated with { Entity = EntityKind.Actor }]).Count);
}

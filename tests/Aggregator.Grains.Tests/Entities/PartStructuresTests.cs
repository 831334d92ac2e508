using Aggregator.Grains.Entities;

namespace Aggregator.Grains.Tests.Entities;

/// <summary>When an entity's totals rest on one structure of the registry, its parts' too.</summary>
public sealed class PartStructuresTests
{
    private readonly PartStructures _parts = new(structure: 1);

    [Fact]
    public void Complete_BeforeAnybodyLooked_IsNothing()
    {
        Assert.Null(_parts.Complete);
        Assert.False(_parts.HasTold("town"));

        _parts.Looked();

        Assert.Equal(1UL, _parts.Complete);
        Assert.True(_parts.HasTold("town"));
    }

    [Fact]
    public void Complete_WithAPartThatRestsOnAnotherStructure_IsNothingUntilItHasTold()
    {
        _parts.Found("town");
        _parts.Looked();
        Assert.Equal(["town"], _parts.Awaited);
        Assert.Null(_parts.Complete);

        _parts.Told("town", null);
        Assert.Null(_parts.Complete);

        _parts.Told("town", 1);
        Assert.Equal(1UL, _parts.Complete);
    }

    [Fact]
    public void Adopt_AwaitsEveryPartAgain_AndANewLook()
    {
        _parts.Told("town", 1);
        _parts.Looked();

        _parts.Adopt(2);
        _parts.Told("town", 2);
        Assert.Null(_parts.Complete);
        Assert.False(_parts.HasTold("town"));

        _parts.Looked();
        Assert.Equal(2UL, _parts.Complete);
    }

    [Fact]
    public void Told_UnderTheStructureBefore_IsAwaited()
    {
        _parts.Looked();
        _parts.Adopt(2);
        _parts.Looked();
        _parts.Told("town", 1);

        Assert.Equal(["town"], _parts.Awaited);
        Assert.Null(_parts.Complete);
    }

    [Fact]
    public void Found_APartThatHasTold_StaysTold()
    {
        _parts.Told("town", 1);
        _parts.Looked();

        _parts.Found("town"); // its row is older than its push

        Assert.Equal(1UL, _parts.Complete);
    }

    [Fact]
    public void DropWhere_AwaitedPart_IsAwaitedNoMore()
    {
        _parts.Found("town");
        _parts.Found("village");
        _parts.Looked();

        _parts.DropWhere(part => part == "town");

        Assert.Equal(["village"], _parts.Awaited);
        Assert.True(_parts.HasTold("town"));
    }
}

using Aggregator.Store.Index;

namespace Aggregator.Store.Tests.Index;

public sealed class IndexRowTests
{
    private static readonly IndexVersion First = new(1, 10, 0, 1, 500);

    [Fact]
    public void With_NothingHeld_HasTheOneVersion() => Assert.Equal([First], IndexRow.With(9, null, First).Versions);

    [Fact]
    public void With_PositionHeld_ChangesNothing() =>
        Assert.Equal([First], IndexRow.With(9, new([First]), First).Versions);

    [Theory]
    [InlineData(2, 400, 11, true)]
    [InlineData(1, 501, 11, true)]
    [InlineData(1, 500, 11, true)]
    [InlineData(1, 499, 11, false)]
    [InlineData(0, 900, 11, false)]
    public void With_AnotherVersion_StandsByRevisionThenReportedAtThenArrival(long revision, long reportedAt, long sequence, bool stands)
    {
        IndexVersion second = new(2, sequence, 0, revision, reportedAt);
        Assert.Equal(stands ? second : First, IndexRow.With(9, new([First]), second).Versions[0]);
    }

    [Fact]
    public void With_Retraction_StandsAloneForGood()
    {
        IndexVersion retraction = new(0, 11, 0, 0, 0, IsRetraction: true);
        var row = IndexRow.With(9, new([First]), retraction);
        row = IndexRow.With(9, new(row.Versions), new(3, 12, 0, 99, 999));
        Assert.Equal([retraction], row.Versions);
    }

    [Fact]
    public void With_AnyOrderOfArrival_SameOrder()
    {
        IndexVersion[] versions = [First, new(2, 11, 0, 1, 900), new(3, 12, 5, 2, 100), new(4, 12, 6, 0, 1_000)];
        var expected = versions.Aggregate((IndexHit?)null, static (held, v) => new(IndexRow.With(9, held, v).Versions))!.Versions;
        var reversed = versions.Reverse().Aggregate((IndexHit?)null, static (held, v) => new(IndexRow.With(9, held, v).Versions))!.Versions;
        Assert.Equal(expected, reversed);
        Assert.Equal([3, 2, 1, 4], expected.Select(static v => (int)v.ContentHash));
    }

    [Fact]
    public void Value_OneVersion_IsSmall() => Assert.Equal(58, IndexValue.Write([First]).Length);

    [Fact]
    public void Value_UnknownFormat_Throws()
    {
        var bytes = IndexValue.Write([First]);
        bytes[12] = 2;
        Assert.Throws<InvalidDataException>(() => IndexValue.Read(bytes));
        Assert.Throws<InvalidDataException>(() => IndexValue.Read(IndexValue.Write([First]).AsSpan(0, 57)));
    }
}

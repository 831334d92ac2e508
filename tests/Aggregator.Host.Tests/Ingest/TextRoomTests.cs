using Aggregator.Domain.Claims;
using Aggregator.Host.Ingest;
using Aggregator.Store.Index;

namespace Aggregator.Host.Tests.Ingest;

public sealed class TextRoomTests
{
    private readonly TextRoom _room = new();

    [Fact]
    public void Take_AsManyAsAreLeft_IsRefusedBeyond()
    {
        Assert.True(_room.TryTake(Text("a", 1), 2));
        Assert.True(_room.TryTake(Text("a", 2), 2));
        Assert.False(_room.TryTake(Text("a", 3), 2));
        Assert.False(_room.TryTake(Text("b", 1), 0));
    }

    [Fact]
    public void Take_OneTextTwice_TakesOnePlace()
    {
        Assert.True(_room.TryTake(Text("a", 1), 1));
        Assert.True(_room.TryTake(Text("a", 1), 1));
        Assert.False(_room.TryTake(Text("a", 2), 1));
    }

    [Fact]
    public void Take_OfAReportThatHadNone_AsManyAsOneMayHave()
    {
        Assert.All(Enumerable.Range(0, ClaimIndex.MaximumVersions), at => Assert.True(_room.TryTake(Text("a", at), null)));
        Assert.False(_room.TryTake(Text("a", -1), null));
        Assert.True(_room.TryTake(Text("b", 1), null));
    }

    private static ReportText Text(string address, int hash) => new()
    {
        Source = "wire",
        SourceId = "wire",
        Address = address,
        TextHash = (UInt128)(hash + 2),
        PublishedAt = DateTimeOffset.UnixEpoch,
        Claims = [],
    };
}

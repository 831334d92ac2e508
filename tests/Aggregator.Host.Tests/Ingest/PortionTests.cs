using Aggregator.Domain.Claims;
using Aggregator.Host.Ingest;

namespace Aggregator.Host.Tests.Ingest;

public sealed class PortionTests
{
    [Fact]
    public void Batches_OfClaimsAlone_AreFull() =>
        Assert.Equal([3, 3, 1], new Portion(Claims("a", "b", "c", "d", "e", "f", "g"), []).Batches(3).Select(batch => batch.Claims.Length));

    [Fact]
    public void Batches_OfReports_KeepEachWhole()
    {
        var portion = new Portion(Claims("a", "b", "c", "d", "e", "f", "g"), [Text("one", 0, "a", "b"), Text("two", 1, "c", "d", "e", "f"), Text("three", 2, "g"), Text("four", 3)]);

        Assert.Equal(
            [("ab", "one"), ("cdef", "two"), ("g", "three four")],
            portion.Batches(3).Select(batch => (string.Concat(batch.Claims.Select(one => one.Claim.Key.Id)), string.Join(' ', batch.Texts.Select(one => one.Text.Address)))));
    }

    [Fact]
    public void Batches_OneTextUnderTwoAddresses_ItsClaimsAreWithTheFirst()
    {
        var portion = new Portion(Claims("a", "b", "c", "a", "b"), [Text("one", 0, "a", "b"), Text("two", 1, "c"), Text("three", 2, "a", "b")]);

        Assert.Equal([("abab", "one"), ("c", "two three")], portion.Batches(2).Select(batch => (string.Concat(batch.Claims.Select(one => one.Claim.Key.Id)), string.Join(' ', batch.Texts.Select(one => one.Text.Address)))));
    }

    [Fact]
    public void Batches_AClaimOfNoReport_IsNotLeftOut() =>
        Assert.Equal(["x", "a"], new Portion(Claims("a", "x"), [Text("one", 0, "a")]).Batches(10).Select(batch => string.Concat(batch.Claims.Select(one => one.Claim.Key.Id))));

    private static (Claim Claim, int At)[] Claims(params string[] ids) => [.. ids.Select((id, at) => (
        new Claim { Key = new ClaimKey("s", id), ContentHash = 1, Source = new EntityRef("s", "s"), ReportedAt = DateTimeOffset.UnixEpoch, Event = EventType.ArmedClash }, at))];

    private static (ReportText Text, int At) Text(string address, int at, params string[] claims) => (
        new ReportText { Source = "s", SourceId = "s", Address = address, TextHash = (UInt128)at, PublishedAt = DateTimeOffset.UnixEpoch, Claims = [.. claims.Select(id => new ClaimKey("s", id))] }, at);
}

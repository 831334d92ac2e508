using System.Net;
using Aggregator.Grains.Hosting;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace Aggregator.Grains.Tests.Hosting;

public sealed class MembershipChangesTests
{
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void AreRecent_ForASpanAfterEachChange()
    {
        var changes = new MembershipChanges(_time, Span);

        Assert.True(changes.AreRecent);
        _time.Advance(Span);
        Assert.False(changes.AreRecent);
        changes.SiloStatusChangeNotification(SiloAddress.New(IPAddress.Loopback, 1, 1), SiloStatus.Dead);
        Assert.True(changes.AreRecent);
        _time.Advance(Span);
        Assert.False(changes.AreRecent);
    }
}

using Aggregator.Grains.Hosting;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace Aggregator.Grains.Tests.Hosting;

public sealed class DoorkeeperTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(SiloStatus.None, false)]
    [InlineData(SiloStatus.Created, false)]
    [InlineData(SiloStatus.Active, true)]
    [InlineData(SiloStatus.ShuttingDown, true)]
    public void LetsIn_OnceTheSiloIsActive(SiloStatus status, bool isLetIn) => Assert.Equal(isLetIn, new Doorkeeper(() => status, _time).LetsIn());

    [Fact]
    public void LetsIn_WhileItJoins_WhoCallsASecondAfterTheFirst()
    {
        var keeper = new Doorkeeper(() => SiloStatus.Joining, _time);

        Assert.False(keeper.LetsIn());
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(keeper.LetsIn());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(keeper.LetsIn());
    }
}

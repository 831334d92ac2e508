using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Aggregator.Grains.Hosting;

/// <summary>
/// Lets no other silo in before the cluster's table has this one, and for a second in which the others hear of it. Who calls until then means one that has died under
/// the same address, as where a container is started again in its pod; it would share the connection between the two, and close it ten seconds after it has heard
/// that the first one is dead, with the answers in it. No longer than that second: silos that join are probed, and three probes that fail are too many.
/// </summary>
/// <param name="status">What this silo is, as it has written it.</param>
/// <param name="time">The clock.</param>
internal sealed class Doorkeeper(Func<SiloStatus> status, TimeProvider time)
{
    private static readonly TimeSpan ToHear = TimeSpan.FromSeconds(1);
    private long _firstCall;

    /// <summary>Puts one at a silo's door.</summary>
    public static void Set(SiloConnectionOptions options) => options.ConfigureSiloInboundConnection(static door =>
    {
        var silo = door.ApplicationServices.GetRequiredService<ISiloStatusOracle>();
        var keeper = new Doorkeeper(() => silo.CurrentStatus, door.ApplicationServices.GetRequiredService<TimeProvider>());
        door.Use(next => connection =>
        {
            if (!keeper.LetsIn())
            {
                // Orleans reads from it all the same, and tidies up as after one that was lost.
                connection.Abort();
            }

            return next(connection);
        });
    });

    /// <summary>Whether who calls now is let in.</summary>
    public bool LetsIn()
    {
        var now = status();
        if (now != SiloStatus.Joining)
        {
            return now > SiloStatus.Joining;
        }

        var first = Interlocked.CompareExchange(ref _firstCall, time.GetTimestamp(), 0);
        return first != 0 && time.GetElapsedTime(first) >= ToHear;
    }
}

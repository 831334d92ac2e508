using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Aggregator.Grains.Hosting;

/// <summary>
/// Lets no other silo in before this one is active: it calls the others until then, and they answer on its own connections. Who calls means one that has died under the same address, as where a container is
/// started again in its pod; it would share the connection between the two, and close it ten seconds after it has heard that the first one is dead, with the
/// answers in it.
/// </summary>
internal static class Doorkeeper
{
    /// <summary>Puts it at the silo's door.</summary>
    public static void Set(SiloConnectionOptions options) => options.ConfigureSiloInboundConnection(static door =>
    {
        var silo = door.ApplicationServices.GetRequiredService<ISiloStatusOracle>();
        door.Use(next => connection =>
        {
            if (silo.CurrentStatus < SiloStatus.Active)
            {
                connection.Abort();
            }

            return next(connection);
        });
    });
}

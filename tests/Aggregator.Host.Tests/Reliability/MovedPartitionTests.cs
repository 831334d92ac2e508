using Aggregator.Contracts.Partitions;
using Aggregator.Host.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Core.Internal;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>A partition's activation leaves while somebody waits: as where the silo dies that had the activation in its part of the directory.</summary>
public sealed class MovedPartitionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Partition_ThatLeavesWhileItsViewsAreWaitedFor_LetsWhoWaitsGoAndIsBack()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Partition:AppliedTimeout", "01:00:00");
        using var client = await ConnectAsync(host);
        var partition = client.Services.GetRequiredService<IGrainFactory>().GetGrain<IPartitionGrain>(0);
        await partition.PingAsync().WaitAsync(Patience);

        // For what the log will never have. The ping comes after it.
        var waiting = partition.AwaitAppliedAsync(long.MaxValue, []);
        await partition.PingAsync().WaitAsync(Patience);
        await partition.Cast<IGrainManagementExtension>().DeactivateOnIdle();

        await partition.PingAsync().WaitAsync(Patience);
        Assert.False(await waiting.WaitAsync(Patience));
        await client.StopAsync();
    }

    private static async Task<IHost> ConnectAsync(RunningHost host)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.UseOrleansClient(client => client
            .UseStaticClustering(host.Gateway)
            .Configure<ClusterOptions>(static options => options.ClusterId = options.ServiceId = "aggregator")
            .Configure<ClientMessagingOptions>(static options => options.ResponseTimeout = 2 * Patience));
        var client = builder.Build();
        await client.StartAsync();
        return client;
    }
}

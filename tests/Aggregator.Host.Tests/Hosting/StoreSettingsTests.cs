using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Hosting;

/// <summary>Which store a host starts on.</summary>
public sealed class StoreSettingsTests
{
    [Fact]
    public async Task Start_OnARedisWithoutAppendOnlyFile_IsRefusedInOneLineUnlessUnsafe()
    {
        await using var redis = await RedisServer.StartAsync("--appendonly", "no");

        var (code, output) = await HostProcess.RunAsync("--Store:Redis", redis.ConnectionString, "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, code);
        Assert.Contains("appendonly no", Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        await using var host = await InProcessHost.OnRedisAsync(redis, "--Store:Unsafe", "true");
        Assert.Contains("UNSAFE STORE", host.Output, StringComparison.Ordinal);
        Assert.Contains("append-only False, fsync always", host.Output, StringComparison.Ordinal);
    }
}

using Aggregator.Deployment.Tests.Manifests;
using YamlDotNet.RepresentationModel;

namespace Aggregator.Deployment.Tests;

public sealed class RedisTests
{
    [Theory, ClassData(typeof(Readings))]
    public async Task Redis_Writes_AreOnDiskBeforeTheyAreAnswered(Reading reading)
    {
        var settings = Settings(await BaseManifests.LoadAsync(reading));

        Assert.Equal("yes", settings["appendonly"]);
        Assert.Equal("always", settings["appendfsync"]);
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Redis_FullMemory_RefusesRatherThanForgets(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);
        var settings = Settings(manifests);

        Assert.Equal("noeviction", settings["maxmemory-policy"]);
        Assert.True(
            ByteSize.Parse(settings["maxmemory"]) < ByteSize.Parse(manifests.Redis.Container.Text("resources", "limits", "memory")),
            "Redis must refuse before the kernel kills it");
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Redis_Command_ReadsTheMountedConfig(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);

        var mount = manifests.Redis.Container.Text("volumeMounts", "config", "mountPath");

        Assert.Equal(["redis-server"], manifests.Redis.Container.Texts("command"));
        Assert.Equal($"{mount}/redis.conf", manifests.Redis.Container.Texts("args")[0]);
        Assert.NotEmpty(Settings(manifests));
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Redis_Data_LivesOnAPersistentVolume(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);
        var settings = Settings(manifests);
        var claim = Claim(manifests.Redis);

        var mount = manifests.Redis.Container.Items("volumeMounts")
            .Single(each => each.Text("name") == claim.Text("metadata", "name"));

        Assert.Equal(settings["dir"], mount.Text("mountPath"));
        Assert.True(
            ByteSize.Parse(claim.Text("spec", "resources", "requests", "storage")) >= 2 * ByteSize.Parse(settings["maxmemory"]),
            "a rewrite of the append-only file needs room for the old one and the new");
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Redis_Replicas_AreOnePrimary(Reading reading)
    {
        var redis = (await BaseManifests.LoadAsync(reading)).Redis;

        Assert.Equal("1", redis.Resource.Text("spec", "replicas"));
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Redis_Password_IsTheHosts(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);

        var asked = manifests.Redis.Container.Pairs("env", "REDISCLI_AUTH", "valueFrom", "secretKeyRef");

        Assert.Equal(["--requirepass", "$(REDISCLI_AUTH)"], manifests.Redis.Container.Texts("args").Skip(1));
        Assert.NotEmpty(asked);
        Assert.All(
            [manifests.Silo, manifests.Api, manifests.CreateStore],
            host => Assert.Equal(asked, host.Container.Pairs("env", "REDIS_PASSWORD", "valueFrom", "secretKeyRef")));
    }

    private static YamlNode Claim(Workload redis) => Assert.Single(redis.Resource.Items("spec", "volumeClaimTemplates"));

    private static Dictionary<string, string> Settings(BaseManifests manifests)
    {
        var name = manifests.Redis.Pod.Text("volumes", "config", "configMap", "name");
        var file = manifests.ConfigMap(name!).Text("data", "redis.conf");
        Assert.NotNull(file);
        return file.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' ', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);
    }
}

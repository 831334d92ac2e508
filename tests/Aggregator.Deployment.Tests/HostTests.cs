using System.Globalization;
using Aggregator.Deployment.Tests.Manifests;

namespace Aggregator.Deployment.Tests;

/// <summary>What holds for the hosts: silos and apis.</summary>
public sealed class HostTests
{
    [Theory, ClassData(typeof(Readings))]
    public Task Host_Probes_AskTheHealthRoutes(Reading reading) => EveryHost(reading, host =>
    {
        var container = host.Container;
        Assert.Equal("/health/live", container.Text("startupProbe", "httpGet", "path"));
        Assert.Equal("/health/live", container.Text("livenessProbe", "httpGet", "path"));
        Assert.Equal("/health/ready", container.Text("readinessProbe", "httpGet", "path"));
        Assert.All(
            ["startupProbe", "livenessProbe", "readinessProbe"],
            probe => Assert.Equal("http", container.Text(probe, "httpGet", "port")));
    });

    [Theory, ClassData(typeof(Readings))]
    public async Task Silo_Ports_AreThoseOfItsSettings(Reading reading)
    {
        var silo = (await BaseManifests.LoadAsync(reading)).Silo;

        Assert.Equal("11111", silo.Ports["silo"]);
        Assert.Equal("30000", silo.Ports["gateway"]);
        Assert.Equal(silo.Ports["silo"], silo.Variable("Cluster__SiloPort"));
        Assert.Equal(silo.Ports["gateway"], silo.Variable("Cluster__GatewayPort"));
        Assert.Equal($"http://0.0.0.0:{silo.Ports["http"]}", silo.Variable("urls"));
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Silo_AdvertisedAddress_IsItsPods(Reading reading)
    {
        var silo = (await BaseManifests.LoadAsync(reading)).Silo;

        Assert.Equal("status.podIP", silo.Container.Text("env", "POD_IP", "valueFrom", "fieldRef", "fieldPath"));
        Assert.Equal("$(POD_IP)", silo.Variable("Cluster__AdvertisedIP"));
        AssertOrder(silo, "POD_IP", "Cluster__AdvertisedIP");
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Host_Store_IsTheRedisService(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);
        var service = manifests.OfKind("Service")
            .Single(each => manifests.Redis.IsChosenBy(each.Pairs("spec", "selector")));

        Assert.All([manifests.Silo, manifests.Api, manifests.CreateStore], host =>
        {
            var connection = host.Variable("Store__Redis")!.Split(',');
            Assert.Equal($"{service.Text("metadata", "name")}:{service.Text("spec", "ports", "redis", "port")}", connection[0]);
            Assert.Contains("password=$(REDIS_PASSWORD)", connection);
            AssertOrder(host, "REDIS_PASSWORD", "Store__Redis");
        });
    }

    [Theory, ClassData(typeof(Readings))]
    public Task Host_OpenToTheNetwork_TakesItsKeysFromASecret(Reading reading) => EveryHost(reading, host =>
    {
        Assert.Equal($"http://0.0.0.0:{host.Ports["http"]}", host.Variable("urls"));
        Assert.NotNull(host.Container.Text("env", "Auth__Keys", "valueFrom", "secretKeyRef", "key"));
        Assert.Null(host.Variable("Auth__Keys"));
    });

    [Theory, ClassData(typeof(Readings))]
    public async Task Hosts_OfOneCluster_HaveTheirRoles(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);

        Assert.Equal("silo", manifests.Silo.Variable("Cluster__Role"));
        Assert.Equal("api", manifests.Api.Variable("Cluster__Role"));
        Assert.False(string.IsNullOrEmpty(manifests.Silo.Variable("Cluster__Id")));
        Assert.Equal(manifests.Silo.Variable("Cluster__Id"), manifests.Api.Variable("Cluster__Id"));
    }

    [Theory, ClassData(typeof(Readings))]
    public Task Host_Shutdown_FitsIntoTheGracePeriod(Reading reading) => EveryHost(reading, host =>
    {
        var graceSeconds = Seconds(host.Pod.Text("terminationGracePeriodSeconds"));
        var sleepSeconds = host.Container.Text("lifecycle", "preStop", "sleep", "seconds") is { } sleep ? Seconds(sleep) : 0;
        var shutdownSeconds = Seconds(host.Variable("ShutdownTimeoutSeconds"));

        Assert.InRange(sleepSeconds + shutdownSeconds, 30, graceSeconds - 1);
    });

    [Theory, ClassData(typeof(Readings))]
    public async Task Host_Disruptions_TakeOneAtATime(Reading reading)
    {
        var budgets = (await BaseManifests.LoadAsync(reading)).OfKind("PodDisruptionBudget").ToList();
        await EveryHost(reading, host =>
        {
            var budget = Assert.Single(budgets, budget => host.IsChosenBy(budget.Pairs("spec", "selector", "matchLabels")));
            Assert.Equal("1", budget.Text("spec", "maxUnavailable"));
            Assert.Equal("0", host.Resource.Text("spec", "strategy", "rollingUpdate", "maxUnavailable"));
        });
    }

    [Theory, ClassData(typeof(Readings))]
    public Task Host_Replicas_SpreadOverNodes(Reading reading) => EveryHost(reading, host =>
    {
        var spread = host.Pod.Items("topologySpreadConstraints").ToList();

        Assert.True(Seconds(host.Resource.Text("spec", "replicas")) > 1);
        Assert.Contains(spread, constraint => constraint.Text("topologyKey") == "kubernetes.io/hostname");
        Assert.All(spread, constraint => Assert.True(host.IsChosenBy(constraint.Pairs("labelSelector", "matchLabels"))));
    });

    [Theory, ClassData(typeof(Readings))]
    public async Task Service_ForCallers_IsTheApis(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);
        var service = manifests.OfKind("Service").Single(each => each.Text("metadata", "name") == "aggregator");

        Assert.True(manifests.Api.IsChosenBy(service.Pairs("spec", "selector")));
        Assert.False(manifests.Silo.IsChosenBy(service.Pairs("spec", "selector")));
        Assert.Equal(["http"], manifests.Api.Ports.Keys);
    }

    /// <summary>What is applied again and again never makes a store; only an operator does.</summary>
    [Theory, ClassData(typeof(Readings))]
    public async Task Store_OfAnInstallation_IsMadeByAnOperatorAlone(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);

        await EveryHost(reading, host => Assert.Equal("true", host.Variable("Store__MustExist")));
        Assert.Equal("true", manifests.CreateStore.Resource.Text("spec", "suspend"));
        Assert.Equal(["--create-store"], manifests.CreateStore.Container.Texts("args"));
        Assert.Equal(manifests.Silo.Container.Text("image"), manifests.CreateStore.Container.Text("image"));
        var readme = await File.ReadAllTextAsync(Path.Combine(BaseManifests.Folder, "..", "README.md"), TestContext.Current.CancellationToken);
        Assert.Contains($"--from=cronjob/{manifests.CreateStore.Name}", readme, StringComparison.Ordinal);
    }

    private static async Task EveryHost(Reading reading, Action<Workload> fact)
    {
        var manifests = await BaseManifests.LoadAsync(reading);
        Assert.All([manifests.Silo, manifests.Api], fact);
    }

    /// <summary>Kubernetes expands <c>$(NAME)</c> only from variables that stand before.</summary>
    private static void AssertOrder(Workload workload, string first, string second)
    {
        var names = workload.VariableNames.ToList();
        Assert.InRange(names.IndexOf(first), 0, names.IndexOf(second) - 1);
    }

    private static int Seconds(string? text) => int.Parse(text!, CultureInfo.InvariantCulture);
}

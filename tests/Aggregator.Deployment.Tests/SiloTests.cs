using System.Globalization;
using Aggregator.Deployment.Tests.Manifests;

namespace Aggregator.Deployment.Tests;

public sealed class SiloTests
{
    [Theory, ClassData(typeof(Readings))]
    public async Task Silo_Probes_AskTheHealthRoutes(Reading reading)
    {
        var container = (await BaseManifests.LoadAsync(reading)).Silo.Container;

        Assert.Equal("/health/live", container.Text("startupProbe", "httpGet", "path"));
        Assert.Equal("/health/live", container.Text("livenessProbe", "httpGet", "path"));
        Assert.Equal("/health/ready", container.Text("readinessProbe", "httpGet", "path"));
        Assert.All(
            ["startupProbe", "livenessProbe", "readinessProbe"],
            probe => Assert.Equal("http", container.Text(probe, "httpGet", "port")));
    }

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
    public async Task Silo_Store_IsTheRedisService(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);
        var service = manifests.OfKind("Service")
            .Single(each => manifests.Redis.IsChosenBy(each.Pairs("spec", "selector")));

        var connection = manifests.Silo.Variable("Store__Redis")!.Split(',');

        Assert.Equal($"{service.Text("metadata", "name")}:{service.Text("spec", "ports", "redis", "port")}", connection[0]);
        Assert.Contains("password=$(REDIS_PASSWORD)", connection);
        AssertOrder(manifests.Silo, "REDIS_PASSWORD", "Store__Redis");
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Silo_OpenToTheNetwork_TakesItsKeysFromASecret(Reading reading)
    {
        var silo = (await BaseManifests.LoadAsync(reading)).Silo;

        Assert.NotNull(silo.Container.Text("env", "Auth__Keys", "valueFrom", "secretKeyRef", "key"));
        Assert.Null(silo.Variable("Auth__Keys"));
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Silo_Cluster_IsNamedAndPlaysEveryRole(Reading reading)
    {
        var silo = (await BaseManifests.LoadAsync(reading)).Silo;

        Assert.Equal("all", silo.Variable("Cluster__Role"));
        Assert.False(string.IsNullOrEmpty(silo.Variable("Cluster__Id")));
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Silo_Shutdown_FitsIntoTheGracePeriod(Reading reading)
    {
        var silo = (await BaseManifests.LoadAsync(reading)).Silo;

        var graceSeconds = Seconds(silo.Pod.Text("terminationGracePeriodSeconds"));
        var sleepSeconds = Seconds(silo.Container.Text("lifecycle", "preStop", "sleep", "seconds"));
        var shutdownSeconds = Seconds(silo.Variable("ShutdownTimeoutSeconds"));

        Assert.InRange(sleepSeconds + shutdownSeconds, 30, graceSeconds - 1);
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Silo_Disruptions_TakeOneAtATime(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);
        var budget = Assert.Single(manifests.OfKind("PodDisruptionBudget"));

        Assert.True(manifests.Silo.IsChosenBy(budget.Pairs("spec", "selector", "matchLabels")));
        Assert.Equal("1", budget.Text("spec", "maxUnavailable"));
        Assert.Equal("0", manifests.Silo.Resource.Text("spec", "strategy", "rollingUpdate", "maxUnavailable"));
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Silo_Replicas_SpreadOverNodes(Reading reading)
    {
        var silo = (await BaseManifests.LoadAsync(reading)).Silo;

        var spread = silo.Pod.Items("topologySpreadConstraints").ToList();

        Assert.Contains(spread, constraint => constraint.Text("topologyKey") == "kubernetes.io/hostname");
        Assert.All(spread, constraint => Assert.True(silo.IsChosenBy(constraint.Pairs("labelSelector", "matchLabels"))));
    }

    /// <summary>Kubernetes expands <c>$(NAME)</c> only from variables that stand before.</summary>
    private static void AssertOrder(Workload workload, string first, string second)
    {
        var names = workload.VariableNames.ToList();
        Assert.InRange(names.IndexOf(first), 0, names.IndexOf(second) - 1);
    }

    private static int Seconds(string? text) => int.Parse(text!, CultureInfo.InvariantCulture);
}

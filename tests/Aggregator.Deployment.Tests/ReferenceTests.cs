using Aggregator.Deployment.Tests.Manifests;
using YamlDotNet.RepresentationModel;

namespace Aggregator.Deployment.Tests;

/// <summary>Whatever one resource says of another is true of it.</summary>
public sealed class ReferenceTests
{
    [Theory, ClassData(typeof(Readings))]
    public async Task Selector_OfAnyResource_ChoosesOneWorkload(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);
        var selectors = manifests.OfKind("Service").Select(service => service.Pairs("spec", "selector"))
            .Concat(manifests.OfKind("PodDisruptionBudget").Select(budget => budget.Pairs("spec", "selector", "matchLabels")))
            .Concat(manifests.OfKind("NetworkPolicy").Select(policy => policy.Pairs("spec", "podSelector", "matchLabels")))
            .ToList();

        Assert.NotEmpty(selectors);
        Assert.All(selectors, selector => Assert.Single(manifests.Workloads, workload => workload.IsChosenBy(selector)));
        Assert.All(
            manifests.Workloads.Where(workload => workload.Kind != "CronJob"),
            workload => Assert.True(workload.IsChosenBy(workload.Resource.Pairs("spec", "selector", "matchLabels"))));
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Service_TargetPort_IsAPortOfItsPods(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);

        Assert.All(manifests.OfKind("Service"), service =>
        {
            var pods = manifests.Workloads.Single(workload => workload.IsChosenBy(service.Pairs("spec", "selector")));
            Assert.All(service.Items("spec", "ports"), port => Assert.Contains(port.Text("targetPort")!, pods.Ports.Keys));
        });
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task NetworkPolicy_ToInnerPorts_LetsOnlyHostsIn(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);

        Assert.All(manifests.OfKind("NetworkPolicy"), policy =>
        {
            var pods = manifests.Workloads.Single(workload => workload.IsChosenBy(policy.Pairs("spec", "podSelector", "matchLabels")));
            var rules = policy.Items("spec", "ingress").ToList();
            Assert.Equal(
                pods.Ports.Keys.Order(StringComparer.Ordinal),
                rules.SelectMany(PortsOf).Order(StringComparer.Ordinal));
            Assert.All(rules.Where(rule => !PortsOf(rule).SequenceEqual(["http"])), rule =>
            {
                var from = Assert.Single(rule.Items("from")).Pairs("podSelector", "matchLabels");
                Assert.True(manifests.Silo.IsChosenBy(from));
                Assert.True(manifests.Api.IsChosenBy(from));
                Assert.False(manifests.Redis.IsChosenBy(from));
            });
        });

        static IEnumerable<string> PortsOf(YamlNode rule) => rule.Items("ports").Select(port => port.Text("port")!);
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task ConfigMap_Referenced_IsInTheBase(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);
        var names = manifests.Workloads.SelectMany(workload =>
                workload.Container.Items("envFrom").Select(from => from.Text("configMapRef", "name"))
                    .Concat(workload.Pod.Items("volumes").Select(volume => volume.Text("configMap", "name"))))
            .OfType<string>().ToList();

        Assert.Equal(manifests.OfKind("ConfigMap").Count(), names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, name => Assert.NotNull(manifests.ConfigMap(name)));
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Secret_Referenced_IsLeftToTheOperatorAndDocumented(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);
        var readme = await File.ReadAllTextAsync(
            Path.Combine(BaseManifests.Folder, "..", "README.md"), TestContext.Current.CancellationToken);

        var references = manifests.Workloads.SelectMany(workload => workload.Container.Items("env"))
            .Select(variable => variable.Find("valueFrom", "secretKeyRef")).OfType<YamlNode>().ToList();

        Assert.Empty(manifests.OfKind("Secret"));
        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            Assert.Contains($"create secret generic {reference.Text("name")} ", readme, StringComparison.Ordinal);
            Assert.Contains($"--from-literal={reference.Text("key")}=", readme, StringComparison.Ordinal);
        });
    }

    [Theory, ClassData(typeof(Readings))]
    public async Task Resource_Labels_SayWhatItIs(Reading reading)
    {
        var manifests = await BaseManifests.LoadAsync(reading);

        // Generated ConfigMaps are known by their prefix.
        Assert.All(
            manifests.Resources.Where(resource => resource.Text("kind") != "ConfigMap"),
            resource => Assert.NotNull(resource.Text("metadata", "labels", "app.kubernetes.io/name")));
    }

    [Fact]
    public async Task Resource_Rendered_StandsInTheNamespaceOfTheBase()
    {
        var manifests = await BaseManifests.LoadAsync(Reading.Rendered);
        var name = Assert.Single(manifests.OfKind("Namespace")).Text("metadata", "name");

        Assert.All(
            manifests.Resources.Where(resource => resource.Text("kind") != "Namespace"),
            resource => Assert.Equal(name, resource.Text("metadata", "namespace")));
    }

    [Fact]
    public async Task Resource_Rendered_IsOneThatIsWritten()
    {
        var written = await BaseManifests.LoadAsync(Reading.Written);
        var rendered = await BaseManifests.LoadAsync(Reading.Rendered);

        Assert.Equal(Kinds(written), Kinds(rendered));

        static IEnumerable<string?> Kinds(BaseManifests manifests) =>
            manifests.Resources.Select(resource => resource.Text("kind")).Order(StringComparer.Ordinal);
    }
}

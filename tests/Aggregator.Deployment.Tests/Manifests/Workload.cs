using YamlDotNet.RepresentationModel;

namespace Aggregator.Deployment.Tests.Manifests;

/// <summary>A Deployment, StatefulSet or CronJob of one container.</summary>
internal sealed class Workload(BaseManifests manifests, YamlNode resource)
{
    public YamlNode Resource { get; } = resource;

    public string Kind => Resource.Text("kind")!;

    public string Name => Resource.Text("metadata", "name")!;

    public IReadOnlyDictionary<string, string> PodLabels => Template.Pairs("metadata", "labels");

    public YamlNode Pod => Template.Find("spec")!;

    public YamlNode Container => Assert.Single(Pod.Items("containers"));

    /// <summary>The names of the container's own variables in their order, which decides what may refer to what.</summary>
    public IReadOnlyList<string?> VariableNames => [.. Container.Items("env").Select(variable => variable.Text("name"))];

    /// <summary>Container ports by name.</summary>
    public IReadOnlyDictionary<string, string> Ports =>
        Container.Items("ports").ToDictionary(port => port.Text("name")!, port => port.Text("containerPort")!);

    /// <summary>A variable's literal value: the container's own, else that of a ConfigMap it takes whole.</summary>
    public string? Variable(string name) =>
        Container.Text("env", name, "value")
        ?? Container.Items("envFrom")
            .Select(from => manifests.ConfigMap(from.Text("configMapRef", "name")!).Text("data", name))
            .FirstOrDefault(value => value is not null);

    private YamlNode Template => Kind == "CronJob"
        ? Resource.Find("spec", "jobTemplate", "spec", "template")!
        : Resource.Find("spec", "template")!;

    public bool IsChosenBy(IReadOnlyDictionary<string, string> selector) =>
        selector.Count > 0 && selector.All(label => PodLabels.GetValueOrDefault(label.Key) == label.Value);
}

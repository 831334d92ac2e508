using System.ComponentModel;
using System.Diagnostics;
using YamlDotNet.RepresentationModel;

namespace Aggregator.Deployment.Tests.Manifests;

/// <summary>The resources of <c>k8s/base</c>.</summary>
internal sealed class BaseManifests(IReadOnlyList<YamlNode> resources)
{
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "k8s", "base");

    private static readonly Lazy<Task<string?>> RenderedText = new(RenderAsync);

    public IReadOnlyList<YamlNode> Resources { get; } = resources;

    public IReadOnlyList<Workload> Workloads =>
        [.. OfKind("Deployment").Concat(OfKind("StatefulSet")).Concat(OfKind("CronJob")).Select(resource => new Workload(this, resource))];

    public Workload Silo => Workloads.Single(workload => workload.Name == "aggregator-silo");

    public Workload Api => Workloads.Single(workload => workload.Name == "aggregator-api");

    public Workload CreateStore => Workloads.Single(workload => workload.Kind == "CronJob");

    public Workload Redis => Workloads.Single(workload => workload.Kind == "StatefulSet");

    public static async Task<BaseManifests> LoadAsync(Reading reading)
    {
        if (reading == Reading.Written)
        {
            return new BaseManifests(Written());
        }

        var text = await RenderedText.Value;
        Assert.SkipWhen(text is null, "kubectl is not installed: the base is tested as written only");
        return new BaseManifests(Yaml.Documents(text));
    }

    public IEnumerable<YamlNode> OfKind(string kind) => Resources.Where(resource => resource.Text("kind") == kind);

    public YamlNode? ConfigMap(string name) =>
        OfKind("ConfigMap").SingleOrDefault(map => map.Text("metadata", "name") == name);

    private static List<YamlNode> Written()
    {
        var kustomization = Yaml.Documents(File.ReadAllText(Path.Combine(Folder, "kustomization.yaml"))).Single();
        return
        [
            .. kustomization.Texts("resources").SelectMany(file => Yaml.Documents(File.ReadAllText(Path.Combine(Folder, file)))),
            .. kustomization.Items("configMapGenerator").Select(Generated),
        ];
    }

    private static YamlMappingNode Generated(YamlNode generator)
    {
        var data = new YamlMappingNode();
        foreach (var literal in generator.Texts("literals"))
        {
            var (key, value) = literal.Split('=', 2) is [var left, var right] ? (left, right) : (literal, "");
            data.Add(key, value);
        }

        foreach (var file in generator.Texts("files"))
        {
            data.Add(file, File.ReadAllText(Path.Combine(Folder, file)));
        }

        return new YamlMappingNode(
            "kind", "ConfigMap", "metadata", new YamlMappingNode("name", generator.Text("name")!), "data", data);
    }

    private static async Task<string?> RenderAsync()
    {
        var start = new ProcessStartInfo("kubectl", ["kustomize", Folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var kubectl = Process.Start(start)!;
            var output = kubectl.StandardOutput.ReadToEndAsync();
            var errors = await kubectl.StandardError.ReadToEndAsync();
            await kubectl.WaitForExitAsync();
            return kubectl.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"kubectl kustomize failed: {errors}");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

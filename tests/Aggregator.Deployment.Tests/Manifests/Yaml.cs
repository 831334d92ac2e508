using YamlDotNet.RepresentationModel;

namespace Aggregator.Deployment.Tests.Manifests;

/// <summary>Walks YAML by key; an element of a sequence is reached by its <c>name</c>.</summary>
internal static class Yaml
{
    public static IReadOnlyList<YamlNode> Documents(string text)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(text);
        stream.Load(reader);
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    /// <summary>The node at the path, or null where the path ends before.</summary>
    public static YamlNode? Find(this YamlNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            node = node switch
            {
                YamlMappingNode mapping => mapping.Children.TryGetValue(key, out var child) ? child : null,
                YamlSequenceNode sequence => sequence.Children.FirstOrDefault(item => item.Text("name") == key),
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The scalar at the path, or null.</summary>
    public static string? Text(this YamlNode? node, params ReadOnlySpan<string> path) =>
        (node.Find(path) as YamlScalarNode)?.Value;

    /// <summary>The elements of the sequence at the path; none where there is no sequence.</summary>
    public static IEnumerable<YamlNode> Items(this YamlNode? node, params ReadOnlySpan<string> path) =>
        (node.Find(path) as YamlSequenceNode)?.Children ?? [];

    /// <summary>The scalars of the sequence at the path.</summary>
    public static IReadOnlyList<string> Texts(this YamlNode? node, params ReadOnlySpan<string> path) =>
        [.. node.Items(path).OfType<YamlScalarNode>().Select(item => item.Value ?? "")];

    /// <summary>The mapping of scalars at the path; empty where there is no mapping.</summary>
    public static IReadOnlyDictionary<string, string> Pairs(this YamlNode? node, params ReadOnlySpan<string> path) =>
        (node.Find(path) as YamlMappingNode)?.Children
            .ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value ?? "")
        ?? new Dictionary<string, string>();
}

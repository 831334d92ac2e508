using System.Globalization;

namespace Aggregator.Deployment.Tests.Manifests;

/// <summary>Sizes as Kubernetes (<c>4Gi</c>) and Redis (<c>3gb</c>) write them.</summary>
internal static class ByteSize
{
    public static long Parse(string? text)
    {
        Assert.NotNull(text);
        long unit = text[^2..].ToUpperInvariant() switch
        {
            "MI" or "MB" => 1L << 20,
            "GI" or "GB" => 1L << 30,
            _ => throw new FormatException($"no unit that is known here: {text}"),
        };
        return unit * long.Parse(text.AsSpan()[..^2], CultureInfo.InvariantCulture);
    }
}

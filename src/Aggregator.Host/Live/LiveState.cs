using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Log;

namespace Aggregator.Host.Live;

/// <summary>What subscribers are shown of an entity. All share its bytes.</summary>
internal sealed class LiveState
{
    /// <summary>The entity whose view it is.</summary>
    public required EntityKey Entity { get; init; }

    /// <summary>The era of the store that it was seen in.</summary>
    public required long Era { get; init; }

    /// <summary>Grows where versions begin anew: with the entity or the era. Within one they never fall.</summary>
    public required int Generation { get; init; }

    /// <summary>Counts the changes of what is shown.</summary>
    public required long Number { get; init; }

    /// <summary>The view's version.</summary>
    public required long Version { get; init; }

    /// <summary>What is shown, in short: the same for two views that differ in versions and times alone.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>The event without its name.</summary>
    public required ReadOnlyMemory<byte> Frame { get; init; }

    /// <summary>The digest of a view.</summary>
    public static byte[] DigestOf(EntityView view, JsonSerializerOptions json) =>
        SHA256.HashData(Json(view with { Version = 0, AppliedAt = null, RegistryVersion = 0 }, json));

    /// <summary>A view as an event without its name. JSON has no line breaks of its own here.</summary>
    public static ReadOnlyMemory<byte> FrameOf(EntityView view, JsonSerializerOptions json) =>
        (byte[])[.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {view.Version}\ndata: ")), .. Json(view, json), .. "\n\n"u8];

    private static byte[] Json(EntityView view, JsonSerializerOptions json) => JsonSerializer.SerializeToUtf8Bytes(view, view.GetType(), json);
}

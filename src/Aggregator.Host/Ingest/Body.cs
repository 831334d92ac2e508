using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Aggregator.Host.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Aggregator.Host.Ingest;

/// <summary>One item of a body: an object, or why it cannot be read.</summary>
/// <param name="Index">0-based place among the items.</param>
/// <param name="Element">The item; undefined if it cannot be read.</param>
/// <param name="Fault">Why it cannot be read; null if it can.</param>
internal readonly record struct BodyItem(int Index, JsonElement Element, Problem? Fault);

/// <summary>The body of a feeding request, read whole under a bound and taken apart.</summary>
internal static class Body
{
    public const string Json = "application/json";
    public const string Ndjson = "application/x-ndjson";
    public const string Text = "text/plain";

    private static readonly byte[] GzipMagic = [0x1f, 0x8b];
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = IngestLimits.JsonDepth, AllowDuplicateProperties = false };

    /// <summary>The body's type without its parameters, NDJSON's other names folded into one; null if it says none.</summary>
    public static string? MediaType(HttpRequest request) =>
        !MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? null : type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/ndjson" or "application/jsonl" or "application/x-jsonlines" => Ndjson,
            var other => other,
        };

    /// <summary>Why a body of this type or encoding is not taken; null if it is.</summary>
    public static Problem? RefuseHead(HttpRequest request, params string[] taken) =>
        !taken.Contains(MediaType(request), StringComparer.Ordinal) ? Problem.MediaType(string.Join(", ", taken))
        : request.Headers.ContentEncoding.Count > 0 ? Problem.Encoding(request.Headers.ContentEncoding.ToString())
        : null;

    /// <summary>A body that has been read (<see cref="BodyAdmission"/>).</summary>
    internal sealed record Read(byte[] Bytes);

    /// <summary>The body of a request to an endpoint that takes one, decompressed.</summary>
    public static byte[] Of(HttpRequest request) => request.HttpContext.Features.GetRequiredFeature<Read>().Bytes;

    /// <summary>Reads the body, decompressed, as far as there is room for it; null where there is none.</summary>
    /// <exception cref="BadHttpRequestException">It is larger than it may be, comes too slowly, or ends early.</exception>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, BytesInFlight.Share share, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await DecompressAsync(request, chunk, cancellationToken)) > 0)
            {
                if (buffer.Length + read > IngestLimits.BodyBytes)
                {
                    throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
                }

                if (!share.TryGrowTo(buffer.Length + read))
                {
                    return null;
                }

                buffer.Write(chunk, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return buffer.Length == buffer.Capacity ? buffer.GetBuffer() : buffer.ToArray();
    }

    private static async Task<int> DecompressAsync(HttpRequest request, byte[] chunk, CancellationToken cancellationToken)
    {
        try
        {
            return await request.Body.ReadAsync(chunk, cancellationToken);
        }
        catch (InvalidOperationException fault)
        {
            // What brotli makes of bytes that are none.
            throw new InvalidDataException(fault.Message, fault);
        }
    }

    /// <summary>The items of a JSON body, and whether it was one object; or why it cannot be taken.</summary>
    public static (IReadOnlyList<BodyItem> Items, bool Single, Problem? Refusal) Split(string mediaType, byte[] body)
    {
        var bytes = WithoutByteOrderMark(body);
        if (bytes.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return ([], false, Problem.Empty());
        }

        if (bytes.Span.StartsWith(GzipMagic))
        {
            return ([], false, Problem.Malformed("the body looks gzipped: send Content-Encoding: gzip with it"));
        }

        return mediaType switch
        {
            Ndjson => SplitLines(bytes),
            _ => SplitJson(bytes),
        };
    }

    public static ReadOnlyMemory<byte> WithoutByteOrderMark(byte[] body) =>
        body.AsSpan().StartsWith("\uFEFF"u8) ? body.AsMemory(3) : body;

    private static (IReadOnlyList<BodyItem>, bool, Problem?) SplitJson(ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span))
        {
            return ([], false, Problem.NotUtf8());
        }

        JsonElement root;
        try
        {
            root = JsonDocument.Parse(bytes, Options).RootElement;
        }
        catch (JsonException fault)
        {
            return ([], false, NotJson(fault));
        }
        catch (InvalidOperationException)
        {
            return ([], false, HalfACharacter());
        }

        if (root.ValueKind != JsonValueKind.Array)
        {
            return ([new BodyItem(0, root, null)], true, null);
        }

        return root.GetArrayLength() > IngestLimits.Items
            ? ([], false, TooMany())
            : ([.. root.EnumerateArray().Select((element, index) => new BodyItem(index, element, null))], false, null);
    }

    private static (IReadOnlyList<BodyItem>, bool, Problem?) SplitLines(ReadOnlyMemory<byte> bytes)
    {
        var items = new List<BodyItem>();
        var number = 0L;
        while (!bytes.IsEmpty)
        {
            number++;
            var end = bytes.Span.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (line.Span.IndexOfAnyExcept(" \t\r"u8) < 0)
            {
                continue;
            }

            if (items.Count == IngestLimits.Items)
            {
                return ([], false, TooMany());
            }

            items.Add(ReadLine(items.Count, number, line));
        }

        return (items, false, null);
    }

    private static BodyItem ReadLine(int index, long number, ReadOnlyMemory<byte> line)
    {
        if (!Utf8.IsValid(line.Span))
        {
            return new BodyItem(index, default, Problem.NotUtf8() with { Line = number });
        }

        try
        {
            return new BodyItem(index, JsonDocument.Parse(line, Options).RootElement, null);
        }
        catch (JsonException fault)
        {
            return new BodyItem(index, default, NotJson(fault) with { Line = number });
        }
        catch (InvalidOperationException)
        {
            return new BodyItem(index, default, HalfACharacter() with { Line = number });
        }
    }

    // The parser unescapes names to find those that occur twice.
    private static Problem HalfACharacter() => Problem.Malformed("the name of a field has half of a surrogate pair");

    private static Problem NotJson(JsonException fault) =>
        Problem.Malformed(Reason(fault), (fault.LineNumber ?? 0) + 1, (fault.BytePositionInLine ?? 0) + 1);

    // The parser's own words, without the position that it appends.
    private static string Reason(JsonException fault)
    {
        var words = fault.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];
        return words.Contains("single JSON value", StringComparison.Ordinal) ? $"{words} Send several as an array, or as {Ndjson}." : words;
    }

    private static Problem TooMany() =>
        new(StatusCodes.Status413PayloadTooLarge, "body.too-many", $"more than {IngestLimits.Items} items in one request");
}

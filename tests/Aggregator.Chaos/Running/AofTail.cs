using System.Globalization;
using System.Text;

namespace Aggregator.Chaos.Running;

/// <summary>Takes whole commands off the end of a stopped redis-server's append-only file, as a power loss takes what was not yet flushed.</summary>
internal static class AofTail
{
    /// <summary>Drops everything from the first command after a time on; transactions as a whole. Needs <c>aof-timestamp-enabled</c>.</summary>
    /// <returns>How many transactions or commands went, and the second of the first of them.</returns>
    public static (int Commands, DateTimeOffset From) Cut(string folder, DateTimeOffset after)
    {
        var file = Directory.GetFiles(Path.Combine(folder, "appendonlydir"), "*.incr.aof").Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(file);
        var (keep, cut, second, from) = (0, 0, 0L, 0L);
        var isOpen = false;
        for (var at = 0; at < bytes.Length;)
        {
            if (bytes[at] == '#')
            {
                var line = Line(bytes, ref at);
                second = line.StartsWith("#TS:", StringComparison.Ordinal) ? long.Parse(line[4..], CultureInfo.InvariantCulture) : second;
                continue;
            }

            if (Command(bytes, ref at) is not { } command)
            {
                break;
            }

            isOpen = command switch { "MULTI" => true, "EXEC" => false, _ => isOpen };
            if (isOpen)
            {
                continue;
            }

            if (cut == 0 && second <= after.ToUnixTimeSeconds())
            {
                keep = at;
            }
            else
            {
                from = cut++ == 0 ? second : from;
            }
        }

        using var stream = File.OpenWrite(file);
        stream.SetLength(keep);
        return (cut, DateTimeOffset.FromUnixTimeSeconds(from));
    }

    /// <summary>The name of the command at a place, and the place after it; null if it is cut off.</summary>
    private static string? Command(byte[] bytes, ref int at)
    {
        var arguments = int.Parse(Line(bytes, ref at)[1..], CultureInfo.InvariantCulture);
        var name = default(string);
        for (var argument = 0; argument < arguments; argument++)
        {
            if (at >= bytes.Length)
            {
                return null;
            }

            var length = int.Parse(Line(bytes, ref at)[1..], CultureInfo.InvariantCulture);
            if (at + length + 2 > bytes.Length)
            {
                return null;
            }

            name ??= Encoding.ASCII.GetString(bytes, at, length).ToUpperInvariant();
            at += length + 2;
        }

        return name;
    }

    private static string Line(byte[] bytes, ref int at)
    {
        var end = Array.IndexOf(bytes, (byte)'\n', at);
        end = end < 0 ? bytes.Length : end;
        var line = Encoding.ASCII.GetString(bytes, at, end - at).TrimEnd('\r');
        at = end + 1;
        return line;
    }
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Aggregator.Chaos.Running;

/// <summary>What a power loss took off the end of a redis-server's append-only file.</summary>
/// <param name="Commands">How many transactions or commands.</param>
/// <param name="From">The second of the first of them.</param>
/// <param name="To">When the server was killed.</param>
/// <param name="Entries">The first and the last entry of the log that went, by partition.</param>
internal sealed partial record AofTail(int Commands, DateTimeOffset From, DateTimeOffset To, IReadOnlyDictionary<int, (long First, long Last)> Entries)
{
    private static readonly TimeSpan Taken = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Takes whole commands off the file of a server that was killed, as a power loss takes what was not yet flushed: everything of the last
    /// seconds, transactions as a whole. Needs <c>aof-timestamp-enabled</c>.
    /// </summary>
    public static AofTail Cut(string folder, DateTimeOffset killed)
    {
        var after = killed - Taken;
        var file = Directory.GetFiles(Path.Combine(folder, "appendonlydir"), "*.incr.aof").Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(file);
        var (keep, cut, second, from) = (0, 0, 0L, 0L);
        var isOpen = false;
        var entries = new Dictionary<int, (long First, long Last)>();
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

            var isCut = cut > 0 || second > after.ToUnixTimeSeconds();
            if (isCut && command.Name == "SET" && Slot().Match(command.Key) is { Success: true } slot)
            {
                var (partition, entry) = (Number(slot.Groups[1]), long.Parse(slot.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
                entries[partition] = entries.TryGetValue(partition, out var known) ? (known.First, entry) : (entry, entry);
            }

            isOpen = command.Name switch { "MULTI" => true, "EXEC" => false, _ => isOpen };
            if (isOpen)
            {
                continue;
            }

            if (!isCut)
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
        return new AofTail(cut, DateTimeOffset.FromUnixTimeSeconds(from), killed, entries);

        static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^agg:log:\{(\d+)\}:(\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Slot();

    /// <summary>The name and the first argument of the command at a place, and the place after it; null if it is cut off.</summary>
    private static (string Name, string Key)? Command(byte[] bytes, ref int at)
    {
        var arguments = int.Parse(Line(bytes, ref at)[1..], CultureInfo.InvariantCulture);
        var words = new string[2];
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

            if (argument < words.Length)
            {
                words[argument] = Encoding.ASCII.GetString(bytes, at, length);
            }

            at += length + 2;
        }

        return (words[0].ToUpperInvariant(), words[1] ?? "");
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

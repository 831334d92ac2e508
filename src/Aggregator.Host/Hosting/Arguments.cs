using System.Text.RegularExpressions;
using Aggregator.Grains.Hosting;

namespace Aggregator.Host.Hosting;

/// <summary>
/// Refuses arguments that nothing reads. The configuration passes over them: a name that is mistyped would be a setting that is not made, and the store another than was meant.
/// </summary>
internal static partial class Arguments
{
    // What the framework reads of itself.
    private static readonly string[] Roots = ["Logging", "Kestrel"];

    private static readonly HashSet<string> Known = new(
        [
            .. Setting().Matches(Usage.Text).Select(static match => match.Groups[1].Value),
            .. typeof(PartitionOptions).GetProperties().Select(static property => $"Partition:{property.Name}"),
            .. typeof(EntityOptions).GetProperties().Select(static property => $"Entity:{property.Name}"),
            "AllowedHosts", "environment", "contentRoot",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Looks at what is left of the arguments once commands are taken out.</summary>
    /// <param name="arguments">Settings, as <c>--NAME VALUE</c>, <c>--NAME=VALUE</c> or the other forms that the configuration reads.</param>
    /// <exception cref="InvalidOperationException">One is no setting, or has no value; the message names it.</exception>
    public static void Check(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        for (var at = 0; at < arguments.Count; at++)
        {
            var argument = arguments[at];
            var (start, end) = (argument.StartsWith("--", StringComparison.Ordinal) ? 2 : argument.StartsWith('/') ? 1 : 0, argument.IndexOf('=', StringComparison.Ordinal));
            if (start == 0 && end < 0)
            {
                throw new InvalidOperationException($"{argument} is neither a command nor a setting; --help says what there is");
            }

            var name = end < 0 ? argument[start..] : argument[start..end];
            if (!IsKnown(name))
            {
                throw new InvalidOperationException($"there is no setting {name}; --help says which there are");
            }

            if (end < 0 && (++at == arguments.Count || arguments[at].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new InvalidOperationException($"{name} needs a value");
            }
        }
    }

    // Of a list each member may be given by itself.
    private static bool IsKnown(string name) =>
        Known.Contains(name) || (name.LastIndexOf(':') is var colon and > 0 && (Known.Contains(name[..colon]) || Roots.Contains(name[..name.IndexOf(':')], StringComparer.OrdinalIgnoreCase)));

    [GeneratedRegex("^  ([A-Za-z]+(?::[A-Za-z]+)*)  +", RegexOptions.Multiline)]
    private static partial Regex Setting();
}

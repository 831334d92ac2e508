using System.Text.RegularExpressions;
using Aggregator.Tests.Shared;

namespace Aggregator.Domain.Tests;

/// <summary>Holds the table of docs/rules.md, "Which tests hold them", to the truth.</summary>
public sealed partial class RulesTableTests
{
    /// <summary>A word of the table: the class after it may still be to be written.</summary>
    private const string Next = "next:";

    [Fact]
    public void Table_HasARowForEveryRule() => Assert.Equal(
        Enumerable.Range(1, 22),
        Rows().SelectMany(row => RuleName().Matches(row.Rules)).Select(rule => int.Parse(rule.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)).Distinct().Order());

    [Fact]
    public void Table_NamesOnlyTestClassesThatExist()
    {
        var missing = Rows().SelectMany(row => Classes(row.Tests))
            .Where(named => !named.IsNext && !Exists(named.Class))
            .Select(named => named.Class);

        Assert.Empty(missing);
    }

    [Fact]
    public void Table_EveryRow_HasATest() => Assert.All(Rows(), row => Assert.NotEmpty(Classes(row.Tests)));

    private static IEnumerable<(string Rules, string Tests)> Rows() => File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules.md"))
        .Split("## Which tests hold them", 2)[1]
        .Split('\n')
        .Where(line => line.StartsWith("| R", StringComparison.Ordinal))
        .Select(line => line.Split('|', 3))
        .Select(cells => (cells[1], cells[2]));

    private static IEnumerable<(string Class, bool IsNext)> Classes(string tests) =>
        ClassName().Matches(tests).Select(named => (named.Groups["class"].Value, named.Groups["next"].Success));

    // By its file anywhere under tests/; a name with a namespace by its folder too.
    private static bool Exists(string named)
    {
        var parts = named.Split('.');
        return Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), parts[^1] + ".cs", SearchOption.AllDirectories)
            .Any(file => (parts.Length == 1 || Path.GetFileName(Path.GetDirectoryName(file)) == parts[^2])
                && File.ReadAllText(file).Contains($"class {parts[^1]}", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"R(\d+)")]
    private static partial Regex RuleName();

    [GeneratedRegex($@"(?<next>{Next} )?`(?<class>[A-Za-z.]*Tests)`")]
    private static partial Regex ClassName();
}

using System.Reflection;

namespace Aggregator.Extraction.Lexicons;

/// <summary>One row of a lexicon: its phrases, and its other cells by column name.</summary>
internal sealed record LexiconRow(IReadOnlyList<string> Phrases, IReadOnlyDictionary<string, string> Cells)
{
    /// <summary>The cell of a column; empty if the row has none.</summary>
    public string this[string column] => Cells.GetValueOrDefault(column) ?? "";
}

/// <summary>
/// Reads the embedded lexicons: tab-separated, the first line that is no comment names the columns, the first column
/// holds phrases separated by <c>|</c>, and lines that start with <c>#</c> are comments.
/// </summary>
internal static class LexiconFile
{
    /// <summary>Languages that have a lexicon, as the folder names under <c>Lexicons</c>.</summary>
    public static IReadOnlyList<string> Languages { get; } =
    [
        .. typeof(LexiconFile).Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".tsv", StringComparison.Ordinal) && name.Contains('/', StringComparison.Ordinal))
            .Select(name => name[..name.IndexOf('/', StringComparison.Ordinal)])
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The rows of one lexicon.</summary>
    /// <exception cref="InvalidDataException">There is no such lexicon, or it has no header.</exception>
    public static IReadOnlyList<LexiconRow> Read(string language, string name)
    {
        var resource = $"{language}/{name}.tsv";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidDataException($"{resource}: no such lexicon");
        using var reader = new StreamReader(stream);
        return Read(resource, reader);
    }

    internal static IReadOnlyList<LexiconRow> Read(string file, TextReader reader)
    {
        string[]? columns = null;
        var rows = new List<LexiconRow>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var cells = line.Split('\t');
            if (columns is null)
            {
                columns = cells;
                continue;
            }

            var named = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var at = 1; at < cells.Length && at < columns.Length; at++)
            {
                named[columns[at]] = cells[at].Trim();
            }

            rows.Add(new LexiconRow(cells[0].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), named));
        }

        return columns is null ? throw new InvalidDataException($"{file}: no header") : rows;
    }
}

using System.Globalization;

namespace Aggregator.Domain.Registry;

/// <summary>
/// The registry that ships with Aggregator, read from the tab-separated files in <c>Registry/Data</c>. Their first
/// line names the columns, lines that start with <c>#</c> are comments, and an empty cell is null. A row of a
/// <c>-curated</c> file whose id is known already adds to that entry: its filled cells replace, its aliases join, and
/// an alias written <c>-alias</c> is dropped (docs/registry.md).
/// </summary>
public static class BundledRegistry
{
    private static readonly Lazy<RegistrySnapshot> Shared = new(() => new RegistrySnapshot(Read(), version: 1));

    /// <summary>The bundled registry, read once per process.</summary>
    public static RegistrySnapshot Snapshot => Shared.Value;

    /// <summary>All bundled entries.</summary>
    /// <exception cref="InvalidDataException">A data file is malformed; the message names file and line.</exception>
    public static IReadOnlyList<RegistryEntry> Read()
    {
        var entries = new List<RegistryEntry>();
        var assembly = typeof(BundledRegistry).Assembly;
        var files = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".tsv", StringComparison.Ordinal));
        // What is written by hand comes last, to have the last word.
        foreach (var file in files.OrderBy(IsCurated).ThenBy(name => name, StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(file)!);
            ReadFile(file, reader, entries);
        }

        return CuratedOverlay.Apply(entries);
    }

    private static bool IsCurated(string file) => file.EndsWith("-curated.tsv", StringComparison.Ordinal);

    internal static void ReadFile(string file, TextReader reader, List<RegistryEntry> entries)
    {
        Dictionary<string, int>? columns = null;
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var cells = line.Split('\t');
            if (columns is null)
            {
                columns = cells.Select((name, at) => (name, at)).ToDictionary(pair => pair.name, pair => pair.at, StringComparer.Ordinal);
                continue;
            }

            entries.Add(ReadEntry(columns, cells, $"{file}:{number}"));
        }
    }

    private static RegistryEntry ReadEntry(Dictionary<string, int> columns, string[] cells, string where)
    {
        string? Cell(string column) =>
            columns.TryGetValue(column, out var at) && at < cells.Length && cells[at].Length > 0 ? cells[at] : null;
        string Need(string column) => Cell(column) ?? throw new InvalidDataException($"{where}: no {column}");

        return new RegistryEntry
        {
            Entity = Enum.TryParse<EntityKind>(Need("entity"), ignoreCase: true, out var entity)
                ? entity
                : throw new InvalidDataException($"{where}: entity is actor, region or source"),
            Id = Need("id"),
            Name = Need("name"),
            Kind = Need("kind"),
            Parent = Cell("parent"),
            Voice = Cell("voice"),
            Aliases = Cell("aliases")?.Split('|') ?? [],
            Country = Cell("country"),
            Latitude = Degrees(Cell("latitude")),
            Longitude = Degrees(Cell("longitude")),
            Population = Cell("population") is { } people ? long.Parse(people, CultureInfo.InvariantCulture) : 0,
            GeoNamesId = Cell("geonames") is { } id ? long.Parse(id, CultureInfo.InvariantCulture) : null,
            Affiliation = Cell("affiliation"),
            Rating = Cell("rating")?[0],
        };
    }

    private static double? Degrees(string? cell) => cell is null ? null : double.Parse(cell, CultureInfo.InvariantCulture);
}

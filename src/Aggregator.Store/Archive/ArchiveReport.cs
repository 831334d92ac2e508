namespace Aggregator.Store.Archive;

/// <summary>What a folder of archive files holds.</summary>
/// <param name="Origin">The store; null if not one header could be read.</param>
/// <param name="Spans">What there is of each partition, and of the registry.</param>
public sealed record ArchiveReport(ArchiveOrigin? Origin, IReadOnlyList<ArchiveSpan> Spans)
{
    /// <summary>Whether nothing is damaged, and each partition goes from its first entry to its last.</summary>
    public bool IsWhole => Spans.All(span => span.Faults.Count == 0 && span.Gaps.Count == 0);
}

/// <summary>What an archive holds of one partition, or of the registry.</summary>
public sealed class ArchiveSpan(int partition)
{
    private readonly List<ArchiveFile> _files = [];
    private readonly List<(long From, long To)> _gaps = [];
    private readonly List<string> _faults = [];

    /// <summary>The partition, or <see cref="ArchiveHeader.Registry"/>.</summary>
    public int Partition => partition;

    /// <summary>Position of the first entry; 0 if no file is whole.</summary>
    public long First => _files.Count == 0 ? 0 : _files[0].First;

    /// <summary>Position of the last.</summary>
    public long Last => _files.Count == 0 ? 0 : _files[^1].Last;

    /// <summary>The highest incarnation of the files.</summary>
    public long Incarnation { get; private set; }

    /// <summary>The whole files, by position.</summary>
    public IReadOnlyList<ArchiveFile> Files => _files;

    /// <summary>Positions below the last that no whole file has.</summary>
    public IReadOnlyList<(long From, long To)> Gaps => _gaps;

    /// <summary>What is wrong, a line each.</summary>
    public IReadOnlyList<string> Faults => _faults;

    internal void Add(ArchiveFile file, long incarnation)
    {
        if (file.First <= Last)
        {
            Fault($"{file.Name} begins before the one before it ends.");
            return;
        }

        if (file.First > Last + 1)
        {
            _gaps.Add((Last + 1, file.First - 1));
        }

        _files.Add(file);
        Incarnation = Math.Max(Incarnation, incarnation);
    }

    internal void Fault(string line) => _faults.Add(line);
}

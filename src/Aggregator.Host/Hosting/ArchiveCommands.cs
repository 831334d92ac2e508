using System.Globalization;
using Aggregator.Domain.Log;
using Aggregator.Store;
using Aggregator.Store.Archive;

namespace Aggregator.Host.Hosting;

/// <summary><c>archive</c> and <c>restore</c> (docs/archive.md).</summary>
internal static class ArchiveCommands
{
    /// <summary>Adds to an archive what the store has beyond it.</summary>
    public static async Task<int> ArchiveAsync(string path, int? partition, StoreOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (options.Redis is null && !Directory.Exists(options.Path))
        {
            throw new InvalidOperationException($"there is no store in {options.Path}");
        }

        options.MustExist = true;
        await using var store = await StoreConnection.ConnectAsync(options, loggers, cancellationToken);
        var identity = await store.OpenAsync(cancellationToken);
        if (partition >= identity.Partitions)
        {
            throw new InvalidOperationException($"the store has the partitions 0 to {identity.Partitions - 1}");
        }

        var folder = new ArchiveFolder(path);
        using var turn = folder.Lock();
        var archiver = new LogArchiver(store, ArchiveOrigin.Of(identity), folder, Console.WriteLine);
        long entries = 0;
        foreach (var one in partition is { } only ? [only] : Enumerable.Range(0, identity.Partitions))
        {
            entries += await archiver.ArchiveAsync(one, cancellationToken);
        }

        var edits = partition is null ? await archiver.ArchiveEditsAsync(cancellationToken) : 0;
        Say($"archived {entries} entries and {edits} edits of store {identity.StoreId:N} to {folder.FullPath}");
        return 0;
    }

    /// <summary>Says what an archive holds, and everything that is wrong with it.</summary>
    /// <returns>0 if it is whole, else 1.</returns>
    public static async Task<int> VerifyAsync(string path, CancellationToken cancellationToken)
    {
        var (report, claims) = await LookAsync(new ArchiveFolder(path), cancellationToken);
        if (report.Origin is { } origin)
        {
            Say($"archive of store {origin.StoreId:N} of {origin.Partitions} partitions");
        }

        foreach (var span in report.Spans)
        {
            var (count, what) = span.Partition == ArchiveHeader.Registry ? (span.Last, "edits") : (claims.GetValueOrDefault(span.Partition), "claims");
            Say($"{ArchiveFile.Prefix(span.Partition)} {span.First}..{span.Last}, {count} {what}");
            foreach (var (from, to) in span.Gaps)
            {
                Say($"  gap {from}..{to}");
            }

            foreach (var fault in span.Faults)
            {
                Say($"  {fault}");
            }
        }

        Say($"{claims.Values.Sum()} claims; {(report.IsWhole ? "whole" : "NOT WHOLE")}");
        return report.IsWhole ? 0 : 1;
    }

    /// <summary>Makes a store of an archive, where there is none.</summary>
    public static async Task<int> RestoreAsync(string path, StoreOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        // All of it is read before anything is written.
        var folder = new ArchiveFolder(path);
        var (report, claims) = await LookAsync(folder, cancellationToken);
        if (!report.IsWhole)
        {
            throw new InvalidOperationException($"the archive in {folder.FullPath} is not whole, and nothing was written; archive --verify says what is wrong");
        }

        await using var store = await StoreConnection.ConnectAsync(options, loggers, cancellationToken);
        var id = await new LogRestorer(store, report).RestoreAsync(cancellationToken);
        Say($"restored {claims.Values.Sum()} claims of store {report.Origin!.StoreId:N} as store {id:N} of {report.Origin.Partitions} partitions");
        return 0;
    }

    private static async Task<(ArchiveReport Report, Dictionary<int, long> Claims)> LookAsync(ArchiveFolder folder, CancellationToken cancellationToken)
    {
        var claims = new Dictionary<int, long>();
        var report = await folder.VerifyAsync(
            (partition, entry) =>
            {
                if (partition != ArchiveHeader.Registry)
                {
                    var records = LogFormat.Decode(entry.Bytes, partition, entry.Position).Records;
                    claims[partition] = claims.GetValueOrDefault(partition) + records.Count(one => one.Record is LogRecord.Added);
                }
            },
            cancellationToken);
        return (report, claims);
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

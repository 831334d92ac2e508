using System.Globalization;
using Aggregator.Domain.Log;
using Aggregator.Store.Connection;
using Aggregator.Store.Log;
using Aggregator.Store.Registry;
using Aggregator.Store.Scripts;
using StackExchange.Redis;

namespace Aggregator.Store.Archive;

/// <summary>
/// Writes an archive into a store that has none: entries and edits at their positions, then the identity, with which the store begins to
/// be one. Killed before that it is run again and goes on; no host starts in between.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="archive">A whole one.</param>
public sealed class LogRestorer(StoreDatabase store, ArchiveReport archive)
{
    private const int PartitionsAtOnce = 16;

    private readonly ClaimLog _log = new(store);
    private readonly RegistryEdits _edits = new(store);
    private readonly StoreSession _session = store.Session;
    private readonly StoreKeys _keys = store.Keys;
    private readonly ArchiveOrigin _origin = archive.IsWhole && archive.Origin is { } origin ? origin : throw new ArchiveException("The archive is not whole.");

    // The same archive, gone on with, is the same restore.
    private string What => string.Create(CultureInfo.InvariantCulture, $"{_origin.StoreId:N}:{_origin.Partitions}:{_origin.HashSeed}");

    /// <summary>Restores all of it.</summary>
    /// <returns>The id that the store is given, another than the archive's: from here on the two have histories of their own.</returns>
    /// <exception cref="ArchiveException">There is a store, or part of one.</exception>
    /// <exception cref="StoreRestartedException">The store restarted meanwhile; run it again.</exception>
    public async Task<Guid> RestoreAsync(CancellationToken cancellationToken = default)
    {
        var era = await _session.OpenAsync(cancellationToken).ConfigureAwait(false);
        await BeginAsync(era, cancellationToken).ConfigureAwait(false);
        await Parallel.ForEachAsync(
            archive.Spans.Where(span => span.Partition != ArchiveHeader.Registry),
            new ParallelOptions { MaxDegreeOfParallelism = PartitionsAtOnce, CancellationToken = cancellationToken },
            (span, token) => new ValueTask(RestoreAsync(span, era, token))).ConfigureAwait(false);
        if (archive.Spans.FirstOrDefault(span => span.Partition == ArchiveHeader.Registry) is { } edits)
        {
            await RestoreEditsAsync(edits, cancellationToken).ConfigureAwait(false);
        }

        return await EndAsync(era, cancellationToken).ConfigureAwait(false);
    }

    private async Task BeginAsync(long era, CancellationToken cancellationToken)
    {
        var partitions = Enumerable.Range(0, _origin.Partitions).ToList();
        var incarnations = archive.Spans.ToDictionary(span => span.Partition, span => span.Incarnation);
        var call = _session.EvaluateAsync(
            StoreScripts.BeginRestore,
            [_keys.Identity, _keys.Restore, _keys.Era, _keys.RegistryHead, .. partitions.Select(_keys.Incarnation)],
            [What, .. partitions.Select(partition => (RedisValue)Math.Max(1, incarnations.GetValueOrDefault(partition)))],
            era,
            cancellationToken);
        var answer = (RedisResult[])(await StoreFaults.Repeatable(call, "begin a restore", cancellationToken).ConfigureAwait(false))!;
        switch ((int)answer[0])
        {
            case 1:
                throw new ArchiveException("There is a store, or part of one, already: an archive is restored where there is none. Name another Store:Path or Store:Redis.");
            case 2:
                throw new ArchiveException($"The restore of another archive ({(string?)answer[1]}) has begun here and not ended. Go on with that one, or empty the store.");
        }
    }

    private async Task RestoreAsync(ArchiveSpan span, long era, CancellationToken cancellationToken)
    {
        var head = await _log.OpenAsync(span.Partition, cancellationToken).ConfigureAwait(false);
        if (head.LastSequence > span.Last)
        {
            throw new ArchiveException($"Partition {span.Partition} has {head.LastSequence} entries already, and the archive {span.Last}: it is not the archive whose restore began here.");
        }

        // The last one there is written again: it is found there, unless it is another.
        foreach (var file in span.Files.Where(file => file.Last >= head.LastSequence))
        {
            await foreach (var entry in file.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (entry.Sequence < head.LastSequence)
                {
                    continue;
                }

                var result = await _log.AppendAsync(span.Partition, head.Incarnation, entry.Sequence, entry.Bytes, era, cancellationToken).ConfigureAwait(false);
                if (result is not AppendResult.Appended)
                {
                    throw new ArchiveException($"Entry {entry.Sequence} of partition {span.Partition} cannot be restored, as another is there: {result}.");
                }
            }
        }
    }

    private async Task RestoreEditsAsync(ArchiveSpan span, CancellationToken cancellationToken)
    {
        var head = await _edits.HeadAsync(cancellationToken).ConfigureAwait(false);
        var before = RegistryHead.None;
        foreach (var file in span.Files)
        {
            await foreach (var (version, bytes) in file.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var edit = RegistryEdits.HeadOf(version, bytes);
                if (version < head.Version)
                {
                    before = edit;
                    continue;
                }

                before = await _edits.AppendAsync(before, bytes, cancellationToken).ConfigureAwait(false) == edit
                    ? edit
                    : throw new ArchiveException($"Edit {version} of the registry cannot be restored, as another is there.");
            }
        }
    }

    private async Task<Guid> EndAsync(long era, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        var call = _session.EvaluateAsync(
            StoreScripts.EndRestore,
            [_keys.Identity, _keys.Restore],
            [What, FeatureLevel.Newest, id.ToString("N"), _origin.Partitions, _origin.HashSeed],
            era,
            cancellationToken);
        return (int)await StoreFaults.Repeatable(call, "end a restore", cancellationToken).ConfigureAwait(false) == 1
            ? id
            : throw new ArchiveException("Somebody else made a store here meanwhile.");
    }
}

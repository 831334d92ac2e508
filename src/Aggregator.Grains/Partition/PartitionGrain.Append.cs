using Aggregator.Contracts.Partitions;
using Aggregator.Domain;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Grains.Protocol;
using Aggregator.Store;
using Aggregator.Store.Index;
using Aggregator.Store.Log;

namespace Aggregator.Grains.Partition;

// The one way into the log: dedupe, encode, append, index.
internal sealed partial class PartitionGrain
{
    private const int MostCleared = 1_024;

    private async Task WriteAllAsync()
    {
        _writing = true;
        try
        {
            while (_queue.Count > 0)
            {
                // What comes in does not pay with every entry for one that cannot be written.
                if (_quarantine.Reported.Count > 0 && (_quarantineFailedAt is not { } at || time.GetElapsedTime(at) >= _options.Tick))
                {
                    _quarantineFailedAt = await TryAsync(AppendQuarantinedAsync) ? null : time.GetTimestamp();
                }

                // They may have been refused meanwhile.
                if (_queue.Take() is { Count: > 0 } group)
                {
                    await WriteAsync(group);
                }
            }
        }
        finally
        {
            _writing = false;
        }
    }

    // What claims replace may be larger than they are, and one of them may be in an entry that cannot be read: then the entry is made two.
    private async Task WriteAsync(List<(Waiting Batch, int At, Candidate Candidate)> group)
    {
        try
        {
            var sorted = group is [{ Candidate: { Text: not null } text }] ? await AppendTextAsync(text) : await AppendAsync([.. group.Select(one => one.Candidate)]);
            var originals = await TouchedByOriginalsAsync(sorted.Originals.Where(one => group[one.At].Batch.IsAwaited));
            for (var at = 0; at < group.Count; at++)
            {
                var cleared = group[at] is { Batch.IsAwaited: true, Candidate.Text: { } other } && sorted.Outcomes[at] == AppendOutcome.Corrected
                    ? await TouchedByClearedAsync(other, sorted.Sequences[at], _fanOut.Checkpoint)
                    : [];
                group[at].Batch.Done(
                    group[at].At, sorted.Outcomes[at], sorted.Sequences[at], sorted.Replacing[at].SelectMany(static record => record.Touches).Concat(originals[at]).Concat(cleared));
            }
        }
        catch (Exception fault) when (fault is EntryTooLargeException or UnreadableEntryException && group.Count > 1)
        {
            var half = group.Count / 2;
            await WriteAsync(group[..half]);
            if (group[half..].FindAll(static one => !one.Batch.IsBrokenOff) is { Count: > 0 } rest)
            {
                await WriteAsync(rest);
            }
        }
        catch (EntryTooLargeException fault)
        {
            LogAppendFailed(logger, _partition, fault);

            // Texts come last, and sent again it would be too large again: the others do not wait for it.
            group[0].Batch.Refuse(AppendRefusal.TooLarge, mayGoOn: group[0].Candidate.Text is not null);
        }
        catch (Exception fault)
        {
            // Refused, or unknown when this activation ends: the sender sends again and dedupe settles it.
            LogAppendFailed(logger, _partition, fault);
            foreach (var (batch, _, _) in group)
            {
                batch.Refuse(AppendRefusal.StoreUnavailable);
            }

            await RaiseAlarmAsync(fault);
            if (fault is StoreRestartedException)
            {
                await TryAsync(() => LeaveOutlivedAsync(_stop.Token));
            }
            else if (fault is not StoreException)
            {
                DeactivateOnIdle();
            }
        }
    }

    // Whoever waits for the views of a duplicate waits for its original: for whom that names, and for whom those named that went with it or ahead of it. What is
    // behind the checkpoint is in the rows of all of them.
    private async Task<ILookup<int, EntityKey>> TouchedByOriginalsAsync(IEnumerable<(int At, LogPosition Position)> originals)
    {
        var touched = new List<(int At, EntityKey Entity)>();
        var checkpoint = _fanOut.Checkpoint;
        foreach (var original in originals.Where(one => one.Position.Sequence > checkpoint).ToLookup(static one => one.Position, static one => one.At))
        {
            // Of the claims of a report each may have its text for an original.
            var (sequence, ordinal) = (original.Key.Sequence, original.Key.Ordinal);
            var entry = await _entries.GetAsync(sequence, _stop.Token);
            var entities = FannedEntry.TouchedWith(entry.Records, ordinal).ToHashSet();
            if (entry.RecordAt(ordinal) is LogRecord.Reported { Text: var text })
            {
                entities.UnionWith(await TouchedByClearedAsync(text, sequence, checkpoint));
            }

            touched.AddRange(original.SelectMany(_ => entities, static (at, entity) => (at, entity)));
        }

        return touched.ToLookup(one => one.At, one => one.Entity);
    }

    /// <summary>
    /// Whom those claims named that fell with a text (R3) and whose end may not be in all rows yet: in its own entry, or ahead of it in others, be it by this call or by one that was
    /// broken off.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="sequence">The entry that brought it.</param>
    /// <param name="checkpoint">What the log has up to there is in all rows.</param>
    private async Task<IReadOnlyCollection<EntityKey>> TouchedByClearedAsync(ReportText text, long sequence, long checkpoint)
    {
        var touched = new HashSet<EntityKey>();
        var report = ClaimIdentity.HashReport(text.Source, text.Address);
        var held = await _index.FindAsync([report], _stop.Token);
        if (!held.TryGetValue(report, out var hit) || hit.Versions.Count == 1)
        {
            return touched;
        }

        // What ended after the checkpoint was of the text itself, or of the one that stood then: that came after the checkpoint too, or is the highest of those before it.
        var keys = text.Claims.Select(ClaimIdentity.Hash).ToHashSet();
        var others = hit.Versions.Where(version => version.Sequence > checkpoint && version.Sequence <= sequence).Concat(hit.Versions.Where(version => version.Sequence <= checkpoint).Take(1));
        foreach (var version in others.ToList())
        {
            if ((await _entries.GetAsync(version.Sequence, _stop.Token)).RecordAt(version.Ordinal) is LogRecord.Reported { Text.Claims: var claims })
            {
                keys.UnionWith(claims.Select(ClaimIdentity.Hash));
            }
        }

        var ends = (await _index.FindAsync(keys, _stop.Token)).Values.Select(static claim => claim.Standing).Where(end => end.IsRetraction && end.Sequence > checkpoint && end.Sequence <= sequence);
        foreach (var some in ends.ToLookup(static end => end.Sequence, static end => end.Ordinal))
        {
            var entry = await _entries.GetAsync(some.Key, _stop.Token);
            touched.UnionWith(some.SelectMany(ordinal => entry.RecordAt(ordinal)?.Touches ?? []));
        }

        return touched;
    }

    // What falls with a text goes with it, in one entry; if that is too large it goes before, in several. Whoever is interrupted in between sends the text again, and
    // what is left falls then.
    private async Task<Sorted> AppendTextAsync(Candidate text)
    {
        for (var most = MostCleared; ;)
        {
            try
            {
                return await AppendAsync([text]);
            }
            catch (EntryTooLargeException) when (most > 0 && IsRoomFor(text.Text!))
            {
                most = await ClearAsync(text, most);
            }
        }
    }

    // What cannot come in takes nothing away.
    private bool IsRoomFor(ReportText text) => LogFormat.Encode(Guid.NewGuid(), time.GetUtcNow(), [new LogRecord.Reported(text)]).Length <= log.MaximumEntryBytes;

    /// <summary>Takes away claims that fall with a text.</summary>
    /// <returns>How many more to take away at once; 0 if there is nothing more that could be.</returns>
    private async Task<int> ClearAsync(Candidate text, int most)
    {
        for (; most > 0; most /= 2)
        {
            try
            {
                var sorted = await AppendAsync([text with { Clears = most }]);
                return sorted.Records.Count == 0 ? 0 : most;
            }
            catch (EntryTooLargeException)
            {
                // Half as many.
            }
        }

        return 0;
    }

    /// <summary>Sorts and appends claims; nothing holds before the append has.</summary>
    private async Task<Sorted> AppendAsync(IReadOnlyList<Candidate> candidates)
    {
        while (true)
        {
            var known = await FindKnownAsync(candidates);
            var sequence = _fanOut.End + 1;
            var now = time.GetUtcNow();
            var sorted = Deduplicator.Sort(candidates, known, _partition, sequence, now);
            if (sorted.Records.Count > 0)
            {
                if (!await AppendEntryAsync(sorted.Records, sorted.Rows.Values, sequence, now))
                {
                    continue;
                }
            }
            else if (sorted.Originals.Select(static one => one.Position.Sequence).DefaultIfEmpty().Max() is var last && last > _fanOut.End)
            {
                // Of an entry that another writer made, whose rows in the index came before it did: whoever waits for it waits for all of it.
                await TakeInAsync(last, _stop.Token);
                continue;
            }
            else
            {
                // Nothing is written, so nothing has made sure that what they are duplicates of is still there.
                await log.Session.ConfirmAsync(_era, _stop.Token);
            }

            foreach (var (source, count) in sorted.Duplicates)
            {
                _duplicates[source] = _duplicates.GetValueOrDefault(source) + count;
            }

            return sorted;
        }
    }

    private async Task<Known> FindKnownAsync(IReadOnlyList<Candidate> candidates)
    {
        var held = await _index.FindAsync(candidates.SelectMany(static one => one.From, static (_, from) => from.Report).Concat(candidates.Select(static one => one.Key)), _stop.Token);
        var texts = new Dictionary<UInt128, ReportText>();
        var claims = new Dictionary<UInt128, Claim>();
        var named = new Dictionary<UInt128, IReadOnlyCollection<EntityKey>>();
        var versions = new Dictionary<UInt128, IReadOnlyList<KnownVersion>>();
        var late = Deduplicator.Late(candidates, held);
        foreach (var key in Deduplicator.Contested(candidates, held))
        {
            await FindVersionsAsync(key, held[key]);
        }

        foreach (var report in Deduplicator.Rivals(candidates, held).ToList())
        {
            if (held.TryGetValue(report.Key, out var known))
            {
                texts[report.Key] = await _entries.GetTextAsync(known.Standing.Sequence, known.Standing.Ordinal, _stop.Token);
            }

            var rivals = texts.TryGetValue(report.Key, out var standing) ? report.Append(standing) : report;
            foreach (var (key, hit) in await _index.FindAsync(rivals.SelectMany(text => text.Claims).Select(ClaimIdentity.Hash).ToHashSet(), _stop.Token))
            {
                held[key] = hit;
                if (!hit.Standing.IsRetraction)
                {
                    await FindVersionsAsync(key, hit);
                }
            }
        }

        var read = new HashSet<(UInt128, UInt128)>();
        foreach (var (report, text) in Deduplicator.Repeated(candidates, held).ToList())
        {
            var stored = await _entries.GetTextAsync(text.Sequence, text.Ordinal, _stop.Token);
            var keys = stored.Claims.Select(ClaimIdentity.Hash).ToHashSet();
            if ((await _index.FindAsync(keys, _stop.Token)).Count == keys.Count)
            {
                read.Add((report, text.ContentHash));
            }
        }

        return new Known(held, claims, texts) { Named = named, Versions = versions, Read = read };

        // The standing version; of several the last to come, which tells whom all of them named; and all of them for one that comes late.
        async Task FindVersionsAsync(UInt128 key, IndexHit hit)
        {
            claims[key] = await _entries.GetClaimAsync(hit.Standing.Sequence, hit.Standing.Ordinal, _stop.Token);
            if (hit.Versions.Count > 1)
            {
                var last = hit.Versions.MaxBy(version => (version.Sequence, version.Ordinal));
                named[key] = (await _entries.GetRecordAsync(last.Sequence, last.Ordinal, _stop.Token)).Record.Touches;
            }

            if (hit.Versions.Count > 1 && late.Contains(key))
            {
                var found = new List<KnownVersion>(hit.Versions.Count);
                foreach (var version in hit.Versions)
                {
                    found.Add(EntryCache.VersionOf(await _entries.GetRecordAsync(version.Sequence, version.Ordinal, _stop.Token)));
                }

                versions[key] = found;
            }
        }
    }

    /// <summary>
    /// Appends one entry and folds it in; false if another writer's entry had the place and was taken in. Counts of resends
    /// ride along, if there is room for them.
    /// </summary>
    private async Task<bool> AppendEntryAsync(IReadOnlyList<LogRecord> claims, IEnumerable<IndexRow> rows, long sequence, DateTimeOffset now)
    {
        var resends = TakeDuplicates();
        var appended = false;
        try
        {
            appended = await AppendRecordsAsync([.. claims, .. resends], rows, sequence, now);
            return appended;
        }
        catch (EntryTooLargeException) when (resends.Length > 0 && claims.Count > 0)
        {
            // Whether something fits does not hang on what came before it.
        }
        finally
        {
            if (!appended)
            {
                CountDuplicates(resends);
            }
        }

        return await AppendRecordsAsync([.. claims], rows, sequence, now);
    }

    private async Task<bool> AppendRecordsAsync(LogRecord[] records, IEnumerable<IndexRow> rows, long sequence, DateTimeOffset now)
    {
        var bytes = LogFormat.Encode(Guid.NewGuid(), now, records);
        if (bytes.Length > log.MaximumEntryBytes)
        {
            throw new EntryTooLargeException(bytes.Length, log.MaximumEntryBytes);
        }

        Failpoint.Reach(Failpoint.BeforeAppend);
        switch (await log.AppendAsync(_partition, _incarnation, sequence, bytes, _era, _stop.Token))
        {
            case AppendResult.Appended:
                Failpoint.Reach(Failpoint.AfterAppend);
                _index.Add(rows, sequence);
                Appended(sequence, new LogEntryContent(now, [.. records.Select((record, at) => new PlacedRecord(new LogPosition(_partition, sequence, at), record, now))]));
                return true;
            case AppendResult.Taken taken:
                await TakeInAsync(taken.Winner, sequence);
                return false;
            case AppendResult.Gap:
                await FindTheEndAsync(sequence - 1);
                throw new StoreUnavailableException($"log {_partition} has lost its end before {sequence}");
            case var lost:
                // Another activation writes this partition.
                DeactivateOnIdle();
                throw new InvalidOperationException($"log {_partition} cannot take entry {sequence}: {lost}");
        }
    }

    /// <summary>Takes in what other writers made up to an entry.</summary>
    private async Task TakeInAsync(long last, CancellationToken cancellationToken)
    {
        await foreach (var entry in log.ReadAsync(_partition, _fanOut.End + 1, last, cancellationToken))
        {
            await TakeInAsync(entry.Bytes, entry.Sequence);
        }
    }

    /// <summary>Takes in an entry that another writer made.</summary>
    private async Task TakeInAsync(byte[] bytes, long sequence)
    {
        var entry = _entries.Decode(bytes, sequence);
        Index(entry.Records, await _index.FindAsync(Keys(entry.Records), _stop.Token), sequence);
        Appended(sequence, entry);
        LogAbsorbed(logger, _partition, sequence);
    }

    private void Index(IReadOnlyList<PlacedRecord> records, Dictionary<UInt128, IndexHit> held, long sequence)
    {
        // A key may occur twice in an entry: each row builds on the one before it.
        foreach (var row in Deduplicator.Rows(records, key => held.GetValueOrDefault(key)))
        {
            held[row.Key] = new IndexHit(row.Versions);
            _index.Add([row], sequence);
        }

        _index.Add([], sequence);
        _indexed = sequence;
    }

    private static IEnumerable<UInt128> Keys(IEnumerable<PlacedRecord> records) => Deduplicator.Rows(records, _ => null).Select(row => row.Key);
}

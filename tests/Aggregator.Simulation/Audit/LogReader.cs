using System.Globalization;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Simulation.Cluster;
using Aggregator.Simulation.Feeding;
using Aggregator.Store.Log;

namespace Aggregator.Simulation.Audit;

/// <summary>The log as it lies in the store, read without the product's reader of it, and what must hold of it.</summary>
internal sealed class LogReader
{
    private readonly List<PlacedRecord> _records = [];
    private readonly long[] _ends;

    public LogReader(World world, int partitions)
    {
        _ends = new long[partitions];
        for (var partition = 0; partition < partitions; partition++)
        {
            for (var sequence = 1L; world.Store.Get(world.Database.Keys.Slot(partition, sequence)) is { IsNull: false } bytes; sequence++)
            {
                _ends[partition] = sequence;
                _records.AddRange(LogFormat.Decode(EntrySeal.Open((byte[])bytes!, partition, sequence), partition, sequence).Records);
            }
        }
    }

    /// <summary>All records, partition by partition.</summary>
    public IReadOnlyList<PlacedRecord> Records => _records;

    /// <summary>How many entries there are.</summary>
    public long Entries => _ends.Sum();

    /// <summary>The last entry of each partition.</summary>
    public IReadOnlyList<long> Ends() => _ends;

    /// <summary>(A) What was acknowledged is in the log; (B, C) nothing is in it twice.</summary>
    public void AuditAcknowledged(IReadOnlyCollection<Acknowledged> journal)
    {
        var (versions, ended) = (new HashSet<(ClaimKey, UInt128)>(), new HashSet<ClaimKey>());
        foreach (var (position, record, _) in _records)
        {
            if (record is LogRecord.Retracted { Retraction.Key: var key })
            {
                Require(ended.Add(key), $"B: {key} is retracted twice, at {position}");
            }

            var claim = record switch
            {
                LogRecord.Added added => added.Claim,
                LogRecord.Corrected corrected => corrected.Claim,
                _ => null,
            };
            if (claim is null)
            {
                continue;
            }

            Require(versions.Add((claim.Key, claim.ContentHash)), $"B: {claim.Key} {claim.ContentHash} is in the log twice, at {position}");
            Require(!ended.Contains(claim.Key), $"B: {claim.Key} counts after its retraction, at {position}");
            Require(record is not LogRecord.Added || !versions.Any(one => one.Item1 == claim.Key && one.Item2 != claim.ContentHash), $"B: {claim.Key} is added beside another version, at {position}");
        }

        foreach (var (key, content, outcome) in journal)
        {
            Require(
                content is { } hash ? versions.Contains((key, hash)) || ended.Contains(key) : ended.Contains(key),
                string.Create(CultureInfo.InvariantCulture, $"A: {key} {content} was acknowledged ({outcome}) and is not in the log"));
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(otherwise);
        }
    }
}

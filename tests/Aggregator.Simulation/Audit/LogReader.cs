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
            for (var sequence = 1L; world.Store.Get(world.Databases[0].Keys.Slot(partition, sequence)) is { IsNull: false } bytes; sequence++)
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

    /// <summary>(B, C) Nothing is in the log twice.</summary>
    public void Audit()
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
    }

    /// <summary>(A) What was acknowledged and is not in the log.</summary>
    public IEnumerable<Acknowledged> Missing(IEnumerable<Acknowledged> journal)
    {
        var held = Held();
        return journal.Where(one => !held.Contains((one.Key, null)) && !held.Contains((one.Key, one.Content)));
    }

    /// <summary>What is in this log and not in another.</summary>
    public IReadOnlyCollection<(ClaimKey Key, UInt128? Content)> Except(LogReader other) => Held().Except(other.Held()).ToHashSet();

    // The versions there are; a retraction has no content.
    private HashSet<(ClaimKey Key, UInt128? Content)> Held() =>
    [
        .. _records.Select<PlacedRecord, (ClaimKey, UInt128?)?>(placed => placed.Record switch
        {
            LogRecord.Added { Claim: var claim } => (claim.Key, claim.ContentHash),
            LogRecord.Corrected { Claim: var claim } => (claim.Key, claim.ContentHash),
            LogRecord.Retracted { Retraction.Key: var key } => (key, null),
            _ => null,
        }).OfType<(ClaimKey, UInt128?)>(),
    ];

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(otherwise);
        }
    }
}

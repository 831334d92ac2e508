using System.Diagnostics;
using System.Globalization;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Store;
using Aggregator.Store.Log;

namespace Aggregator.ColdStart;

/// <summary>Writes the generated claims to the log of a fresh store, as partitions write it: one entry after another in each.</summary>
internal sealed class Filler(Generator generator, StoreConnection store, int entryClaims)
{
    // Corrections and retractions come some entries after what they are about.
    private const int Behind = 3;

    private readonly ClaimLog _log = new(store);

    public async Task<(long Entries, long Bytes)> FillAsync(long claims)
    {
        var identity = await store.OpenAsync();
        var partitions = await Task.WhenAll(Enumerable.Range(0, identity.Partitions).Select(async number => new Writing(number, await _log.OpenAsync(number))));
        if (partitions.Any(partition => partition.Head.LastSequence > 0))
        {
            throw new InvalidOperationException("the store has a log already");
        }

        var clock = Stopwatch.StartNew();
        for (long number = 0; number < claims; number++)
        {
            var claim = generator.Claim(number);
            var partition = partitions[ClaimIdentity.Partition(claim.Key.Source, identity.Partitions, identity.HashSeed)];
            var position = partition.Add(new LogRecord.Added(claim));
            if (generator.FateOf(number) is var fate and not Fate.Stands)
            {
                partition.Later.Enqueue((claim, position, fate));
            }

            if (partition.Records.Count >= entryClaims)
            {
                await WriteAsync(partition, claim.ReportedAt);
                while (partition.Later.TryPeek(out var due) && due.At.Sequence + Behind <= partition.Next)
                {
                    partition.Later.Dequeue();
                    partition.Add(After(due));
                }
            }

            if (number % 1_000_000 == 999_999)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(number + 1) / 1_000_000}M claims written after {clock.Elapsed.TotalSeconds:n0} s"));
            }
        }

        var end = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
        foreach (var partition in partitions)
        {
            foreach (var due in partition.Later)
            {
                // What is about the entry that is being made waits for the next.
                if (due.At.Sequence == partition.Next)
                {
                    await WriteAsync(partition, end);
                }

                partition.Add(After(due));
            }

            await WriteAsync(partition, end);
            await partition.Written;
        }

        return (partitions.Sum(partition => partition.Next - 1), partitions.Sum(partition => partition.Bytes));
    }

    private static LogRecord After((Claim Claim, LogPosition At, Fate Fate) due) => due.Fate == Fate.Corrected
        ? new LogRecord.Corrected(Generator.Correction(due.Claim), due.Claim, due.At, Stands: true)
        : new LogRecord.Retracted(new Retraction(due.Claim.Key, due.Claim.Source.Id), due.Claim, due.At);

    private async Task WriteAsync(Writing partition, DateTimeOffset receivedAt)
    {
        if (partition.Records.Count == 0)
        {
            return;
        }

        var nonce = new Guid(partition.Number, (short)(partition.Next >> 32), 0, BitConverter.GetBytes(partition.Next));
        var entry = LogFormat.Encode(nonce, receivedAt, partition.Records);
        await partition.Written;
        partition.Written = AppendAsync(partition.Number, partition.Head, partition.Next, entry);
        partition.Bytes += entry.Length;
        partition.Next++;
        partition.Records.Clear();
    }

    private async Task AppendAsync(int partition, LogHead head, long sequence, byte[] entry)
    {
        if (await _log.AppendAsync(partition, head.Incarnation, sequence, entry, head.Era) is not AppendResult.Appended)
        {
            throw new InvalidOperationException("somebody else writes this log");
        }
    }

    private sealed class Writing(int number, LogHead head)
    {
        public int Number => number;

        public LogHead Head => head;

        public List<LogRecord> Records { get; } = [];

        public Queue<(Claim Claim, LogPosition At, Fate Fate)> Later { get; } = new();

        public long Next { get; set; } = 1;

        public long Bytes { get; set; }

        public Task Written { get; set; } = Task.CompletedTask;

        public LogPosition Add(LogRecord record)
        {
            Records.Add(record);
            return new LogPosition(number, Next, Records.Count - 1);
        }
    }
}

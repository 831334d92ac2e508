using System.Diagnostics;
using System.Globalization;
using Aggregator.Store.Index;
using Aggregator.Store.Log;
using Aggregator.Store.Rows;
using Aggregator.Store.Tests.Backends;

namespace Aggregator.Store.Tests.Measurements;

/// <summary>
/// Run by hand: <c>dotnet run -c Release --project tests/Aggregator.Store.Tests -- -explicit only -class '*AppendLatency' -showLiveOutput</c>.
/// </summary>
public sealed class AppendLatency
{
    private const int Count = 3_000;

    [Theory(Explicit = true)]
    [InlineData("garnet", "")]
    [InlineData("redis", "always")]
    [InlineData("redis", "everysec")]
    public async Task Append_OneAtATime_Takes(string backend, string fsync)
    {
        using var folder = new TempFolder();
        await using var server = backend == "redis" ? await RedisServer.StartAsync("--appendfsync", fsync) : null;
        await using var store = await StoreConnection.ConnectAsync(new() { Path = folder.Path, Redis = server?.ConnectionString });
        var log = new ClaimLog(store);
        foreach (var bytes in new[] { 300, 100_000 })
        {
            var partition = bytes == 300 ? 0 : 1;
            await log.OpenAsync(partition);
            var entry = new byte[bytes];
            Random.Shared.NextBytes(entry);
            await MeasureAsync($"{backend} {fsync} append of {bytes} bytes", bytes == 300 ? Count : Count / 5, i => log.AppendAsync(partition, store.Session.Era, i + 1, entry));
        }

        var small = new byte[300];
        Random.Shared.NextBytes(small);
        await Task.WhenAll(Enumerable.Range(2, 30).Select(p => log.OpenAsync(p)));
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(2, 30).Select(async p =>
        {
            for (var sequence = 1; sequence <= 300; sequence++)
            {
                await log.AppendAsync(p, store.Session.Era, sequence, small);
            }
        }));
        Say($"{backend} {fsync} 30 partitions at once: {9_000 / Stopwatch.GetElapsedTime(start).TotalSeconds:n0} appends/s");

        var rows = new EntityRows(store);
        await MeasureAsync($"{backend} {fsync} row write of 3 fields", Count, i => rows.WriteAsync("actor", "a", i, [new("x", small), new("y", small), new("z", small)]));

        var index = new ClaimIndex(store);
        IndexRow[] indexed = [.. Enumerable.Range(0, 50_000).Select(static i => new IndexRow(System.IO.Hashing.XxHash128.HashToUInt128(BitConverter.GetBytes(i)), [new(1, 1, i, 0, 0)]))];
        start = Stopwatch.GetTimestamp();
        await index.WriteAsync(0, indexed, 1);
        Say($"{backend} {fsync} index write: {indexed.Length / Stopwatch.GetElapsedTime(start).TotalSeconds:n0} rows/s");
        start = Stopwatch.GetTimestamp();
        await index.FindAsync(0, [.. indexed.Select(static row => row.Key)]);
        Say($"{backend} {fsync} index find: {indexed.Length / Stopwatch.GetElapsedTime(start).TotalSeconds:n0} keys/s");
        start = Stopwatch.GetTimestamp();
        var read = await log.ReadAsync(0, 1, Count).CountAsync();
        Say($"{backend} {fsync} read: {read / Stopwatch.GetElapsedTime(start).TotalSeconds:n0} entries/s");
    }

    /// <summary>More than memory and several append-only file limits: what comes back must be what went in, after a restart too.</summary>
    [Fact(Explicit = true)]
    public async Task Embedded_MoreThanMemory_StaysBoundedAndExact()
    {
        using var folder = new TempFolder();
        StoreOptions options = new() { Path = folder.Path, EmbeddedMemoryMebibytes = 64, EmbeddedAofMebibytes = 64 };
        const int Entries = 16_000, Bytes = 20_000, Writers = 8;
        await using (var store = await StoreConnection.ConnectAsync(options))
        {
            var log = new ClaimLog(store);
            var index = new ClaimIndex(store);
            var rows = new EntityRows(store);
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(async partition =>
            {
                await log.OpenAsync(partition);
                for (var sequence = 1; sequence <= Entries / Writers; sequence++)
                {
                    await log.AppendAsync(partition, store.Session.Era, sequence, Content(partition, sequence));
                    await index.WriteAsync(partition, [new(Key(partition, sequence), [new(7, sequence, 0, 0, 0)])], sequence);
                    await rows.WriteAsync("actor", $"a{partition}-{sequence % 50}", (sequence - 1) / 50, [new("f" + (sequence % 7), Content(partition, sequence))], "p");
                }
            }));
            Say($"written in {Stopwatch.GetElapsedTime(start).TotalSeconds:n1} s, folder {FolderMebibytes()} MiB, process {Environment.WorkingSet >> 20} MiB");
            foreach (var part in Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).GroupBy(f => Path.GetRelativePath(folder.Path, f).Split('.')[0]))
            {
                Say($"  {part.Key}: {part.Sum(static f => new FileInfo(f).Length) >> 20} MiB in {part.Count()} files");
            }

            await CheckAsync(store);
        }

        Say($"closed, folder {FolderMebibytes()} MiB");
        var restart = Stopwatch.GetTimestamp();
        await using (var store = await StoreConnection.ConnectAsync(options))
        {
            Say($"restarted in {Stopwatch.GetElapsedTime(restart).TotalSeconds:n1} s");
            await CheckAsync(store);
        }

        long FolderMebibytes() => Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Sum(static f => new FileInfo(f).Length) >> 20;

        static byte[] Content(int partition, int sequence)
        {
            var bytes = new byte[Bytes];
            new Random((partition * 1_000_000) + sequence).NextBytes(bytes);
            return bytes;
        }

        static UInt128 Key(int partition, int sequence) => System.IO.Hashing.XxHash128.HashToUInt128(BitConverter.GetBytes((partition * 1_000_000) + sequence));

        async Task CheckAsync(StoreConnection store)
        {
            var start = Stopwatch.GetTimestamp();
            var log = new ClaimLog(store);
            for (var partition = 0; partition < Writers; partition++)
            {
                Assert.Equal(Entries / Writers, (await log.OpenAsync(partition)).LastSequence);
                await foreach (var entry in log.ReadAsync(partition, 1, Entries / Writers))
                {
                    Assert.True(entry.Bytes.AsSpan().SequenceEqual(Content(partition, (int)entry.Sequence)));
                }

                var keys = Enumerable.Range(1, Entries / Writers).Select(s => Key(partition, s)).ToList();
                Assert.All(await new ClaimIndex(store).FindAsync(partition, keys), static hit => Assert.NotNull(hit));
                for (var i = 0; i < 50; i++)
                {
                    var row = (await new EntityRows(store).LoadAsync("actor", $"a{partition}-{i}"))!;
                    Assert.Equal(Entries / Writers / 50, row.Version);
                    Assert.Equal(7, row.Fields.Count);
                }
            }

            Assert.Equal(Writers * 50, await new EntityRows(store).ChildrenAsync("actor", "p").CountAsync());
            Say($"checked in {Stopwatch.GetElapsedTime(start).TotalSeconds:n1} s, process {Environment.WorkingSet >> 20} MiB");
        }
    }

    private static async Task MeasureAsync(string what, int count, Func<int, Task> call)
    {
        var times = new List<double>(count);
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await call(i);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        Say($"{what}: median {times[count / 2]:n3} ms, p99 {times[count * 99 / 100]:n3} ms, max {times[^1]:n1} ms");
    }

    private static void Say(FormattableString line) => TestContext.Current.TestOutputHelper!.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

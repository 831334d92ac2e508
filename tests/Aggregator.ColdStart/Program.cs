using System.Diagnostics;
using System.Globalization;
using Aggregator.ColdStart;
using Aggregator.Domain.Registry;
using Aggregator.Store;
using Aggregator.Store.Log;
using Microsoft.Extensions.Logging.Abstractions;

// How long a host takes to make every view of a log that nobody has folded:
//   dotnet run -c Release --project tests/Aggregator.ColdStart -- --claims 100000 --store redis|embedded
//     [--folder FOLDER] [--entry 500] [--limit 00:30:00] [--host Aggregator.Host.dll] [--fill] [-- SETTINGS OF THE HOST]
var options = Options.Read(args);
Directory.CreateDirectory(options.Folder);
var scene = new Scene(BundledRegistry.Snapshot);
var generator = new Generator(scene, options.Claims);
using var redis = options.IsRedis ? await RedisProcess.StartAsync(Path.Combine(options.Folder, "redis")) : null;
var path = Path.Combine(options.Folder, "store");
StoreOptions At() => redis is null ? new() { Path = path } : new() { Redis = redis.ConnectionString };
string[] settings = [redis is null ? "--Store:Path" : "--Store:Redis", redis?.ConnectionString ?? path, .. options.Settings];

var clock = Stopwatch.StartNew();
StoreIdentity identity;
await using (var store = await StoreConnection.ConnectAsync(At(), NullLoggerFactory.Instance))
{
    identity = await store.OpenAsync();
    var (entries, bytes) = await new Filler(generator, store, options.EntryClaims).FillAsync(options.Claims);
    Say($"filled: {options.Claims:n0} claims in {entries:n0} entries of {bytes / Math.Max(1, entries):n0} bytes, {bytes >> 20:n0} MiB, {scene.Places:n0} places, {clock.Elapsed.TotalSeconds:n1} s");
}

if (options.OnlyFills)
{
    return 0;
}

clock.Restart();
var tally = new Tally(generator, scene.Registry, options.Claims);
Say($"counted: {tally.Standing:n0} claims stand, {tally.InRegions.Count + tally.OnActors.Count:n0} figures, {clock.Elapsed.TotalSeconds:n1} s");

var program = options.Host ?? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../src/Aggregator.Host/bin/Release/net10.0/Aggregator.Host.dll"));
clock.Restart();
await using var host = Host.Start(program, Path.Combine(options.Folder, "host.log"), settings);
Say($"host is process {host.Id}");

// A second connection reads the checkpoints; the host alone holds the folder of the embedded store, and its socket is open to this user.
var alive = await host.UntilAsync(async () => (await host.Client.GetAsync("/health/live")).IsSuccessStatusCode, options.Limit);
Say($"alive: {alive} after {clock.Elapsed.TotalSeconds:n1} s");
await using var watch = await StoreConnection.ConnectAsync(new StoreOptions
{
    Redis = redis?.ConnectionString ?? "!" + Path.Combine(File.ReadAllText(Path.Combine(path, "store.socket")), "s"),
    Unsafe = true,
});
var log = new ClaimLog(watch);
var said = Stopwatch.StartNew();
var ready = false;
var applied = await host.UntilAsync(
    async () =>
    {
        if (!ready && (await host.Client.GetAsync("/health/ready")).IsSuccessStatusCode)
        {
            ready = true;
            Say($"ready after {clock.Elapsed.TotalSeconds:n1} s, processor {host.Processor.TotalSeconds:n0} s, peak {host.PeakMebibytes:n0} MiB");
        }

        var heads = await Task.WhenAll(Enumerable.Range(0, identity.Partitions).Select(number => log.PeekAsync(number)));
        if (said.Elapsed > TimeSpan.FromSeconds(10))
        {
            said.Restart();
            Say($"  {clock.Elapsed.TotalSeconds:n0} s: checkpoints {heads.Sum(head => head.Checkpoint):n0} of {heads.Sum(head => head.LastSequence):n0}, processor {host.Processor.TotalSeconds:n0} s, peak {host.PeakMebibytes:n0} MiB");
        }

        return ready && heads.All(head => head.Checkpoint == head.LastSequence);
    },
    options.Limit);
// A checkpoint says that every view up to it is whole: it waits for the rows of all who show the claim.
Say($"checkpointed: {applied} after {clock.Elapsed.TotalSeconds:n1} s, processor {host.Processor.TotalSeconds:n0} s, peak {host.PeakMebibytes:n0} MiB");
if (!applied)
{
    return 1;
}

clock.Restart();
var (views, figures, differences) = await new Comparison(tally, host.Client).CompareAsync();
Say($"compared: {views:n0} views, {figures:n0} figures, {differences.Count:n0} differ, {clock.Elapsed.TotalSeconds:n1} s, peak {host.PeakMebibytes:n0} MiB");
return differences.Count == 0 ? 0 : 1;

static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

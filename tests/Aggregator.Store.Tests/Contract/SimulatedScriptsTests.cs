using System.Globalization;
using Aggregator.Simulation.Store;
using Aggregator.Store.Connection;
using Aggregator.Store.Scripts;
using Aggregator.Store.Tests.Backends;
using StackExchange.Redis;

namespace Aggregator.Store.Tests.Contract;

/// <summary>The simulation has the scripts in C#: whatever they are called with, they answer and leave what the Lua does.</summary>
public sealed class SimulatedScriptsTests(RedisBackend backend)
{
    private const int Calls = 4_000;
    private const int CallsPerLook = 40;
    private static readonly string[] Texts = ["incarnation", "last", "checkpoint", "mark", "era", "slot1", "slot2", "slot3", "row1", "row2", "row3", "chunk1", "chunk2"];
    private static readonly string[] Hashes = ["row", "other"];
    private static readonly string[] Sets = ["known", "children"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Scripts_CalledAtRandom_AnswerAndLeaveTheSame(int seed)
    {
        await using var server = await backend.ConnectAsync();
        var (redis, sim, random, prefix) = (server.Database, new SimStore(), new Random(seed), server.Options.KeyPrefix);
        var digests = StoreScripts.Writing.ToDictionary(static script => script, static script => StoreSession.Digest(script));
        Array.ForEach(StoreScripts.Writing, script => sim.Learn(script));
        for (var at = 1; at <= Calls; at++)
        {
            if (random.Next(12) == 0)
            {
                var gone = Key(Texts[random.Next(Texts.Length)]);
                await redis.KeyDeleteAsync(gone);
                sim.Remove(gone);
            }

            var (script, keys, values) = Draw(random, sim, Key);
            var (expected, actual) = (Text(await redis.ScriptEvaluateAsync(script, keys, values)), Text(sim.Run(digests[script], keys, values)));
            Assert.True(expected == actual, $"call {at}: {script[..script.IndexOf('\n', StringComparison.Ordinal)]} with {string.Join(' ', values)}: {actual} for {expected}");
            if (at % CallsPerLook == 0)
            {
                await CompareAsync(redis, sim, Key);
            }
        }

        RedisKey Key(string name) => $"{prefix}:{name}";
    }

    private static (string Script, RedisKey[] Keys, RedisValue[] Values) Draw(Random random, SimStore sim, Func<string, RedisKey> key)
    {
        RedisKey[] Keys(params string[] names) => Array.ConvertAll(names, name => key(name));
        string Slot(int sequence) => string.Create(CultureInfo.InvariantCulture, $"slot{sequence}");
        var sequence = 1 + random.Next(3);
        switch (random.Next(9))
        {
            case 0:
                return (StoreScripts.OpenSession, Keys("era"), [random.Next(3) switch { 0 => 0, 1 => 1, _ => (random.Next(30) << 20) + random.Next(4) }, "run" + random.Next(3), random.Next(2), random.Next(4)]);
            case 1:
                return (StoreScripts.OpenPartition, Keys("incarnation", "last", "checkpoint", "slot1"), [1 + random.Next(3)]);
            case 2:
                return (StoreScripts.Append, sequence == 1 ? Keys("incarnation", "last", "slot1") : Keys("incarnation", "last", Slot(sequence), Slot(sequence - 1)), [1 + random.Next(3), sequence, Bytes(random, 20)]);
            case 3:
                var expected = random.Next(3);
                return (StoreScripts.RaiseIncarnation, Keys("incarnation"), [expected, expected + 1]);
            case 4:
                var checkpoint = random.Next(4);
                return (StoreScripts.SaveCheckpoint, checkpoint == 0 ? Keys("incarnation", "checkpoint") : Keys("incarnation", "checkpoint", Slot(checkpoint)), [1 + random.Next(3), checkpoint]);
            case 5:
                string[] rows = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => "row" + (1 + random.Next(3)).ToString(CultureInfo.InvariantCulture))];
                return (StoreScripts.IndexRows, Keys(rows), [.. rows.Select(_ => (RedisValue)Bytes(random, 13))]);
            case 6:
                return (StoreScripts.RaiseMark, Keys("mark"), [random.Next(5)]);
            case 7:
                return (StoreScripts.RaiseEpoch, Keys(Hashes[random.Next(2)], "known"), ["id" + random.Next(3), random.Next(2)]);
            default:
                return DrawRow(random, sim, Keys);
        }
    }

    private static (string Script, RedisKey[] Keys, RedisValue[] Values) DrawRow(Random random, SimStore sim, Func<string[], RedisKey[]> keys)
    {
        string[] chunks = [.. new[] { "chunk1", "chunk2" }.Take(random.Next(3))];
        string[] parent = random.Next(2) == 0 ? ["children"] : [];
        string[] fields = [.. new[] { "a", "b", "c" }.Where(_ => random.Next(2) == 0)];
        string[] before = [.. new[] { "d", "e" }.Where(_ => random.Next(3) == 0)];
        string[] gone = [.. new[] { "d", "a", "b" }.Where(_ => random.Next(3) == 0)];
        var (version, next) = (random.Next(3), random.Next(3));
        var all = keys([Hashes[random.Next(2)], "known", .. chunks, .. parent]);
        RedisValue epoch = random.Next(3) switch { 0 => "", 1 => 1, _ => sim.HashGet(all[0], "$e") is { IsNull: false } stands ? stands : 0 };
        return (
            StoreScripts.WriteRow,
            all,
            [
                version, next, "id" + random.Next(3), fields.Length + 1, chunks.Length, epoch, random.Next(gone.Length + 1), before.Length,
                .. before.SelectMany(field => new RedisValue[] { field, Bytes(random, 3) }),
                .. fields.SelectMany(field => new RedisValue[] { field, Bytes(random, 3) }), "$v", next,
                .. chunks.Select(_ => random.Next(3) == 0 ? RedisValue.EmptyString : (RedisValue)Bytes(random, 3)), .. gone.Select(static name => (RedisValue)name),
            ]);
    }

    // Few that differ, most of them in their last bytes, and all values that a byte has.
    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        bytes[random.Next(length)] = (byte)(random.Next(4) * 85);
        return bytes;
    }

    private static async Task CompareAsync(IDatabase redis, SimStore sim, Func<string, RedisKey> key)
    {
        foreach (var text in Texts)
        {
            Assert.Equal((text, Text(await redis.StringGetAsync(key(text)))), (text, Text(sim.Get(key(text)))));
            Assert.Equal(await redis.KeyExistsAsync(key(text)), sim.Exists(key(text)));
        }

        foreach (var hash in Hashes)
        {
            Assert.Equal((await redis.HashGetAllAsync(key(hash))).Select(static one => Text(one)).Order(StringComparer.Ordinal), sim.HashGetAll(key(hash)).Select(static one => Text(one)).Order(StringComparer.Ordinal));
        }

        foreach (var set in Sets)
        {
            Assert.Equal((await redis.SetMembersAsync(key(set))).Select(static one => Text(one)).Order(StringComparer.Ordinal), sim.Members(key(set)).Select(static one => Text(one)).Order(StringComparer.Ordinal));
        }
    }

    private static string Text(HashEntry entry) => $"{entry.Name} {Text(entry.Value)}";

    private static string Text(RedisValue value) => value.IsNull ? "nothing" : Convert.ToHexString((byte[])value!);

    private static string Text(RedisResult result) => result.Length >= 0 && result.Resp2Type == ResultType.Array
        ? string.Join(' ', ((RedisResult[])result!).Select(static one => Text(one)))
        : Text((RedisValue)result);
}

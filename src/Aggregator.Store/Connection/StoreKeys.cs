using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Aggregator.Domain.Aggregates;
using StackExchange.Redis;

namespace Aggregator.Store.Connection;

/// <summary>
/// Every key of the store. A partition's number stands in braces, so its keys share a slot should somebody run them in a
/// Redis Cluster; rows do not, as a row, its parent's set and the set of known ids change together.
/// </summary>
/// <param name="prefix">Begins every key.</param>
/// <param name="generation">The fold generation: all that the fold derives from the log has it in its keys, but for the first one.</param>
internal sealed class StoreKeys(string prefix, string generation = FoldGeneration.First)
{
    private static readonly string[] DerivedKinds = ["row", "chunk", "children", "known"];

    private readonly string _derived = Derived(prefix, generation);

    public RedisKey Identity { get; } = prefix + ":identity";

    public RedisKey Era { get; } = prefix + ":era";

    public RedisKey Restore { get; } = prefix + ":restore";

    /// <summary>The generations that hosts have worked on, each with its cluster.</summary>
    public RedisKey Generations { get; } = prefix + ":generations";

    public RedisKey Slot(int partition, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:log:{{{partition}}}:{sequence}");

    public RedisKey Incarnation(int partition) => Log(partition, "incarnation");

    public RedisKey Last(int partition) => Log(partition, "last");

    public RedisKey Checkpoint(int partition) => Checkpoint(prefix, generation, partition);

    /// <summary>Ends in the key's 16 raw bytes: half the length of digits, and there is one for every claim.</summary>
    public RedisKey IndexRow(int partition, UInt128 key)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{prefix}:i:{{{partition}}}:");
        var bytes = new byte[head.Length + 16];
        Encoding.ASCII.GetBytes(head, bytes);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(head.Length), key);
        return bytes;
    }

    public RedisKey IndexedTo(int partition) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:index:{{{partition}}}:to");

    public RedisKey Row(string kind, string id) => $"{_derived}:row:{kind}:{id}";

    public RedisKey Chunk(string kind, string id, string chunk) => $"{_derived}:chunk:{kind}:{chunk}:{id}";

    public RedisKey Children(string kind, string parent) => $"{_derived}:children:{kind}:{parent}";

    public RedisKey Known(string kind, int shard) => string.Create(CultureInfo.InvariantCulture, $"{_derived}:known:{kind}:{shard}");

    public RedisKey RegistryHead { get; } = prefix + ":{registry}:head";

    public RedisKey RegistryEdit(long version) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:{{registry}}:edit:{version}");

    /// <summary>A partition's checkpoint in a generation.</summary>
    public RedisKey CheckpointOf(string other, int partition) => Checkpoint(prefix, other, partition);

    /// <summary>Patterns of the keys of a generation's rows and all that hangs on them, in the order in which they may go: no row stands without its chunks.</summary>
    public string[] PatternsOf(string other) => [.. DerivedKinds.Select(kind => $"{Derived(prefix, other)}:{kind}:*")];

    private static string Derived(string prefix, string generation) => generation == FoldGeneration.First ? prefix : $"{prefix}:g:{generation}";

    private static RedisKey Checkpoint(string prefix, string generation, int partition) =>
        string.Create(CultureInfo.InvariantCulture, $"{Derived(prefix, generation)}:log:{{{partition}}}:checkpoint");

    private RedisKey Log(int partition, string name) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:log:{{{partition}}}:{name}");
}

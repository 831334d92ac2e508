using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace Aggregator.Store.Connection;

/// <summary>
/// Every key of the store. A partition's number stands in braces, so its keys share a slot should somebody run them in a
/// Redis Cluster; rows do not, as a row, its parent's set and the set of known ids change together.
/// </summary>
internal sealed class StoreKeys(string prefix)
{
    public RedisKey Identity { get; } = prefix + ":identity";

    public RedisKey Era { get; } = prefix + ":era";

    public RedisKey Restore { get; } = prefix + ":restore";

    public RedisKey Slot(int partition, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:log:{{{partition}}}:{sequence}");

    public RedisKey Incarnation(int partition) => Log(partition, "incarnation");

    public RedisKey Last(int partition) => Log(partition, "last");

    public RedisKey Checkpoint(int partition) => Log(partition, "checkpoint");

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

    public RedisKey Row(string kind, string id) => $"{prefix}:row:{kind}:{id}";

    public RedisKey Chunk(string kind, string id, string chunk) => $"{prefix}:chunk:{kind}:{chunk}:{id}";

    public RedisKey Children(string kind, string parent) => $"{prefix}:children:{kind}:{parent}";

    public RedisKey Known(string kind, int shard) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:known:{kind}:{shard}");

    public RedisKey RegistryHead { get; } = prefix + ":{registry}:head";

    public RedisKey RegistryEdit(long version) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:{{registry}}:edit:{version}");

    private RedisKey Log(int partition, string name) => string.Create(CultureInfo.InvariantCulture, $"{prefix}:log:{{{partition}}}:{name}");
}

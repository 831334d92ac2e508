using System.Globalization;
using Aggregator.Store.Connection;
using Aggregator.Store.Scripts;
using StackExchange.Redis;

namespace Aggregator.Simulation.Store;

/// <summary>
/// What a Redis holds, and what its commands and our scripts do to it, each in one step. The store's contract tests of log, index, rows and
/// eras run over it too (the backend <c>SimBackend</c>), so that it does what the servers do.
/// </summary>
internal sealed class SimStore
{
    private static readonly RedisValue Zero = "0";
    private static readonly Dictionary<string, string> Names = typeof(StoreScripts).GetFields().Where(field => field.FieldType == typeof(string))
        .ToDictionary(field => (string)field.GetValue(null)!, field => field.Name);

    // What was told to this server or to one before it, for names; and what this one knows.
    private readonly Dictionary<string, string> _told = [];
    private readonly HashSet<string> _scripts = [];

    // The runs of the server that an era was given of.
    private readonly HashSet<(long Era, int RunId)> _eras = [];
    private readonly Dictionary<RedisKey, RedisValue> _strings = [];
    private readonly Dictionary<RedisKey, SortedDictionary<string, RedisValue>> _hashes = [];
    private readonly Dictionary<RedisKey, SortedSet<string>> _sets = [];

    public SimStore()
    {
    }

    /// <summary>Another with every start of the server.</summary>
    public int RunId { get; }

    private SimStore(SimStore other)
    {
        RunId = other.RunId + 1;
        (Ran, _told, _eras) = (other.Ran, other._told, other._eras);
        _strings = new(other._strings);
        _hashes = other._hashes.ToDictionary(pair => pair.Key, pair => new SortedDictionary<string, RedisValue>(pair.Value, StringComparer.Ordinal));
        _sets = other._sets.ToDictionary(pair => pair.Key, pair => new SortedSet<string>(pair.Value, StringComparer.Ordinal));
    }

    /// <summary>The last era that was given of two runs of the server, as a second restart lost that there had been one; 0 if none was.</summary>
    public long EraOfTwoRuns => _eras.GroupBy(static one => one.Era).Where(static runs => runs.Count() > 1).Select(static runs => runs.Key).DefaultIfEmpty().Max();

    /// <summary>How many writes are carried out until the server is killed, be it within a script: Garnet's go on from there, and those before stay.</summary>
    public int CallsLeft { get; set; } = int.MaxValue;

    /// <summary>Hears of every script that has run, and of its first key.</summary>
    public Action<SimStore, string, RedisKey>? Ran { get; set; }

    /// <summary>What a server that restarts finds: what it holds now, and no scripts.</summary>
    public SimStore Copy() => new(this);

    public RedisValue Get(RedisKey key) => _strings.GetValueOrDefault(key);

    /// <summary>The keys of what is neither a hash nor a set.</summary>
    public IEnumerable<string> Strings => _strings.Keys.Select(static key => (string)key!);

    public void Set(RedisKey key, RedisValue value)
    {
        Spend();
        _strings[key] = value;
    }

    public bool Remove(RedisKey key) => _strings.Remove(key) | _hashes.Remove(key) | _sets.Remove(key);

    public bool Exists(RedisKey key) => _strings.ContainsKey(key) || _hashes.ContainsKey(key) || _sets.ContainsKey(key);

    public RedisValue HashGet(RedisKey key, RedisValue field) => _hashes.TryGetValue(key, out var hash) ? hash.GetValueOrDefault((string)field!) : RedisValue.Null;

    public HashEntry[] HashGetAll(RedisKey key) => _hashes.TryGetValue(key, out var hash) ? [.. hash.Select(pair => new HashEntry(pair.Key, pair.Value))] : [];

    public RedisValue[] Members(RedisKey key) => _sets.TryGetValue(key, out var set) ? [.. set.Select(one => (RedisValue)one)] : [];

    public bool SetRemove(RedisKey key, RedisValue member)
    {
        var isGone = _sets.TryGetValue(key, out var set) && set.Remove((string)member!);
        if (set is { Count: 0 })
        {
            _sets.Remove(key);
        }

        return isGone;
    }

    /// <summary>What a script that some process told is called.</summary>
    public string NameOf(byte[] digest) => _told.TryGetValue(Convert.ToHexString(digest), out var script) ? Names[script] : "script";

    /// <summary>Learns a script; a restarted server knows none.</summary>
    public RedisResult Learn(string salted)
    {
        var script = Array.Find(StoreScripts.Writing, one => salted.StartsWith(one, StringComparison.Ordinal))!;
        var digest = Convert.ToHexString(StoreSession.Digest(salted));
        _told[digest] = script;
        _scripts.Add(digest);
        return RedisResult.Create((RedisValue)digest);
    }

    /// <summary>Runs a script that it was told.</summary>
    public RedisResult Run(byte[] digest, RedisKey[] keys, RedisValue[] values)
    {
        var told = Convert.ToHexString(digest);
        if (!_scripts.Contains(told))
        {
            throw new RedisServerException(RedisErrorKind.NoScript, CommandFlags.None, "NOSCRIPT No matching script.");
        }

        var reply = Run(_told[told], keys, values);
        Ran?.Invoke(this, _told[told], keys[0]);
        return reply;
    }

    private RedisResult Run(string script, RedisKey[] keys, RedisValue[] values) =>
        script == StoreScripts.Append ? Append(keys, values)
        : script == StoreScripts.OpenSession ? OpenSession(keys, values)
        : script == StoreScripts.OpenPartition ? OpenPartition(keys, values)
        : script == StoreScripts.RaiseIncarnation ? RaiseIncarnation(keys, values)
        : script == StoreScripts.SaveCheckpoint ? SaveCheckpoint(keys, values)
        : script == StoreScripts.IndexRows ? IndexRows(keys, values)
        : script == StoreScripts.RaiseMark ? RaiseMark(keys, values)
        : script == StoreScripts.RaiseEpoch ? RaiseEpoch(keys, values)
        : script == StoreScripts.WriteRow ? WriteRow(keys, values)
        : throw new NotSupportedException("no such script here");

    private RedisResult OpenSession(RedisKey[] keys, RedisValue[] values)
    {
        var stored = ((string?)Get(keys[0]))?.Split(' ');
        var (era, known) = (stored is null ? 0 : long.Parse(stored[0], CultureInfo.InvariantCulture), (long)values[0]);
        if (stored?[1] != values[1] || known > era || (values[2] == 1 && era == known))
        {
            era = (((Math.Max(era, known) >> 20) + 1) << 20) + (long)values[3];
        }

        Set(keys[0], string.Create(CultureInfo.InvariantCulture, $"{era} {values[1]}"));
        _eras.Add((era, RunId));
        return RedisResult.Create((RedisValue)era);
    }

    private RedisResult Append(RedisKey[] keys, RedisValue[] values)
    {
        var stored = Get(keys[2]);
        if (stored == values[2])
        {
            return Reply(1);
        }

        var incarnation = Get(keys[0]);
        if (incarnation != values[0])
        {
            return Reply(3, incarnation.IsNull ? Zero : incarnation);
        }

        if (!stored.IsNull)
        {
            return Reply(2, stored);
        }

        if (keys.Length == 4 && Number(keys[1]) != (long)values[1] - 1 && !Exists(keys[3]))
        {
            return Reply(4);
        }

        Set(keys[2], values[2]);
        Set(keys[1], values[1]);
        return Reply(0);
    }

    private RedisResult OpenPartition(RedisKey[] keys, RedisValue[] values)
    {
        var incarnation = Get(keys[0]);
        if (incarnation.IsNull && (Exists(keys[1]) || Exists(keys[2]) || Exists(keys[3])))
        {
            return Reply(Zero, Number(keys[1]), Number(keys[2]));
        }

        if (Number(keys[0]) < (long)values[0])
        {
            Set(keys[0], values[0]);
        }

        return Reply(Number(keys[0]), Number(keys[1]), Number(keys[2]));
    }

    private RedisResult RaiseIncarnation(RedisKey[] keys, RedisValue[] values)
    {
        var incarnation = Number(keys[0]);
        if (incarnation != (long)values[0])
        {
            return RedisResult.Create((RedisValue)incarnation);
        }

        Set(keys[0], values[1]);
        return RedisResult.Create(values[1]);
    }

    private RedisResult SaveCheckpoint(RedisKey[] keys, RedisValue[] values)
    {
        var (incarnation, checkpoint) = (Number(keys[0]), Number(keys[1]));
        if (incarnation != (long)values[0])
        {
            return Reply(1, incarnation, checkpoint);
        }

        if (keys.Length == 3 && !Exists(keys[2]))
        {
            return Reply(2, incarnation, checkpoint);
        }

        if (checkpoint < (long)values[1])
        {
            Set(keys[1], values[1]);
            checkpoint = (long)values[1];
        }

        return Reply(0, incarnation, checkpoint);
    }

    private RedisResult IndexRows(RedisKey[] keys, RedisValue[] values)
    {
        for (var at = 0; at < keys.Length; at++)
        {
            var stored = Get(keys[at]);
            if (stored.IsNull || ((byte[])stored!).AsSpan(0, 12).SequenceCompareTo(((byte[])values[at]!).AsSpan(0, 12)) < 0)
            {
                Set(keys[at], values[at]);
            }
        }

        return RedisResult.Create((RedisValue)keys.Length);
    }

    private RedisResult RaiseMark(RedisKey[] keys, RedisValue[] values)
    {
        if (Number(keys[0]) < (long)values[0])
        {
            Set(keys[0], values[0]);
        }

        return RedisResult.Create(Get(keys[0]) is { IsNull: false } mark ? mark : Zero);
    }

    private RedisResult RaiseEpoch(RedisKey[] keys, RedisValue[] values)
    {
        if (values[1] == 1 && !Exists(keys[0]))
        {
            return Reply(_sets.TryGetValue(keys[1], out var known) && known.Contains((string)values[0]!) ? "-1" : Zero, Zero);
        }

        var epoch = (HashGet(keys[0], "$e") is { IsNull: false } held ? (long)held : 0) + 1;
        Spend();
        HashOf(keys[0])["$e"] = epoch;
        Add(keys[1], values[0]);
        return Reply(epoch, HashGet(keys[0], "$v") is { IsNull: false } version ? version : Zero);
    }

    private RedisResult WriteRow(RedisKey[] keys, RedisValue[] values)
    {
        var actual = HashGet(keys[0], "$v") is { IsNull: false } held ? held : Zero;
        var epoch = HashGet(keys[0], "$e") is { IsNull: false } raised ? raised : Zero;
        if (actual != values[0] || (values[5].Length() > 0 && epoch != values[5]))
        {
            return Reply(0, actual);
        }

        var (fields, chunks) = ((int)values[3], (int)values[4]);
        var firstSet = 8 + (2 * (int)values[7]);
        var firstChunk = firstSet + (2 * fields);
        var firstGone = firstChunk + chunks;
        var firstLast = firstGone + (int)values[6];
        if (keys.Length == 3 + chunks)
        {
            Add(keys[2 + chunks], values[2]);
        }

        if (actual == Zero)
        {
            Add(keys[1], values[2]);
        }

        HashSet(keys[0], values[8..firstSet]);
        var gone = new List<RedisKey>();
        for (var at = 0; at < chunks; at++)
        {
            if (values[firstChunk + at].Length() == 0)
            {
                gone.Add(keys[2 + at]);
            }
            else
            {
                Set(keys[2 + at], values[firstChunk + at]);
            }
        }

        HashDelete(keys[0], values[firstGone..firstLast]);
        HashSet(keys[0], values[firstSet..firstChunk]);
        HashDelete(keys[0], values[firstLast..]);
        if (gone.Count > 0)
        {
            Spend();
            gone.ForEach(key => _strings.Remove(key));
        }

        return Reply(1, values[1]);
    }

    private void HashSet(RedisKey key, RedisValue[] fields)
    {
        if (fields.Length > 0)
        {
            Spend();
        }

        for (var at = 0; at < fields.Length; at += 2)
        {
            HashOf(key)[(string)fields[at]!] = fields[at + 1];
        }
    }

    private void HashDelete(RedisKey key, RedisValue[] fields)
    {
        if (fields.Length > 0)
        {
            Spend();
            Array.ForEach(fields, field => HashOf(key).Remove((string)field!));
        }
    }

    // Each call of a script that writes.
    private void Spend()
    {
        if (CallsLeft-- <= 0)
        {
            throw new CutOffException();
        }
    }

    private long Number(RedisKey key) => Get(key) is { IsNull: false } value ? long.Parse((string)value!, CultureInfo.InvariantCulture) : 0;

    private void Add(RedisKey set, RedisValue member)
    {
        Spend();
        if (!_sets.TryGetValue(set, out var members))
        {
            _sets[set] = members = new(StringComparer.Ordinal);
        }

        members.Add((string)member!);
    }

    private SortedDictionary<string, RedisValue> HashOf(RedisKey key)
    {
        if (!_hashes.TryGetValue(key, out var hash))
        {
            _hashes[key] = hash = new(StringComparer.Ordinal);
        }

        return hash;
    }

    private static RedisResult Reply(params RedisValue[] values) => RedisResult.Create([.. values.Select(value => RedisResult.Create(value))]);
}

/// <summary>The server was killed within a script.</summary>
internal sealed class CutOffException : Exception;

using System.Reflection;
using StackExchange.Redis;

namespace Aggregator.Simulation.Store;

/// <summary>The commands that we use of the hundreds there are.</summary>
public class CommandsProxy : DispatchProxy
{
    /// <summary>Brings the commands to the store.</summary>
    private protected IStoreCalls Calls { get; private set; } = null!;

    internal static IDatabase Over<TProxy>(IStoreCalls calls)
        where TProxy : CommandsProxy
    {
        var proxy = Create<IDatabase, TProxy>();
        ((CommandsProxy)(object)proxy).Calls = calls;
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        ArgumentNullException.ThrowIfNull(args);
        if (args is not [.., CommandFlags.DemandMaster])
        {
            throw new NotSupportedException($"{targetMethod.Name} of whoever answers: a replica may lack what was written a moment ago");
        }

        return targetMethod.Name switch
        {
            nameof(IDatabase.ScriptEvaluateAsync) when args[0] is byte[] digest =>
                Calls.Call(CallKind.Write, Calls.Store.NameOf(digest), store => store.Run(digest, (RedisKey[])args[1]!, (RedisValue[])args[2]!)),
            nameof(IDatabase.ExecuteAsync) when args is ["SCRIPT", List<object> and ["LOAD", string script], ..] => Task.FromResult(Calls.Store.Learn(script)),
            nameof(IDatabase.ExecuteAsync) when args is ["INFO", ..] => Task.FromResult(RedisResult.Create((RedisValue)$"# Server\r\nrun_id:{Calls.Store.RunId}\r\n")),
            nameof(IDatabase.StringGetAsync) when args[0] is RedisKey key => Calls.Call(CallKind.Read, "get", store => store.Get(key)),
            nameof(IDatabase.StringGetAsync) when args[0] is RedisKey[] keys => Calls.Call(CallKind.Read, "mget", store => Array.ConvertAll(keys, store.Get)),
            nameof(IDatabase.KeyExistsAsync) when args[0] is RedisKey key => Calls.Call(CallKind.Read, "exists", store => store.Exists(key)),
            nameof(IDatabase.HashGetAllAsync) when args[0] is RedisKey key => Calls.Call(CallKind.Read, "hgetall", store => store.HashGetAll(key)),
            nameof(IDatabase.HashGetAsync) when args[1] is RedisValue[] fields => Calls.Call(CallKind.Read, "hmget", store => Array.ConvertAll(fields, field => store.HashGet((RedisKey)args[0]!, field))),
            nameof(IDatabase.HashGetAsync) when args[1] is RedisValue field => Calls.Call(CallKind.Read, "hget", store => store.HashGet((RedisKey)args[0]!, field)),
            nameof(IDatabase.SetScanAsync) when args[0] is RedisKey key => ScanAsync(key),
            var other => throw new NotSupportedException(other),
        };
    }

    private async IAsyncEnumerable<RedisValue> ScanAsync(RedisKey key)
    {
        foreach (var member in await Calls.Call(CallKind.Read, "sscan", store => store.Members(key)).ConfigureAwait(false))
        {
            yield return member;
        }
    }
}

/// <summary>Brings calls to a store: at once, late or not at all.</summary>
internal interface IStoreCalls
{
    /// <summary>The store.</summary>
    SimStore Store { get; }

    /// <summary>Calls it.</summary>
    Task<T> Call<T>(CallKind kind, string what, Func<SimStore, T> command);
}

/// <summary>Whether a command changes anything.</summary>
internal enum CallKind
{
    Read,
    Write,
}

using System.Reflection;
using Aggregator.Simulation.Cluster;
using Aggregator.Store;
using StackExchange.Redis;

namespace Aggregator.Simulation.Store;

/// <summary>The store as a silo reaches it: every command is a call that the world may delay, lose or refuse.</summary>
internal sealed class SimDatabase(World world) : StoreDatabase(CommandsProxy.Over(world), new StoreOptions { KeyPrefix = "s", RetryInitialMilliseconds = 1, RetryMaximumMilliseconds = 1 });

/// <summary>The commands that we use of the hundreds there are.</summary>
public class CommandsProxy : DispatchProxy
{
    private World _world = null!;

    internal static IDatabase Over(World world)
    {
        var proxy = Create<IDatabase, CommandsProxy>();
        ((CommandsProxy)(object)proxy)._world = world;
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        ArgumentNullException.ThrowIfNull(args);
        return targetMethod.Name switch
        {
            nameof(IDatabase.ScriptEvaluateAsync) when args[0] is byte[] digest =>
                _world.Call(CallKind.Write, _world.Store.NameOf(digest), store => store.Run(digest, (RedisKey[])args[1]!, (RedisValue[])args[2]!)),
            nameof(IDatabase.ExecuteAsync) when args is ["SCRIPT", object[] and ["LOAD", string script], ..] => Task.FromResult(_world.Store.Learn(script)),
            nameof(IDatabase.ExecuteAsync) when args is ["INFO", ..] => Task.FromResult(RedisResult.Create((RedisValue)$"# Server\r\nrun_id:{_world.Store.RunId}\r\n")),
            nameof(IDatabase.StringGetAsync) when args[0] is RedisKey key => _world.Call(CallKind.Read, "get", store => store.Get(key)),
            nameof(IDatabase.StringGetAsync) when args[0] is RedisKey[] keys => _world.Call(CallKind.Read, "mget", store => Array.ConvertAll(keys, store.Get)),
            nameof(IDatabase.KeyExistsAsync) when args[0] is RedisKey key => _world.Call(CallKind.Read, "exists", store => store.Exists(key)),
            nameof(IDatabase.HashGetAllAsync) when args[0] is RedisKey key => _world.Call(CallKind.Read, "hgetall", store => store.HashGetAll(key)),
            nameof(IDatabase.HashGetAsync) when args[1] is RedisValue[] fields => _world.Call(CallKind.Read, "hmget", store => Array.ConvertAll(fields, field => store.HashGet((RedisKey)args[0]!, field))),
            nameof(IDatabase.HashGetAsync) when args[1] is RedisValue field => _world.Call(CallKind.Read, "hget", store => store.HashGet((RedisKey)args[0]!, field)),
            nameof(IDatabase.SetScanAsync) when args[0] is RedisKey key => ScanAsync(key),
            var other => throw new NotSupportedException(other),
        };
    }

    private async IAsyncEnumerable<RedisValue> ScanAsync(RedisKey key)
    {
        foreach (var member in await _world.Call(CallKind.Read, "sscan", store => store.Members(key)).ConfigureAwait(false))
        {
            yield return member;
        }
    }
}

/// <summary>Whether a command changes anything.</summary>
internal enum CallKind
{
    Read,
    Write,
}

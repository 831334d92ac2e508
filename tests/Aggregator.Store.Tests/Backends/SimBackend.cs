using System.Reflection;
using Aggregator.Simulation.Store;
using StackExchange.Redis;

namespace Aggregator.Store.Tests.Backends;

/// <summary>
/// The store of the simulation, in memory: what the contracts ask of the servers, they ask of it too. It does not know the scripts of
/// identity, level, generations, edits and archive, as no simulated grain calls them.
/// </summary>
public sealed class SimBackend : Backend
{
    private readonly Server _server = new();

    public override Task<StoreDatabase> OpenAsync(StoreOptions options) =>
        Task.FromResult<StoreDatabase>(new Connection(CommandsProxy.Over<Commands>(_server), options));

    /// <summary>Another run of the server, with what the one before it held, and no scripts.</summary>
    public void Restart() => _server.Restart();

    internal override Task<(StoreDatabase Store, ICuts Cuts)> OpenCuttingAsync(StoreOptions options, byte[] marker, int cuts)
    {
        var commands = CommandsProxy.Over<Commands>(_server);
        var losing = (Commands)commands;
        losing.Lose(marker, cuts);
        return Task.FromResult<(StoreDatabase, ICuts)>((new Connection(commands, options), losing));
    }

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Connection(IDatabase database, StoreOptions options) : StoreDatabase(database, options);

    /// <summary>One at a time and at once.</summary>
    private sealed class Server : IStoreCalls
    {
        private readonly Lock _lock = new();

        public SimStore Store { get; private set; } = new();

        public void Restart()
        {
            lock (_lock)
            {
                Store = Store.Copy();
            }
        }

        public Task<T> Call<T>(CallKind kind, string what, Func<SimStore, T> command)
        {
            lock (_lock)
            {
                try
                {
                    return Task.FromResult(command(Store));
                }
                catch (RedisServerException fault)
                {
                    return Task.FromException<T>(fault);
                }
            }
        }
    }

    /// <summary>The commands of the simulation, those with which tests damage what is stored, and answers that get lost.</summary>
    public class Commands : CommandsProxy, ICuts
    {
        private byte[]? _marker;
        private int _cuts;

        int ICuts.CutsLeft => Volatile.Read(ref _cuts);

        internal void Lose(byte[] marker, int cuts) => (_marker, _cuts) = (marker, cuts);

        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var answer = (targetMethod?.Name, args) switch
            {
                (nameof(IDatabase.StringSetAsync), [RedisKey key, RedisValue value, ..]) => Write(store =>
                {
                    store.Set(key, value);
                    return true;
                }),
                (nameof(IDatabase.StringSetRangeAsync), [RedisKey key, long from, RedisValue value, ..]) => Write(store =>
                {
                    var bytes = ((byte[])store.Get(key)!).ToArray();
                    ((byte[])value!).CopyTo(bytes, from);
                    store.Set(key, bytes);
                    return (RedisValue)bytes.Length;
                }),
                (nameof(IDatabase.KeyDeleteAsync), [RedisKey key, ..]) => Write(store =>
                {
                    store.Remove(key);
                    return true;
                }),
                (nameof(IDatabase.SetRemoveAsync), [RedisKey key, RedisValue member, ..]) => Write(store => store.SetRemove(key, member)),
                (nameof(IDatabase.KeyTimeToLiveAsync), _) => Task.FromResult<TimeSpan?>(null),
                _ => base.Invoke(targetMethod, args),
            };
            return _marker is { } marker && args is [byte[], RedisKey[], RedisValue[] values, ..] && Array.Exists(values, value => Marks(value, marker)) && Interlocked.Decrement(ref _cuts) >= 0
                ? Task.FromException<RedisResult>(new RedisConnectionException(ConnectionFailureType.SocketClosed, CommandFlags.None, "the answer is lost", null, CommandStatus.Sent))
                : answer;
        }

        private Task<T> Write<T>(Func<SimStore, T> command) => Calls.Call(CallKind.Write, "", command);

        private static bool Marks(RedisValue value, byte[] marker) => ((byte[]?)value).AsSpan().IndexOf(marker) >= 0;
    }
}

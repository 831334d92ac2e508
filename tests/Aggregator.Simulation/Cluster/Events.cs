using System.Collections.Concurrent;
using System.Reflection;
using Aggregator.Grains.Hosting;
using Aggregator.Simulation.Store;
using Orleans.Runtime;
using StackExchange.Redis;

namespace Aggregator.Simulation.Cluster;

/// <summary>Something that is pending.</summary>
internal abstract class Event
{
    /// <summary>The silo in which it happens; -1 if in none.</summary>
    public virtual int Silo => -1;

    /// <summary>Whether much else happens before.</summary>
    public bool IsSlow { get; set; }

    /// <summary>It happens.</summary>
    public abstract void Happen(World world);
}

/// <summary>A pause of somebody who goes on later.</summary>
internal sealed class Pause : Event
{
    private readonly TaskCompletionSource _over = new();

    public Task Task => _over.Task;

    public override void Happen(World world) => _over.TrySetResult();
}

/// <summary>A call to the store that is under way.</summary>
internal sealed class StoreCall<T>(Activation? owner, CallKind kind, string what, Func<SimStore, T> command) : Event, IStoreCall
{
    // A script that writes a row makes about as many.
    private const int MostCalls = 6;

    // Continuations of the store's own code run at once, where the loop is: as on the thread that reads the socket.
    private readonly TaskCompletionSource<T> _answer = new();

    public Task<T> Task => _answer.Task;

    public override int Silo => owner?.Silo ?? -1;

    /// <summary>What a store says that does not carry a call out.</summary>
    public static RedisServerException Refusal() => new(RedisErrorKind.OutOfMemory, CommandFlags.None, "OOM command not allowed when used memory > 'maxmemory'.");

    public void Cut(World world)
    {
        if (world.Random.Next(2) == 0)
        {
            TryRun(world, out _, out _);
        }

        FailCut();
    }

    private void FailCut()
    {
        if (kind == CallKind.Read || owner is not { IsDead: true })
        {
            _answer.TrySetException(new RedisConnectionException(ConnectionFailureType.SocketClosed, CommandFlags.None, "the store went away", null, CommandStatus.Sent));
        }
    }

    public override void Happen(World world)
    {
        if (owner is { IsDead: true })
        {
            // It may have been on its way when its sender died.
            if (world.Random.Next(2) == 0)
            {
                world.Note($"store {what} of the dead");
                TryRun(world, out _, out _);
            }

            if (kind == CallKind.Read)
            {
                _answer.TrySetException(World.Unanswered());
            }

            return;
        }

        if (kind == CallKind.Write && world.Chance(world.Perils.Torn))
        {
            world.Note($"store {what} {owner?.Key} on {owner?.Silo}: killed within");
            world.Store.CallsLeft = world.Random.Next(MostCalls);
            TryRun(world, out _, out _);
            world.Store.CallsLeft = int.MaxValue;
            FailCut();
            world.Restart();
            return;
        }

        if (!world.Chance(what == world.Perils.Focus ? world.Perils.FocusOneIn : world.Perils.Store))
        {
            world.Note($"store {what} {owner?.Key} on {owner?.Silo}");
            if (!TryRun(world, out var result, out var fault))
            {
                _answer.TrySetException(fault!);
            }
            else if (world.Chance(world.Perils.Stale))
            {
                world.Later(new StaleAnswer<T>(owner, kind, _answer, result!));
            }
            else
            {
                _answer.TrySetResult(result!);
            }

            return;
        }

        switch (Perils.Draw(world.Random, world.Perils.Stores.AsSpan(0, kind == CallKind.Write ? 4 : 2)))
        {
            case 0:
                world.Note($"store {what} {owner?.Key} on {owner?.Silo}: answer lost");
                TryRun(world, out _, out _);
                _answer.TrySetException(new RedisTimeoutException(CommandFlags.None, "answer lost", CommandStatus.Sent));
                break;
            case 1:
                world.Note($"store {what} {owner?.Key} on {owner?.Silo}: not sent");
                _answer.TrySetException(new RedisConnectionException(ConnectionFailureType.SocketFailure, CommandFlags.None, "not sent", null, CommandStatus.WaitingToBeSent));
                break;
            case 2:
                world.Note($"store {what} {owner?.Key} on {owner?.Silo}: late");
                world.Later(new LateCall(() => TryRun(world, out _, out _)));
                _answer.TrySetException(new RedisTimeoutException(CommandFlags.None, "late", CommandStatus.Sent));
                break;
            default:
                world.Note($"store {what} {owner?.Key} on {owner?.Silo}: refused");
                _answer.TrySetException(Refusal());
                break;
        }
    }

    private bool TryRun(World world, out T? result, out Exception? fault)
    {
        try
        {
            (result, fault) = (command(world.Store), null);
            return true;
        }
        catch (Exception refused) when (refused is RedisServerException or CutOffException)
        {
            (result, fault) = (default, refused);
            return false;
        }
    }
}

/// <summary>An answer of the store that has been made and is on its way.</summary>
internal sealed class StaleAnswer<T>(Activation? owner, CallKind kind, TaskCompletionSource<T> answer, T result) : Event, IStoreCall
{
    public override int Silo => owner?.Silo ?? -1;

    public void Cut(World world)
    {
        if (kind == CallKind.Read || owner is not { IsDead: true })
        {
            answer.TrySetException(new RedisConnectionException(ConnectionFailureType.SocketClosed, CommandFlags.None, "the store went away", null, CommandStatus.Sent));
        }
    }

    public override void Happen(World world)
    {
        // Of what was read even the dead hear: in the process that they share with others they may hold what those wait for.
        if (kind == CallKind.Read || owner is not { IsDead: true })
        {
            answer.TrySetResult(result);
        }
    }
}

/// <summary>A call to the store that a restart cuts off.</summary>
internal interface IStoreCall
{
    void Cut(World world);
}

/// <summary>A call that is carried out after its caller was told that it had timed out.</summary>
internal sealed class LateCall(Action command) : Event, IStoreCall
{
    // It dies with the server that had it.
    public void Cut(World world)
    {
    }

    public override void Happen(World world)
    {
        world.Note("store: the late call");
        command();
    }
}

/// <summary>A message to a grain, until it is answered.</summary>
internal sealed class Request(Activation? from, GrainKey to, MethodInfo method, object?[] arguments, Answer answer) : Event
{
    private static readonly ConcurrentDictionary<(MethodInfo, Type), MethodInfo> Targets = new();

    public Activation? From => from;

    public Answer Answer => answer;

    public static Request Of(Activation? from, GrainKey to, MethodInfo method, object?[] arguments) => new(from, to, method, arguments, Answer.For(method.ReturnType));

    public override void Happen(World world)
    {
        if (world.Chance(method.Name == world.Perils.Focus ? world.Perils.FocusOneIn : world.Perils.Message))
        {
            switch (Perils.Draw(world.Random, world.Perils.Messages))
            {
                case 0:
                    world.Note($"{method.Name} {to}: lost");
                    world.Later(new Failure(this, new TimeoutException("lost")));
                    return;
                case 1:
                    world.Note($"{method.Name} {to}: refused");
                    world.Later(new Failure(this, new SiloUnavailableException("refused")));
                    return;
                case 2:
                    // The caller gives up, and the message arrives all the same.
                    world.Note($"{method.Name} {to}: given up");
                    world.Later(new Failure(this, new TimeoutException("given up")));
                    world.Later(Unheard());
                    return;
                default:
                    world.Note($"{method.Name} {to}: comes twice");
                    world.Later(Unheard());
                    break;
            }
        }

        var target = world.Find(to);
        if (target.Silo == world.Stopped)
        {
            world.Later(this);
            return;
        }

        if (world.EndsBefore?.Invoke(to, method.Name) == true)
        {
            world.Note($"kill {to} before {method.Name}");
            world.End(target);
            target = world.Find(to);
        }

        world.Delivered?.Invoke(arguments);
        world.Note($"{method.Name} {to} on {target.Silo}");
        target.Serving.Add(this);
        _ = target.Turns.Start(() => ServeAsync(world, target));
    }

    // The same message, whose answer nobody waits for.
    private Request Unheard() => new(from, to, method, arguments, Answer.For(method.ReturnType));

    private async Task<bool> ServeAsync(World world, Activation target)
    {
        Event reply;
        try
        {
            await target.Activated!;
            var call = Task.CompletedTask;
            await StoreFaultFilter.TranslateAsync(() => call = (Task)Targets.GetOrAdd((method, target.Grain.GetType()), static key => Implementation(key.Item1, key.Item2)).Invoke(target.Grain, arguments)!);
            var result = Answer.ResultOf(call, method.ReturnType);
            world.Answered?.Invoke(result);
            reply = new Reply(this, result);
        }
        catch (Exception fault)
        {
            reply = new Failure(this, fault is TargetInvocationException { InnerException: { } inner } ? inner : fault);
        }

        if (target.Serving.Remove(this))
        {
            world.Later(world.Chance(method.Name == world.Perils.Focus ? world.Perils.FocusOneIn : world.Perils.Message * 2) ? new Failure(this, new TimeoutException("answer lost")) : reply);
        }

        return true;
    }

    private static MethodInfo Implementation(MethodInfo method, Type grain)
    {
        var map = grain.GetInterfaceMap(method.DeclaringType!);
        return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, method)];
    }
}

/// <summary>An answer on its way.</summary>
internal sealed class Reply(Request request, object? result) : Event
{
    public override int Silo => request.From?.Silo ?? -1;

    public override void Happen(World world)
    {
        if (request.From is not { IsDead: true })
        {
            request.Answer.Set(result);
        }
    }
}

/// <summary>A failure on its way to who sent a message.</summary>
internal sealed class Failure(Request request, Exception fault) : Event
{
    public override int Silo => request.From?.Silo ?? -1;

    public override void Happen(World world)
    {
        if (request.From is not { IsDead: true })
        {
            request.Answer.Fail(fault);
        }
    }
}

/// <summary>An activation that leaves in good order.</summary>
internal sealed class Leaving(Activation activation) : Event
{
    public override int Silo => activation.Silo;

    public override void Happen(World world)
    {
        if (activation.IsDead)
        {
            return;
        }

        _ = activation.Turns.Start(async () =>
        {
            try
            {
                await activation.Activated!;
                await activation.Grain.OnDeactivateAsync(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "leaves"), CancellationToken.None);
            }
            catch (Exception fault)
            {
                world.Note($"{activation.Key} did not tidy up: {fault.GetType().Name}");
            }
            finally
            {
                world.Note($"left {activation.Key}");
                world.End(activation);
            }

            return true;
        });
    }
}

/// <summary>The answer to a message: a task of the type that the caller awaits.</summary>
internal abstract class Answer
{
    private static readonly ConcurrentDictionary<Type, Func<Answer>> Makers = new();
    private static readonly ConcurrentDictionary<Type, Func<Task, object?>> Readers = new();

    public abstract Task Task { get; }

    public static Answer For(Type task) => Makers.GetOrAdd(task, static type =>
    {
        var result = type.IsGenericType ? type.GetGenericArguments()[0] : typeof(bool);
        return typeof(Typed<>).MakeGenericType(result).GetMethod(nameof(Typed<bool>.Make))!.CreateDelegate<Func<Answer>>();
    })();

    public static object? ResultOf(Task done, Type task) => Readers.GetOrAdd(task, static type => type.IsGenericType
        ? typeof(Typed<>).MakeGenericType(type.GetGenericArguments()[0]).GetMethod(nameof(Typed<bool>.Read))!.CreateDelegate<Func<Task, object?>>()
        : static _ => true)(done);

    public abstract void Set(object? result);

    public abstract void Fail(Exception fault);

    private sealed class Typed<T> : Answer
    {
        private readonly TaskCompletionSource<T> _source = new();

        public override Task Task => _source.Task;

        public static Typed<T> Make() => new();

        public static object? Read(Task done) => ((Task<T>)done).GetAwaiter().GetResult();

        public override void Set(object? result) => _source.TrySetResult((T)result!);

        public override void Fail(Exception fault)
        {
            _source.TrySetException(fault);

            // Who does not wait for it any more does not hear of it.
            _ = _source.Task.Exception;
        }
    }
}

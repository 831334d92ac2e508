using Aggregator.Grains.Hosting;
using Aggregator.Store;

namespace Aggregator.Host.Diagnostics;

/// <summary>
/// Looks at the store's identity every second, and whenever an answer is about to leave that may rest on it: a store that was
/// emptied or replaced under a running host must never be shown as an empty board.
/// </summary>
internal sealed partial class StoreWatch(StoreConnection store, StoreIdentity identity, StoreAlarm alarm, TimeProvider time, ILogger<StoreWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task _current = Task.CompletedTask;
    private Task? _following;
    private bool _silent;

    /// <summary>
    /// Completes when a look that began after this call is done; many share one. It never fails: a store that does not answer
    /// is not known to be another, and what was lost is in the alarm.
    /// </summary>
    public Task LookAsync()
    {
        lock (_gate)
        {
            return _current.IsCompleted ? _current = LookOnceAsync() : _following ??= FollowAsync(_current);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync();
        }
    }

    private async Task FollowAsync(Task before)
    {
        // Off the caller's thread: the look before may be done by now, and the caller has yet to keep this one.
        await Task.Yield();
        await before;
        lock (_gate)
        {
            _current = _following!;
            _following = null;
        }

        await LookOnceAsync();
    }

    private async Task LookOnceAsync()
    {
        // Off the caller's thread, which holds the gate.
        await Task.Yield();
        try
        {
            var sight = await store.LookAsync(identity, Limit);
            if (_silent)
            {
                _silent = false;
                LogAnswers(logger);
            }

            if (Describe(sight) is { } lost)
            {
                alarm.Lost(lost);
            }
        }
        catch (StoreException fault)
        {
            if (!_silent)
            {
                _silent = true;
                LogSilent(logger, fault.Message);
            }
        }
        catch (Exception fault)
        {
            LogNotSeen(logger, fault);
        }
    }

    private string? Describe(StoreSight sight) => sight switch
    {
        StoreSight.Same => null,
        StoreSight.Missing => $"the identity of store {identity.StoreId:N} is gone: the server was emptied, or came back empty. Restore the store and start again; with Store:MustExist no host makes a new one",
        StoreSight.Other => $"another store stands where {identity.StoreId:N} was",
        _ => "the server has become a replica, and follows whatever another one holds",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store does not answer; writes are refused until it does: {Reason}")]
    private static partial void LogSilent(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store answers again")]
    private static partial void LogAnswers(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store was not looked at")]
    private static partial void LogNotSeen(ILogger logger, Exception fault);
}

/// <summary>Lets an answer out only if the store it may rest on is still the one that this host serves.</summary>
internal sealed class StoreSeal(StoreWatch watch, StoreAlarm alarm) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var answer = await next(context);
        await watch.LookAsync();
        return alarm.What is null ? answer : Problems.Problem.Lost().ToResult();
    }
}

using Aggregator.Domain.Log;
using Aggregator.Grains.Hosting;
using Aggregator.Store;

namespace Aggregator.Host.Diagnostics;

/// <summary>
/// Looks at the store's identity every second, and whenever an answer is about to leave that may rest on it: a store that was
/// emptied or replaced under a running host must never be shown as an empty board.
/// </summary>
internal sealed partial class StoreWatch : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    // As long as a call to the store may take by default: after that calls fail anyway.
    private static readonly TimeSpan Hiccup = TimeSpan.FromSeconds(5);

    private readonly StoreConnection _store;
    private readonly StoreIdentity _identity;
    private readonly StoreAlarm _alarm;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger<StoreWatch> _logger;
    private readonly SharedRun _looks;

    // Nobody but this process reaches the embedded store: nobody empties it between two looks, and it is silent if the process is, or says that it is down.
    private readonly bool _isOurs;
    private long _silentSince;

    public StoreWatch(StoreConnection store, StoreIdentity identity, StoreAlarm alarm, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<StoreWatch> logger)
    {
        (_store, _identity, _alarm, _lifetime, _time, _logger) = (store, identity, alarm, lifetime, time, logger);
        _isOurs = store.Promise.Kind == StoreKind.EmbeddedGarnet;
        _looks = new SharedRun(LookOnceAsync);
    }

    /// <summary>Whether the store has not answered for longer than a hiccup: what would be written now would wait in vain.</summary>
    public bool IsSilent => _isOurs ? _store.IsDown : Volatile.Read(ref _silentSince) is var since and not 0 && _time.GetElapsedTime(since) > Hiccup;

    /// <summary>Whether the store has been raised to a level that this release does not know: the host stops, in order.</summary>
    public bool IsOutgrown { get; private set; }

    /// <summary>
    /// Completes when a look that began after this call is done; many share one. It never fails: a store that does not answer
    /// is not known to be another, and what was lost is in the alarm. With the embedded store it completes at once.
    /// </summary>
    public Task LookAsync() => _isOurs ? Task.CompletedTask : _looks.RunAsync();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await _looks.RunAsync();
        }
    }

    private async Task LookOnceAsync()
    {
        if (_store.Lost is { } missing)
        {
            _alarm.Lost(missing);
            return;
        }

        try
        {
            var level = _store.Level;
            var sight = await _store.LookAsync(_identity, Limit);
            Note(level, sight);
            if (Interlocked.Exchange(ref _silentSince, 0) != 0)
            {
                LogAnswers(_logger);
            }

            if (Describe(sight) is { } lost)
            {
                _alarm.Lost(lost);
            }
        }
        catch (StoreException fault)
        {
            if (Interlocked.CompareExchange(ref _silentSince, _time.GetTimestamp(), 0) == 0)
            {
                LogSilent(_logger, fault.Message);
            }
        }
        catch (Exception fault)
        {
            LogNotSeen(_logger, fault);
        }
    }

    // What it cannot read is no loss: newer hosts can. So this one hands its grains over.
    private void Note(int level, StoreSight sight)
    {
        if (_store.Level == level)
        {
            return;
        }

        LogRaised(_logger, level, _store.Level);
        if (sight == StoreSight.Newer && !IsOutgrown)
        {
            IsOutgrown = true;
            LogOutgrown(_logger, _store.Level, FeatureLevel.Newest);
            ThreadPool.UnsafeQueueUserWorkItem(static stopped => stopped.StopApplication(), _lifetime, preferLocal: false);
        }
    }

    private string? Describe(StoreSight sight) => sight switch
    {
        StoreSight.Same or StoreSight.Newer => null,
        StoreSight.Missing => $"the identity of store {_identity.StoreId:N} is gone: the server was emptied, or came back empty. Restore the store and start again; with Store:MustExist no host makes a new one",
        StoreSight.Other => $"another store stands where {_identity.StoreId:N} was",
        _ => "the server has become a replica, and follows whatever another one holds",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store does not answer: {Reason}")]
    private static partial void LogSilent(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store answers again")]
    private static partial void LogAnswers(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store's level was {Before} and is {After}")]
    private static partial void LogRaised(ILogger logger, int before, int after);

    [LoggerMessage(Level = LogLevel.Critical, Message = "store.level: the store has been raised to level {Level}, and this release knows up to {Newest}: this host stops. Run a newer one")]
    private static partial void LogOutgrown(ILogger logger, int level, int newest);

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

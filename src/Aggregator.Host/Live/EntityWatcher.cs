using System.Runtime.ExceptionServices;
using System.Text.Json;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Log;
using Aggregator.Host.Diagnostics;

namespace Aggregator.Host.Live;

/// <summary>
/// Watches one entity for all who subscribe to it in this process: asks for its version, and for its view only if that has moved, if
/// the registry has, or if it was not asked for long. While the entity does not answer what was last seen stays.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The source is cancelled at the end and holds nothing then.")]
internal sealed partial class EntityWatcher
{
    private readonly EntityKey _entity;
    private readonly ILiveSource _source;
    private readonly LiveSettings _settings;
    private readonly JsonSerializerOptions _json;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationToken _ended;
    private readonly SharedRun _looks;
    private readonly Lock _lock = new();
    private Signal[] _signals = [];
    private LiveState? _newest;
    private LiveState? _shown;
    private Exception? _fault;
    private int _failures;
    private long _registry;
    private long _fetched;

    public EntityWatcher(EntityKey entity, ILiveSource source, LiveSettings settings, JsonSerializerOptions json, TimeProvider time, ILogger logger)
    {
        (_entity, _source, _settings, _json, _time, _logger) = (entity, source, settings, json, time, logger);
        _ended = _end.Token;
        _looks = new SharedRun(LookAsync);
        _ = WatchAsync();
    }

    /// <summary>What a new subscriber is shown; null while nothing is known of the entity.</summary>
    public LiveState? Newest => Volatile.Read(ref _newest);

    /// <summary>What those are shown that were here before: a new one at most once per interval.</summary>
    public LiveState? Shown => Volatile.Read(ref _shown);

    /// <summary>Whether anybody knows the entity, by a look that began after this call; <see cref="Newest"/> is no older then.</summary>
    /// <exception cref="Exception">It did not answer.</exception>
    public async Task<bool> IsKnownAsync()
    {
        await _looks.RunAsync();
        if (Volatile.Read(ref _fault) is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        return Newest is not null;
    }

    /// <summary>Sets a signal with every change of <see cref="Shown"/>.</summary>
    public void Add(Signal signal)
    {
        lock (_lock)
        {
            _signals = [.. _signals, signal];
        }
    }

    /// <summary>Sets it no more.</summary>
    public void Remove(Signal signal)
    {
        lock (_lock)
        {
            _signals = [.. _signals.Where(other => other != signal)];
        }
    }

    /// <summary>Ends the watch.</summary>
    public void End() => _end.Cancel();

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause(), _time, _ended);
                await _looks.RunAsync();
                Show();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The last subscriber has left.
        }
    }

    private TimeSpan Pause()
    {
        var pause = _settings.Interval * (1 << Math.Min(Volatile.Read(ref _failures), 10));
        var longest = _settings.LongestPause > _settings.Interval ? _settings.LongestPause : _settings.Interval;
        return pause < longest ? pause : longest;
    }

    private void Show()
    {
        var (before, newest) = (_shown, Newest);
        Volatile.Write(ref _shown, newest);
        if (before?.Number != newest?.Number)
        {
            Signal[] signals;
            lock (_lock)
            {
                signals = _signals;
            }

            foreach (var signal in signals)
            {
                signal.Set();
            }
        }
    }

    // One at a time; it never fails.
    private async Task LookAsync()
    {
        try
        {
            if (!_ended.IsCancellationRequested)
            {
                var isNewest = await LookOnceAsync().WaitAsync(_settings.LookTimeout, _time, _ended);
                Volatile.Write(ref _failures, isNewest ? 0 : _failures + 1);
                Volatile.Write(ref _fault, null);
            }
        }
        catch (Exception fault)
        {
            if (_failures == 0 && !_ended.IsCancellationRequested)
            {
                LogSilent(_logger, _entity, fault.Message);
            }

            Volatile.Write(ref _failures, _failures + 1);
            Volatile.Write(ref _fault, fault);
        }
    }

    /// <returns>False if what answers is behind what was seen before.</returns>
    private async Task<bool> LookOnceAsync()
    {
        var (held, entity, registry, now) = (Newest, _source.SurvivorOf(_entity), _source.RegistryVersion, _time.GetTimestamp());
        if (held is not null && held.Entity == entity && _registry == registry && _time.GetElapsedTime(_fetched, now) < _settings.Refresh
            && await _source.GetVersionAsync(entity) == held.Version)
        {
            return true;
        }

        var view = await _source.GetViewAsync(entity);
        if (view?.RegistryVersion < registry)
        {
            await _source.AdoptAsync(entity, registry);
            view = await _source.GetViewAsync(entity);
        }

        var isNewest = view is null || await TakeAsync(view, entity, held);
        if (isNewest)
        {
            (_registry, _fetched) = (registry, now);
        }

        return isNewest;
    }

    private async Task<bool> TakeAsync(EntityView view, EntityKey entity, LiveState? held)
    {
        var continues = held?.Entity == entity;
        var era = view.Era > 0 ? view.Era : held?.Era ?? await _source.GetEraAsync();
        if (continues && (view.Version < held!.Version || era < held.Era))
        {
            era = view.Era > 0 ? view.Era : await _source.AskEraAsync();
            if (era <= held.Era)
            {
                // An activation that its cluster has given up, or that has not noticed that the store has restarted, which may have lost what it shows.
                return false;
            }

            continues = false;
        }

        var digest = LiveState.DigestOf(view, _json);
        var isSame = continues && digest.AsSpan().SequenceEqual(held!.Digest);
        if (isSame && view.Version == held!.Version)
        {
            return true;
        }

        // A look that was given up may still come to its end beside the next.
        Interlocked.CompareExchange(ref _newest, new LiveState
        {
            Entity = entity,
            Era = era,
            Generation = continues ? held!.Generation : (held?.Generation ?? 0) + 1,
            Number = isSame ? held!.Number : (held?.Number ?? 0) + 1,
            Version = view.Version,
            Digest = digest,
            Frame = LiveState.FrameOf(view, _json),
        }, held);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entity} does not answer its watcher, which asks again: {Reason}")]
    private static partial void LogSilent(ILogger logger, EntityKey entity, string reason);
}

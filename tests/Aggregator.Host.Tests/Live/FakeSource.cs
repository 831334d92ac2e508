using System.Collections.Concurrent;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Log;
using Aggregator.Host.Live;

namespace Aggregator.Host.Tests.Live;

/// <summary>Entities whose views a test sets, and the calls that they got.</summary>
internal sealed class FakeSource : ILiveSource
{
    private readonly ConcurrentDictionary<EntityKey, RegionView?> _views = [];
    private readonly ConcurrentDictionary<EntityKey, EntityKey> _survivors = [];
    private int _versionsAsked;
    private int _viewsAsked;

    public long RegistryVersion { get; set; } = 1;

    public long Era { get; set; } = 1;

    /// <summary>What every call throws; null for none.</summary>
    public Exception? Fault { get; set; }

    public int VersionsAsked => Volatile.Read(ref _versionsAsked);

    public int ViewsAsked => Volatile.Read(ref _viewsAsked);

    public int Calls => VersionsAsked + ViewsAsked;

    public void Set(EntityKey entity, long version, string name = "", int lines = 0, long era = 0) => _views[entity] = new RegionView
    {
        Id = entity.Id,
        Name = name,
        Version = version,
        Era = era,
        RegistryVersion = RegistryVersion,
        Lines = [.. Enumerable.Range(0, lines).Select(at => new LineView { Item = "tank", Outcome = new string('x', 1_000), Estimate = new FigureView { High = at }, Disputed = false, Inconsistent = false })],
        Control = new ControlView { Status = "unknown" },
    };

    public void Merge(EntityKey entity, EntityKey into) => _survivors[entity] = into;

    public EntityKey SurvivorOf(EntityKey entity) => _survivors.GetValueOrDefault(entity, entity);

    public Task<long> GetVersionAsync(EntityKey entity)
    {
        Interlocked.Increment(ref _versionsAsked);
        return Fault is { } fault ? Task.FromException<long>(fault) : Task.FromResult(_views[entity]!.Version);
    }

    public Task<EntityView?> GetViewAsync(EntityKey entity)
    {
        Interlocked.Increment(ref _viewsAsked);
        return Fault is { } fault ? Task.FromException<EntityView?>(fault) : Task.FromResult<EntityView?>(_views.GetValueOrDefault(entity));
    }

    public Task AdoptAsync(EntityKey entity, long registry)
    {
        _views[entity] = _views[entity]! with { RegistryVersion = registry };
        return Task.CompletedTask;
    }

    public Task<long> GetEraAsync() => Task.FromResult(Era);

    public Task<long> AskEraAsync() => Task.FromResult(Era);
}

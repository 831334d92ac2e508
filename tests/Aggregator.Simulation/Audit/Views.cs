using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Activity;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Simulation.Cluster;

namespace Aggregator.Simulation.Audit;

/// <summary>Reads views while all goes on, and sees that versions never fall (D) and that no claim counts twice (B).</summary>
/// <param name="world">The world.</param>
/// <param name="eraOf">The era of the store that a silo knows of: a version may fall with what a restart has lost, once that is noticed.</param>
/// <param name="most">The most claims that a view may count.</param>
/// <param name="losses">How often the store has come back maybe without its end: a version may fall with that, though no silo may have noticed yet.</param>
/// <param name="isUnsettled">Whether activations look before each view whether another has begun since: else one that was forgotten may be behind.</param>
internal sealed class Views(World world, Func<int, long> eraOf, Most most, bool isUnsettled, Func<int> losses)
{
    /// <summary>A moment before all that is sent.</summary>
    public static readonly DateTimeOffset Early = new(2024, 5, 1, 7, 30, 0, TimeSpan.Zero);

    /// <summary>How many hours after that the last of what is sent was reported.</summary>
    public const int Hours = 30;

    /// <summary>A moment after all that is sent.</summary>
    public static readonly DateTimeOffset Late = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How finely timelines are read.</summary>
    public const TimelineBucket Bucket = TimelineBucket.Day;

    /// <summary>By which of their times claims are counted in them.</summary>
    public const TimelineBy By = TimelineBy.Reported;

    // A view may be the first to fold a record that no fold takes, and another one behind that.
    private const int MostTries = 200;
    private const int MostClaims = 100;

    private static readonly EntityKey[] MostWatched =
    [
        new(EntityKind.Region, "world"), new(EntityKind.Region, "land"), new(EntityKind.Region, "town"), new(EntityKind.Actor, "blue"), new(EntityKind.Actor, "red"), new(EntityKind.Source, "wire"),
    ];

    private readonly Dictionary<EntityKey, (long Version, long Era, int Losses)> _versions = [];

    /// <summary>Reads some views, one after another.</summary>
    public async Task<bool> WatchAsync(int times)
    {
        for (var time = 0; time < times && !world.IsAtRest; time++)
        {
            for (var pauses = world.Random.Next(12); pauses > 0 && !world.IsAtRest; pauses--)
            {
                await world.PauseAsync();
            }

            try
            {
                var watched = world.Random.Next(2) == 0 ? Edits.Entities : MostWatched;
                await LookAsync(watched[world.Random.Next(watched.Length)]);
            }
            catch (Exception fault) when (fault is not ViolationException)
            {
                // Not answered: nothing was shown.
            }
        }

        return true;
    }

    /// <summary>Reads a view, again where nobody answers: a silo may only now find out that the store has restarted.</summary>
    public Task<EntityView?> ReadAsync(EntityKey entity) => PatientlyAsync(() => ReadOnceAsync(entity));

    /// <summary>Reads a timeline, again where nobody answers.</summary>
    public Task<TimelineCounts> ReadTimelineAsync(EntityKey entity) => PatientlyAsync(() => ReadTimelineOnceAsync(entity, entity.Id));

    /// <summary>Reads a view as of a moment, again where nobody answers.</summary>
    public Task<EntityView?> ReadPastAsync(EntityKey entity, DateTimeOffset moment) => PatientlyAsync(() => ReadOnceAsync(entity, moment));

    /// <summary>Reads the newest claims, again where nobody answers.</summary>
    public Task<ClaimsPage> ReadClaimsAsync(EntityKey entity) => PatientlyAsync(() => ReadClaimsOnceAsync(entity));

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> read)
    {
        for (var left = MostTries; ; left--)
        {
            try
            {
                return await read();
            }
            catch (Exception fault) when (fault is not ViolationException && left > 0)
            {
                await world.PauseAsync();
            }
        }
    }

    // What is shown now, what was once, and what both rest on.
    private async Task LookAsync(EntityKey entity)
    {
        switch (world.Random.Next(6))
        {
            case 0:
                await ReadOnceAsync(entity, Late);
                break;
            case 1 or 2:
                await ReadClaimsOnceAsync(entity);
                break;
            case 3:
                await ReadTimelineOnceAsync(entity, "world");
                break;
            default:
                // Twice, as one and another activation may answer.
                await ReadOnceAsync(entity);
                await ReadOnceAsync(entity);
                break;
        }
    }

    private Task<ClaimsPage> ReadClaimsOnceAsync(EntityKey entity) => GrainOf(entity).GetClaimsAsync(new ClaimsQuery { Limit = MostClaims });

    private Task<TimelineCounts> ReadTimelineOnceAsync(EntityKey entity, string root) =>
        GrainOf(entity).GetTimelineAsync(new TimelineQuery { Bucket = (byte)Bucket, By = (byte)By, Root = root });

    private IEntityGrain GrainOf(EntityKey entity) => world.Entity(new GrainKey(Activation.TypeOf(entity.Kind), entity.Id));

    /// <summary>Reads a view once.</summary>
    public async Task<EntityView?> ReadOnceAsync(EntityKey entity, DateTimeOffset? asOf = null)
    {
        var key = new GrainKey(Activation.TypeOf(entity.Kind), entity.Id);
        var before = ServedBy(key);
        EntityView? view = entity.Kind switch
        {
            EntityKind.Region => await ((IRegionGrain)world.Reference(typeof(IRegionGrain), key)).GetViewAsync(asOf),
            EntityKind.Actor => await ((IActorGrain)world.Reference(typeof(IActorGrain), key)).GetViewAsync(asOf),
            _ => await ((ISourceGrain)world.Reference(typeof(ISourceGrain), key)).GetViewAsync(asOf),
        };
        if (view is not null && most.Of(entity) is var claims && view.Claims.Total > claims)
        {
            throw new ViolationException($"B: {entity} shows {view.Claims.Total} claims, and {claims} were sent");
        }

        if (view is not null && asOf is null && before is not null && before == ServedBy(key))
        {
            if (_versions.TryGetValue(entity, out var shown) && view.Version < shown.Version && before.Value.Era == shown.Era && losses() == shown.Losses)
            {
                throw new ViolationException($"D: {entity} shows version {view.Version:x} after {shown.Version:x}");
            }

            _versions[entity] = (view.Version, before.Value.Era, losses());
        }

        return view;
    }

    // The last of a grain's activations, if it is known that no other serves it, and the era that it knows; null if what is shown is not to be held against what was.
    private (int Activation, long Era)? ServedBy(GrainKey key)
    {
        if (!isUnsettled)
        {
            return world.Sole(key) is { } sole ? (world.Made(key), eraOf(sole.Silo)) : null;
        }

        var eras = Enumerable.Range(0, World.Silos).Select(eraOf).Where(static era => era > 0).Distinct().ToArray();
        return eras is [var era] ? (0, era) : null;
    }
}

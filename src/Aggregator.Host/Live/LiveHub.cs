using System.Text.Json;
using Aggregator.Domain.Log;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Aggregator.Host.Live;

/// <summary>The streams of this process and the entities that they watch: one watcher an entity, which ends when its last stream leaves.</summary>
internal sealed class LiveHub(ILiveSource source, LiveSettings settings, IOptions<JsonOptions> json, TimeProvider time, ILogger<LiveHub> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EntityKey, (EntityWatcher Watcher, int Streams)> _watched = [];
    private int _streams;

    /// <summary>Streams that are open.</summary>
    public int Streams
    {
        get
        {
            lock (_lock)
            {
                return _streams;
            }
        }
    }

    /// <summary>Entities that are watched.</summary>
    public int Watched
    {
        get
        {
            lock (_lock)
            {
                return _watched.Count;
            }
        }
    }

    private JsonSerializerOptions Json => json.Value.SerializerOptions;

    /// <summary>Opens a stream of entities, each named once.</summary>
    /// <returns>The stream, to be disposed of; null if there are as many, or as many entities, as may be.</returns>
    public LiveStream? TryOpen(IReadOnlyCollection<EntityKey> entities)
    {
        lock (_lock)
        {
            if (_streams >= settings.MaximumSubscribers || _watched.Count + entities.Count(entity => !_watched.ContainsKey(entity)) > settings.MaximumEntities)
            {
                return null;
            }

            _streams++;
            return new LiveStream([.. entities.Select(Join)], settings, time, () => Leave(entities));
        }
    }

    private EntityWatcher Join(EntityKey entity)
    {
        var (watcher, streams) = _watched.TryGetValue(entity, out var held) ? held : (new EntityWatcher(entity, source, settings, Json, time, logger), 0);
        _watched[entity] = (watcher, streams + 1);
        return watcher;
    }

    private void Leave(IEnumerable<EntityKey> entities)
    {
        var ended = new List<EntityWatcher>();
        lock (_lock)
        {
            _streams--;
            foreach (var entity in entities)
            {
                var (watcher, streams) = _watched[entity];
                if (streams > 1)
                {
                    _watched[entity] = (watcher, streams - 1);
                    continue;
                }

                _watched.Remove(entity);
                ended.Add(watcher);
            }
        }

        ended.ForEach(watcher => watcher.End());
    }
}

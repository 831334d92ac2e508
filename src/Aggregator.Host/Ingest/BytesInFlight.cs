namespace Aggregator.Host.Ingest;

/// <summary>Bounds of feeding that an operator sets.</summary>
/// <param name="BytesInFlight">Bytes of bodies, decompressed, that may be held at once, over all requests.</param>
/// <param name="BodyTimeout">How long one body may take to come.</param>
internal sealed record IngestSettings(long BytesInFlight, TimeSpan BodyTimeout);

/// <summary>
/// The bytes of all bodies that are held at once. Those of requests that wait for views alone are half of them at most, unless it is one: an entity that does not get on
/// would hold up all feeding through its host.
/// </summary>
internal sealed class BytesInFlight(IngestSettings settings)
{
    private readonly long _mostAwaiting = settings.BytesInFlight / 2;
    private long _free = settings.BytesInFlight;
    private long _awaiting;

    /// <summary>Bytes that may still be taken.</summary>
    public long Free => Volatile.Read(ref _free);

    /// <summary>Begins to hold a body.</summary>
    public Share Hold() => new(this);

    private bool TryTake(long bytes)
    {
        var free = Volatile.Read(ref _free);
        while (free >= bytes)
        {
            var seen = Interlocked.CompareExchange(ref _free, free - bytes, free);
            if (seen == free)
            {
                return true;
            }

            free = seen;
        }

        return false;
    }

    private bool TryAwait(long bytes)
    {
        var awaiting = Volatile.Read(ref _awaiting);
        while (awaiting == 0 || awaiting + bytes <= _mostAwaiting)
        {
            var seen = Interlocked.CompareExchange(ref _awaiting, awaiting + bytes, awaiting);
            if (seen == awaiting)
            {
                return true;
            }

            awaiting = seen;
        }

        return false;
    }

    /// <summary>What one request holds; given back when disposed of.</summary>
    internal sealed class Share(BytesInFlight all) : IDisposable
    {
        private long _held;
        private long? _awaits;

        /// <summary>Holds as many bytes in all; false if there is no room, and then what was held is held still.</summary>
        public bool TryGrowTo(long bytes)
        {
            if (bytes <= _held)
            {
                return true;
            }

            if (!all.TryTake(bytes - _held))
            {
                return false;
            }

            _held = bytes;
            return true;
        }

        /// <summary>The request goes on to wait for views, and holds what it holds meanwhile.</summary>
        /// <returns>Whether it may; false if others that wait hold too much.</returns>
        public bool TryAwaitViews()
        {
            if (_awaits is null && all.TryAwait(_held))
            {
                _awaits = _held;
            }

            return _awaits is not null;
        }

        public void Dispose()
        {
            Interlocked.Add(ref all._awaiting, -(_awaits ?? 0));
            Interlocked.Add(ref all._free, _held);
            (_held, _awaits) = (0, null);
        }
    }
}

namespace Aggregator.Grains.Hosting;

/// <summary>
/// Whether silos have come or gone lately, as far as this one has heard. Meanwhile a grain may have two activations for a moment, as a silo takes over a part of
/// Orleans' directory before it has heard what is in it.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="span">How long a change is a recent one.</param>
internal sealed class MembershipChanges(TimeProvider time, TimeSpan span) : ISiloStatusListener
{
    private long _last = time.GetTimestamp();

    /// <summary>Whether there was one lately; that this began to listen is one.</summary>
    public bool AreRecent => time.GetElapsedTime(Volatile.Read(ref _last)) < span;

    /// <inheritdoc/>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status) => Volatile.Write(ref _last, time.GetTimestamp());
}

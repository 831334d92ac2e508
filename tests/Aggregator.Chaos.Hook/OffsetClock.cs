namespace Aggregator.Chaos.Hook;

/// <summary>A wall clock that is off by a fixed time; its time stamps and timers are the system's.</summary>
internal sealed class OffsetClock(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
}

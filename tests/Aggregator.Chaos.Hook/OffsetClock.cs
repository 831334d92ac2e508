using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Aggregator.Chaos.Hook;

/// <summary>
/// A wall clock that is off by a fixed time; its time stamps and timers are the system's. Not for Orleans, which takes half of its times from the
/// machine's clock: one that is off by itself alone takes itself for dead.
/// </summary>
internal sealed class OffsetClock(TimeSpan offset) : TimeProvider
{
    private const string Orleans = "Orleans";

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override DateTimeOffset GetUtcNow() =>
        new StackFrame(1).GetMethod()?.Module.Assembly.GetName().Name is { } caller && caller.StartsWith(Orleans, StringComparison.Ordinal)
            ? System.GetUtcNow()
            : System.GetUtcNow() + offset;
}

using System.Globalization;
using Aggregator.Chaos.Hook;
using Aggregator.Grains.Hosting;
using Aggregator.Domain;

/// <summary>Runs before the host's own code and sets what <see cref="Failpoint"/> and <see cref="ProcessClock"/> look for. The runtime wants this name, in no namespace.</summary>
internal static class StartupHook
{
    /// <summary>Seconds by which the clock of the process is off.</summary>
    private const string ClockOffset = "CHAOS_CLOCK_OFFSET_SECONDS";

    /// <summary>A claim with this id cannot be folded.</summary>
    private const string Poison = "CHAOS_POISON";

    /// <summary>File in which the harness says at which moment the process is to end: <c>moment hits</c>.</summary>
    private const string Control = "CHAOS_CONTROL";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(ClockOffset) is { Length: > 0 } offset)
        {
            AppContext.SetData(ProcessClock.DataName, new OffsetClock(TimeSpan.FromSeconds(double.Parse(offset, CultureInfo.InvariantCulture))));
        }

        var trap = new Trap(Environment.GetEnvironmentVariable(Control), Environment.GetEnvironmentVariable(Poison));
        AppContext.SetData(Failpoint.DataName, (Action<string, object?>)trap.Reach);
    }
}

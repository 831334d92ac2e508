namespace Aggregator.Grains.Hosting;

/// <summary>
/// The clock of this process: the system's, unless a start-up hook has put another <see cref="TimeProvider"/> into the
/// application's data under <see cref="DataName"/>, as tests of clocks that are off do.
/// </summary>
public static class ProcessClock
{
    /// <summary>Name of the data that holds another clock.</summary>
    public const string DataName = "Aggregator.TimeProvider";

    /// <summary>What the time is.</summary>
    public static TimeProvider Time { get; } = AppContext.GetData(DataName) as TimeProvider ?? TimeProvider.System;
}

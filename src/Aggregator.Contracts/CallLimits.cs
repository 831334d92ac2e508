namespace Aggregator.Contracts;

/// <summary>How long callers wait for an answer before they take the call for lost.</summary>
public static class CallLimits
{
    /// <summary>
    /// For a step between grains, which is short and safe to take again. An answer can be lost without anybody dying: Orleans closes the connections of a dead silo ten
    /// seconds after it has noticed, and if another began under the same address, connections of that one among them.
    /// </summary>
    public const string Step = "00:00:10";
}

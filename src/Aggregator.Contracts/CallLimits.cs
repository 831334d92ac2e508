namespace Aggregator.Contracts;

/// <summary>How long callers wait for an answer before they take the call for lost.</summary>
public static class CallLimits
{
    /// <summary>
    /// For a step between grains, which is short and safe to take again; above the longest wait under an entity's gate (Entity:FetchTimeout). An answer can be lost without
    /// anybody dying, with the connection that it was in.
    /// </summary>
    public const string Step = "00:00:15";
}

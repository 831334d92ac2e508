namespace Aggregator.Chaos.Audit;

/// <summary>What was broken.</summary>
public enum Promise
{
    /// <summary>An acknowledged claim is not there.</summary>
    Lost,

    /// <summary>A claim is there more often than once, or was never sent.</summary>
    Doubled,

    /// <summary>A figure or count is not what the claims that are there make.</summary>
    Figure,

    /// <summary>A claim was said to be shown by every view concerned, and one did not show it.</summary>
    Applied,

    /// <summary>The version of a view fell.</summary>
    Version,

    /// <summary>A figure that can only grow was less than it had been for longer than an activation takes to be told again.</summary>
    Regression,

    /// <summary>A view is not that of a fresh host with the same claims.</summary>
    Reference,

    /// <summary>A checkpoint or a mark beyond its log, an incarnation, an end or a mark that fell, or a view that is not the fold of the log.</summary>
    Log,

    /// <summary>An answer that no client should see.</summary>
    Answer,

    /// <summary>It did not come back in time.</summary>
    Recovery,

    /// <summary>What the scenario itself asks for.</summary>
    Scenario,
}

/// <summary>A promise that was broken, with an example.</summary>
internal sealed record Violation(Promise Promise, string What);

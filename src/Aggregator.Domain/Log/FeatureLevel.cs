namespace Aggregator.Domain.Log;

/// <summary>
/// What may be written into a store and sent to other hosts, so that every host on the store can read it (docs/upgrades.md). A release reads the forms of
/// all levels up to <see cref="Newest"/> and makes those of the store's level alone. Who raises it says that no older host is left.
/// </summary>
public static class FeatureLevel
{
    /// <summary>What there was before levels.</summary>
    public const int First = 1;

    /// <summary>Records that no fold takes may be quarantined by one of their own (log entries of version 5).</summary>
    public const int Quarantine = 2;

    /// <summary>
    /// Hosts may make the calls of grains that came after level 1 (outranked, version, caught-up, settle-to, settle-part, quarantine): a host that does not know a call cannot even read it.
    /// </summary>
    public const int LaterCalls = 2;

    /// <summary>From here on a row's totals may be behind its claims, and the row says so.</summary>
    public const int TotalsBehind = 2;

    /// <summary>Silos sign in their cluster's membership every five seconds, and one that has not for fifteen is none. Those of level 1 do so every thirty.</summary>
    public const int RegularSigns = 2;

    /// <summary>The highest that this release knows.</summary>
    public const int Newest = Quarantine;
}

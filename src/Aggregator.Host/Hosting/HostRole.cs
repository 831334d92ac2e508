namespace Aggregator.Host.Hosting;

/// <summary>What a host does in its cluster (<c>Cluster:Role</c>).</summary>
internal enum HostRole
{
    /// <summary>Holds grains and serves the whole API.</summary>
    All,

    /// <summary>Holds grains; serves health and the dashboard alone.</summary>
    Silo,

    /// <summary>Serves the whole API and holds no grains: a client of the silos on the same store.</summary>
    Api,
}

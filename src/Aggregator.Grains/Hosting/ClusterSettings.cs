using System.Net;
using Aggregator.Domain.Aggregates;

namespace Aggregator.Grains.Hosting;

/// <summary>Where a silo or a client stands in its cluster.</summary>
public sealed record ClusterSettings
{
    /// <summary>Names the cluster; silos and clients of one store and one fold generation share it.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// The id of the cluster of a generation: hosts of different ones fold the same log into rows of their own, and must not take each other for theirs.
    /// </summary>
    /// <param name="name">What all clusters on the store are called.</param>
    /// <param name="generation">The generation.</param>
    public static string IdOf(string name, string generation) => generation == FoldGeneration.First ? name : $"{name}-g-{generation}";

    /// <summary>The address that other silos reach this one at. A client has none.</summary>
    public required IPAddress AdvertisedIP { get; init; }

    /// <summary>TCP port for silos. A client has none.</summary>
    public required int SiloPort { get; init; }

    /// <summary>TCP port for clients. A client has none.</summary>
    public required int GatewayPort { get; init; }

    /// <summary>
    /// How long a silo may take to answer another's probe, and how often it is probed; a dead one is known after about four of them.
    /// Default 1 s: longer spares silos on busy machines, shorter hands over sooner.
    /// </summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a grain may take to write what it holds when its silo stops. Default 15 s.</summary>
    public TimeSpan DeactivationTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a client looks for a silo when it starts. Default 2 minutes: a whole cluster may be starting with it.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);
}

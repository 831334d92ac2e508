using Aggregator.Contracts;
using Aggregator.Domain.Log;
using Orleans.Configuration;

namespace Aggregator.Grains.Hosting;

/// <summary>What Orleans may take on and how long it waits, each said here with its reason, defaults included.</summary>
internal static class OrleansLimits
{
    // Above every wait of ours that a call may hold (PartitionOptions.AppliedTimeout, EntityOptions.FetchTimeout). Steps between grains have less (CallLimits).
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    // Calls of Orleans' own, as to the grain directory: they are lost as steps are.
    private static readonly TimeSpan SystemResponseTimeout = TimeSpan.Parse(CallLimits.Step, System.Globalization.CultureInfo.InvariantCulture);

    // The largest messages are the claims of a part that its parent folds; a batch of claims has a few MiB at most, or as many as one report.
    private const int MessageBodyBytes = 100 * 1024 * 1024;

    // Headers hold ids and a request's context; more is not ours.
    private const int MessageHeaderBytes = 1024 * 1024;

    /// <summary>Sets those of a client.</summary>
    public static void Set(IClientBuilder client)
    {
        client.Configure<ClientMessagingOptions>(Set);

        // A silo that is gone or new is known this soon; the default is a minute.
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
        client.Configure<ConnectionOptions>(Set);
    }

    /// <summary>Sets those of a silo.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="cluster">Where it stands.</param>
    /// <param name="level">The store's level: which hosts may be in the cluster.</param>
    public static void Set(ISiloBuilder silo, ClusterSettings cluster, int level)
    {
        silo.Configure<SiloMessagingOptions>(options =>
        {
            Set(options);
            options.SystemResponseTimeout = SystemResponseTimeout;

            // Partitions bound what waits in them, and have one delta in flight to an entity; what comes near this are the pushes of an
            // entity's parts after an edit. They try again, and so does who asks over HTTP.
            options.MaxEnqueuedRequestsSoftLimit = 5_000;
            options.MaxEnqueuedRequestsHardLimit = 20_000;
        });
        silo.Configure<ConnectionOptions>(Set);
        silo.Configure<GrainCollectionOptions>(options =>
        {
            // An entity that nobody asks for goes, its row stays.
            options.CollectionAge = TimeSpan.FromMinutes(15);
            options.CollectionQuantum = TimeSpan.FromMinutes(1);

            // A partition replays its log behind the checkpoint.
            options.ActivationTimeout = TimeSpan.FromMinutes(1);
            options.DeactivationTimeout = cluster.DeactivationTimeout;

            // Claims leave memory by our own bound (Entity:LoadedClaims). Near the machine's limit whole entities go as well.
            options.EnableActivationSheddingOnMemoryPressure = true;
            options.MemoryUsageLimitPercentage = 90;
            options.MemoryUsageTargetPercentage = 85;
        });

        // The gateway would refuse calls by the machine's processor load, which says nothing of how much waits here. Feeding is bounded by
        // bytes and by claims instead, and a busy processor is what bulk feeding is for.
        silo.Configure<LoadSheddingOptions>(options => options.LoadSheddingEnabled = false);
        silo.Configure<ClusterMembershipOptions>(options => Set(options, cluster.ProbeTimeout, level));
    }

    // A silo that was killed is declared dead after three probes and their votes: about four times the probe's time-out. One that
    // hangs but keeps its connections takes MaxProbeTimeout times NumMissedProbesLimit.
    internal static void Set(ClusterMembershipOptions options, TimeSpan probeTimeout, int level)
    {
        options.LivenessEnabled = true;
        options.ProbeTimeout = probeTimeout;

        // Not below it: on a quick network the time-out would shrink until a garbage collection looks like a death.
        options.MinProbeTimeout = probeTimeout;
        options.MaxProbeTimeout = 2 * probeTimeout;
        options.NumMissedProbesLimit = 3;

        // With two silos alive the one that is left decides alone, since Orleans asks for no more than half of the active ones. With
        // three or more it takes two; a failed indirect probe brings both at once.
        options.NumVotesForDeathDeclaration = 2;
        options.EnableIndirectProbes = true;

        // A busy silo that still sends messages is not dead, nor is one that suffers a pause of the prober's own.
        options.EnableConnectionLivenessCheck = true;
        options.ExtendProbeTimeoutDuringDegradation = true;

        // Gossip tells of changes at once; the table is read again for what gossip did not reach.
        options.UseLivenessGossip = true;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(10);

        // One that died with too few left to vote, or with all others, counts for nothing after three of these. At level 1 there may be older silos, which
        // publish every thirty seconds: who is taken for dead is told of no change, and makes activations of its own for a minute.
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        options.NumMissedTableIAmAliveLimit = level < FeatureLevel.RegularSigns ? 9 : 3;
    }

    private static void Set(MessagingOptions options)
    {
        options.ResponseTimeout = ResponseTimeout;
        options.MaxMessageBodySize = MessageBodyBytes;
        options.MaxMessageHeaderSize = MessageHeaderBytes;
        options.DropExpiredMessages = true;
    }

    // A dead address is given up sooner than the default of 5 s, and tried again.
    private static void Set(ConnectionOptions options) => options.OpenConnectionTimeout = TimeSpan.FromSeconds(2);
}

using Aggregator.Simulation.Cluster;
using Aggregator.Store;

namespace Aggregator.Simulation.Store;

/// <summary>The store as a silo reaches it: every command is a call that the world may delay, lose or refuse.</summary>
internal sealed class SimDatabase(World world)
    : StoreDatabase(CommandsProxy.Over<CommandsProxy>(world), new StoreOptions { KeyPrefix = "s", RetryInitialMilliseconds = 1, RetryMaximumMilliseconds = 1 });

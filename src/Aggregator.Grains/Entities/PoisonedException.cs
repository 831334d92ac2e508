using Aggregator.Domain.Log;

namespace Aggregator.Grains.Entities;

/// <summary>A fold of what an entity has in memory fails, whatever was read for it; the fault is the inner one.</summary>
internal sealed class FoldFaultException(Exception fault) : Exception($"a fold fails: {fault.Message}", fault);

/// <summary>A record on which the fold fails, whoever tries; the fault is the inner one.</summary>
internal sealed class PoisonedException(LogPosition position, Exception fault) : Exception($"the fold fails on {position}", fault)
{
    /// <summary>Where the record stands.</summary>
    public LogPosition Position => position;
}

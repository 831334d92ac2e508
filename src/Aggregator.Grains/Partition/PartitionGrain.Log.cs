using Microsoft.Extensions.Logging;

namespace Aggregator.Grains.Partition;

// What a partition says of itself.
internal sealed partial class PartitionGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Partition {Partition}: checkpoint {Checkpoint}, log end {Last}, incarnation {Incarnation}")]
    private static partial void LogReplayed(ILogger logger, int partition, long checkpoint, long last, long incarnation);

    [LoggerMessage(Level = LogLevel.Error, Message = "Partition {Partition}: an append failed")]
    private static partial void LogAppendFailed(ILogger logger, int partition, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Partition {Partition}: entry {Sequence} was another writer's and is taken in")]
    private static partial void LogAbsorbed(ILogger logger, int partition, long sequence);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Partition {Partition}: the log ends at {Last} and entry {Known} was known: the store has lost its end")]
    private static partial void LogShorter(ILogger logger, int partition, long last, long known);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Partition {Partition}, incarnation {Incarnation}: the store has restarted and lost entries {First} to {Last}; claims in them that were acknowledged are to be sent again")]
    private static partial void LogTailLost(ILogger logger, int partition, long incarnation, long first, long last);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Position} is quarantined, no view shows it: {Reason}")]
    private static partial void LogQuarantined(ILogger logger, Domain.Log.LogPosition position, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Position} cannot be folded, and what it touches waits: {Reason}. At the store's level it is not quarantined; once no older host is left, --raise-level lets the rest go on")]
    private static partial void LogNotQuarantined(ILogger logger, Domain.Log.LogPosition position, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Position} cannot be folded and is not to be quarantined: its entry cannot be read, or it takes out another one itself: {Reason}")]
    private static partial void LogNotFound(ILogger logger, Domain.Log.LogPosition position, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Partition {Partition}: entry {Sequence} cannot be read, no view shows what was in it; a copy of the store in which it can be read shows it")]
    private static partial void LogUnreadable(ILogger logger, int partition, long sequence, Exception fault);

    private void LogUnreadable(long sequence, Exception fault) => LogUnreadable(logger, _partition, sequence, fault);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Partition {Partition}: the checkpoint has stood at {Checkpoint} for {Time} or more: {Entity} takes nothing, or its row is not written; nothing is lost, but the log is kept in memory from there on")]
    private static partial void LogHeldUp(ILogger logger, int partition, long checkpoint, TimeSpan time, Domain.Log.EntityKey entity);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Partition {Partition}: entry {Sequence} is not in every view in time")]
    private static partial void LogNotApplied(ILogger logger, int partition, long sequence, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Partition {Partition}: a step beside feeding was not taken; tried again")]
    private static partial void LogTidyFailed(ILogger logger, int partition, Exception fault);
}

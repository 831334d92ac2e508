using Aggregator.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Aggregator.Grains.Entities;

// What an entity says of itself.
internal abstract partial class EntityGrain<TAggregate>
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entity}: the row was not written or read; tried again")]
    private static partial void LogPersistFailed(ILogger logger, EntityKey entity, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entity}: {What} Whether the store has restarted since is not known; tried again")]
    private static partial void LogNotJudged(ILogger logger, EntityKey entity, string what, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entity}: the totals stay behind the claims that the row has; tried again")]
    private static partial void LogTotalsPutOff(ILogger logger, EntityKey entity, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entity}: another activation wrote the row; memory is dropped and read again")]
    private static partial void LogConflict(ILogger logger, EntityKey entity);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entity}: the parent was not told or asked; tried again")]
    private static partial void LogPushFailed(ILogger logger, EntityKey entity, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entity}: not all parts were asked to tell under another registry; asked again")]
    private static partial void LogPartsNotAsked(ILogger logger, EntityKey entity, Exception fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Entity}: left with changes that are not in its row; the partitions send them again")]
    private static partial void LogLeftUnsaved(ILogger logger, EntityKey entity, Exception fault);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Entity}: a record cannot be folded, and what it touches waits; it is not quarantined yet")]
    private static partial void LogNotQuarantined(ILogger logger, EntityKey entity, Exception fault);

    /// <summary>A source was not told.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entity}: a source was not told of its track record; tried again")]
    protected static partial void LogTellFailed(ILogger logger, EntityKey entity, Exception fault);
}

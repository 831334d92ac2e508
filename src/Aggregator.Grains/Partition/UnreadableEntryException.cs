using Aggregator.Domain.Log;
using Aggregator.Store;

namespace Aggregator.Grains.Partition;

/// <summary>An entry that nobody can read holds what something that came rests on: that is refused, and the rest goes on.</summary>
/// <param name="position">Where it stands.</param>
internal sealed class UnreadableEntryException(LogPosition position)
    : StoreException($"The log entry of {position} cannot be read, and what came now rests on it. A copy of the store in which it can be read takes it.");

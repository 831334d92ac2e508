using System.Globalization;

namespace Aggregator.Grains.Partition;

/// <summary>What is to be appended is more than one log entry holds; nothing was written.</summary>
internal sealed class EntryTooLargeException(int bytes, int maximum)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"an entry of {bytes:n0} bytes is larger than {maximum:n0}"));

using System.Globalization;
using Aggregator.Store;

namespace Aggregator.Host.Hosting;

/// <summary>What the host does instead of serving: a word before the settings, with options of its own.</summary>
/// <param name="Name">The word.</param>
/// <param name="Folder">The folder it works on.</param>
/// <param name="Verifies">Whether an archive is looked at, not made.</param>
/// <param name="Partition">The one partition it is about; null for all.</param>
internal sealed record StoreCommand(string Name, string Folder, bool Verifies, int? Partition)
{
    public const string Archive = "archive";
    public const string Restore = "restore";
    private const string To = "--to";
    private const string From = "--from";
    private const string Verify = "--verify";
    private const string OnePartition = "--partition";

    /// <summary>Takes a command from the arguments; what is left are settings. Null where there is none.</summary>
    /// <exception cref="InvalidOperationException">It is not given as it may be.</exception>
    public static StoreCommand? Take(List<string> arguments)
    {
        if (arguments is not [Archive or Restore, ..])
        {
            return null;
        }

        var name = arguments[0];
        arguments.RemoveAt(0);
        if (name == Restore)
        {
            return new StoreCommand(name, Option(From) ?? throw Misuse("restore --from FOLDER"), false, null);
        }

        var (to, verify, partition) = (Option(To), Option(Verify), Option(OnePartition));
        if (to is null == verify is null || (verify is not null && partition is not null))
        {
            throw Misuse("archive --to FOLDER [--partition N], or archive --verify FOLDER");
        }

        return new StoreCommand(name, to ?? verify!, verify is not null, partition is null ? null
            : int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Misuse("archive --partition N: the number of a partition, from 0"));

        string? Option(string option)
        {
            var at = arguments.IndexOf(option);
            if (at < 0)
            {
                return null;
            }

            var value = at + 1 < arguments.Count && !arguments[at + 1].StartsWith("--", StringComparison.Ordinal) ? arguments[at + 1] : throw Misuse($"{option} needs a value");
            arguments.RemoveRange(at, 2);
            return value;
        }
    }

    /// <summary>Does it.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(StoreOptions options, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        Verifies ? ArchiveCommands.VerifyAsync(Folder, cancellationToken)
        : Name == Restore ? ArchiveCommands.RestoreAsync(Folder, options, loggers, cancellationToken)
        : ArchiveCommands.ArchiveAsync(Folder, Partition, options, loggers, cancellationToken);

    private static InvalidOperationException Misuse(string how) => new(how);
}

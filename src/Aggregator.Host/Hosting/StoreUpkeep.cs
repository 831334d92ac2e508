using System.Globalization;
using Aggregator.Grains.Hosting;
using Aggregator.Store;
using Aggregator.Store.Generations;

namespace Aggregator.Host.Hosting;

/// <summary>
/// What an operator decides of a store: <c>--create-store</c>, <c>--raise-level</c> and <c>--drop-generation NAME</c> (docs/upgrades.md).
/// Words, not settings: the configuration would take what follows them for their value.
/// </summary>
/// <param name="Does">What it does, for people.</param>
/// <param name="RunAsync">Does it.</param>
internal sealed record StoreUpkeep(string Does, Func<HostSettings, ILoggerFactory, Task> RunAsync)
{
    private const string Create = "--create-store";
    private const string Raise = "--raise-level";
    private const string Drop = "--drop-generation";

    /// <summary>Takes what is decided from the arguments; what is left are settings. Null where nothing is.</summary>
    /// <exception cref="InvalidOperationException">It is not given as it may be.</exception>
    public static StoreUpkeep? Take(List<string> arguments)
    {
        if (arguments.IndexOf(Drop) is var at and >= 0)
        {
            var name = at + 1 < arguments.Count && !arguments[at + 1].StartsWith("--", StringComparison.Ordinal)
                ? arguments[at + 1]
                : throw new InvalidOperationException("--drop-generation needs a name: that of the fold generation to be removed");
            arguments.RemoveRange(at, 2);
            return new StoreUpkeep("drop the generation", (settings, loggers) => DropAsync(name, settings, loggers));
        }

        return arguments.Remove(Raise) ? new StoreUpkeep("raise the level", RaiseAsync)
            : arguments.Remove(Create) ? new StoreUpkeep("create the store", CreateAsync)
            : null;
    }

    private static async Task CreateAsync(HostSettings settings, ILoggerFactory loggers)
    {
        settings.Store.MustExist = false;
        await using var store = await StoreConnection.ConnectAsync(settings.Store, loggers);
        var identity = await store.OpenAsync();
        Say($"store {identity.StoreId:N} of {identity.Partitions} partitions {(identity.IsNew ? "is made" : "was there already")}");
    }

    private static async Task RaiseAsync(HostSettings settings, ILoggerFactory loggers)
    {
        await using var store = await OpenAsync(settings, loggers);
        var identity = await store.OpenAsync();
        var (before, after) = await store.RaiseLevelAsync();
        Say($"store {identity.StoreId:N} {(before == after ? $"was at level {after} already" : $"is raised from level {before} to {after}")}");
    }

    private static async Task DropAsync(string generation, HostSettings settings, ILoggerFactory loggers)
    {
        await using var store = await OpenAsync(settings, loggers);
        var identity = await store.OpenAsync();
        var remains = new ClusterRemains(store, TimeProvider.System);
        var cluster = ClusterSettings.IdOf(settings.ClusterName, generation);
        var removed = await new FoldGenerations(store).DropAsync(generation, identity.Partitions, noted => remains.LiveSilosAsync(cluster = noted ?? cluster));
        await remains.RemoveAsync(cluster);
        Say($"fold generation {generation} of store {identity.StoreId:N} is removed: {string.Join(", ", removed.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Keys} {one.Kind}")))} keys");
    }

    private static Task<StoreConnection> OpenAsync(HostSettings settings, ILoggerFactory loggers)
    {
        if (settings.Store.Redis is null && !Directory.Exists(settings.Store.Path))
        {
            throw new InvalidOperationException($"there is no store in {settings.Store.Path}");
        }

        settings.Store.MustExist = true;
        return StoreConnection.ConnectAsync(settings.Store, loggers);
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

using Aggregator.Store;

namespace Aggregator.Host.Hosting;

/// <summary><c>--create-store</c>: makes the store of an installation, once, by an operator's decision.</summary>
internal static class StoreMaker
{
    /// <summary>Makes the store if there is none, and says which it is.</summary>
    public static async Task MakeAsync(StoreOptions options, ILoggerFactory loggers)
    {
        options.MustExist = false;
        await using var store = await StoreConnection.ConnectAsync(options, loggers);
        var identity = await store.OpenAsync();
        Console.WriteLine($"store {identity.StoreId:N} of {identity.Partitions} partitions {(identity.IsNew ? "is made" : "was there already")}");
    }
}

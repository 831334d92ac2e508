using Aggregator.Host.Hosting;
using Aggregator.Host.Security;
using Aggregator.Store;

if (args.Contains("--help", StringComparer.Ordinal) || args.Contains("-h", StringComparer.Ordinal))
{
    Console.WriteLine(Usage.Text);
    return 0;
}

// A word of its own, not a setting: the configuration would take what follows it for its value.
const string createStore = "--create-store";
var onlyCreate = args.Contains(createStore, StringComparer.Ordinal);
var builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    Args = [.. args.Where(argument => argument != createStore)],
    ContentRootPath = AppContext.BaseDirectory,
});
try
{
    var settings = HostSettings.Read(builder.Configuration);
    using var loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
    if (onlyCreate)
    {
        await StoreMaker.MakeAsync(settings.Store, loggers);
        return 0;
    }

    var keys = new Keys(builder.Configuration);
    if (Exposure.Refuse(settings.Urls, keys.Any) is { } refusal)
    {
        throw new InvalidOperationException(refusal);
    }

    settings.CheckPorts();

    // The store is opened first and closed last: whatever stops before it may still write.
    await using var store = await StoreConnection.ConnectAsync(settings.Store, loggers);
    var identity = await store.OpenAsync();
    await using var app = builder.AddAggregator(settings, keys, store, identity).Build().MapAggregator(settings.Role);
    return await HostRun.RunAsync(app);
}
catch (Exception fault) when (fault is InvalidOperationException or StoreException or IOException)
{
    // What an operator can mend is said in one line; anything else is a fault of ours and keeps its trace.
    await Console.Error.WriteLineAsync($"aggregator does not start: {fault.Message}");
    return 1;
}

using Aggregator.Host.Hosting;
using Aggregator.Host.Security;
using Aggregator.Store;

if (args.Contains("--help", StringComparer.Ordinal) || args.Contains("-h", StringComparer.Ordinal))
{
    Console.WriteLine(Usage.Text);
    return 0;
}

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
try
{
    var settings = HostSettings.Read(builder.Configuration);
    var keys = new Keys(builder.Configuration);
    if (Exposure.Refuse(settings.Urls, keys.Any) is { } refusal)
    {
        throw new InvalidOperationException(refusal);
    }

    settings.CheckPorts();

    using var loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
    await using var store = await StoreConnection.ConnectAsync(settings.Store, loggers);
    var identity = await store.OpenAsync();
    await using var app = builder.AddAggregator(settings, keys, store, identity).Build().MapAggregator(settings.Role);
    await app.RunAsync();
    return 0;
}
catch (Exception fault) when (fault is InvalidOperationException or StoreException or IOException)
{
    // What an operator can mend is said in one line; anything else is a fault of ours and keeps its trace.
    await Console.Error.WriteLineAsync($"aggregator does not start: {fault.Message}");
    return 1;
}

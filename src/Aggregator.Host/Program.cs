using Aggregator.Host.Hosting;
using Aggregator.Host.Security;
using Aggregator.Store;

if (args.Contains("--help", StringComparer.Ordinal) || args.Contains("-h", StringComparer.Ordinal))
{
    Console.WriteLine(Usage.Text);
    return 0;
}

var arguments = args.ToList();
var does = arguments is [StoreCommand.Archive or StoreCommand.Restore, ..] ? $"aggregator does not {arguments[0]}" : "aggregator does not start";
try
{
    var command = StoreCommand.Take(arguments);
    var upkeep = StoreUpkeep.Take(arguments);
    does = upkeep is null ? does : $"aggregator does not {upkeep.Does}";
    Arguments.Check(arguments);
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [.. arguments], ContentRootPath = AppContext.BaseDirectory });
    var settings = HostSettings.Read(builder.Configuration);
    using var loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
    if (command is not null)
    {
        return await command.RunAsync(settings.Store, loggers, CancellationToken.None);
    }

    if (upkeep is not null)
    {
        await upkeep.RunAsync(settings, loggers);
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
    await using var app = await builder.BuildAggregatorAsync(settings, keys, store);
    return await HostRun.RunAsync(app);
}
catch (Exception fault) when (fault is InvalidOperationException or StoreException or IOException)
{
    // What an operator can mend is said in one line; anything else is a fault of ours and keeps its trace.
    await Console.Error.WriteLineAsync($"{does}: {fault.Message}");
    return 1;
}

using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Host.Hosting;
using Aggregator.Host.Security;
using Aggregator.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aggregator.Host.Tests.Running;

/// <summary>
/// The real host, store and silo and API, within the process of the tests, where its code is compiled once and not at each start. It can be asked and fed,
/// and ends by being told to stop; what kills one, or has it end by itself, needs a <see cref="HostProcess"/>.
/// </summary>
internal sealed class InProcessHost : RunningHost
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private ILoggerFactory? _loggers;
    private StoreConnection? _store;
    private WebApplication? _app;

    private InProcessHost(string[] arguments)
        : base(arguments)
    {
    }

    private InProcessHost(RunningHost before)
        : base(before)
    {
    }

    /// <summary>Starts a host on the embedded store in a folder, and waits until it is ready.</summary>
    public static Task<InProcessHost> EmbeddedAsync(string folder, params string[] arguments) => StartAsync(["--Store:Path", folder, .. arguments]);

    /// <summary>Starts a host on a Redis, and waits until it is ready.</summary>
    public static Task<InProcessHost> OnRedisAsync(RedisServer redis, params string[] arguments) => StartAsync(["--Store:Redis", redis.ConnectionString, .. arguments]);

    /// <summary>Starts a host on the store and the ports of one that has ended, and waits until it is ready.</summary>
    public static Task<InProcessHost> AfterAsync(RunningHost before) => StartAsync(new InProcessHost(before));

    /// <summary>The partition that has the claims of a source, as the host's own code calls it.</summary>
    public IPartitionGrain PartitionOf(string source)
    {
        var identity = _app!.Services.GetRequiredService<StoreIdentity>();
        return _app.Services.GetRequiredService<IGrainFactory>().GetGrain<IPartitionGrain>(ClaimIdentity.Partition(source, identity.Partitions, identity.HashSeed));
    }

    /// <summary>Ends it as SIGTERM does: nothing that it has is left behind.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is { } app)
        {
            using var limit = new CancellationTokenSource(Limit);

            // As the signal does: told to stop alone, the host would begin to drain before anybody hears that it stops.
            app.Lifetime.StopApplication();
            await app.StopAsync(limit.Token);
            await app.DisposeAsync();
        }

        if (Interlocked.Exchange(ref _store, null) is { } store)
        {
            await store.DisposeAsync();
        }
    }

    /// <summary>Stops it, and has a process of its own go on from its store: for what is killed, or ends by itself, then.</summary>
    public async Task<HostProcess> StopAndGoOnAsync()
    {
        await StopAsync();
        return await HostProcess.AfterAsync(this);
    }

    public override async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        _loggers?.Dispose();
    }

    private static Task<InProcessHost> StartAsync(string[] arguments) => StartAsync(new InProcessHost(arguments));

    private static async Task<InProcessHost> StartAsync(InProcessHost host)
    {
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Whoever asks is done by the time that it is told to stop.
            Args = ["--Shutdown:Linger", "00:00:00", .. Arguments],
            ApplicationName = typeof(HostComposition).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        using var lines = new Lines(Keep);
        builder.Logging.ClearProviders().AddProvider(lines);
        var settings = HostSettings.Read(builder.Configuration);

        // No setting: what reaches this bound is too much for a test.
        settings.Store.MaximumEntryBytes = builder.Configuration.GetValue("Store:MaximumEntryBytes", settings.Store.MaximumEntryBytes);
        _loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddProvider(lines));
        _store = await StoreConnection.ConnectAsync(settings.Store, _loggers);
        _app = await builder.BuildAggregatorAsync(settings, new Keys(builder.Configuration), _store);
        using var limit = new CancellationTokenSource(Limit);
        await _app.StartAsync(limit.Token);
        await ReadyAsync(() => _app.Lifetime.ApplicationStopping.IsCancellationRequested, limit.Token);
    }

    /// <summary>What is logged, as the console shows it.</summary>
    private sealed class Lines(Action<string> keep) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            keep($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}");

        public void Dispose()
        {
        }
    }
}

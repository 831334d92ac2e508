using Aggregator.Grains.Hosting;
using Aggregator.Host.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;

namespace Aggregator.Host.Hosting;

/// <summary>Runs a host from its start to its end.</summary>
internal static class HostRun
{
    private static readonly TimeSpan ServerLimit = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Starts it, waits until it is told to stop, and stops it: in order, so that grains write what they hold; or, if the store
    /// has lost what was acknowledged, at once, so that nothing more is written to what stands in its place.
    /// </summary>
    /// <returns>0, or 1 if it did not stop in time, or stopped because the store has outgrown it. After an alarm the process itself ends with <see cref="StoreAlarm.ExitCode"/>.</returns>
    public static async Task<int> RunAsync(WebApplication app)
    {
        var alarm = app.Services.GetRequiredService<StoreAlarm>();
        try
        {
            await StartAsync(app);
            await ToldToStopAsync(app.Lifetime);
            if (alarm.What is null && !await StopsAsync(app))
            {
                await Console.Error.WriteLineAsync("aggregator did not stop within ShutdownTimeoutSeconds; what its grains held is read from the log again");
                return 1;
            }
        }
        catch (Exception fault) when (alarm.What is not null)
        {
            // Whatever else could not be done matters less than the loss.
            await Console.Error.WriteLineAsync($"aggregator: {fault.Message}");
        }

        if (alarm.What is null)
        {
            return app.Services.GetRequiredService<StoreWatch>().IsOutgrown ? 1 : 0;
        }

        try
        {
            // Who asks is answered that the store is lost; who was answered before is not left without the end of the answer.
            await app.Services.GetRequiredService<Draining>().CloseAsync();
            await CloseServerAsync(app.Services.GetRequiredService<IServer>());
            app.Services.GetRequiredService<ILoggerFactory>().Dispose();
        }
        catch (Exception fault)
        {
            // Whatever fails on the way: grains must not come to write what they hold.
            await Console.Error.WriteLineAsync($"aggregator: {fault.Message}");
        }

        Environment.Exit(StoreAlarm.ExitCode);
        return StoreAlarm.ExitCode;
    }

    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop before it had started.
        }
    }

    private static async Task CloseServerAsync(IServer server)
    {
        using var limit = new CancellationTokenSource(ServerLimit);
        try
        {
            await server.StopAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Who is still connected is cut off by the end of the process.
        }
    }

    private static async Task<bool> StopsAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync();
            return true;
        }
        catch (Exception fault) when (fault is OperationCanceledException || (fault is AggregateException all && all.InnerExceptions.All(static one => one is OperationCanceledException)))
        {
            return false;
        }
    }

    private static async Task ToldToStopAsync(IHostApplicationLifetime lifetime)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStopping.Register(told.SetResult);
        await told.Task;
    }
}

using Microsoft.Extensions.Logging;

namespace Aggregator.Simulation.Cluster;

/// <summary>Has the world tell what the product logs, where somebody listens.</summary>
internal sealed class SimLogger<T>(World world) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => world.Tell is not null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // Not part of the trace: that is the same whether somebody listens or not.
        world.Tell?.Invoke($"      {logLevel}: {formatter(state, exception)} {exception}");
    }
}

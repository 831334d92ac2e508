namespace Aggregator.Host.Problems;

/// <summary>Faults that pass by themselves: who asks again is answered.</summary>
internal static class Passing
{
    /// <summary>
    /// Grains that are overloaded or whose store does not answer, silos that died or do not answer, and what is disposed of while somebody still asks it.
    /// Whether it was the one who asks who gave up is for that one to know.
    /// </summary>
    public static bool Is(Exception fault) => fault is OrleansException or TimeoutException or OperationCanceledException or ObjectDisposedException;
}

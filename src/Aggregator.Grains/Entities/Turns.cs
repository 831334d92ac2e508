namespace Aggregator.Grains.Entities;

/// <summary>Calls of a grain to many others, in its own turns.</summary>
internal static class Turns
{
    /// <summary>
    /// Takes a step for each item, so many at once; the next begins as soon as one is over. After a fault no other begins, and the fault comes when those under way are over.
    /// The items are enumerated as steps begin.
    /// </summary>
    public static async Task ForEachAsync<T>(IEnumerable<T> items, int atOnce, Func<T, Task> step)
    {
        using var left = items.GetEnumerator();
        var hasFailed = false;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => WorkAsync()));

        async Task WorkAsync()
        {
            while (!hasFailed && left.MoveNext())
            {
                try
                {
                    await step(left.Current);
                }
                catch
                {
                    hasFailed = true;
                    throw;
                }
            }
        }
    }
}

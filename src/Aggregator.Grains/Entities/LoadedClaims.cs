namespace Aggregator.Grains.Entities;

/// <summary>Counts the claims that the entities of a process keep in memory.</summary>
/// <param name="most">How many are many.</param>
internal sealed class LoadedClaims(long most)
{
    private long _count;

    /// <summary>Whether there are more than should be.</summary>
    public bool AreMany => Interlocked.Read(ref _count) > most;

    /// <summary>An entity has others than it said last.</summary>
    /// <param name="said">What it said last; replaced.</param>
    /// <param name="now">What it has.</param>
    public void Say(ref int said, int now)
    {
        Interlocked.Add(ref _count, now - said);
        said = now;
    }
}

namespace Aggregator.Chaos.Load;

/// <summary>Random numbers that follow from a run's seed and what they are for alone, in every process alike (SplitMix64).</summary>
internal static class Seeds
{
    /// <summary>The numbers for one of several.</summary>
    public static Random For(int seed, int one)
    {
        var z = (((ulong)(uint)seed << 32) | (uint)one) + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return new Random((int)(z ^ (z >> 31)));
    }
}

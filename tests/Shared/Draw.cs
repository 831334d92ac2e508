namespace Aggregator.Tests.Shared;

/// <summary>Numbers that follow from a seed and a number alone (SplitMix64).</summary>
internal struct Draw(ulong seed, ulong number)
{
    private ulong _state = (seed * 0x9E3779B97F4A7C15) ^ (number * 0xD1342543DE82EF95);

    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    public int Below(int limit) => (int)(Next() % (ulong)limit);

    public bool Chance(int percent) => Below(100) < percent;

    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

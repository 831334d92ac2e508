namespace Aggregator.Simulation.Cluster;

/// <summary>Chance from a seed (SplitMix64): neighbouring seeds have nothing to do with each other, as those of <see cref="Random"/> have.</summary>
internal sealed class Dice(int seed, uint stream) : Random(0)
{
    private ulong _state = ((ulong)stream << 32) | (uint)seed;

    public override int Next() => (int)(Draw() >> 33);

    public override int Next(int maxValue) => (int)(((Draw() >> 32) * (ulong)maxValue) >> 32);

    public override int Next(int minValue, int maxValue) => minValue + Next(maxValue - minValue);

    public override double NextDouble() => (Draw() >> 11) * (1.0 / (1UL << 53));

    protected override double Sample() => NextDouble();

    private ulong Draw()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}

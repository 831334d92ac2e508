namespace Aggregator.Simulation;

/// <summary>
/// How large a run is and what happens in it. Most are small (a few claims, and faults all around them: of these many run in a second), some
/// are large.
/// </summary>
internal sealed record Shape
{
    /// <summary>Partitions.</summary>
    public required int Partitions { get; init; }

    /// <summary>Keys of claims that are sent; the fewer, the more they are sent again, corrected and taken back.</summary>
    public required int Keys { get; init; }

    /// <summary>How much likelier the first version of a claim is than any other.</summary>
    public required int Firsts { get; init; }

    /// <summary>Senders.</summary>
    public required int Senders { get; init; }

    /// <summary>Batches of a sender: so many to twice as many.</summary>
    public required int Batches { get; init; }

    /// <summary>Most claims in a batch.</summary>
    public required int Claims { get; init; }

    /// <summary>Whether reports are sent besides.</summary>
    public required bool Reports { get; init; }

    /// <summary>Views that are read meanwhile.</summary>
    public required int Watches { get; init; }

    /// <summary>Most steps with faults.</summary>
    public required int Steps { get; init; }

    /// <summary>Steps with faults once senders have ended.</summary>
    public required int Lingers { get; init; }

    /// <summary>Whether the registry is edited.</summary>
    public required bool IsEdited { get; init; }

    /// <summary>Whether it is edited once more, if there is time.</summary>
    public required bool IsEditedAgain { get; init; }

    /// <summary>Whether it is edited when all activations have died.</summary>
    public required bool IsEditedAtLast { get; init; }

    /// <summary>What is sent once faults have ended.</summary>
    public required Last Last { get; init; }

    /// <summary>Whether all activations die once all is checkpointed, so that views come from the rows alone.</summary>
    public required bool EndsInDeath { get; init; }

    /// <summary>What the store loses when all is over: it is to be told, by whoever needs it.</summary>
    public required Damage Damage { get; init; }

    /// <summary>Whether silos have come or gone lately, all the time: entities look before each view whether they were overtaken.</summary>
    public required bool IsUnsettled { get; init; }

    /// <summary>Draws the shape of a seed.</summary>
    public static Shape Of(Random random)
    {
        var size = random.Next(100) switch { < 75 => 0, < 97 => 1, _ => 2 };
        return new Shape
        {
            Partitions = 1 + random.Next(2),
            Keys = size switch { 0 => Pick(random, 1, 2, 3), 1 => Pick(random, 2, 5, 10), _ => 10 },
            Firsts = Pick(random, 0, 2),
            Senders = 1 + random.Next(2),
            Batches = size switch { 0 => Pick(random, 1, 2), 1 => Pick(random, 2, 4), _ => 8 },
            Claims = Pick(random, 1, 3, 3, 8),
            Reports = random.Next(4) == 0,
            Watches = size switch { 0 => Pick(random, 0, 4, 8), 1 => Pick(random, 0, 4, 12), _ => 12 },
            Steps = size switch { 0 => Pick(random, 60, 120), 1 => Pick(random, 250, 500), _ => 1_000 },
            Lingers = Pick(random, 1, 40, 80),
            IsEdited = random.Next(size == 0 ? 6 : 3) == 0,
            Last = (Last)random.Next(4),
            EndsInDeath = random.Next(2) == 0,
            IsEditedAgain = random.Next(2) == 0,
            IsEditedAtLast = random.Next(8) == 0,
            Damage = (Damage)Math.Max(0, random.Next(16) - 8),
            IsUnsettled = random.Next(2) == 0,
        };
    }

    private static int Pick(Random random, params ReadOnlySpan<int> choices) => choices[random.Next(choices.Length)];
}

/// <summary>What the store loses.</summary>
internal enum Damage
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The last entry, on which the checkpoint rests, and what pointed to it.</summary>
    End,

    /// <summary>The last entry, on which no checkpoint rests; the head pointer stays.</summary>
    LastEntry,

    /// <summary>An entry that is still to be fanned out, and has others behind it.</summary>
    EntryWithin,

    /// <summary>The row of an entity that nobody has in memory.</summary>
    Row,

    /// <summary>The row of an entity that somebody has in memory.</summary>
    RowAwake,

    /// <summary>Claims that a row speaks of.</summary>
    Chunk,

    /// <summary>An entry that all has been made of, and that has the words of a claim.</summary>
    Words,
}

/// <summary>What is sent once faults have ended.</summary>
internal enum Last
{
    /// <summary>Nothing: what is not in the views by then comes by itself.</summary>
    Nothing,

    /// <summary>One claim.</summary>
    OneClaim,

    /// <summary>All that was acknowledged, again.</summary>
    All,

    /// <summary>Nothing, and nobody is asked whether all shows: what is not in the views comes by itself, if late.</summary>
    Silence,
}

namespace Aggregator.Simulation.Cluster;

/// <summary>
/// What may go wrong in a world, each as one in so many; 0 for never. Every seed draws its own (swarm testing): some of what there is, weighed
/// in its own way, and now and then one thing that goes wrong far more often than the rest.
/// </summary>
internal sealed record Perils
{
    private static readonly string[] Focuses =
    [
        "Append", "SaveCheckpoint", "IndexRows", "RaiseMark", "RaiseEpoch", "WriteRow", "OpenPartition", "get", "mget", "hgetall", "hget", "hmget", "sscan",
        "AppendAsync", "ApplyAsync", "TakePartAsync", "GetPartAsync", "SettleToAsync", "SettlePartAsync", "OutrankedAsync", "TakeJudgementsAsync", "GetJudgementsAsync", "TellAgainAsync",
        "before-append", "after-append", "mid-fan-out", "after-apply", "after-checkpoint", "fold",
    ];

    private static readonly string[] Victims = ["partition/0", "region/world", "region/land", "region/town", "actor/blue", "source/wire"];

    private static readonly string[] Rows = ["region/town", "region/village", "region/land", "actor/blue-army", "actor/red-army", "source/wire"];

    /// <summary>A step is a fault of a process.</summary>
    public int Process { get; init; }

    /// <summary>
    /// Weights of: a silo is killed, an activation is, one is forgotten, one leaves, one that was forgotten comes to an end, a silo stops for a while, a
    /// second is activated beside one and forgotten.
    /// </summary>
    public int[] Processes { get; init; } = [1, 2, 2, 2, 1, 0, 0];

    /// <summary>The one grain that half of these befall; null for none.</summary>
    public string? Victim { get; init; }

    /// <summary>A message or its answer is lost, late or refused, or the message comes twice.</summary>
    public int Message { get; init; }

    /// <summary>Weights of: a message is lost, refused, given up though it arrives, comes twice.</summary>
    public int[] Messages { get; init; } = [2, 1, 1, 1];

    /// <summary>A call to the store is lost, late or refused, or its answer is.</summary>
    public int Store { get; init; }

    /// <summary>Weights of: the answer is lost, the call is not sent, it is carried out late, it is refused; the last two only of what writes.</summary>
    public int[] Stores { get; init; } = [1, 1, 1, 1];

    /// <summary>An answer of the store that was made comes later, when what it says may be true no more.</summary>
    public int Stale { get; init; }

    /// <summary>Whether rows of the index are refused, on beyond the other faults: what rests on them is to do without until all have died.</summary>
    public bool RefusesIndex { get; init; }

    /// <summary>The one entity whose row is refused, as long as there are faults, while others' are written; null for none.</summary>
    public string? RefusedRow { get; init; }

    /// <summary>The one entity whose row is written late, as long as there are faults, while it tells what it has; null for none.</summary>
    public string? LateRow { get; init; }

    /// <summary>What is under way (a message, an answer, a call) takes so long that much else happens before.</summary>
    public int Slow { get; init; }

    /// <summary>A process is killed at a named moment of the protocol.</summary>
    public int Failpoint { get; init; }

    /// <summary>A step is a restart of the store's server.</summary>
    public int Restart { get; init; }

    /// <summary>How many steps of what it acknowledged a restart may lose; 0 for none.</summary>
    public int LostSteps { get; init; }

    /// <summary>The store's server is killed within a script, as Garnet may be: what it had written by then stays.</summary>
    public int Torn { get; init; }

    /// <summary>The one script, command, message or moment that goes wrong far more often; null for none.</summary>
    public string? Focus { get; init; }

    /// <summary>How often that does.</summary>
    public int FocusOneIn { get; init; }

    /// <summary>Of ten messages to a grain of which an activation was forgotten, how many come to that one.</summary>
    public int TenthsToForgotten { get; init; } = 3;

    /// <summary>Of ten steps that a timer could take, how many are left to messages and calls.</summary>
    public int TenthsOfMessages { get; init; } = 8;

    /// <summary>Of four calls that read, how many are answered before anything else happens.</summary>
    public int ReadsAtOnce { get; init; } = 3;

    /// <summary>Of four calls that write, how many are.</summary>
    public int WritesAtOnce { get; init; } = 1;

    /// <summary>Draws the perils of a seed.</summary>
    public static Perils Of(Random random)
    {
        var (restarts, isTorn) = (random.Next(4) == 0, random.Next(6) == 0);
        return new Perils
        {
            Process = random.Next(10) < 6 ? Pick(random, 12, 20, 30, 80) : 0,
            Processes = Weights(random, 7),
            Victim = random.Next(4) == 0 ? Victims[random.Next(Victims.Length)] : null,
            Message = random.Next(2) == 0 ? Pick(random, 5, 8, 20) : 0,
            Messages = Weights(random, 4),
            Store = random.Next(2) == 0 ? Pick(random, 6, 20) : 0,
            Stores = Weights(random, 4),
            Stale = random.Next(2) == 0 ? Pick(random, 2, 4) : 0,
            Failpoint = random.Next(4) == 0 ? Pick(random, 8, 15) : 0,
            Restart = restarts ? Pick(random, 40, 80, 150) : 0,
            Torn = isTorn ? Pick(random, 4, 8, 16) : 0,
            LostSteps = restarts && !isTorn && random.Next(4) > 0 ? Pick(random, 20, 60) : 0,
            Focus = random.Next(2) == 0 ? Focuses[random.Next(Focuses.Length)] : null,
            FocusOneIn = Pick(random, 2, 4),
            RefusesIndex = random.Next(16) == 0,
            RefusedRow = random.Next(12) == 0 ? Rows[random.Next(Rows.Length)] : null,
            LateRow = random.Next(8) == 0 ? Rows[random.Next(Rows.Length)] : null,
            Slow = random.Next(restarts ? 3 : 8) == 0 ? Pick(random, 3, 10) : 0,
            TenthsToForgotten = Pick(random, 3, 3, 7),
            TenthsOfMessages = Pick(random, 6, 8, 8, 9),
            ReadsAtOnce = Pick(random, 2, 3, 3, 4),
            WritesAtOnce = Pick(random, 0, 1, 1, 2),
        };
    }

    /// <summary>One of several, by their weights; the first if none has any.</summary>
    public static int Draw(Random random, ReadOnlySpan<int> weights)
    {
        var sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        var left = sum > 0 ? random.Next(sum) : 0;
        var at = 0;
        while (at < weights.Length - 1 && left >= weights[at])
        {
            left -= weights[at++];
        }

        return at;
    }

    private static int Pick(Random random, params ReadOnlySpan<int> choices) => choices[random.Next(choices.Length)];

    // Each kind is left out now and then, and seldom all of them.
    private static int[] Weights(Random random, int kinds)
    {
        var weights = new int[kinds];
        for (var at = 0; at < kinds; at++)
        {
            weights[at] = Pick(random, 0, 1, 1, 3);
        }

        return weights;
    }
}

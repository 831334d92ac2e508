namespace Aggregator.Chaos.Load;

/// <summary>How much is sent, and what besides new claims.</summary>
internal sealed record LoadOptions
{
    /// <summary>Senders at once.</summary>
    public int Senders { get; init; } = 3;

    /// <summary>Claims of a batch.</summary>
    public int ClaimsPerBatch { get; init; } = 20;

    /// <summary>What a sender waits after each batch: bounds the load, so that what is measured is recovery and not the machine.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Characters of each claim's quote; 0 for none.</summary>
    public int QuoteLength { get; init; }

    /// <summary>Share of operations that are given up at the first failure.</summary>
    public double GivesUp { get; init; } = 0.15;

    /// <summary>Share of steps that send what is acknowledged again.</summary>
    public double Duplicates { get; init; } = 0.06;

    /// <summary>Share of steps that correct.</summary>
    public double Corrections { get; init; } = 0.06;

    /// <summary>Share of steps that take back.</summary>
    public double Retractions { get; init; } = 0.06;

    /// <summary>Share of steps that send a report, or another text of one.</summary>
    public double Reports { get; init; } = 0.1;

    /// <summary>Share of new batches that two clients send at once.</summary>
    public double Twins { get; init; } = 0.05;

    /// <summary>Share of new batches that carry items that no host may take.</summary>
    public double BadRecords { get; init; }
}

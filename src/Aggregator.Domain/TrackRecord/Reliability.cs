namespace Aggregator.Domain.TrackRecord;

/// <summary>
/// The reliability that a source has earned (R17): what others' words and its own made of its claims, as a Beta posterior over
/// the share that holds, from a uniform prior, Beta(1, 1) (Laplace's rule of succession). The letters are those of the
/// Admiralty code (NATO AJP-2.1); a declared rating is another thing and never mixed in.
/// </summary>
/// <param name="Confirmed">Statements that others confirmed.</param>
/// <param name="Contradicted">Statements that others contradicted.</param>
/// <param name="Corrected">Claims that it corrected itself, reports posted again with another text among them.</param>
/// <param name="Retracted">Claims that it took back.</param>
public readonly record struct Reliability(long Confirmed, long Contradicted, long Corrected, long Retracted)
{
    /// <summary>Fewer outcomes than this cannot be judged: letter F.</summary>
    public const long LeastCount = 5;

    /// <summary>n: how many outcomes it rests on.</summary>
    public long Count => Confirmed + Failed;

    /// <summary>The posterior mean, (1 + confirmed) / (2 + n): between 0 and 1, a half where nothing is known.</summary>
    public double Mean => (1.0 + Confirmed) / (2.0 + Count);

    /// <summary>
    /// A from a mean of 0.95, B from 0.8, C from 0.6, D from 0.4, E below; F, cannot be judged, where fewer than
    /// <see cref="LeastCount"/> outcomes are known.
    /// </summary>
    public char Letter => Count < LeastCount ? 'F' : Mean switch
    {
        >= 0.95 => 'A',
        >= 0.8 => 'B',
        >= 0.6 => 'C',
        >= 0.4 => 'D',
        _ => 'E',
    };

    private long Failed => Contradicted + Corrected + Retracted;
}

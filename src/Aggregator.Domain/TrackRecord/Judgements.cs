namespace Aggregator.Domain.TrackRecord;

/// <summary>How a source's words fared where others told of the same (R17): a tally that adds up over statements and places.</summary>
/// <param name="Confirmed">Statements on which its figure overlaps the one that stands.</param>
/// <param name="Contradicted">Statements on which it does not.</param>
public readonly record struct Judgements(long Confirmed, long Contradicted)
{
    /// <summary>Nothing could be judged.</summary>
    public static readonly Judgements None;

    /// <summary>Both together; they have no statement in common.</summary>
    public Judgements Plus(Judgements other) => new(Confirmed + other.Confirmed, Contradicted + other.Contradicted);

    /// <summary>What is left without those of <paramref name="other"/>, which are among these.</summary>
    public Judgements Less(Judgements other) => new(Confirmed - other.Confirmed, Contradicted - other.Contradicted);
}

using Aggregator.Extraction.Dates;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Quantities;

namespace Aggregator.Extraction.Segmentation;

/// <summary>A sentence with all that the reading stages found in it.</summary>
internal sealed record SentenceView(
    Sentence Sentence,
    IReadOnlyList<DateMention> Dates,
    IReadOnlyList<Quantity> Quantities,
    IReadOnlyList<ActorMention> Actors,
    IReadOnlyList<RegionMention> Regions,
    IReadOnlyList<Hit<OutcomeWord>> Outcomes)
{
    public int Start => Sentence.Start;

    public int End => Sentence.End;
}

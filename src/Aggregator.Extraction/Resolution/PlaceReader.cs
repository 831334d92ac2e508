using Aggregator.Extraction.Attribution;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Resolution;

/// <summary>Says where something happened: the nearest place in its sentence, else the paragraph's, else the story's.</summary>
internal sealed class PlaceReader(Document document, Lexicon lexicon, Story story)
{
    private readonly Token[] _tokens = document.Tokens;
    private RegionMention? _town;
    private int _paragraph = -1;
    private RegionMention? _passage;
    private string? _voice;

    /// <summary>Takes a sentence's places; call it after its claims are placed.</summary>
    public void Leave(SentenceView view, IReadOnlyList<Statement> statements)
    {
        if (view.Sentence.Paragraph != _paragraph)
        {
            _paragraph = view.Sentence.Paragraph;
            _passage = null;
        }

        if (view.Regions.LastOrDefault(region => region.Located) is { } place)
        {
            _passage = place;
            _voice = statements.LastOrDefault(statement => statement.Start <= place.Start && place.Start < statement.End)?.Speaker?.Side;
        }

        _town = view.Regions.LastOrDefault(region => region.Known || region.Located) ?? _town;
    }

    private bool SpeaksOfTown(SentenceView view)
    {
        for (var at = view.Start + 1; at < view.End; at++)
        {
            if (lexicon.Is(_tokens[at].Word, "townnoun") && _tokens[at - 1].Word == "the")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The place of the thing at tokens [at, end); null if the text names none.</summary>
    /// <param name="view">Its sentence.</param>
    /// <param name="statement">Who says it.</param>
    /// <param name="at">Its first token.</param>
    /// <param name="end">The token after it.</param>
    /// <param name="isTotal">Whether it is a running total.</param>
    public RegionMention? Read(SentenceView view, Statement statement, int at, int end, bool isTotal)
    {
        RegionMention? best = null;
        var distance = int.MaxValue;
        foreach (var region in view.Regions)
        {
            // What follows the figure is nearer than what stands before it: "killed 84 soldiers near Tinzaouaten".
            var away = region.Start >= end ? region.Start - end : (at - region.End) + 3;
            if (region.Located && away >= 0 && away < distance)
            {
                (best, distance) = (region, away);
            }
        }

        // "in the city", "there": the place named last, in whatever paragraph.
        return (best is null && SpeaksOfTown(view) ? _town : null) ?? best ?? (view.Sentence.Paragraph == _paragraph && Inherits(statement, isTotal) ? _passage : null) ?? story.Setting;
    }

    // The town of one incident is not that of a war's total, nor of what another side or the United Nations says.
    private bool Inherits(Statement statement, bool isTotal) =>
        !isTotal && (statement.Speaker is not { } speaker || (!story.IsInternational(speaker.Id) && (_voice is null || _voice == speaker.Side)));
}

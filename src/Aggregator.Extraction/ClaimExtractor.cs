using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;
using Aggregator.Extraction.Attribution;
using Aggregator.Extraction.Dates;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Quantities;
using Aggregator.Extraction.Resolution;
using Aggregator.Extraction.Segmentation;
using Aggregator.Extraction.Writing;

namespace Aggregator.Extraction;

/// <summary>
/// The rule-based extractor: segment, read numbers, dates and mentions, attribute, frame, resolve, write. Pure; the
/// words of a language are its embedded lexicons (see docs/extraction.md).
/// </summary>
public sealed class ClaimExtractor : IClaimExtractor
{
    /// <summary>Languages that it reads, as BCP 47 primary tags.</summary>
    public static IReadOnlyList<string> Languages => LexiconFile.Languages;

    /// <summary>Whether reports in a language can be read; null is English. For others <see cref="Extract"/> finds nothing.</summary>
    public static bool IsSupported(string? language) => Lexicon.Has(language);

    /// <inheritdoc/>
    public IReadOnlyList<ClaimDraft> Extract(Report report, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(registry);
        if (Lexicon.For(report.Language) is not { } lexicon)
        {
            return [];
        }

        var published = DateOnly.FromDateTime(report.PublishedAt.UtcDateTime);
        var plain = PlainText.Of(report.Text, name => lexicon.Entities.TryGetValue(name, out var character) ? character : null, lexicon.Blocks.Contains);
        var tokens = Tokenizer.Tokenize(plain.Text);
        if (tokens.Length == 0)
        {
            return [];
        }

        var document = new Document(plain.Text, tokens, new Segmenter(lexicon).Segment(plain.Text, tokens));
        var names = new NameFinder(document, registry);
        var views = View(document, lexicon, registry, names, published);
        var story = Story.Read(document, views, lexicon, registry, names);
        return [.. Write(document, views, lexicon, registry, story, published).Select(draft => Placed(draft, plain))];
    }

    // Spans are of the text as delivered, markup included.
    private static ClaimDraft Placed(ClaimDraft draft, PlainText plain) =>
        draft.Span is { } span && plain.Original(span.Start, span.End) is var (start, end) ? draft with { Span = new TextSpan(start, end) } : draft;

    private static List<SentenceView> View(Document document, Lexicon lexicon, RegistrySnapshot registry, NameFinder names, DateOnly published)
    {
        var dates = new DateReader(lexicon);
        var quantities = new QuantityReader(lexicon);
        var actors = new ActorReader(document, lexicon, registry, names);
        var regions = new RegionReader(document, lexicon, registry, names);
        names.Countries = Countries.Of(document, lexicon, registry);
        var views = new List<SentenceView>(document.Sentences.Count);
        foreach (var sentence in document.Sentences)
        {
            var (start, end) = (sentence.Start, sentence.End);
            var days = dates.Read(document.Tokens, sentence.BodyStart(document.Tokens), end, published);
            var dated = new bool[end - start];
            foreach (var day in days)
            {
                Array.Fill(dated, true, day.Start - start, day.End - day.Start);
            }

            bool Taken(int at) => dated[at - start];
            var named = actors.Read(start, end, Taken);
            views.Add(new SentenceView(
                sentence,
                days,
                quantities.Read(document.Tokens, start, end, Taken),
                named,
                regions.Read(start, end, named, Taken),
                [.. lexicon.Outcomes.In(document.Tokens, start, end)]));
        }

        return views;
    }

    private static IReadOnlyList<ClaimDraft> Write(Document document, List<SentenceView> views, Lexicon lexicon, RegistrySnapshot registry, Story story, DateOnly published)
    {
        var parties = new PartyResolver(registry, story);
        var attribution = new AttributionReader(document, lexicon, parties);
        var targets = new TargetReader(document, lexicon, parties, story);
        var places = new PlaceReader(document, lexicon, story);
        var periods = new PeriodReader(document, lexicon, story, published);
        var writer = new DraftWriter(document);
        var sentences = new SentenceWriter(document, lexicon, story, parties, targets, places, periods, writer);
        foreach (var view in views)
        {
            story.Enter(view);
            periods.Enter(view);
            var statements = attribution.Read(view);
            periods.HouseDay = attribution.HasHouse ? published : null;
            sentences.Write(view, statements);
            places.Leave(view, statements);
            periods.Leave(view);
        }

        return writer.Drafts;
    }
}

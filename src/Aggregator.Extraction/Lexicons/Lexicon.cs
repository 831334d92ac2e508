using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Aggregator.Domain.Claims;

namespace Aggregator.Extraction.Lexicons;

/// <summary>All words and patterns of one language, read once from its embedded files.</summary>
internal sealed class Lexicon
{
    private static readonly ConcurrentDictionary<string, Lexicon> Loaded = new(StringComparer.Ordinal);
    private readonly string _language;

    private Lexicon(string language)
    {
        _language = language;
        Abbreviations = Rows("abbreviations").SelectMany(row => row.Phrases).ToFrozenSet(StringComparer.Ordinal);
        Numbers = PhraseTable<NumberWord>.Of(Rows("numbers"), row => new NumberWord(row["kind"], Number(row["low"]), Number(row["high"])));
        Approximations = Words("approximations", "kind");
        NotCounted = Words("notcounted");
        Items = PhraseTable<ItemWord>.Of(Rows("items"), row => new ItemWord(Slugged<Item>(row["item"])!.Value, row["detail"]));
        Outcomes = PhraseTable<OutcomeWord>.Of(Rows("outcomes"), row => new OutcomeWord(Slugged<Outcome>(row["people"]), Slugged<Outcome>(row["equipment"]), row["form"]));
        Speech = Words("speech", "kind");
        Disbelief = Words("disbelief");
        Anaphora = Words("anaphora", "kind");
        Modality = Words("modality");
        Bodies = PhraseTable<BodyWord>.Of(Rows("bodies"), row => new BodyWord(row["role"].Split(' ', StringSplitOptions.RemoveEmptyEntries), row["military"] == "yes", row["speaks"] == "yes", row["names"] != "no"));
        Speakers = Words("speakers");
        Sides = Words("sides", "kind");
        Pronouns = Words("pronouns");
        Events = Words("events", "form", "event");
        Control = Words("control", "effect");
        Grounds = Words("grounds");
        PlaceWords = Words("placewords", "side");
        Totals = Words("totals", "kind");
        Parts = Words("parts", "place");
        Weights = Words("weights");
        LossNouns = Words("lossnouns", "outcome");
        Dates = Words("dates", "kind", "value");
        Demonyms = Words("demonyms", "name");
        var markup = Rows("markup");
        Blocks = markup.Where(row => row["kind"] == "block").SelectMany(row => row.Phrases).ToFrozenSet(StringComparer.Ordinal);
        Entities = markup.Where(row => row["kind"] == "entity").SelectMany(row => row.Phrases.Select(phrase => (phrase, Code: Number(row["value"])))).ToFrozenDictionary(pair => pair.phrase, pair => (char)pair.Code, StringComparer.Ordinal);
        Functions = Rows("functions").SelectMany(row => row.Phrases.Select(phrase => (phrase, Class: row["class"])))
            .GroupBy(pair => pair.Class, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Select(pair => pair.phrase).ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    public FrozenSet<string> Abbreviations { get; }

    public PhraseTable<NumberWord> Numbers { get; }

    public PhraseTable<Word> Approximations { get; }

    public PhraseTable<Word> NotCounted { get; }

    public PhraseTable<ItemWord> Items { get; }

    public PhraseTable<OutcomeWord> Outcomes { get; }

    public PhraseTable<Word> Speech { get; }

    public PhraseTable<Word> Disbelief { get; }

    public PhraseTable<Word> Anaphora { get; }

    public PhraseTable<Word> Modality { get; }

    public PhraseTable<BodyWord> Bodies { get; }

    public PhraseTable<Word> Speakers { get; }

    public PhraseTable<Word> Sides { get; }

    public PhraseTable<Word> Pronouns { get; }

    public PhraseTable<Word> Events { get; }

    public PhraseTable<Word> Control { get; }

    public PhraseTable<Word> Grounds { get; }

    public PhraseTable<Word> PlaceWords { get; }

    public PhraseTable<Word> Totals { get; }

    public PhraseTable<Word> Parts { get; }

    public PhraseTable<Word> Weights { get; }

    public PhraseTable<Word> LossNouns { get; }

    public PhraseTable<Word> Dates { get; }

    public PhraseTable<Word> Demonyms { get; }

    /// <summary>Names of tags that end a paragraph.</summary>
    public FrozenSet<string> Blocks { get; }

    /// <summary>Characters of named entities.</summary>
    public FrozenDictionary<string, char> Entities { get; }

    private FrozenDictionary<string, FrozenSet<string>> Functions { get; }

    /// <summary>Whether there is a lexicon for a BCP 47 tag; null means English.</summary>
    public static bool Has(string? language) => LexiconFile.Languages.Contains(Primary(language), StringComparer.Ordinal);

    /// <summary>The lexicon for a BCP 47 tag; null if there is none.</summary>
    public static Lexicon? For(string? language) =>
        Has(language) ? Loaded.GetOrAdd(Primary(language), static name => new Lexicon(name)) : null;

    /// <summary>Whether a word is a function word of a class (see functions.tsv).</summary>
    public bool Is(string word, string functionClass) => Functions.TryGetValue(functionClass, out var words) && words.Contains(word);

    private static string Primary(string? language) =>
        string.IsNullOrWhiteSpace(language) ? "en" : language.Split('-', '_')[0].Trim().ToLowerInvariant();

    private static long Number(string cell) => cell.Length == 0 ? 0 : long.Parse(cell, CultureInfo.InvariantCulture);

    private static T? Slugged<T>(string cell) where T : struct, Enum =>
        cell.Length == 0 ? null : Slug.TryParse<T>(cell, out var word) ? word : throw new InvalidDataException($"lexicon: {cell} is no {typeof(T).Name}");

    private IReadOnlyList<LexiconRow> Rows(string name) => LexiconFile.Read(_language, name);

    private PhraseTable<Word> Words(string name, string kind = "", string value = "") =>
        PhraseTable<Word>.Of(Rows(name), row => new Word(row[kind], row[value]));
}

using System.Text;
using System.Text.RegularExpressions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Extraction.Tests.Scoring;

/// <summary>Scores drafts against gold, by the rules of GUIDE.md: what matches, and which attributes are right.</summary>
internal sealed partial class Scorer(RegistrySnapshot registry)
{
    private readonly Dictionary<string, (int Hit, int Predicted, int Gold)> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _attributes = new(StringComparer.Ordinal);
    private int _matched;
    private int _exact;

    public List<string> Log { get; } = [];

    public double F1(string kind) => _counts.TryGetValue(kind, out var count) ? Harmonic(count.Hit, count.Predicted, count.Gold) : 1;

    public double ExactF1 => _counts.TryGetValue("figure", out var count) ? Harmonic(_exact, count.Predicted, count.Gold) : 1;

    public int PredictedFigures => _counts.GetValueOrDefault("figure").Predicted;

    public string Summary =>
        string.Join(" ", new[] { "figure", "control", "event" }.Select(kind => $"{kind} F1 {F1(kind):0.000} (hit {_counts.GetValueOrDefault(kind).Hit}, predicted {_counts.GetValueOrDefault(kind).Predicted}, gold {_counts.GetValueOrDefault(kind).Gold})"))
        + $" exactF1 {ExactF1:0.000} " + string.Join(" ", _attributes.Select(pair => $"{pair.Key} {(double)pair.Value / Math.Max(1, _matched):0.000}"));

    public void Add(GoldArticle article, IReadOnlyList<ClaimDraft> drafts)
    {
        var cuts = Sentences(article.Text);
        var pairs = Match(drafts, article.Claims, cuts);
        foreach (var kind in new[] { "figure", "control", "event" })
        {
            var (hit, predicted, gold) = _counts.GetValueOrDefault(kind);
            _counts[kind] = (hit + pairs.Count(pair => article.Claims[pair.Gold].Kind == kind), predicted + drafts.Count(draft => KindOf(draft) == kind), gold + article.Claims.Count(claim => claim.Kind == kind));
        }

        foreach (var (draft, gold) in pairs)
        {
            if (article.Claims[gold].Kind != "figure")
            {
                continue;
            }

            var right = Attributes(drafts[draft], article.Claims[gold]);
            _matched++;
            _exact += right.Values.All(value => value) ? 1 : 0;
            foreach (var (name, value) in right)
            {
                _attributes[name] = _attributes.GetValueOrDefault(name) + (value ? 1 : 0);
            }

            if (right.Values.Any(value => !value))
            {
                Log.Add($"WRONG    {article.Article}: {Words(article, drafts[draft])} {string.Join(",", right.Where(pair => !pair.Value).Select(pair => pair.Key))} | {Show(drafts[draft])} | gold C {Join(article.Claims[gold].Claimant)} T {Join(article.Claims[gold].Target)} R {Join(article.Claims[gold].Region)} {article.Claims[gold].Basis} {article.Claims[gold].OccurredFrom:yyyy-MM-dd}..{article.Claims[gold].OccurredTo:yyyy-MM-dd}");
            }
        }

        LogMisses(article, drafts, pairs);
    }

    private void LogMisses(GoldArticle article, IReadOnlyList<ClaimDraft> drafts, List<(int Draft, int Gold)> pairs)
    {
        for (var gold = 0; gold < article.Claims.Count; gold++)
        {
            var claim = article.Claims[gold];
            if (pairs.All(pair => pair.Gold != gold))
            {
                Log.Add($"MISSED   {article.Article}: {claim.Kind} {claim.Stance} '{article.Text[claim.Span[0]..claim.Span[1]]}' {Join(claim.Item)} {Join(claim.Outcome)} {claim.Low}/{claim.Best}/{claim.High} C {Join(claim.Claimant)} R {Join(claim.Region)}");
            }
        }

        for (var draft = 0; draft < drafts.Count; draft++)
        {
            if (pairs.All(pair => pair.Draft != draft))
            {
                Log.Add($"SPURIOUS {article.Article}: {KindOf(drafts[draft])} {drafts[draft].Stance} {Words(article, drafts[draft])} | {Show(drafts[draft])}");
            }
        }
    }

    private static string Words(GoldArticle article, ClaimDraft draft) => $"'{article.Text[draft.Span!.Value.Start..draft.Span.Value.End]}'";

    public static string Show(ClaimDraft draft) =>
        $"C {draft.Claimant?.Id} T {draft.Target?.Id} R {draft.Region?.Id} {draft.Figure?.Item} {draft.Figure?.Outcome} {draft.Figure?.Low}/{draft.Figure?.Best}/{draft.Figure?.High} {draft.Figure?.Basis} {draft.OccurredFrom:yyyy-MM-dd}..{draft.OccurredTo:yyyy-MM-dd}{(draft.Holder is { } holder ? " holder " + holder.Id : "")}{(draft.Event is { } type ? " " + type : "")}";

    private static string Join(string[]? values) => values is null ? "null" : string.Join("/", values.Take(3));

    private static double Harmonic(int hit, int predicted, int gold)
    {
        double precision = predicted == 0 ? 0 : (double)hit / predicted;
        double recall = gold == 0 ? 0 : (double)hit / gold;
        return precision + recall == 0 ? (predicted + gold == 0 ? 1 : 0) : 2 * precision * recall / (precision + recall);
    }

    public static string KindOf(ClaimDraft draft) => draft.Figure is not null ? "figure" : draft.Holder is not null ? "control" : "event";

    private List<(int Draft, int Gold)> Match(IReadOnlyList<ClaimDraft> drafts, IReadOnlyList<GoldClaim> golds, List<(int, int)> cuts)
    {
        var candidates = new List<(int Score, int Draft, int Gold)>();
        for (var draft = 0; draft < drafts.Count; draft++)
        {
            for (var gold = 0; gold < golds.Count; gold++)
            {
                if (IsCandidate(drafts[draft], golds[gold], cuts))
                {
                    candidates.Add((Attributes(drafts[draft], golds[gold]).Values.Count(value => value) + (Overlaps(drafts[draft], golds[gold]) ? 1 : 0), draft, gold));
                }
            }
        }

        var usedDrafts = new HashSet<int>();
        var usedGolds = new HashSet<int>();
        var pairs = new List<(int, int)>();
        foreach (var (_, draft, gold) in candidates.OrderByDescending(candidate => candidate.Score).ThenBy(candidate => candidate.Draft).ThenBy(candidate => candidate.Gold))
        {
            if (!usedDrafts.Contains(draft) && !usedGolds.Contains(gold))
            {
                usedDrafts.Add(draft);
                usedGolds.Add(gold);
                pairs.Add((draft, gold));
            }
        }

        return pairs;
    }

    private bool IsCandidate(ClaimDraft draft, GoldClaim gold, List<(int, int)> cuts)
    {
        if (KindOf(draft) != gold.Kind || draft.Stance != gold.Stance)
        {
            return false;
        }

        var near = Overlaps(draft, gold) || SentenceOf(cuts, draft.Span!.Value.Start, draft.Span.Value.End) == SentenceOf(cuts, gold.Span[0], gold.Span[1]);
        if (gold.Kind != "figure")
        {
            return near;
        }

        var figure = draft.Figure!;
        var number = gold.Best is not null ? figure.Best == gold.Best : figure.Best is null && figure.Low == gold.Low && figure.High == gold.High;
        return number && gold.Item!.Contains(figure.Item) && gold.Outcome!.Contains(figure.Outcome) && (near || Attributes(draft, gold).Values.All(value => value));
    }

    private static bool Overlaps(ClaimDraft draft, GoldClaim gold) => draft.Span!.Value.Start < gold.Span[1] && gold.Span[0] < draft.Span.Value.End;

    private Dictionary<string, bool> Attributes(ClaimDraft draft, GoldClaim gold) => new(StringComparer.Ordinal)
    {
        ["claimant"] = Agrees(EntityKind.Actor, draft.Claimant, gold.Claimant),
        ["target"] = Agrees(EntityKind.Actor, draft.Target, gold.Target),
        ["region"] = Agrees(EntityKind.Region, draft.Region, gold.Region),
        ["basis"] = draft.Figure?.Basis == gold.Basis,
        ["period"] = (gold.OccurredFrom is null || draft.OccurredFrom == gold.OccurredFrom) && (gold.OccurredTo is null || draft.OccurredTo == gold.OccurredTo),
    };

    private bool Agrees(EntityKind kind, NameRef? found, string[]? gold)
    {
        if (gold is null or [])
        {
            return found is null;
        }

        if (found is null)
        {
            return false;
        }

        var entry = found.Id is { } id ? registry.Describe(kind, id, found.Text) : null;
        var names = new[] { found.Text, found.Id, entry?.Name }.Where(name => name is not null).Select(name => Normal(name!)).ToHashSet(StringComparer.Ordinal);
        return gold.Select(Normal).Any(names.Contains);
    }

    private static string Normal(string name)
    {
        var plain = new StringBuilder();
        foreach (var character in NameFolding.Fold("x " + name)[1..])
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                plain.Append(character);
            }
        }

        return plain.ToString();
    }

    private static List<(int Start, int End)> Sentences(string text)
    {
        var cuts = new List<(int, int)>();
        var start = 0;
        foreach (System.Text.RegularExpressions.Match match in Break().Matches(text))
        {
            if (text[match.Index] == '.' && Abbreviation().IsMatch(text[Math.Max(0, match.Index - 8)..(match.Index + 1)]))
            {
                continue;
            }

            cuts.Add((start, match.Index + match.Length));
            start = match.Index + match.Length;
        }

        cuts.Add((start, text.Length));
        return cuts;
    }

    private static int SentenceOf(List<(int Start, int End)> cuts, int start, int end)
    {
        var middle = (start + end) / 2.0;
        return cuts.FindIndex(cut => cut.Start <= middle && middle < cut.End);
    }

    [GeneratedRegex("""[.!?]["'”’)]*\s+(?=["'“‘(]?[A-Z0-9])|\n\s*\n""")]
    private static partial Regex Break();

    [GeneratedRegex(@"(?:\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Gen|Lt|Col|Maj|Capt|Sgt|Brig|Mr|Mrs|Ms|Dr|St|No|Gov|Sen|Rep|vs|approx)|\b[A-Za-z]|[ap]\.m)\.$")]
    private static partial Regex Abbreviation();
}

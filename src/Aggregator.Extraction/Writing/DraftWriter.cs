using System.Globalization;
using Aggregator.Domain.Claims;
using Aggregator.Extraction.Attribution;
using Aggregator.Extraction.Resolution;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Writing;

/// <summary>Numbers the drafts of a report, and writes what all kinds of claims have in common.</summary>
internal sealed class DraftWriter(Document document)
{
    private const int LongestQuote = ClaimAdmission.MaxTextLength;
    private readonly List<ClaimDraft> _drafts = [];

    /// <summary>The drafts so far, in the order of the text.</summary>
    public IReadOnlyList<ClaimDraft> Drafts => _drafts;

    /// <summary>Adds one draft per claimant and gives their ids.</summary>
    /// <param name="draft">What is said.</param>
    /// <param name="claimants">Who says it; empty for the source's own voice.</param>
    /// <param name="stance">How they stand to it.</param>
    /// <param name="start">First token of the words that carry it.</param>
    /// <param name="end">Token after them.</param>
    /// <param name="statement">The stretch it stands in: the quote is its clause.</param>
    public IReadOnlyList<string> Add(ClaimDraft draft, IReadOnlyList<Party> claimants, string stance, int start, int end, Statement statement)
    {
        var ids = new List<string>();
        foreach (var claimant in claimants.Count == 0 ? new Party?[] { null } : claimants.ToArray<Party?>())
        {
            var id = (_drafts.Count + 1).ToString(CultureInfo.InvariantCulture);
            ids.Add(id);
            _drafts.Add(draft with
            {
                Id = id,
                Claimant = claimant?.Reference,
                Stance = stance,
                Quote = Quote(start, end, statement),
                Span = new TextSpan(document.Tokens[start].Start, document.Tokens[end - 1].End),
            });
        }

        return ids;
    }

    /// <summary>The latest draft that fits, among the last <paramref name="most"/>; null if none does.</summary>
    public ClaimDraft? Latest(int most, Func<ClaimDraft, bool> fits)
    {
        for (var index = _drafts.Count - 1; index >= 0 && index >= _drafts.Count - most; index--)
        {
            if (fits(_drafts[index]))
            {
                return _drafts[index];
            }
        }

        return null;
    }

    /// <summary>The words of tokens [start, end), cut to what a claim may carry and free of control characters.</summary>
    public string Phrase(int start, int end) => CleanText.Of(document.Text[document.Tokens[start].Start..document.Tokens[end - 1].End], LongestQuote);

    private string Quote(int start, int end, Statement statement)
    {
        var from = Math.Min(start, statement.VerbAt >= 0 ? Math.Min(statement.Start, statement.FrameStart) : statement.Start);
        var to = Math.Max(end, Math.Max(statement.End, statement.FrameEnd));
        return CleanText.Of(document.Text[document.Tokens[from].Start..document.Tokens[Math.Min(to, document.Tokens.Length) - 1].End], LongestQuote);
    }
}

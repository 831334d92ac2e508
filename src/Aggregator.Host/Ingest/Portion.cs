using Aggregator.Domain.Claims;

namespace Aggregator.Host.Ingest;

/// <summary>What of a feeding is one partition's.</summary>
/// <param name="Claims">Claims, each with its place in the feeding.</param>
/// <param name="Texts">Texts of reports, each with its place in the feeding.</param>
internal sealed record Portion((Claim Claim, int At)[] Claims, (ReportText Text, int At)[] Texts)
{
    /// <summary>
    /// Parts of about a size, in order. All texts of a report, with all claims that are found in them, are in one, whatever their number: whether a text came before
    /// decides on its claims.
    /// </summary>
    /// <param name="claimsPerBatch">How many claims one may have that is of more than one report.</param>
    public IEnumerable<Portion> Batches(int claimsPerBatch)
    {
        var reports = Texts.ToLookup(static one => (one.Text.Source, one.Text.Address));
        var reportOf = new Dictionary<ClaimKey, (string, string)>();
        foreach (var (report, claim) in Texts.SelectMany(static one => one.Text.Claims, static (one, claim) => ((one.Text.Source, one.Text.Address), claim)))
        {
            reportOf.TryAdd(claim, report);
        }

        foreach (var some in Claims.Where(one => !reportOf.ContainsKey(one.Claim.Key)).Chunk(claimsPerBatch))
        {
            yield return new Portion(some, []);
        }

        var claimsOf = Claims.Where(one => reportOf.ContainsKey(one.Claim.Key)).ToLookup(one => reportOf[one.Claim.Key]);
        var (claims, texts) = (new List<(Claim, int)>(), new List<(ReportText, int)>());
        foreach (var report in reports)
        {
            if (texts.Count > 0 && claims.Count + claimsOf[report.Key].Count() > claimsPerBatch)
            {
                yield return new Portion([.. claims], [.. texts]);
                claims.Clear();
                texts.Clear();
            }

            claims.AddRange(claimsOf[report.Key]);
            texts.AddRange(report);
        }

        if (texts.Count > 0)
        {
            yield return new Portion([.. claims], [.. texts]);
        }
    }
}

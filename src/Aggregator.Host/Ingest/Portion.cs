using Aggregator.Domain.Claims;

namespace Aggregator.Host.Ingest;

/// <summary>What of a feeding is one partition's.</summary>
/// <param name="Claims">Claims, each with its place in the feeding.</param>
/// <param name="Texts">Texts of reports, each with its place in the feeding.</param>
internal sealed record Portion((Claim Claim, int At)[] Claims, (ReportText Text, int At)[] Texts)
{
    /// <summary>
    /// Parts of about a size, in order. A text is in one with all claims that are found in it, whatever their number: whether it came before decides on them.
    /// </summary>
    /// <param name="claimsPerBatch">How many claims one may have that is of more than one report.</param>
    public IEnumerable<Portion> Batches(int claimsPerBatch)
    {
        // The first text that has it: the others, which are the same words under another address, come behind.
        var textOf = new Dictionary<ClaimKey, int>();
        foreach (var (at, claim) in Texts.SelectMany(static (one, at) => one.Text.Claims.Select(claim => (at, claim))))
        {
            textOf.TryAdd(claim, at);
        }

        foreach (var some in Claims.Where(one => !textOf.ContainsKey(one.Claim.Key)).Chunk(claimsPerBatch))
        {
            yield return new Portion(some, []);
        }

        var claimsOf = Claims.Where(one => textOf.ContainsKey(one.Claim.Key)).ToLookup(one => textOf[one.Claim.Key]);
        var (claims, texts) = (new List<(Claim, int)>(), new List<(ReportText, int)>());
        for (var at = 0; at < Texts.Length; at++)
        {
            if (texts.Count > 0 && claims.Count + claimsOf[at].Count() > claimsPerBatch)
            {
                yield return new Portion([.. claims], [.. texts]);
                claims.Clear();
                texts.Clear();
            }

            claims.AddRange(claimsOf[at]);
            texts.Add(Texts[at]);
        }

        if (texts.Count > 0)
        {
            yield return new Portion([.. claims], [.. texts]);
        }
    }
}

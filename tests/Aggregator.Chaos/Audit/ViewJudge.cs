using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Audit;

/// <summary>Judges an answer to a query for a view that has been shown before, whatever goes wrong meanwhile.</summary>
/// <param name="ceiling">The most that views may show.</param>
internal sealed class ViewJudge(Ceiling ceiling)
{
    /// <summary>
    /// An entity that was shown stays known, and shows nothing twice; who cannot answer says 429 or 503 and when to come again, or is not there.
    /// </summary>
    public IEnumerable<Violation> Judge(string front, string path, Answer answer)
    {
        if (answer.Status == 404)
        {
            return [new Violation(Promise.Lost, $"{path} through {front} is unknown, and was shown before: {answer}")];
        }

        if (!answer.IsExpected || (answer.IsOk && answer.Body is null))
        {
            return [new Violation(Promise.Answer, $"GET {path} through {front} was answered {answer}")];
        }

        // What may be there is asked after the view came: it is no less than it was then.
        return answer.IsOk ? ceiling.Exceeded(path, answer.Body!).Select(what => new Violation(Promise.Doubled, $"{path} through {front}, meanwhile: {what}")) : [];
    }
}

using Aggregator.Chaos.Load;

namespace Aggregator.Chaos.Audit;

/// <summary>What may be there, by what was sent and what of it was acknowledged.</summary>
internal sealed class Truth
{
    private readonly Dictionary<string, State> _claims = new(StringComparer.Ordinal);

    /// <param name="operations">What was sent.</param>
    /// <param name="acknowledged">When which of them were acknowledged, by their number.</param>
    public Truth(IEnumerable<Operation> operations, IReadOnlyDictionary<int, DateTimeOffset> acknowledged)
    {
        Operation[] sent = [.. operations.Where(one => one.Attempts > 0)];
        foreach (var operation in sent.Where(one => one.Kind is OperationKind.Claims or OperationKind.Report or OperationKind.Repost))
        {
            foreach (var claim in operation.Claims)
            {
                _claims[claim.Key] = new State(claim) { MustBe = acknowledged.TryGetValue(operation.Number, out var at), AcknowledgedAt = at };
            }
        }

        foreach (var operation in sent)
        {
            var isAcknowledged = acknowledged.TryGetValue(operation.Number, out var at);
            foreach (var claim in operation.Kind == OperationKind.Correction ? operation.Claims : [])
            {
                var state = _claims[claim.Key];
                (state.Corrected, state.MustBeCorrected, state.CorrectedAt) = (claim, isAcknowledged, at);
            }

            // Taken back by itself, or with the text that it was found in.
            foreach (var claim in operation.Kind switch { OperationKind.Retraction => operation.Claims, OperationKind.Repost => operation.Replaces!.Claims, _ => [] })
            {
                var state = _claims[claim.Key];
                (state.MayBeGone, state.MustBeGone, state.GoneAt) = (true, isAcknowledged, at);
            }
        }
    }

    public int Claims => _claims.Count;

    public int Acknowledged => _claims.Values.Count(state => state.MustBe);

    /// <summary>The claims that stand according to the evidence pages, and where those break a promise.</summary>
    /// <param name="evidence">Key and count of every claim that was shown, once for each time.</param>
    public (List<ClaimSpec> Standing, List<Violation> Violations) Judge(IReadOnlyList<(string Key, long? Count)> evidence)
    {
        var standing = new List<ClaimSpec>();
        var violations = new List<Violation>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, count) in evidence)
        {
            if (!seen.Add(key))
            {
                violations.Add(new Violation(Promise.Doubled, $"{key} is shown twice"));
            }
            else if (!_claims.TryGetValue(key, out var state))
            {
                violations.Add(new Violation(Promise.Doubled, $"{key} was never sent"));
            }
            else if (state.MustBeGone)
            {
                violations.Add(new Violation(Promise.Figure, $"{key} was taken back, and stands"));
            }
            else if (state.Corrected is not null && count == state.Corrected.Count)
            {
                standing.Add(state.Corrected);
            }
            else if (count == state.Sent.Count && !state.MustBeCorrected)
            {
                standing.Add(state.Sent);
            }
            else
            {
                violations.Add(new Violation(Promise.Lost, $"{key} counts {count}; sent {state.Sent.Count}, corrected {state.Corrected?.Count} (acknowledged: {state.MustBeCorrected})"));
            }
        }

        foreach (var (key, state) in _claims)
        {
            if (state is { MustBe: true, MayBeGone: false } && !seen.Contains(key))
            {
                violations.Add(new Violation(Promise.Lost, $"{key} was acknowledged at {state.AcknowledgedAt:O} and is not there"));
            }
        }

        return (standing, violations);
    }

    /// <summary>Acknowledged claims and corrections that the evidence does not show, and claims that it shows though it was acknowledged that they are gone.</summary>
    public IEnumerable<Lost> Missing(IReadOnlyList<(string Key, long? Count)> evidence)
    {
        var shown = evidence.ToLookup(one => one.Key, one => one.Count, StringComparer.Ordinal);
        foreach (var state in _claims.Values.Where(state => state.MustBeGone && shown.Contains(state.Sent.Key)))
        {
            yield return new Lost(state.Sent, state.GoneAt);
        }

        foreach (var state in _claims.Values.Where(state => !state.MayBeGone))
        {
            if (state.MustBe && !shown.Contains(state.Sent.Key))
            {
                yield return new Lost(state.Sent, state.AcknowledgedAt);
            }

            if (state is { MustBeCorrected: true, Corrected: { } corrected } && !shown[state.Sent.Key].Contains(corrected.Count))
            {
                yield return new Lost(corrected, state.CorrectedAt);
            }
        }
    }

    private sealed class State(ClaimSpec sent)
    {
        public ClaimSpec Sent => sent;

        public ClaimSpec? Corrected { get; set; }

        public bool MustBe { get; init; }

        public DateTimeOffset AcknowledgedAt { get; init; }

        public bool MustBeCorrected { get; set; }

        public DateTimeOffset CorrectedAt { get; set; }

        public bool MayBeGone { get; set; }

        public bool MustBeGone { get; set; }

        public DateTimeOffset GoneAt { get; set; }
    }
}

/// <summary>Something acknowledged that is not so.</summary>
/// <param name="Claim">The claim, its correction, or the one that was taken back.</param>
/// <param name="AcknowledgedAt">When it was acknowledged.</param>
internal sealed record Lost(ClaimSpec Claim, DateTimeOffset AcknowledgedAt);

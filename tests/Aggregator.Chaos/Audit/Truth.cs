using Aggregator.Chaos.Load;

namespace Aggregator.Chaos.Audit;

/// <summary>What may be there, by what was sent and what of it was acknowledged.</summary>
internal sealed class Truth
{
    private readonly Dictionary<string, State> _claims = new(StringComparer.Ordinal);

    public Truth(IEnumerable<Operation> operations)
    {
        Operation[] sent = [.. operations.Where(one => one.Attempts > 0)];
        foreach (var operation in sent.Where(one => one.Kind == OperationKind.Claims))
        {
            foreach (var claim in operation.Claims)
            {
                _claims[claim.Key] = new State(claim) { MustBe = operation.IsAcknowledged, AcknowledgedAt = operation.AcknowledgedAt };
            }
        }

        foreach (var operation in sent.Where(one => one.Kind != OperationKind.Claims))
        {
            foreach (var claim in operation.Claims)
            {
                var state = _claims[claim.Key];
                if (operation.Kind == OperationKind.Correction)
                {
                    state.Corrected = claim;
                    state.MustBeCorrected = operation.IsAcknowledged;
                }
                else
                {
                    state.MayBeGone = true;
                    state.MustBeGone = operation.IsAcknowledged;
                }
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

    /// <summary>Acknowledged claims that the evidence does not show, with the time of the acknowledgement.</summary>
    public IEnumerable<(ClaimSpec Claim, DateTimeOffset AcknowledgedAt)> Missing(IReadOnlyList<(string Key, long? Count)> evidence)
    {
        var seen = evidence.Select(one => one.Key).ToHashSet(StringComparer.Ordinal);
        return _claims.Values.Where(state => state is { MustBe: true, MayBeGone: false } && !seen.Contains(state.Sent.Key)).Select(state => (state.Sent, state.AcknowledgedAt));
    }

    private sealed class State(ClaimSpec sent)
    {
        public ClaimSpec Sent => sent;

        public ClaimSpec? Corrected { get; set; }

        public bool MustBe { get; init; }

        public DateTimeOffset AcknowledgedAt { get; init; }

        public bool MustBeCorrected { get; set; }

        public bool MayBeGone { get; set; }

        public bool MustBeGone { get; set; }
    }
}

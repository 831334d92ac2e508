using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Partition;

/// <summary>A batch that waits for its append.</summary>
/// <param name="candidates">What it is of.</param>
/// <param name="isAwaited">Whether whoever sent it waits for the views.</param>
internal sealed class Waiting(IReadOnlyList<Candidate> candidates, bool isAwaited)
{
    private readonly TaskCompletionSource<AppendReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AppendOutcome[] _outcomes = new AppendOutcome[candidates.Count];
    private readonly HashSet<EntityKey> _alsoTouched = [];
    private int _left = candidates.Count;
    private long _lastSequence;

    public IReadOnlyList<Candidate> Candidates => candidates;

    public bool IsAwaited => isAwaited;

    public Task<AppendReply> Reply => _reply.Task;

    /// <summary>Whether what is left of it is not to be written: something before it may not be in the log, and a report's text does not come in without its claims.</summary>
    public bool IsBrokenOff { get; private set; }

    /// <param name="at">Which of its candidates is in the log.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="sequence">The entry it rests on.</param>
    /// <param name="alsoTouched">Whom that touches and the candidate may not name.</param>
    public void Done(int at, AppendOutcome outcome, long sequence, IEnumerable<EntityKey> alsoTouched)
    {
        _outcomes[at] = outcome;
        _lastSequence = Math.Max(_lastSequence, sequence);
        _alsoTouched.UnionWith(alsoTouched);

        if (--_left == 0)
        {
            _reply.TrySetResult(new AppendReply { Outcomes = _outcomes, LastSequence = _lastSequence, AlsoTouched = [.. _alsoTouched] });
        }
    }

    /// <param name="refusal">Why.</param>
    /// <param name="mayGoOn">Whether what is left of it may be written all the same: what was refused is nothing that the rest stands on.</param>
    public void Refuse(AppendRefusal refusal, bool mayGoOn = false)
    {
        IsBrokenOff |= !mayGoOn;
        _reply.TrySetResult(new AppendReply { Refusal = refusal });
    }
}

/// <summary>
/// Group commit: batches wait here, and the writer takes as many of their claims as fit one entry. Bounded by claims;
/// what does not fit is refused at the door.
/// </summary>
internal sealed class AppendQueue(int maximumClaims, int claimsPerEntry, int bytesPerEntry)
{
    // A retraction carries the claim that it takes back, whatever its size; a report's text all that it replaces.
    private const int BytesOfRetraction = 1 << 16;
    private const int BytesOfTextClaim = 1 << 12;

    private readonly Queue<(Waiting Batch, int At)> _queue = new();

    public int Count => _queue.Count;

    /// <summary>Lets a batch wait; false if there is no room for it.</summary>
    public bool TryAdd(Waiting batch)
    {
        if (_queue.Count > 0 && _queue.Count + batch.Candidates.Count > maximumClaims)
        {
            return false;
        }

        for (var at = 0; at < batch.Candidates.Count; at++)
        {
            _queue.Enqueue((batch, at));
        }

        return true;
    }

    /// <summary>Takes the claims of the next entry, in the order they came; none if what was left is of batches that were refused.</summary>
    public List<(Waiting Batch, int At, Candidate Candidate)> Take()
    {
        var taken = new List<(Waiting, int, Candidate)>(Math.Min(_queue.Count, claimsPerEntry));
        var bytes = 0;
        while (taken.Count < claimsPerEntry && _queue.TryPeek(out var next))
        {
            if (next.Batch.IsBrokenOff)
            {
                _queue.Dequeue();
                continue;
            }

            var candidate = next.Batch.Candidates[next.At];
            bytes += candidate switch
            {
                { Claim: { } claim } => EstimatedBytes(claim),
                { Text: { } text } => BytesOfRetraction + (BytesOfTextClaim * text.Claims.Count),
                _ => BytesOfRetraction,
            };
            if (taken.Count > 0 && bytes > bytesPerEntry)
            {
                break;
            }

            _queue.Dequeue();
            taken.Add((next.Batch, next.At, candidate));
        }

        return taken;
    }

    /// <summary>Refuses all that waits.</summary>
    public void Refuse(AppendRefusal refusal)
    {
        while (_queue.TryDequeue(out var next))
        {
            next.Batch.Refuse(refusal);
        }
    }

    // An upper bound: three UTF-8 bytes for each UTF-16 unit of every text, names as text and as id; twice, since a
    // correction carries the claim that it replaces.
    private static int EstimatedBytes(Claim claim)
    {
        var report = claim.Report;
        var figure = claim.Figure;
        var units = Length(claim.Key.Source) + Length(claim.Key.Id) + Length(claim.Quote) + Length(claim.Incident) + Length(claim.Relates?.To)
            + Length(report?.Url) + Length(report?.Title) + Length(report?.Fingerprint) + Length(figure?.Phrase) + Length(figure?.Detail)
            + claim.RefersTo.Sum(Length) + (figure?.Supersedes.Sum(Length) ?? 0)
            + new[] { claim.Source, claim.Origin, claim.Claimant, claim.Initiator, claim.Target, claim.Region, claim.Holder }.Sum(name => Length(name?.Id) + Length(name?.Text));
        return 2 * ((3 * units) + 256);
    }

    private static int Length(string? text) => text?.Length ?? 0;
}

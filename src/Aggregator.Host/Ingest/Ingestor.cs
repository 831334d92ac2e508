using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Hosting;
using Aggregator.Grains.Registry;
using Aggregator.Host.Hosting;
using Aggregator.Store;
using Microsoft.Extensions.Options;

namespace Aggregator.Host.Ingest;

/// <summary>What is to be made durable.</summary>
/// <param name="Claims">Claims that are valid.</param>
internal sealed record Feeding(IReadOnlyList<Claim> Claims)
{
    /// <summary>Texts of reports whose claims are among <see cref="Claims"/>.</summary>
    public IReadOnlyList<ReportText> Texts { get; init; } = [];

    /// <summary>Texts that came before: nothing is to be made durable, but what shows them may be waited for.</summary>
    public IReadOnlyList<(ReportText Text, KnownReport Report)> Known { get; init; } = [];
}

/// <summary>What became of the claims that were valid.</summary>
/// <param name="Refusal">Why it cannot be said that all are durable; <see cref="AppendRefusal.None"/> if they are.</param>
/// <param name="Outcomes">Per claim, in the order given.</param>
/// <param name="Applied">Whether all views show them; null if that was not asked.</param>
internal sealed record IngestResult(AppendRefusal Refusal, AppendOutcome[] Outcomes, bool? Applied)
{
    /// <summary>Per report's text, in the order given; empty on a refusal.</summary>
    public AppendOutcome[] TextOutcomes { get; init; } = [];
}

/// <summary>Admission: checks and resolves drafts and hands the claims to the partitions of their sources.</summary>
internal sealed class Ingestor(IGrainFactory grains, IRegistry registry, StoreIdentity identity, IOptions<PartitionOptions> options, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const int ClaimsPerBatch = 1_000;
    private static readonly TimeSpan BusyPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(50);

    /// <summary>The claim of a draft, or what is wrong with it.</summary>
    public (Claim? Claim, ClaimError? Error) Admit(ClaimDraft draft) => ClaimAdmission.Admit(draft, registry.Current, time.GetUtcNow());

    /// <summary>The claims of a body's items, each with its place, and what is wrong with the others.</summary>
    public (List<(int Index, Claim Claim)> Claims, List<FeedError> Errors) AdmitAll(IReadOnlyList<BodyItem> items)
    {
        var claims = new List<(int, Claim)>(items.Count);
        var errors = new List<FeedError>();
        foreach (var (index, element, fault) in items)
        {
            if (fault is not null)
            {
                errors.Add(FeedError.From(index, fault));
                continue;
            }

            var (draft, error) = ClaimJson.Read(element);
            var (claim, refused) = error is null ? Admit(draft) : (null, error);
            if (claim is not null)
            {
                claims.Add((index, claim));
            }
            else
            {
                errors.Add(FeedError.From(index, draft.Id, refused!));
            }
        }

        return (claims, errors);
    }

    /// <summary>What the log has of a report's text; null if it never came.</summary>
    public Task<KnownReport?> FindReportAsync(ReportText text) =>
        grains.GetGrain<IPartitionGrain>(PartitionOf(text.Source)).FindReportAsync(new ReportTextBox(text));

    /// <summary>Makes claims durable, and waits for the views if asked.</summary>
    /// <param name="feeding">The claims, and the texts of reports that they are of.</param>
    /// <param name="waitApplied">Whether to wait.</param>
    /// <param name="slot">The place of the request, which is given back for the wait; null if it has none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IngestResult> AppendAsync(Feeding feeding, bool waitApplied, FeedSlot? slot, CancellationToken cancellationToken)
    {
        var outcomes = new Outcomes(new AppendOutcome[feeding.Claims.Count], new AppendOutcome[feeding.Texts.Count]);
        var claims = feeding.Claims.Select((claim, at) => (Claim: claim, At: at)).ToLookup(one => PartitionOf(one.Claim.Key.Source));
        var texts = feeding.Texts.Select((text, at) => (Text: text, At: at)).ToLookup(one => PartitionOf(one.Text.Source));
        var known = feeding.Known.ToLookup(one => PartitionOf(one.Text.Source), one => one.Report);
        int[] partitions = [.. claims.Select(group => group.Key).Union(texts.Select(group => group.Key)).Union(known.Select(group => group.Key))];
        var replies = await Task.WhenAll(partitions.Select(one => AppendAsync(one, new Portion([.. claims[one]], [.. texts[one]]), waitApplied, outcomes, cancellationToken)));
        if (replies.FirstOrDefault(reply => reply.Refusal != AppendRefusal.None) is { } refused)
        {
            return new IngestResult(refused.Refusal, outcomes.Claims, null);
        }

        bool? applied = waitApplied ? slot?.TryAwaitViews() != false && await AwaitAppliedAsync() : null;
        return new IngestResult(AppendRefusal.None, outcomes.Claims, applied) { TextOutcomes = outcomes.Texts };

        async Task<bool> AwaitAppliedAsync()
        {
            var waits = partitions.Zip(replies).Select(pair => ShowsAsync(
                pair.First,
                known[pair.First].Select(report => report.Sequence).Append(pair.Second.LastSequence).Max(),
                [
                    .. claims[pair.First].Select(one => one.Claim)
                        .Concat(known[pair.First].SelectMany(report => report.Claims.Claims))
                        .SelectMany(LogRecord.TouchedBy)
                        .Concat(texts[pair.First].Select(one => new EntityKey(EntityKind.Source, one.Text.SourceId)))
                        .Concat(known[pair.First].SelectMany(report => report.AlsoTouched))
                        .Union(pair.Second.AlsoTouched),
                ],
                cancellationToken));
            return (await Task.WhenAll(waits)).All(applied => applied);
        }
    }

    /// <summary>Takes a claim back, and waits for the views if asked.</summary>
    /// <inheritdoc cref="AppendAsync(Feeding, bool, FeedSlot?, CancellationToken)"/>
    public async Task<IngestResult> RetractAsync(ClaimKey claim, bool waitApplied, FeedSlot? slot, CancellationToken cancellationToken)
    {
        var source = registry.Current.Resolve(EntityKind.Source, claim.Source)!.Id;
        var partition = PartitionOf(claim.Source);
        var grain = grains.GetGrain<IPartitionGrain>(partition);
        var retraction = new RetractionBox { Source = claim.Source, Id = claim.Id, SourceId = source, IsAwaited = waitApplied };
        var reply = await PatientlyAsync(() => grain.RetractAsync(retraction), cancellationToken);
        if (reply.Refusal != AppendRefusal.None)
        {
            return new IngestResult(reply.Refusal, [], null);
        }

        bool? applied = waitApplied
            ? slot?.TryAwaitViews() != false && await ShowsAsync(partition, reply.LastSequence, [.. reply.AlsoTouched.Append(new EntityKey(EntityKind.Source, source)).Distinct()], cancellationToken)
            : null;
        return new IngestResult(AppendRefusal.None, reply.Outcomes, applied);
    }

    /// <summary>Whether the views show in time what a partition has appended; not if the host is to stop, as nobody would be answered then.</summary>
    private async Task<bool> ShowsAsync(int partition, long sequence, EntityKey[] entities, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            return await Asking.UntilAsync(() => grains.GetGrain<IPartitionGrain>(partition).AwaitAppliedAsync(sequence, entities), options.Value.AppliedTimeout, time, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private int PartitionOf(string source) => ClaimIdentity.Partition(source, identity.Partitions, identity.HashSeed);

    /// <summary>One batch after another: a large request waits for the partition rather than being refused by it.</summary>
    private async Task<AppendReply> AppendAsync(int partition, Portion portion, bool isAwaited, Outcomes outcomes, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IPartitionGrain>(partition);
        var last = 0L;
        var alsoTouched = new HashSet<EntityKey>();
        var tooLarge = false;
        foreach (var (batch, withTexts) in portion.Batches(ClaimsPerBatch))
        {
            var sent = new ClaimBatch
            {
                Claims = new ClaimList([.. batch.Select(one => one.Claim)]),
                Texts = [.. withTexts.Select(one => new ReportTextBox(one.Text))],
                IsAwaited = isAwaited,
            };
            var reply = await PatientlyAsync(() => grain.AppendAsync(sent), cancellationToken);
            if (reply.Refusal == AppendRefusal.TooLarge)
            {
                // Sent again it would be too large again: the others do not wait for it.
                tooLarge = true;
                continue;
            }

            if (reply.Refusal != AppendRefusal.None)
            {
                return reply;
            }

            for (var at = 0; at < batch.Length; at++)
            {
                outcomes.Claims[batch[at].At] = reply.Outcomes[at];
            }

            for (var at = 0; at < withTexts.Length; at++)
            {
                outcomes.Texts[withTexts[at].At] = reply.Outcomes[batch.Length + at];
            }

            last = Math.Max(last, reply.LastSequence);
            alsoTouched.UnionWith(reply.AlsoTouched);
        }

        return tooLarge ? new AppendReply { Refusal = AppendRefusal.TooLarge } : new AppendReply { LastSequence = last, AlsoTouched = [.. alsoTouched] };
    }

    private async Task<AppendReply> PatientlyAsync(Func<Task<AppendReply>> ask, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var reply = await ask();
            if (reply.Refusal != AppendRefusal.Busy || time.GetElapsedTime(began) > BusyPatience)
            {
                return reply;
            }

            await Task.Delay(BusyPause, time, cancellationToken);
        }
    }

    /// <summary>What became of a feeding's claims and texts, by their places in it; each partition fills in its own.</summary>
    private sealed record Outcomes(AppendOutcome[] Claims, AppendOutcome[] Texts);
}

using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Registry;
using Orleans.Concurrency;

namespace Aggregator.Grains.Entities;

/// <summary>The live aggregate of one region: what happened in it and its parts, and who is said to hold it.</summary>
[Reentrant]
internal sealed class RegionGrain(EntityServices services) : EntityGrain<RegionAggregate>(services), IRegionGrain
{
    private const int SourcesToldAtOnce = 64;

    private readonly SingleFlight _telling = new();
    private JudgementTeller _teller = null!;
    private OneShotTimer? _tellTimer;

    // Whether a long replay has kept it from telling.
    private bool _waited;

    /// <inheritdoc/>
    protected override EntityKind Kind => EntityKind.Region;

    /// <inheritdoc/>
    public async Task<RegionView?> GetViewAsync(DateTimeOffset? asOf)
    {
        var inherited = await InheritedAnswersAsync(asOf);
        return await ViewAsync(asOf, (region, at) => new RegionView
        {
            Latitude = at.Entry.Latitude,
            Longitude = at.Entry.Longitude,
            Lines = [.. region.Lines(at.Registry, inherited.Answers).Select(at.Views.Line)],
            Control = at.Views.Control(region.Control(at.Registry, inherited.Answers)),
            Children = at.Views.Names(EntityKind.Region, region.Parts.Telling.Where(part => !at.Registry.IsMerged(EntityKind.Region, part))),
        });
    }

    /// <inheritdoc/>
    public async Task<AnswerList> GetAnswersAsync(DateTimeOffset? asOf)
    {
        var inherited = await InheritedAnswersAsync(asOf);
        var past = asOf is { } moment ? await OwnPastAsync(moment) : null;
        var own = past is null
            ? await UnderGateAsync(() => ReadAsync(() => Aggregate.OwnAnswers(Registry)))
            : FoldPast(() => past.OwnAnswers(Services.Registry.Current));
        return own.Count == 0 ? inherited : new AnswerList([.. inherited.Answers, .. own]);
    }

    /// <inheritdoc/>
    public async Task<SourceTally> GetJudgementsAsync(string source)
    {
        await LookWhetherOutrankedAsync();
        return await UnderGateAsync(async () =>
        {
            await ReadAsync(() => _teller.Refresh(Registry));
            var tally = _teller.Now(source, Epoch) with { Era = Era };
            return tally.IsNone || await NameAsync([source]) ? tally : throw Overtaken();
        });
    }

    /// <inheritdoc/>
    protected override IEntityGrain GrainOf(string id) => GrainFactory.GrainOf<IRegionGrain>(id);

    /// <inheritdoc/>
    protected override RegionAggregate Create(string id) => new(id);

    /// <inheritdoc/>
    protected override void Loaded(bool hasTold, IReadOnlyCollection<string> judged)
    {
        // Who was told since the row was written may have to hear something else.
        _teller = new JudgementTeller(Aggregate, hasTold, [.. judged.Union(_teller?.Judged ?? [], StringComparer.Ordinal)]);
        if (!hasTold)
        {
            TellSoon(Options.PushAfter);
        }
    }

    /// <inheritdoc/>
    protected override void RegistryChanged()
    {
        _teller.RegistryChanged();
        TellSoon(Options.PushAfter);
    }

    /// <inheritdoc/>
    protected override void BucketsChanged(IReadOnlyCollection<BucketKey> buckets)
    {
        foreach (var bucket in buckets)
        {
            _teller.Changed(bucket);
        }

        if (_teller.HasNews)
        {
            TellSoon(Gathering(Options.PushAfter));
        }
    }

    /// <inheritdoc/>
    protected override void ClaimsLoaded(IEnumerable<BucketKey> buckets)
    {
        // Read for totals: judged at once they need not be read again.
        if (!Services.Replays.AreLong)
        {
            try
            {
                _teller.Refresh(buckets, Registry);
            }
            catch (Exception fault)
            {
                // Whoever reads them does so for something else; it is tried again when they are judged for their own sake.
                LogTellFailed(Services.Logger, Key, fault);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Quarantined()
    {
        _teller.TellAgain();
        TellSoon(Gathering(Options.PushAfter));
    }

    /// <inheritdoc/>
    protected override bool HasTold => !_teller.HasNews;

    /// <inheritdoc/>
    protected override IReadOnlyCollection<string> Judged => [.. _teller.Judged.Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    protected override Task SettleBesidesAsync() => _telling.RunAsync(() => _teller.HasNews, TellAsync);

    private void TellSoon(TimeSpan due) => (_tellTimer ??= new OneShotTimer(this, TellTimerAsync)).Schedule(due);

    private async Task TellTimerAsync()
    {
        try
        {
            // While a long replay lasts nobody asks, and each judgement looks at all claims of its cell.
            if (Services.Replays.AreLong)
            {
                _waited = true;
            }
            else if (!Gathers)
            {
                await UnlessDepartingAsync(SettleBesidesAsync());
            }
        }
        catch (OperationCanceledException) when (IsLeaving)
        {
            // The next activation tells what was not told.
            return;
        }
        catch (Exception fault)
        {
            LogTellFailed(Services.Logger, Key, fault);
        }

        if (_teller.HasNews && !IsLeaving)
        {
            TellSoon(Gathering(Options.PushRetry));
        }
    }

    private async Task TellAsync()
    {
        var (teller, news) = await UnderGateAsync(async () =>
        {
            if (_waited)
            {
                // Totals have waited as well, for the same claims: these are judged while they are in memory.
                await RefreshTotalsAsync();
                _waited = false;
            }

            await ReadAsync(() => _teller.Refresh(Registry));
            (string Source, SourceTally Tally)[] next = [.. _teller.Next(Epoch).Select(told => (told.Source, told.Tally with { Era = Era }))];
            return await NameAsync(next.Where(static told => !told.Tally.IsNone).Select(static told => told.Source)) ? (_teller, next) : throw Overtaken();
        });
        await Turns.ForEachAsync(news, SourcesToldAtOnce, async told =>
        {
            await GrainFactory.GrainOf<ISourceGrain>(told.Source).TakeJudgementsAsync(Key.Id, told.Tally);
            teller.Acknowledged(told.Source, told.Tally);
        });
        await UnderGateAsync(() => Task.FromResult(NoteTold()));
    }

    private TimeoutException Overtaken() => new($"{Key}: another activation has written its row; it is read anew");

    private Task<AnswerList> InheritedAnswersAsync(DateTimeOffset? asOf) =>
        Parent() is IRegionGrain parent ? UnlessDepartingAsync(parent.GetAnswersAsync(asOf)) : Task.FromResult(AnswerList.None);
}

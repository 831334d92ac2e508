using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Log;

namespace Aggregator.Grains.Entities;

// While partitions are behind their logs, as after a cold start, claims come faster than anybody looks at what they amount to: totals are made,
// and told, each time there are twice as many claims, now and then, and at the end.
internal abstract partial class EntityGrain<TAggregate>
{
    private const int PausesPerTotals = 10;

    // Partitions that were behind when they sent last, and whether one has sent since the timer was set.
    private readonly HashSet<int> _behind = [];
    private OneShotTimer _backlogTimer = null!;
    private bool _heardOfBacklog;
    private TimeSpan _totalsTook;

    // The last row whose totals were not behind: of how many claims it was, when it was written, how long its totals took to make, and for how long they do.
    private long _wholeOf;
    private long? _wholeAt;
    private TimeSpan _wholeTook;
    private TimeSpan _wholeFor;

    // When the row was written last, with totals or without.
    private long? _writtenAt;

    // Whether the parent is to be told though there is a backlog.
    private bool _isPushDue;

    // When totals were due and too many others made theirs.
    private long? _putOffAt;

    // Those above hear of parts alone, which come with all that those have.
    private bool InBacklog => _behind.Count > 0 || services.Replays.AreLong;

    /// <summary>Whether totals are better made later: more is to come soon, and most of what there is they have.</summary>
    protected bool Gathers => InBacklog && services.Log.Allows(FeatureLevel.TotalsBehind) && (!AreTotalsDue || !HasPassed(_putOffAt, Options.InBacklog));

    // All claims, and all that parts tell, are looked at for them: who has much would do little else.
    private bool AreTotalsDue
    {
        get
        {
            var claims = Aggregate.Book.Counts.Total;
            return HasPassed(_wholeAt, PausesPerTotals * _wholeTook) && (claims == 0 || claims >= 2 * _wholeOf || HasPassed(_wholeAt, LongestWhole));
        }
    }

    private TimeSpan LongestWhole => services.Replays.AreLong && _wholeFor > Options.LongestBacklog ? _wholeFor : Options.LongestBacklog;

    private bool HasPassed(long? since, TimeSpan time) => since is not { } at || services.Time.GetElapsedTime(at) >= time;

    /// <summary>When to write or tell what is due otherwise: in a backlog later, and never so soon that making totals takes more than its share of the time.</summary>
    protected TimeSpan Gathering(TimeSpan due)
    {
        var (pause, longest) = InBacklog ? (Options.InBacklog, Options.InBacklog) : (PausesPerTotals * _totalsTook, Options.LongestPause);
        return pause <= due ? due : pause < longest ? pause : longest;
    }

    // The next time may find little to do.
    private void NoteTotals(TimeSpan took) => _totalsTook = took > _totalsTook / 2 ? took : _totalsTook / 2;

    // What the row has is what the parent is told of a backlog, right after: totals are made once for both.
    private void NoteWhole()
    {
        // Nearly all claims are read back for them: in a long replay they stay for as long again as it has lasted, so a part of its time goes there however long it is.
        _wholeFor = services.Replays.LongFor;
        (_wholeOf, _wholeAt) = (Aggregate.Book.Counts.Total, services.Time.GetTimestamp());
        if (InBacklog && _parent is not null && _roller.HasNews)
        {
            _isPushDue = true;
            _pushTimer.Schedule(TimeSpan.Zero);
        }
    }

    /// <summary>Brings the totals up to what the claims say, unless they are better made later.</summary>
    /// <returns>Whether it has.</returns>
    private async Task<bool> TryMakeTotalsAsync()
    {
        if (Gathers)
        {
            return false;
        }

        // Each looks at all its claims: a few at a time are done sooner than all at once, and leave the processor to others.
        var isBounded = InBacklog && services.Log.Allows(FeatureLevel.TotalsBehind);
        if (isBounded && !services.Totals.Wait(TimeSpan.Zero))
        {
            _putOffAt = services.Time.GetTimestamp();
            return false;
        }

        try
        {
            var began = services.Time.GetTimestamp();
            await RefreshTotalsAsync();
            var took = services.Time.GetElapsedTime(began);
            _putOffAt = null;

            // Who was told of them before may have had them made.
            _wholeTook = took > _wholeTook / 2 ? took : _wholeTook / 2;
            return true;
        }
        catch (FoldException fault) when (services.Log.Allows(FeatureLevel.TotalsBehind))
        {
            // They wait for a record to be taken out; the claims are written, or they would be kept in memory as long.
            TellOfPoison(fault);
            return false;
        }
        catch (TimeoutException fault) when (services.Log.Allows(FeatureLevel.TotalsBehind))
        {
            // An entity that was merged into this one has much to give: the row does not wait for it either.
            LogTotalsPutOff(Logger, Key, fault);
            return false;
        }
        finally
        {
            if (isBounded)
            {
                services.Totals.Release();
            }
        }
    }

    private void NoteBacklog(int partition, bool isBehind)
    {
        if (isBehind)
        {
            _behind.Add(partition);
            _heardOfBacklog = true;
            _backlogTimer.Schedule(Options.InBacklog);
        }
        else if (_behind.Remove(partition))
        {
            TellAfterBacklog();
        }
    }

    // The last of a backlog may be for others: it is over for who hears no more of it.
    private Task BacklogTimerAsync()
    {
        if (_heardOfBacklog)
        {
            _heardOfBacklog = false;
            _backlogTimer.Schedule(Options.InBacklog);
        }
        else
        {
            _behind.Clear();
            TellAfterBacklog();
        }

        return Task.CompletedTask;
    }

    private void TellAfterBacklog()
    {
        if (!InBacklog && !_leaving)
        {
            ScheduleNews();
            BucketsChanged([]);
            if (_dirty)
            {
                MarkDirty();
            }
        }
    }
}

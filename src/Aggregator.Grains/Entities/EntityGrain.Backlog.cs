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

    // The last row whose totals were not behind: of how many claims it was, when it was written, and whether the parent is to hear of it.
    private long _wholeOf;
    private long _wholeAt;
    private bool _wholeIsUntold;

    private bool InBacklog => _behind.Count > 0;

    /// <summary>Whether totals are better made later: more is to come soon, and most of what there is they have.</summary>
    protected bool Gathers => InBacklog && services.Log.Allows(FeatureLevel.TotalsBehind)
        && Aggregate.Book.Counts.Total < 2 * _wholeOf && services.Time.GetElapsedTime(_wholeAt) < Options.LongestBacklog;

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
        (_wholeOf, _wholeAt) = (Aggregate.Book.Counts.Total, services.Time.GetTimestamp());
        if (InBacklog && _parent is not null && _roller.HasNews)
        {
            _wholeIsUntold = true;
            _pushTimer.Schedule(TimeSpan.Zero);
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

using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>
/// Figures by period, in the order of <see cref="Period.CompareTo"/>. Immutable, and kept in two arrays: a war has a thousand days, every line has them for each voice
/// and each detail, and folds add them up at every change. Merged in one pass, they are three objects for a collector, where a tree has one for each day.
/// </summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is what it holds, not how.")]
public sealed class DatedFigures : IReadOnlyCollection<KeyValuePair<Period, Bounds>>
{
    /// <summary>No figure.</summary>
    public static readonly DatedFigures Empty = new([], []);

    private readonly Period[] _periods;
    private readonly Bounds[] _figures;

    private DatedFigures(Period[] periods, Bounds[] figures) => (_periods, _figures) = (periods, figures);

    /// <inheritdoc/>
    public int Count => _periods.Length;

    /// <summary>Whether there is no figure.</summary>
    public bool IsEmpty => _periods.Length == 0;

    /// <summary>The periods, in order.</summary>
    public IReadOnlyList<Period> Keys => _periods;

    /// <summary>The figure of a period.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Bounds this[Period period] => TryGetValue(period, out var figure) ? figure : throw new KeyNotFoundException($"no figure for {period}");

    /// <summary>A period and its figure, by their place in the order, from 0.</summary>
    public KeyValuePair<Period, Bounds> At(int index) => KeyValuePair.Create(_periods[index], _figures[index]);

    /// <summary>Figures in any order, of which those of one period are added up.</summary>
    public static DatedFigures Sum(IEnumerable<KeyValuePair<Period, Bounds>> figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        KeyValuePair<Period, Bounds>[] all = [.. figures];
        if (all.Length == 0)
        {
            return Empty;
        }

        Array.Sort(all, static (left, right) => left.Key.CompareTo(right.Key));
        var made = new Builder(all.Length);
        foreach (var (period, figure) in all)
        {
            made.AddUp(period, figure);
        }

        return made.Make();
    }

    /// <summary>Figures that come in order, each period once.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public static DatedFigures InOrder(int count, Func<KeyValuePair<Period, Bounds>> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (count == 0)
        {
            return Empty;
        }

        // A count that was read is not believed before there is as much to be read.
        var made = new Builder(Math.Min(count, 1024));
        for (var left = count; left > 0; left--)
        {
            var (period, figure) = next();
            made.Append(period, figure);
        }

        return made.Make();
    }

    /// <summary>Several, period by period added up.</summary>
    public static DatedFigures Sum(IReadOnlyCollection<DatedFigures> several)
    {
        ArgumentNullException.ThrowIfNull(several);
        DatedFigures[] said = [.. several.Where(one => !one.IsEmpty)];
        return said.Length switch
        {
            0 => Empty,
            1 => said[0],
            var count => Merge(Sum(said[..(count / 2)]), Sum(said[(count / 2)..]), static (left, right) => left.Plus(right)),
        };
    }

    /// <summary>Both, the greater figure of each period.</summary>
    public static DatedFigures Max(DatedFigures left, DatedFigures right) => Merge(left, right, static (mine, theirs) => mine.Max(theirs));

    /// <summary>The same with another figure for a period.</summary>
    public DatedFigures With(Period period, Bounds figure)
    {
        var at = Array.BinarySearch(_periods, period);
        if (at >= 0)
        {
            Bounds[] figures = [.. _figures];
            figures[at] = figure;
            return new DatedFigures(_periods, figures);
        }

        return new DatedFigures([.. _periods[..~at], period, .. _periods[~at..]], [.. _figures[..~at], figure, .. _figures[~at..]]);
    }

    /// <summary>Those of some periods.</summary>
    public DatedFigures Keep(Predicate<Period> isMeant)
    {
        ArgumentNullException.ThrowIfNull(isMeant);
        var made = new Builder(Count);
        for (var at = 0; at < _periods.Length; at++)
        {
            if (isMeant(_periods[at]))
            {
                made.Append(_periods[at], _figures[at]);
            }
        }

        return made.Make();
    }

    /// <summary>The figure of a period, if it has one.</summary>
    public bool TryGetValue(Period period, out Bounds figure)
    {
        var at = Array.BinarySearch(_periods, period);
        figure = at >= 0 ? _figures[at] : default;
        return at >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<Period, Bounds>> GetEnumerator()
    {
        for (var at = 0; at < _periods.Length; at++)
        {
            yield return At(at);
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static DatedFigures Merge(DatedFigures left, DatedFigures right, Func<Bounds, Bounds, Bounds> both)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.IsEmpty || right.IsEmpty)
        {
            return left.IsEmpty ? right : left;
        }

        var made = new Builder(left.Count + right.Count);
        var (mine, theirs) = (0, 0);
        while (mine < left.Count || theirs < right.Count)
        {
            var order = mine == left.Count ? 1 : theirs == right.Count ? -1 : left._periods[mine].CompareTo(right._periods[theirs]);
            if (order < 0)
            {
                made.Append(left._periods[mine], left._figures[mine++]);
            }
            else if (order > 0)
            {
                made.Append(right._periods[theirs], right._figures[theirs++]);
            }
            else
            {
                made.Append(left._periods[mine], both(left._figures[mine++], right._figures[theirs++]));
            }
        }

        return made.Make();
    }

    private sealed class Builder(int capacity)
    {
        private Period[] _periods = new Period[capacity];
        private Bounds[] _figures = new Bounds[capacity];
        private int _count;

        public void Append(Period period, Bounds figure)
        {
            if (_count > 0 && _periods[_count - 1].CompareTo(period) >= 0)
            {
                throw new InvalidDataException($"{period} does not come after {_periods[_count - 1]}");
            }

            if (_count == _periods.Length)
            {
                Array.Resize(ref _periods, 2 * _count);
                Array.Resize(ref _figures, 2 * _count);
            }

            (_periods[_count], _figures[_count]) = (period, figure);
            _count++;
        }

        public void AddUp(Period period, Bounds figure)
        {
            if (_count > 0 && _periods[_count - 1] == period)
            {
                _figures[_count - 1] = _figures[_count - 1].Plus(figure);
            }
            else
            {
                Append(period, figure);
            }
        }

        public DatedFigures Make()
        {
            Array.Resize(ref _periods, _count);
            Array.Resize(ref _figures, _count);
            return _count == 0 ? Empty : new DatedFigures(_periods, _figures);
        }
    }
}

using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using CsCheck;

namespace Aggregator.Domain.Tests.Ledger;

public sealed class DatedFiguresTests
{
    private static readonly DateOnly Start = new(2024, 1, 1);

    // Few days, so that periods meet, contain and overlap one another.
    private static readonly Gen<KeyValuePair<Period, Bounds>[]> Said = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 3], Gen.Int[0, 9], Gen.Int[0, 3])
        .Select((from, days, low, more) => KeyValuePair.Create(
            new Period(Start.AddDays(from), Start.AddDays(from + days)),
            more == 3 ? new Bounds(low, null, null) : new Bounds(low, low + more, low + (2 * more))))
        .Array[0, 12];

    [Fact]
    public void Sums_OfSeveral_AreThoseOfEachPeriod() => Gen.Select(Said, Said, Said).Sample((first, second, third) =>
    {
        var sum = DatedFigures.Sum([DatedFigures.Sum(first), DatedFigures.Sum(second), DatedFigures.Sum(third)]);
        var expected = first.Concat(second).Concat(third)
            .GroupBy(one => one.Key)
            .OrderBy(period => period.Key)
            .Select(period => KeyValuePair.Create(period.Key, period.Select(one => one.Value).Aggregate((left, right) => left.Plus(right))));

        Assert.Equal(expected, sum);
    });

    [Fact]
    public void Max_HasTheGreaterOfEachPeriod() => Gen.Select(Said, Said).Sample((first, second) =>
    {
        var (left, right) = (DatedFigures.Sum(first), DatedFigures.Sum(second));
        var expected = left.Keys.Union(right.Keys).Order().Select(period => KeyValuePair.Create(
            period,
            !left.TryGetValue(period, out var mine) ? right[period] : right.TryGetValue(period, out var theirs) ? mine.Max(theirs) : mine));

        Assert.Equal(expected, DatedFigures.Max(left, right));
    });

    [Fact]
    public void With_PutsAFigureInItsPlace() => Gen.Select(Said, Said.Where(one => one.Length > 0)).Sample((first, second) =>
    {
        var (figures, (period, figure)) = (DatedFigures.Sum(first), second[0]);
        var expected = figures.Where(one => one.Key != period).Append(KeyValuePair.Create(period, figure)).OrderBy(one => one.Key);

        Assert.Equal(expected, figures.With(period, figure));
        Assert.Equal(DatedFigures.Sum(first), figures);
    });

    [Fact]
    public void Keep_LeavesTheOthersOut() => Said.Sample(said =>
    {
        var figures = DatedFigures.Sum(said);

        Assert.Equal(figures.Where(one => one.Key.From > Start.AddDays(4)), figures.Keep(period => period.From > Start.AddDays(4)));
    });

    [Fact]
    public void PeriodsApart_AddUpAsThoseThatMayContainOthers() => Said.Sample(said =>
    {
        // A day beyond all the rest that lies within another: all are looked at as nested then.
        var far = Start.AddYears(1);
        var figures = DatedFigures.Sum(said);
        var nested = figures.With(new Period(far, far.AddDays(1)), Bounds.Exactly(7)).With(Period.Day(far), Bounds.Exactly(3));

        Assert.Equal(
            Periods.Sum(figures, Tally.NoIncidents, null, null).Plus(Bounds.Exactly(7)),
            Periods.Sum(nested, Tally.NoIncidents, null, null));
    });

    [Fact]
    public void InOrder_WhatIsNot_IsRefused()
    {
        var days = new Queue<Period>([Period.Day(Start.AddDays(1)), Period.Day(Start)]);
        Assert.Throws<InvalidDataException>(() => DatedFigures.InOrder(2, () => KeyValuePair.Create(days.Dequeue(), Bounds.Zero)));

        var twice = new Queue<Period>([Period.Day(Start), Period.Day(Start)]);
        Assert.Throws<InvalidDataException>(() => DatedFigures.InOrder(2, () => KeyValuePair.Create(twice.Dequeue(), Bounds.Zero)));
    }
}

using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Tests.Ledger;

/// <summary>R14: a whole and its parts.</summary>
public sealed class TallyTests
{
    [Fact]
    public void Combine_PartBelowTheWhole_LeavesTheRestUnallocated()
    {
        var province = Tally.Combine(Own(40, "2024-10-01"), [Part(25, "2024-10-01")]);

        Assert.Equal(Bounds.Exactly(40), province.Value);
        Assert.Equal(15, province.Unallocated);
        Assert.False(province.Inconsistent);
    }

    [Fact]
    public void Combine_PartAboveTheWhole_IsInconsistentAndShowsTheFloor()
    {
        var province = Tally.Combine(Own(40, "2024-10-01"), [Part(45, "2024-10-01")]);

        Assert.Equal(Bounds.Exactly(40), province.Value);
        Assert.Equal(Bounds.Exactly(45), province.Floor);
        Assert.Null(province.Unallocated);
        Assert.True(province.Inconsistent);
    }

    [Fact]
    public void Combine_PartThatStartsEarlier_IsNotInconsistent() =>
        Assert.False(Tally.Combine(Own(40, "2024-10-01", "2024-09-15"), [Part(45, "2024-10-01", "2024-09-01")]).Inconsistent);

    [Fact]
    public void Combine_NewerPart_Stands()
    {
        var province = Tally.Combine(Own(100, "2024-10-01"), [Part(250, "2024-10-07")]);

        Assert.Equal(Bounds.Exactly(250), province.Value);
        Assert.Equal(Say.Day("2024-10-07"), province.AsOf);
    }

    [Fact]
    public void Combine_DaysOfPartsAfterTheTotal_Add()
    {
        var town = Tally.Combine(Days(("2024-10-02", 4)), []);

        Assert.Equal(Bounds.Exactly(104), Tally.Combine(Own(100, "2024-10-01"), [town]).Value);
    }

    [Fact]
    public void Combine_SameDayOfWholeAndParts_CountsTheGreater()
    {
        var town = Tally.Combine(Days(("2024-10-02", 4)), []);
        var village = Tally.Combine(Days(("2024-10-02", 3)), []);

        Assert.Equal(Bounds.Exactly(9), Tally.Combine(Days(("2024-10-02", 9)), [town, village]).Value);
        Assert.Equal(Bounds.Exactly(7), Tally.Combine(Days(("2024-10-02", 5)), [town, village]).Value);
    }

    [Fact]
    public void Combine_IncidentsWithAnId_AddToThePartsFigures()
    {
        var town = Tally.Combine(Days(("2024-10-02", 4)), []);
        var own = Days() with { Incidents = Dated(("2024-10-02", 2)) };

        Assert.Equal(Bounds.Exactly(6), Tally.Combine(own, [town]).Value);
    }

    [Fact]
    public void Combine_LevelInBetweenThatSaysNothing_ChangesNothing()
    {
        var town = Tally.Combine(Own(25, "2024-10-01") with { Days = Dated(("2024-10-03", 5)) }, []);
        var between = Tally.Combine(OwnFigures.None, [town]);

        Assert.Equal(town.Value, between.Value);
        Assert.Equal(town.AsOf, between.AsOf);
    }

    private static OwnFigures Own(long total, string asOf, string? since = null) =>
        new(new RunningTotal(Say.Day(asOf), since is null ? null : Say.Day(since), Bounds.Exactly(total), 0, 0), Tally.NoDays, Tally.NoDays);

    private static Tally Part(long total, string asOf, string? since = null) => Tally.Combine(Own(total, asOf, since), []);

    private static OwnFigures Days(params (string Day, long Count)[] days) => OwnFigures.None with { Days = Dated(days) };

    private static System.Collections.Immutable.ImmutableSortedDictionary<Period, Bounds> Dated(params (string Day, long Count)[] days) =>
        Tally.NoDays.AddRange(days.Select(day => KeyValuePair.Create(Period.Day(Say.Day(day.Day)), Bounds.Exactly(day.Count))));
}

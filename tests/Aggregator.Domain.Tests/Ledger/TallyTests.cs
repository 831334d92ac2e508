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

        Assert.Equal(Bounds.Exactly(6), Tally.Combine(Incident("ucdp/1", 2), [town]).Value);
    }

    [Theory]
    [InlineData(5, 3, 5)]
    [InlineData(3, 5, 5)]
    [InlineData(4, 4, 4)]
    public void Combine_AnIncidentToldOfTheWholeAndOfAPart_CountsOnce(long whole, long part, long expected)
    {
        var town = Tally.Combine(Incident("ucdp/1", part), []);

        var province = Tally.Combine(Incident("ucdp/1", whole), [town], places: true);
        var land = Tally.Combine(OwnFigures.None, [province], places: true);

        Assert.Equal(Bounds.Exactly(expected), province.Value);
        Assert.Equal(Bounds.Exactly(expected), land.Value);
        Assert.Equal(Bounds.Exactly(expected + 7), Tally.Combine(Incident("ucdp/2", 7), [province], places: true).Value);
    }

    [Fact]
    public void Combine_AnIncidentToldOfTwoPlaces_CountsOnce_OfTwoBodiesTwice()
    {
        Tally[] parts = [Tally.Combine(Incident("ucdp/1", 3), []), Tally.Combine(Incident("ucdp/1", 4), [])];

        Assert.Equal(Bounds.Exactly(4), Tally.Combine(OwnFigures.None, parts, places: true).Value);
        Assert.Equal(Bounds.Exactly(7), Tally.Combine(OwnFigures.None, parts).Value);
        Assert.Equal(Bounds.Exactly(8), Tally.Combine(Incident("ucdp/1", 8), parts).Value);
    }

    [Fact]
    public void Combine_AnIncidentThatAPlacesOwnDayHolds_TakesNothingFromThatDay()
    {
        var town = Tally.Combine(Days(("2024-10-02", 10)) with { Incidents = Incident("ucdp/1", 3).Incidents }, []);
        var village = Tally.Combine(Incident("ucdp/1", 4), []);

        Assert.Equal(Bounds.Exactly(11), Tally.Combine(OwnFigures.None, [town, village], places: true).Value);
        Assert.Equal(Bounds.Exactly(10), Tally.Combine(OwnFigures.None, [town, Tally.Combine(Incident("ucdp/1", 2), [])], places: true).Value);
    }

    [Fact]
    public void Combine_AnIncidentToldOfTwoPlacesWithBounds_SpansThemBoth()
    {
        var town = Tally.Combine(Incident("ucdp/1", new Bounds(3, 3, 10)), []);
        var village = Tally.Combine(Incident("ucdp/1", 4), []);

        var province = Tally.Combine(Incident("ucdp/1", 5), [town, village], places: true);
        Assert.Equal(new Bounds(5, 5, 10), province.Value);
        Assert.Equal(new Bounds(6, 6, 10), Tally.Combine(OwnFigures.None, [province, Tally.Combine(Incident("ucdp/1", 6), [])], places: true).Value);
    }

    [Fact]
    public void Combine_IncidentsOfTheWholeBesideThoseOfAPart_AddToThePartsFigures()
    {
        var town = Tally.Combine(Days(("2024-10-02", 4)) with { Incidents = Incident("ucdp/3", 1).Incidents }, []);

        Assert.Equal(Bounds.Exactly(6), Tally.Combine(Incident("ucdp/1", 2), [town], places: true).Value);
    }

    [Fact]
    public void Combine_AnIncidentOfAPlaceThatTellsMoreThanItsPart_StandsForOtherPlaces()
    {
        var province = Tally.Combine(Incident("ucdp/1", 5), [Tally.Combine(Incident("ucdp/1", 3), [])], places: true);
        var other = Tally.Combine(Incident("ucdp/1", 4), []);

        Assert.Equal(Bounds.Exactly(5), Tally.Combine(OwnFigures.None, [province, other], places: true).Value);
    }

    [Fact]
    public void Combine_AnIncidentWithWideBounds_TakesNoMoreThanThePlacesOwnDayLeaves()
    {
        var town = Tally.Combine(Days(("2024-10-02", 10)) with { Incidents = Incident("ucdp/1", new Bounds(3, 3, 20)).Incidents }, []);
        var village = Tally.Combine(Incident("ucdp/1", 4), []);

        Assert.Equal(new Bounds(11, 11, 20), Tally.Combine(OwnFigures.None, [town, village], places: true).Value);
    }

    [Fact]
    public void Combine_AnIncidentToldOfTwoPlacesBeforeATotal_CountsOnceOnThePartsPath()
    {
        var town = Tally.Combine(Incident("ucdp/1", 3), []);
        var village = Tally.Combine(Incident("ucdp/1", 3), []);

        var province = Tally.Combine(OwnFigures.None, [town, village, Part(20, "2024-10-05")], places: true);

        Assert.Equal(Bounds.Exactly(23), province.Total);
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
        new(new RunningTotal(Say.Day(asOf), since is null ? null : Say.Day(since), Bounds.Exactly(total), 0, 0), DatedFigures.Empty, Tally.NoIncidents);

    private static Tally Part(long total, string asOf, string? since = null) => Tally.Combine(Own(total, asOf, since), []);

    private static OwnFigures Incident(string id, long count, string on = "2024-10-02") => Incident(id, Bounds.Exactly(count), on);

    private static OwnFigures Incident(string id, Bounds figure, string on = "2024-10-02") => OwnFigures.None with
    {
        Incidents = Tally.NoIncidents.Add(new IncidentDay(id, Period.Day(Say.Day(on))), figure),
    };

    private static OwnFigures Days(params (string Day, long Count)[] days) => OwnFigures.None with { Days = Dated(days) };

    private static DatedFigures Dated(params (string Day, long Count)[] days) =>
        DatedFigures.Sum(days.Select(day => KeyValuePair.Create(Period.Day(Say.Day(day.Day)), Bounds.Exactly(day.Count))));
}

using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Tests.Ledger;

/// <summary>R1, R5, R6, R9 and R11 within one cell.</summary>
public sealed class CellTests
{
    private static readonly Voice Red = Say.Actor("red");

    [Fact]
    public void Fold_SameStatementThroughManySources_IsOneStatementOfOneOrigin()
    {
        var said = Say.Fold(
            Red,
            Say.Figure("red-ministry", Bounds.Exactly(4), on: "2024-05-01", source: "wire"),
            Say.Figure("red-ministry", Bounds.Exactly(4), on: "2024-05-01", source: "paper", origin: "wire", reported: "2024-05-01T13:00Z"),
            Say.Figure("red-ministry", Bounds.Exactly(4), on: "2024-05-01", source: "paper-two", origin: "wire", reported: "2024-05-01T14:00Z"),
            Say.Figure("red-ministry", Bounds.Exactly(4), on: "2024-05-01", source: "agency-two", fingerprint: "f", reported: "2024-05-01T15:00Z"),
            Say.Figure("red-ministry", Bounds.Exactly(4), on: "2024-05-01", source: "wire", fingerprint: "f", reported: "2024-05-01T16:00Z"));

        Assert.Equal(Bounds.Exactly(4), said.Tally.Value);
        Assert.Equal(5, said.Provenance.Appearances);
        Assert.Equal(["wire"], said.Provenance.Origins);
    }

    [Fact]
    public void Fold_LightlyEditedCopies_AreOneOrigin_TheNextBulletinIsAnother()
    {
        const string bulletin = "The general staff said on Friday that 12 tanks, 7 howitzers and 31 lorries were destroyed near the town over the past day, while two columns were stopped at the river.";
        var copy = bulletin.Replace("said on Friday", "reported on Friday evening", StringComparison.Ordinal);
        var next = bulletin.Replace("12", "9", StringComparison.Ordinal).Replace("7", "4", StringComparison.Ordinal).Replace("31", "18", StringComparison.Ordinal);

        Assert.Equal(["paper"], Origins(bulletin, copy));
        Assert.Equal(["paper", "paper-two"], Origins(bulletin, next));

        static IEnumerable<string> Origins(string text, string other) => Cell.Fold(
            [
                Say.Figure("", Bounds.Exactly(12), on: "2024-05-01", source: "paper", fingerprint: TextSketch.Of(text).ToString()),
                Say.Figure("", Bounds.Exactly(12), on: "2024-05-01", source: "paper-two", fingerprint: TextSketch.Of(other).ToString(), reported: "2024-05-01T13:00Z"),
            ],
            Say.Registry).Values.SelectMany(said => said.Provenance.Origins);
    }

    [Fact]
    public void Fold_CopiesBeyondTheTextsCompared_StillJoinTheEarliest()
    {
        var stories = Enumerable.Range(0, 70).Select(story => string.Join(' ', Enumerable.Range(0, 60).Select(word => $"w{story}x{word}"))).ToArray();
        var claims = stories.Select((text, at) => Claim($"site-{at:d2}", text, at)).Append(Claim("late", stories[3] + " and more", 90)).ToList();

        var voices = Cell.Fold(claims, Say.Registry);

        Assert.Equal(70, voices.Count);
        Assert.Equal(["late", "site-03"], voices[Say.Outlet("site-03")].Provenance.Sources);

        static Appearance Claim(string source, string text, int minute) => Say.Figure(
            "", Bounds.Exactly(4), on: "2024-05-01", source: source, fingerprint: TextSketch.Of(text).ToString(), reported: Say.Time("2024-05-01T12:00Z").AddMinutes(minute).ToString("O"));
    }

    [Fact]
    public void Fold_AnUndatedCopy_TakesTheDayOfTheTextItIsLike()
    {
        const string text = "Twelve tanks were destroyed near the town, the general staff said, and two columns were stopped at the river by nightfall on Wednesday.";

        Assert.Equal(
            12,
            Say.Value(
                Say.Actor("red"),
                Say.Figure("red", Bounds.Exactly(12), on: "2024-05-01", source: "paper", fingerprint: TextSketch.Of(text).ToString()),
                Say.Figure("red-army", Bounds.Exactly(10), source: "paper-two", fingerprint: TextSketch.Of(text + " Our correspondents.").ToString(), reported: "2024-05-02T13:00Z")).High);
    }

    [Fact]
    public void Fold_AnAgencysOwnFigureOnManySites_IsOneIndependentVoice()
    {
        var voices = Cell.Fold(
            [
                Say.Figure("", new Bounds(90, 100, 100), on: "2024-05-01", source: "wire"),
                .. Enumerable.Range(0, 500).Select(site => Say.Figure("", new Bounds(90, 100, 100), on: "2024-05-01", source: $"site-{site}", origin: "wire", reported: "2024-05-01T13:00Z")),
            ],
            Say.Registry);

        var (voice, said) = Assert.Single(voices);
        Assert.Equal(Say.Outlet("wire"), voice);
        Assert.Equal(501, said.Provenance.Appearances);
        Assert.Equal(new Bounds(90, 100, 100), said.Tally.Value);
    }

    [Fact]
    public void Fold_AffiliatedSourceWithoutClaimant_SpeaksWithItsActorsVoice() =>
        Assert.Equal(Red, Assert.Single(Cell.Fold([Say.Figure("", Bounds.Exactly(2), source: "red-tv")], Say.Registry)).Key);

    [Fact]
    public void Fold_FourThenFiveTanksThatDay_SpansBothAndTakesTheLater() => Assert.Equal(
        new Bounds(4, 5, 5),
        Say.Value(
            Red,
            Say.Figure("red-army", Bounds.Exactly(4), on: "2024-05-01", source: "wire"),
            Say.Figure("red-ministry", Bounds.Exactly(5), on: "2024-05-01", source: "paper", reported: "2024-05-01T13:00Z")));

    [Fact]
    public void Fold_OldValueReprintedLater_DoesNotComeBack() => Assert.Equal(
        5,
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", source: "wire"),
            Say.Figure("red", Bounds.Exactly(5), on: "2024-05-01", source: "agency-two", reported: "2024-05-01T13:00Z"),
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", source: "paper", reported: "2024-05-01T20:00Z")).Best);

    [Fact]
    public void Fold_DifferentDays_AddUp() => Assert.Equal(
        Bounds.Exactly(9),
        Say.Value(Red, Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01"), Say.Figure("red", Bounds.Exactly(5), on: "2024-05-02")));

    [Fact]
    public void Fold_PeriodThatContainsADay_CountsTheGreater() => Assert.Equal(
        Bounds.Exactly(80),
        Say.Value(Red, Say.Figure("red", Bounds.Exactly(80), on: "2024-05-01", until: "2024-05-03"), Say.Figure("red", Bounds.Exactly(4), on: "2024-05-02")));

    [Fact]
    public void Fold_DaysThatExceedTheirPeriod_CountMore() => Assert.Equal(
        Bounds.Exactly(90),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(80), on: "2024-05-01", until: "2024-05-03"),
            Say.Figure("red", Bounds.Exactly(45), on: "2024-05-01"),
            Say.Figure("red", Bounds.Exactly(45), on: "2024-05-02")));

    [Fact]
    public void Fold_PartlyOverlappingPeriods_TheLaterStands() => Assert.Equal(
        Bounds.Exactly(7),
        Say.Value(Red, Say.Figure("red", Bounds.Exactly(9), on: "2024-05-01", until: "2024-05-03"), Say.Figure("red", Bounds.Exactly(7), on: "2024-05-02", until: "2024-05-05")));

    [Fact]
    public void Fold_ThreeFormationsInADay_AreThreeUnits() => Assert.Equal(
        Bounds.Exactly(3),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(1), Item.Unit, on: "2024-05-01", detail: "motorised column"),
            Say.Figure("red", Bounds.Exactly(1), Item.Unit, on: "2024-05-01", detail: "artillery unit"),
            Say.Figure("red", Bounds.Exactly(1), Item.Unit, on: "2024-05-01", detail: "motorised infantry regiment")));

    [Fact]
    public void Fold_ModelsBesideTheWhole_CountTheGreater() => Assert.Equal(
        Bounds.Exactly(5),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(5), on: "2024-05-01"),
            Say.Figure("red", Bounds.Exactly(3), on: "2024-05-01", detail: "T-72"),
            Say.Figure("red", Bounds.Exactly(2), on: "2024-05-01", detail: "T-90")));

    [Fact]
    public void Fold_LargestFigureOfAReport_Stands() => Assert.Equal(
        Bounds.Exactly(7),
        Say.Value(Red, Say.Figure("red", Bounds.Exactly(7), on: "2024-05-01", report: "u"), Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", report: "u")));

    [Fact]
    public void Fold_PartAndMoreOfAReport_OnlyMoreAdds() => Assert.Equal(
        Bounds.Exactly(10),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(7), on: "2024-05-01", report: "u"),
            Say.Figure("red", Bounds.Exactly(2), on: "2024-05-01", report: "u", relates: RelationKind.Part),
            Say.Figure("red", Bounds.Exactly(3), on: "2024-05-01", report: "u", relates: RelationKind.More)));

    [Fact]
    public void Fold_MoreWithoutANumber_CountsAsUnnumberedAlone()
    {
        var said = Say.Fold(
            Red,
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", report: "u"),
            Say.Figure("red", Bounds.Unnumbered, on: "2024-05-01", report: "u", relates: RelationKind.More));

        Assert.Equal((Bounds.Exactly(4), 1), (said.Tally.Value, said.Provenance.Unnumbered));
    }

    [Fact]
    public void Fold_FormerFigure_IsHistory() => Assert.Equal(
        Bounds.Exactly(3),
        Say.Value(Red, Say.Figure("red", Bounds.Exactly(8), on: "2024-05-01", report: "u", relates: RelationKind.Former), Say.Figure("red", Bounds.Exactly(3), on: "2024-05-01", report: "u")));

    [Fact]
    public void Fold_UndatedReprintNextDay_AddsNothing() => Assert.Equal(
        Bounds.Exactly(4),
        Say.Value(Red, Say.Figure("red", Bounds.Exactly(4), source: "wire"), Say.Figure("red", Bounds.Exactly(4), source: "paper", reported: "2024-05-02T20:00Z")));

    [Fact]
    public void Fold_UndatedBeyondTwoDays_IsAnotherIncident() => Assert.Equal(
        Bounds.Exactly(8),
        Say.Value(Red, Say.Figure("red", Bounds.Exactly(4), source: "wire"), Say.Figure("red", Bounds.Exactly(4), source: "paper", reported: "2024-05-03T12:01Z")));

    [Fact]
    public void Fold_GlobalIncident_StandsInPlaceOfThePeriod() => Assert.Equal(
        Bounds.Exactly(6),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", incident: "i/1"),
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-02", incident: "i/1", reported: "2024-05-02T12:00Z"),
            Say.Figure("red", Bounds.Exactly(2), on: "2024-05-02", incident: "i/2")));

    [Fact]
    public void Fold_SeriousLosses_CountAsUnnumberedAndAddNothing()
    {
        var said = Say.Fold(Red, Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01"), Say.Figure("red", Bounds.Unnumbered, on: "2024-05-01"));

        Assert.Equal(Bounds.Exactly(4), said.Tally.Value);
        Assert.Equal(1, said.Provenance.Unnumbered);
    }

    [Fact]
    public void Fold_TwoVoices_StayApart()
    {
        var voices = Cell.Fold([Say.Figure("red", Bounds.Exactly(550)), Say.Figure("blue-army", Bounds.Exactly(16))], Say.Registry);

        Assert.Equal([(Say.Actor("blue"), 16L), (Red, 550L)], voices.Select(pair => (pair.Key, pair.Value.Tally.Value.Best!.Value)));
    }

    [Fact]
    public void Fold_AnyOrder_GivesTheSame()
    {
        Appearance[] claims =
        [
            Say.Figure("red", Bounds.Exactly(4), source: "wire"), Say.Figure("red", Bounds.Exactly(5), source: "paper", origin: "wire", reported: "2024-05-01T18:00Z"),
            Say.Figure("", new Bounds(12, 12, 99), source: "agency-two", fingerprint: "f"), Say.Figure("", new Bounds(12, 12, 99), source: "paper", fingerprint: "f"),
            Say.Total("red", 250, "2024-05-07"), Say.Total("red", 240, "2024-05-08"), Say.Figure("red", Bounds.Exactly(10), on: "2024-05-08"),
            Say.Figure("red", Bounds.Unnumbered, on: "2024-05-09"), Say.Figure("red", Bounds.Exactly(1), on: "2024-05-09", detail: "T-72"),
        ];
        var expected = Aggregator.Domain.Tests.Aggregates.Dump.Of(Cell.Fold(claims, Say.Registry));
        for (var seed = 0; seed < 50; seed++)
        {
            var shuffled = (Appearance[])claims.Clone();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(expected, Aggregator.Domain.Tests.Aggregates.Dump.Of(Cell.Fold(shuffled, Say.Registry)));
        }
    }

    [Fact]
    public void Fold_IncidentsWithAnId_AddUpWhateverTheirPeriods() => Assert.Equal(
        Bounds.Exactly(17),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(10), on: "2024-05-01", until: "2024-05-09", incident: "ucdp/1"),
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-03", incident: "ucdp/2"),
            Say.Figure("red", Bounds.Exactly(3), on: "2024-05-08", until: "2024-05-12", incident: "ucdp/3")));

    [Fact]
    public void Fold_IncidentsWithinAPeriodWithoutId_AreItsParts() => Assert.Equal(
        Bounds.Exactly(80),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(80), on: "2024-05-01", until: "2024-05-30"),
            Say.Figure("red", Bounds.Exactly(10), on: "2024-05-01", until: "2024-05-09", incident: "ucdp/1"),
            Say.Figure("red", Bounds.Exactly(3), on: "2024-05-08", until: "2024-05-12", incident: "ucdp/3")));

    [Fact]
    public void Fold_IncidentWithAnIdOverMoreDays_AddsToTheOneWithin() => Assert.Equal(
        Bounds.Exactly(14),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(10), on: "2024-05-01", until: "2024-05-09", incident: "ucdp/1"),
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-03", incident: "ucdp/2")));

    [Fact]
    public void Fold_PeriodsThatEndTogether_TheLongerContainsTheOther() => Assert.Equal(
        Bounds.Exactly(80),
        Say.Value(Red, Say.Figure("red", Bounds.Exactly(80), on: "2024-05-01", until: "2024-05-09"), Say.Figure("red", Bounds.Exactly(4), on: "2024-05-05", until: "2024-05-09")));

    [Fact]
    public void Fold_LaterWordOfOneSource_LeavesItsEarlierOneOutOfTheSpan() => Assert.Equal(
        Bounds.Exactly(9),
        Say.Value(Red, Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01"), Say.Figure("red", Bounds.Exactly(9), on: "2024-05-01", reported: "2024-05-01T13:00Z")));

    [Fact]
    public void Fold_PartLargerThanItsWhole_DoesNotStandForIt() => Assert.Equal(
        Bounds.Exactly(5),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(5), on: "2024-05-01", report: "https://a.example/1"),
            Say.Figure("red", Bounds.Exactly(9), on: "2024-05-01", report: "https://a.example/1", relates: RelationKind.Part)));

    [Fact]
    public void Fold_UndatedFigureOfTheSameClaimantWithAnotherValue_IsAnotherStory() => Assert.Equal(
        Bounds.Exactly(9),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(4), source: "wire"),
            Say.Figure("red", Bounds.Exactly(5), source: "paper", reported: "2024-05-02T12:00Z")));

    [Fact]
    public void Fold_OriginThatOnlyTheFirstDeclares_NamesThemAll() => Assert.Equal(
        ["wire"],
        Say.Fold(
            Red,
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", source: "paper", origin: "wire"),
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", source: "paper", reported: "2024-05-01T13:00Z")).Provenance.Origins);

    [Fact]
    public void Fold_EquallyLargeFiguresOfAReport_TheGreatestIdStands() => Assert.Equal(
        new Bounds(10, 10, null),
        Say.Value(
            Red,
            Say.Figure("red", new Bounds(10, 10, null), on: "2024-05-01", report: "u", id: "b"),
            Say.Figure("red", Bounds.Exactly(10), on: "2024-05-01", report: "u", id: "a")));

    [Fact]
    public void Fold_IncidentWithoutANumberToldOfTwoDays_IsOneStatement() => Assert.Equal(
        1,
        Say.Fold(
            Red,
            Say.Figure("red", Bounds.Unnumbered, on: "2024-05-01", incident: "ucdp/1"),
            Say.Figure("red", Bounds.Unnumbered, on: "2024-05-02", incident: "ucdp/1")).Provenance.Unnumbered);

    [Fact]
    public void Fold_UndatedExactlyTwoDaysLater_StillJoins() => Assert.Equal(
        Bounds.Exactly(4),
        Say.Value(Red, Say.Figure("red", Bounds.Exactly(4), source: "wire"), Say.Figure("red", Bounds.Exactly(4), source: "paper", reported: "2024-05-03T12:00Z")));

    [Fact]
    public void Fold_CopiesOfOneIncidentOnOtherDays_AreOneOrigin() => Assert.Equal(
        Say.Outlet("paper"),
        Assert.Single(Cell.Fold(
            [
                Say.Figure("", Bounds.Exactly(4), on: "2024-05-01", incident: "ucdp/1", source: "paper", fingerprint: "f"),
                Say.Figure("", Bounds.Exactly(4), on: "2024-05-02", incident: "ucdp/1", source: "paper-two", fingerprint: "f", reported: "2024-05-02T13:00Z"),
            ],
            Say.Registry)).Key);

    [Fact]
    public void Fold_TextOfAReprintWithADeclaredOrigin_IsThatOriginsToo() => Assert.Equal(
        ["wire"],
        Say.Fold(
            Red,
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", source: "paper", origin: "wire", fingerprint: "f"),
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", source: "agency-two", fingerprint: "f", reported: "2024-05-01T13:00Z")).Provenance.Origins);
}

using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>R19: what a reader would have seen at a past moment.</summary>
public sealed class AsOfTests
{
    private const string Morning = "2024-05-01T06:00Z";
    private const string Noon = "2024-05-01T12:00Z";
    private const string Evening = "2024-05-01T18:00Z";
    private const string Night = "2024-05-01T23:00Z";

    private readonly RegionAggregate _town = new("town");
    private readonly RegionAggregate _village = new("village");
    private int _sequence;

    [Fact]
    public void BeforeItWasReported_AClaimIsNotKnown()
    {
        Add(Version(4, Noon));

        Assert.Null(BestAt(_town, "2024-05-01T11:59Z"));
        Assert.Equal(4, BestAt(_town, Noon));
    }

    [Fact]
    public void ALateArrival_IsKnownFromWhenItWasReported()
    {
        Add(Version(4, Evening));
        Add(Version(3, Morning, id: "other", on: "2024-04-30"), received: "2024-06-01T00:00Z");

        Assert.Equal(3, BestAt(_town, Noon));
        Assert.Equal(7, BestAt(_town, Night));
    }

    [Fact]
    public void ACorrection_IsKnownFromItsOwnTime()
    {
        var (first, second) = (Version(40, Morning), Version(4, Evening));
        Add(first);
        Correct(second, first);

        Assert.Equal((40, 4), (BestAt(_town, Noon), BestAt(_town, Evening)));
        Assert.Equal(4, BestNow(_town));
    }

    [Fact]
    public void AClaimOfAnEarlierText_IsShownUntilTheLaterTextWasPublished()
    {
        var first = Version(40, Morning);
        Add(first);
        Apply(new LogRecord.Superseded("wire", first, new LogPosition(0, 1, 0), Say.Time(Evening)), "2024-06-01T00:00Z");

        Assert.Equal((40L, (long?)null), (BestAt(_town, Noon), BestAt(_town, Evening)));
        Assert.Null(BestNow(_town));
    }

    [Fact]
    public void ACorrectionOfTheSameTime_IsKnownFromItsReceipt()
    {
        var (first, second) = (Version(40, Morning), Version(4, Morning, revision: 1));
        Add(first);
        Correct(second, first, received: Evening);

        Assert.Equal((40, 4), (BestAt(_town, Noon), BestAt(_town, Evening)));
    }

    [Fact]
    public void ACorrectionOfACorrection_ShowsEachInItsTime()
    {
        var (first, second, third) = (Version(40, Morning), Version(4, Noon), Version(5, Evening));
        Add(first);
        Correct(second, first);
        Correct(third, second);

        Assert.Equal((40, 4, 5), (BestAt(_town, "2024-05-01T07:00Z"), BestAt(_town, Noon), BestAt(_town, Night)));
    }

    [Fact]
    public void AnOlderVersionThatComesLate_StoodInItsTimeAndNeverNow()
    {
        var (first, second, third) = (Version(40, Morning), Version(4, Noon), Version(5, Evening));
        Add(first);
        Correct(third, first);
        Correct(second, third, stands: false);

        Assert.Equal((40, 4, 5), (BestAt(_town, "2024-05-01T07:00Z"), BestAt(_town, Noon), BestAt(_town, Night)));
        Assert.Equal(5, BestNow(_town));
    }

    [Fact]
    public void ACorrectionToAnotherPlace_LeavesTheFirstPlaceFromThenOn()
    {
        var (first, second) = (Version(40, Morning), Version(4, Evening, region: "village"));
        Add(first);
        Correct(second, first);

        Assert.Equal((40, null), (BestAt(_town, Noon), BestAt(_town, Night)));
        Assert.Equal((null, 4), (BestAt(_village, Noon), BestAt(_village, Night)));
    }

    [Fact]
    public void AHigherRevisionOfAnEarlierTime_StandsFromThatTime()
    {
        var (first, second) = (Version(40, Evening), Version(4, Morning, revision: 1));
        Add(first);
        Correct(second, first);

        Assert.Equal((4, 4), (BestAt(_town, Noon), BestAt(_town, Night)));
        Assert.Empty(_town.Book.FormersOf(_town.Book.Buckets.Single()));
    }

    [Fact]
    public void ARetractedClaim_StandsInViewsBeforeItsReceiptAndInNoneAfter()
    {
        var claim = Version(40, Morning);
        Add(claim);
        Retract(claim, received: Evening);

        Assert.Equal((40L, (long?)null), (BestAt(_town, Noon), BestAt(_town, Evening)));
        Assert.Empty(_town.Lines(Say.Registry, []));
        Assert.Equal(0, _town.Book.Counts.Total);
    }

    [Fact]
    public void ARetractedCorrection_TakesWhatItCorrectedWithIt()
    {
        var (first, second) = (Version(40, Morning), Version(4, Evening));
        Add(first);
        Correct(second, first);
        Retract(second, received: Noon);

        Assert.Equal((40, null, null), (BestAt(_town, "2024-05-01T07:00Z"), BestAt(_town, Noon), BestAt(_town, Night)));
        Assert.Null(BestNow(_town));
    }

    [Fact]
    public void ARetractedDenial_DisputesNoMore()
    {
        Add(Version(4, Morning));
        var denial = Version(4, Noon, id: "denial") with { Claimant = new EntityRef("blue", "blue"), Stance = Stance.Denies };
        Add(denial);
        Assert.True(_town.Lines(Say.Registry, []).Single(line => line.Outcome == Outcome.Destroyed).Disputed);

        Retract(denial, received: Night);

        Assert.False(_town.Lines(Say.Registry, []).Single(line => line.Outcome == Outcome.Destroyed).Disputed);
    }

    [Fact]
    public void ARetractedConfirmation_LeavesWhatItConfirmed()
    {
        Add(Version(4, Morning));
        var confirmation = Version(4, Noon, id: "confirmation") with { Claimant = new EntityRef("watch", "watch"), Stance = Stance.Confirms };
        Add(confirmation);
        Assert.Equal(2, _town.Lines(Say.Registry, []).Single(line => line.Outcome == Outcome.Destroyed).Positions.Count);

        Retract(confirmation, received: Night);

        var position = Assert.Single(_town.Lines(Say.Registry, []).Single(line => line.Outcome == Outcome.Destroyed).Positions);
        Assert.Empty(position.Provenance.ConfirmedBy);
    }

    [Fact]
    public void CountsOfThePast_AreThoseOfItsClaims()
    {
        Add(Version(4, Morning));
        Add(Version(4, Evening, id: "event", figure: false));

        Assert.Equal((1L, 2L), (At(_town, Noon).Book.Counts.Total, At(_town, Night).Book.Counts.Total));
    }

    [Fact]
    public void TheStoredForm_KeepsThePast()
    {
        var (first, second) = (Version(40, Morning), Version(4, Morning, revision: 1));
        Add(first);
        Correct(second, first, received: Evening);
        var restored = new RegionAggregate("town");
        var shelf = new Shelf(_town);
        shelf.Save();
        shelf.To(restored).LoadAll();

        Assert.Equal((40, 4), (BestAt(restored, Noon), BestAt(restored, Evening)));
    }

    private static RegionAggregate At(RegionAggregate now, string moment)
    {
        var past = new RegionAggregate(now.Book.Owner.Id);
        now.Book.CopyTo(past.Book, Say.Time(moment));
        return past;
    }

    private static long? BestAt(RegionAggregate now, string moment) => BestNow(At(now, moment));

    private static long? BestNow(RegionAggregate region) =>
        region.Lines(Say.Registry, []).SingleOrDefault(line => line.Outcome == Outcome.Destroyed)?.Positions.Single().Figure.Best;

    private static Claim Version(long tanks, string reported, string id = "same", string on = "2024-05-01", string region = "town", int revision = 0, bool figure = true)
    {
        var claim = Say.Figure("red", Bounds.Exactly(tanks), id: id, on: on, region: region, reported: reported).Claim;
        return claim with { Revision = revision, Figure = figure ? claim.Figure : null, Event = figure ? null : EventType.ArmedClash };
    }

    private void Add(Claim claim, string? received = null) => Apply(new LogRecord.Added(claim), received ?? "2024-05-01T23:59Z");

    private void Correct(Claim claim, Claim replaced, bool stands = true, string? received = null) =>
        Apply(new LogRecord.Corrected(claim, replaced, new LogPosition(0, 1, 0), stands), received ?? "2024-05-01T23:59Z");

    private void Retract(Claim claim, string received) =>
        Apply(new LogRecord.Retracted(new Retraction(claim.Key, claim.Source.Id), claim, new LogPosition(0, 1, 0)), received);

    private void Apply(LogRecord record, string received)
    {
        var placed = new PlacedRecord(new LogPosition(0, ++_sequence, 0), record, Say.Time(received));
        foreach (var region in new[] { _town, _village }.Where(region => record.Touches.Contains(new EntityKey(EntityKind.Region, region.Book.Owner.Id))))
        {
            region.Book.Apply(placed);
        }
    }
}

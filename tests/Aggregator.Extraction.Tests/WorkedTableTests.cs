using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;
using Aggregator.Extraction.Tests.Scoring;

namespace Aggregator.Extraction.Tests;

/// <summary>The sample story's sixteen claims, on three tellings of it.</summary>
public sealed class WorkedTableTests
{
    private static readonly DateOnly Sunday = new(2020, 9, 27);
    private static readonly DateOnly Tuesday = new(2020, 9, 29);

    public static TheoryData<string> Tellings => new() { "sample", "seed", "paraphrase" };

    [Theory, MemberData(nameof(Tellings))]
    public void Ministry_SinceTheClashesBegan_CountsDronesHelicoptersAndTanks(string telling)
    {
        var claims = Claims(telling);

        foreach (var (item, bounds) in new[] { ("drone", new Bounds(45, 50, 50)), ("helicopter", Bounds.Exactly(4)), ("tank", Bounds.Exactly(80)) })
        {
            var claim = Assert.Single(claims, claim => claim.Claimant?.Id == "armenia-ministry-of-defence" && claim.Figure?.Item == item);
            AssertFigure(claim, "destroyed", bounds, "cumulative");
            Assert.Equal((Sunday, Tuesday), (claim.Figure!.Since, claim.Figure.AsOf));
            Assert.Equal("azerbaijan", Voice(claim.Target));
            Assert.Equal("karabakh", claim.Region?.Id);
        }
    }

    [Theory, MemberData(nameof(Tellings))]
    public void Officials_WithoutANumber_ClaimLossesInManpower(string telling)
    {
        var claim = Assert.Single(Claims(telling), claim => claim.Figure?.Outcome == "casualties");

        AssertFigure(claim, "casualties", Bounds.Unnumbered, "incident");
        Assert.Equal("combatant", claim.Figure!.Item);
        Assert.Equal("armenia-defence-officials", claim.Claimant?.Id);
        Assert.Equal(("azerbaijan", "karabakh"), (Voice(claim.Target), claim.Region?.Id));
    }

    [Theory, MemberData(nameof(Tellings))]
    public void Repelled_OnEitherSide_NamesTheAttackerAsTarget(string telling)
    {
        var claims = Claims(telling).Where(claim => claim.Event == "armed-clash" && claim.Target is not null).ToList();

        var armenian = Assert.Single(claims, claim => Voice(claim.Claimant) == "armenia");
        Assert.Equal("azerbaijan", Voice(armenian.Target));
        var azerbaijani = Assert.Single(claims, claim => Voice(claim.Claimant) == "azerbaijan");
        Assert.Equal("armenia", Voice(azerbaijani.Target));
        Assert.Equal(Tuesday, azerbaijani.OccurredTo);
    }

    [Theory, MemberData(nameof(Tellings))]
    public void OwnVoice_NearlyAHundredDeaths_IsARunningTotalOfPersons(string telling)
    {
        var claim = Assert.Single(Claims(telling), claim => claim.Claimant is null && claim.Figure is not null);

        AssertFigure(claim, "killed", new Bounds(90, 100, 100), "cumulative");
        Assert.Equal("person", claim.Figure!.Item);
        Assert.Equal((Sunday, Tuesday), (claim.Figure.Since, claim.Figure.AsOf));
        Assert.Equal((null, "karabakh"), (claim.Target?.Id, claim.Region?.Id));
    }

    [Theory, MemberData(nameof(Tellings))]
    public void Control_RegainedAndDenied_StandsInBothVoices(string telling)
    {
        var control = Claims(telling).Where(claim => claim.Holder is not null).ToList();

        Assert.Equal(2, control.Count);
        Assert.Equal(["asserts", "denies"], control.Select(claim => claim.Stance));
        Assert.Equal("separatist fighters", control[0].Claimant?.Text, ignoreCase: true);
        Assert.Equal("azerbaijan-defence-officials", control[1].Claimant?.Id);
        Assert.All(control, claim => Assert.Equal("karabakh", claim.Region?.Id));
        Assert.All(control, claim => Assert.Equal("armenia", Voice(claim.Holder)));
    }

    [Theory, MemberData(nameof(Tellings))]
    public void Formations_ThreeInOneDay_AreThreeUnitsWithDetail(string telling)
    {
        var units = Claims(telling).Where(claim => claim.Figure?.Item == "unit").ToList();

        Assert.Equal(3, units.Count);
        Assert.Equal(3, units.Select(claim => claim.Figure!.Detail).Distinct().Count());
        Assert.All(units, claim =>
        {
            AssertFigure(claim, "destroyed", Bounds.Exactly(1), "incident");
            Assert.Equal("azerbaijan-defence-officials", claim.Claimant?.Id);
            Assert.Equal(("armenia", "karabakh"), (Voice(claim.Target), claim.Region?.Id));
            Assert.Equal((Tuesday, Tuesday), (claim.OccurredFrom, claim.OccurredTo));
        });
    }

    [Theory, MemberData(nameof(Tellings))]
    public void Fizuli_TanksVehicleAndTroops_AreTheEnemys(string telling)
    {
        var fizuli = Claims(telling).Where(claim => claim.Region?.Id == "fizuli" && claim.Figure is not null).ToList();

        Assert.Equal(
            [("tank", "destroyed", 4L), ("armoured-vehicle", "destroyed", 1L), ("combatant", "killed", 10L)],
            fizuli.Select(claim => (claim.Figure!.Item!, claim.Figure.Outcome!, claim.Figure.Best!.Value)));
        Assert.All(fizuli, claim => Assert.Equal(("azerbaijan", "armenia", "incident"), (Voice(claim.Claimant), Voice(claim.Target), claim.Figure!.Basis)));
    }

    [Theory, MemberData(nameof(Tellings))]
    public void BothSides_FightingContinues_IsOneClaimPerSide(string telling)
    {
        var both = Claims(telling).Where(claim => claim.Event == "armed-clash" && claim.Claimant?.Text.Contains("both", StringComparison.OrdinalIgnoreCase) == true).ToList();

        Assert.Equal(["armenia", "azerbaijan"], both.Select(claim => claim.Claimant!.Id).Order(StringComparer.Ordinal));
        Assert.All(both, claim => Assert.Equal(Tuesday, claim.OccurredTo));
    }

    [Theory, MemberData(nameof(Tellings))]
    public void Figures_OfTheStory_AreElevenAndNoMore(string telling) =>
        Assert.Equal(11, Claims(telling).Count(claim => claim.Figure is not null));

    [Theory, MemberData(nameof(Tellings))]
    public void Spans_OfEveryClaim_LieInTheTextAndCarryItsWords(string telling)
    {
        var text = Text(telling);

        foreach (var claim in Claims(telling))
        {
            var words = text[claim.Span!.Value.Start..claim.Span.Value.End];
            Assert.NotEmpty(words.Trim());
            Assert.Contains(claim.Quote!, text, StringComparison.Ordinal);
            Assert.True(claim.Figure is null || claim.Figure.Phrase!.Contains(words, StringComparison.Ordinal) || claim.Stance == "denies", words);
        }
    }

    [Theory, MemberData(nameof(Tellings))]
    public void Drafts_OfTheStory_AreAdmitted(string telling)
    {
        var now = new DateTimeOffset(2020, 9, 30, 12, 0, 0, TimeSpan.Zero);

        foreach (var draft in Claims(telling))
        {
            var (_, error) = ClaimAdmission.Admit(draft with { Source = "afp", ReportedAt = now, RefersTo = [.. draft.RefersTo.Select(answered => $"afp/{answered}")] }, BundledRegistry.Snapshot, now);
            Assert.Null(error);
        }
    }

    private static void AssertFigure(ClaimDraft claim, string outcome, Bounds bounds, string basis)
    {
        Assert.Equal("asserts", claim.Stance);
        Assert.Equal(bounds, new Bounds(claim.Figure!.Low, claim.Figure.Best, claim.Figure.High));
        Assert.Equal((outcome, basis), (claim.Figure.Outcome, claim.Figure.Basis));
    }

    private static string? Voice(NameRef? name) => name?.Id is { } id ? BundledRegistry.Snapshot.Voice(id) : null;

    private static IReadOnlyList<ClaimDraft> Claims(string telling) => Articles.Extract(Text(telling), new DateOnly(2020, 9, 30), "afp");

    private static string Text(string telling)
    {
        var path = telling switch
        {
            "sample" => Path.Combine(Articles.Root, "samples", "karabakh-2020-09-30.txt"),
            "seed" => Articles.SharedFile("seed", "000_d0fe5431fd17cc6d.txt"),
            _ => Articles.SharedFile("articles", "karabakh-2020-09-30.txt"),
        };
        if (path is null)
        {
            Assert.Skip($"the shared {telling} is not beside the repository");
        }

        return Articles.Body(File.ReadAllText(path));
    }
}

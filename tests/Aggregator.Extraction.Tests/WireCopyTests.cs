using Aggregator.Domain.Claims;
using Aggregator.Extraction.Tests.Scoring;

namespace Aggregator.Extraction.Tests;

/// <summary>Ordinary wire sentences that were read wrongly once: invented or reversed facts; the bundled registry.</summary>
public sealed class WireCopyTests
{
    private static readonly DateOnly Day = new(2024, 5, 15);

    [Theory]
    [InlineData("The RSF said they had shot down a Sudanese army MiG fighter jet in Omdurman.", "aircraft destroyed 1 sudan-army")]
    [InlineData("Ukraine said it downed a Russian military transport plane.", "aircraft destroyed 1 russia-armed-forces")]
    [InlineData("Two Sudanese were killed in Omdurman, residents said.", "person killed 2 sudan")]
    [InlineData("Two Sudanese civilians were killed in Omdurman, residents said.", "civilian killed 2 sudan")]
    public void Figure_OfAPeoplesName_CountsTheHeadOfItsPhrase(string text, string expected) => Assert.Equal([expected], Figures(text));

    [Fact]
    public void Place_CalledLikeAGroup_IsNotReadFromTheGroupsName() => Assert.All(Extract("Hamas said it had destroyed three Israeli tanks."), claim => Assert.Null(claim.Region));

    [Theory]
    [InlineData("The RSF said on Tuesday it killed 30 soldiers in El Fasher and captured 12 vehicles.", "combatant killed 30 sudan; vehicle captured 12 sudan")]
    [InlineData("The RSF said its fighters had overrun a base in El Fasher and captured 12 vehicles.", "vehicle captured 12 sudan")]
    [InlineData("Russia's defence ministry said its troops wounded 14 Ukrainian soldiers near Bakhmut and destroyed four tanks.", "combatant wounded 14 ukraine-armed-forces; tank destroyed 4 ukraine-armed-forces")]
    public void Target_OfAnActiveVerb_IsNeverItsSubject(string text, string expected) => Assert.Equal(expected, string.Join("; ", Figures(text)));

    [Theory]
    [InlineData("The Wagner Group said its fighters captured the town of Soledar. Ukraine's army said its troops held Bakhmut.", "wagner, ukraine")]
    [InlineData("The RSF said its fighters had seized the city of Wad Madani.", "rapid-support-forces")]
    [InlineData("Ukraine fought on and its troops captured the village of Robotyne.", "ukraine")]
    public void Holder_CalledByAPronoun_IsItsOwnSentencesSpeaker(string text, string expected) =>
        Assert.Equal(expected, string.Join(", ", Extract(text).Where(claim => claim.Holder is not null).Select(claim => claim.Holder!.Id)));

    [Theory]
    [InlineData("Azerbaijan said an Armenian motorised rifle regiment was destroyed.", "Armenian")]
    [InlineData("Russia said it destroyed three Ukrainian tanks.", "Ukrainian")]
    [InlineData("Russia said it killed 30 Ukrainian soldiers.", "Ukrainian soldiers")]
    public void TargetText_OfThingsAndMen_ReadsLikeAName(string text, string expected) => Assert.Equal(expected, Assert.Single(Extract(text)).Target!.Text);

    [Theory]
    [InlineData("The RSF said it captured 12 army vehicles in El Fasher. The army denied it had lost any aircraft.", "aircraft lost ? sudan", 0)]
    [InlineData("Ukraine said it destroyed five Russian tanks near Bakhmut. Russia denied losing any tanks.", "tank destroyed 5 russia-armed-forces", 1)]
    [InlineData("The RSF said it shot down a Sudanese army jet in Omdurman. The Sudanese army denied it had lost any aircraft.", "aircraft destroyed 1 sudan-army", 1)]
    [InlineData("Ukraine said it killed 40 Russian soldiers and destroyed two tanks. Moscow denied that it had lost any men.", "combatant killed 40 russia-armed-forces", 1)]
    [InlineData("Israel said it killed five Hezbollah fighters. Hezbollah denied that any fighters had been captured.", "combatant captured ? -", 0)]
    public void Denial_NamingAnItem_IsOfClaimsOnThatItemOnly(string text, string expected, int references)
    {
        var denial = Assert.Single(Extract(text), claim => claim.Stance == "denies");

        Assert.Equal((expected, references), (Show(denial), denial.RefersTo?.Count ?? 0));
    }

    [Theory]
    [InlineData("M23 said it had captured five army vehicles.", "dr-congo")]
    [InlineData("M23 said it had captured five army vehicles. Fighting raged near Goma between M23 rebels and the Congolese army.", "dr-congo")]
    [InlineData("Israel's army said it had lost three tanks in Jabalia. Hamas said its fighters captured four soldiers.", "israel-army, israel")]
    [InlineData("The army said it destroyed four vehicles. Clashes went on in Khartoum between the RSF and the army.", "-")]
    public void Target_NotNamed_IsTheOpponentNamedSoFar(string text, string expected) =>
        Assert.Equal(expected, string.Join(", ", Extract(text).Where(claim => claim.Figure is not null).Select(claim => claim.Target?.Id ?? "-")));

    [Theory]
    [InlineData("Two people were killed by shelling in Belgorod, Russian officials said. Ukraine's air force said it downed 53 of 57 Shahed drones.", "belgorod, -")]
    [InlineData("Two people were killed in Belgorod, Russian officials said. They said 30 others had died since March.", "belgorod, -")]
    [InlineData("Israeli strikes killed 12 people in Rafah on Monday. The United Nations said 1.1 million people were displaced.", "rafah, -")]
    [InlineData("M23 said it had captured five army vehicles. Fighting raged near Goma.", "-")]
    [InlineData("Russia's defence ministry said its forces destroyed 10 tanks. Kyiv said its forces had captured 30 Russian soldiers.", "-, -")]
    [InlineData("Shelling hit Kherson on Monday. Officials said two people were killed.", "kherson")]
    public void Place_NotNamed_IsNotAnotherVoicesNorALaterOne(string text, string expected) =>
        Assert.Equal(expected, string.Join(", ", Extract(text).Where(claim => claim.Figure is not null).Select(claim => claim.Region?.Id ?? "-")));

    [Fact]
    public void Claimant_OfWordsBeforeASecondVerbOfSpeech_IsTheSpeaker() =>
        Assert.All(Extract("The RSF said they shot down a helicopter and denied losing any soldiers."), claim => Assert.Equal("rapid-support-forces", claim.Claimant?.Id));

    [Fact]
    public void Place_HeldBySomebody_IsNamedWithoutTheHolder() => Assert.Equal("Gaza", Assert.Single(Extract("Five people were killed in Hamas-run Gaza, residents said.")).Region!.Text);

    private static IReadOnlyList<ClaimDraft> Extract(string text) => Articles.Extract(text, Day);

    private static IEnumerable<string> Figures(string text) => Extract(text).Where(claim => claim.Figure is not null).Select(Show);

    private static string Show(ClaimDraft claim) => $"{claim.Figure!.Item} {claim.Figure.Outcome} {claim.Figure.Best?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"} {claim.Target?.Id ?? "-"}";
}

using System.Diagnostics;
using System.Text;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;
using Aggregator.Extraction.Tests.Scoring;

namespace Aggregator.Extraction.Tests;

/// <summary>Any text gives an answer, admissible claims, and in time that grows with its length.</summary>
public sealed class RobustnessTests
{
    private static readonly DateOnly Day = new(2020, 9, 30);

    private static readonly string[] Fragments =
    [
        "Baku", " said ", "the enemy", " 50 ", "nearly ", "tanks", " destroyed", ", ", " and ", ". ", "\n", "\n\n", "\"", "“", "”", "(", ")", ":", "- ", "1. ", "on ", "Tuesday", " since ",
        "killed", " in ", "Karabakh", " denied that ", "it ", "their ", "its own ", "a ", "of ", "'s ", "wounded ", "29 February", "31.02.2020", "between ", "40 ", "to ", "—", ";", "according to ", "bringing ", "the toll ",
        "\u200F", "\u202E", "\uD83D", "\uDE00", "\0", "\u0301", "é", "Ärmee", "中文", "…", "999999999999999999999", "1,2,3", "0", "-5", "T-90", "the city of ", "captured ", "<b>", "</p>", "&nbsp;", "&#8217;", "<", "claims by ", "that ", "the army ",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("   \n\n \t")]
    [InlineData(".")]
    [InlineData("\"")]
    [InlineData("\"\"\"\"“““”””''''")]
    [InlineData("said")]
    [InlineData("a")]
    [InlineData(":")]
    [InlineData("50")]
    [InlineData("\uD800")]
    public void Extract_OddText_FindsNothing(string text) => Assert.Empty(Articles.Extract(text, Day));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Extract_RandomMixtures_AreAdmissible(int seed)
    {
        var random = new Random(seed);
        var now = new DateTimeOffset(2020, 9, 30, 12, 0, 0, TimeSpan.Zero);
        for (var round = 0; round < 150; round++)
        {
            var text = Mixture(random, 120);

            foreach (var draft in Articles.Extract(text, Day))
            {
                var (_, error) = ClaimAdmission.Admit(draft with { Source = "x", ReportedAt = now, RefersTo = [.. draft.RefersTo.Select(answered => $"x/{answered}")] }, BundledRegistry.Snapshot, now);
                Assert.True(error is null, $"{error?.Field} {error?.Message}: {text}");
                Assert.InRange(draft.Span!.Value.End, draft.Span.Value.Start + 1, text.Length);
            }
        }
    }

    [Fact]
    public void Extract_RandomUtf16_Answers()
    {
        var random = new Random(7);
        var units = new char[20_000];
        for (var at = 0; at < units.Length; at++)
        {
            units[at] = (char)random.Next(0, 0x10000);
        }

        Assert.NotNull(Articles.Extract(new string(units), Day));
    }

    [Theory]
    [InlineData("word ")]
    [InlineData("x")]
    [InlineData("\"")]
    [InlineData("killed ")]
    [InlineData("five ")]
    [InlineData("Baku ")]
    [InlineData("and ")]
    [InlineData("1,")]
    [InlineData("in Baku, ")]
    [InlineData("50 tanks, ")]
    [InlineData("Armenia said 50 tanks were destroyed. ")]
    [InlineData("they said 5 killed in Fizuli since Sunday, ")]
    [InlineData("(")]
    [InlineData("A.\n")]
    [InlineData("- 5 tanks\n")]
    [InlineData("<b>")]
    [InlineData("<b ")]
    [InlineData("&nbsp;")]
    [InlineData("&")]
    public void Extract_LongerText_GrowsLinearly(string unit)
    {
        Time(unit, 2_000); // warm
        var small = Math.Max(Time(unit, 20_000), 3);
        var large = Time(unit, 160_000);

        // Eight times the text may take eight times as long, with room for noise; quadratic would take 64 times.
        Assert.True(large < (small * 26) + 150, $"'{unit}': {small} ms for 20 kB, {large} ms for 160 kB");
    }

    [Fact]
    public void Extract_AnotherLanguage_IsToldApart()
    {
        Assert.True(ClaimExtractor.IsSupported(null));
        Assert.True(ClaimExtractor.IsSupported("en-GB"));
        Assert.False(ClaimExtractor.IsSupported("fr"));
        Assert.Equal(["en"], ClaimExtractor.Languages);
    }

    [Fact]
    public void Extract_Twice_IsTheSame()
    {
        const string text = "The Armenian defence ministry said 80 Azerbaijani tanks were destroyed on Sunday.";

        Assert.Equal(Articles.Extract(text, Day).Select(Scorer.Show), Articles.Extract(text, Day).Select(Scorer.Show));
    }

    private static long Time(string unit, int length)
    {
        var text = new StringBuilder(length + unit.Length);
        while (text.Length < length)
        {
            text.Append(unit);
        }

        var body = text.ToString();
        var watch = Stopwatch.StartNew();
        Articles.Extract(body, Day);
        return watch.ElapsedMilliseconds;
    }

    private static string Mixture(Random random, int parts)
    {
        var text = new StringBuilder();
        for (var part = 0; part < parts; part++)
        {
            text.Append(Fragments[random.Next(Fragments.Length)]);
        }

        return text.ToString();
    }
}

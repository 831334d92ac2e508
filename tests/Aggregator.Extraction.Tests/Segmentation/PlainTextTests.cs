using Aggregator.Extraction.Tests.Scoring;

namespace Aggregator.Extraction.Tests.Segmentation;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("<p>Hamas said it had destroyed <b>three</b> Israeli tanks near Khan&nbsp;Younis.</p>", "tank 3", "three</b> Israeli tanks")]
    [InlineData("<p class=\"lead\">Ukraine&#39;s army said it destroyed 5&nbsp;Russian tanks.</p>", "tank 5", "5&nbsp;Russian tanks")]
    [InlineData("<h1>War</h1><p>Russia&rsquo;s army said it lost two drones &amp; more.</p>", "drone 2", "two drones")]
    public void Extract_TextWithMarkup_IsReadAsText(string text, string expected, string words)
    {
        var claim = Assert.Single(Articles.Extract(text, new DateOnly(2024, 5, 15)));

        Assert.Equal(expected, $"{claim.Figure!.Item} {claim.Figure.Best}");
        Assert.Equal(words, text[claim.Span!.Value.Start..claim.Span.Value.End]);
        Assert.DoesNotContain('<', claim.Quote!);
    }

    [Theory]
    [InlineData("Losses < 5 & > 3; AT&T;", "Losses < 5 & > 3; AT&T;")]
    [InlineData("a<b", "a<b")]
    [InlineData("one<br>two", "one\n\ntwo")]
    [InlineData("&unknown; &#xZZ; &#0;", "&unknown; &#xZZ; &#0;")]
    public void Of_WhatIsNoMarkup_StaysAsItIs(string text, string expected) =>
        Assert.Equal(expected, Extraction.Segmentation.PlainText.Of(text, name => Reading.English.Entities.TryGetValue(name, out var character) ? character : null, Reading.English.Blocks.Contains).Text);
}

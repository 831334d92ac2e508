using Aggregator.Domain.Claims;
using Aggregator.Extraction.Quantities;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Tests.Quantities;

public sealed class QuantityReaderTests
{
    /// <summary>The table of number words of docs/rules.md.</summary>
    [Theory]
    [InlineData("50 tanks", 50L, 50L, 50L)]
    [InlineData("at least 50 tanks", 50L, 50L, null)]
    [InlineData("more than 50 tanks", 51L, 51L, null)]
    [InlineData("over 50 tanks", 51L, 51L, null)]
    [InlineData("nearly 50 tanks", 45L, 50L, 50L)]
    [InlineData("almost 50 tanks", 45L, 50L, 50L)]
    [InlineData("about 50 tanks", 45L, 50L, 55L)]
    [InlineData("some 50 tanks", 45L, 50L, 55L)]
    [InlineData("around 50 tanks", 45L, 50L, 55L)]
    [InlineData("up to 50 tanks", 0L, null, 50L)]
    [InlineData("40–50 tanks", 40L, 40L, 50L)]
    [InlineData("between 40 and 50 tanks", 40L, 40L, 50L)]
    [InlineData("a tank", 1L, 1L, 1L)]
    [InlineData("one tank", 1L, 1L, 1L)]
    [InlineData("a couple of tanks", 2L, 2L, 2L)]
    [InlineData("several tanks", 3L, 3L, 9L)]
    [InlineData("a few tanks", 3L, 3L, 9L)]
    [InlineData("tens of tanks", 10L, 10L, 99L)]
    [InlineData("dozens of tanks", 12L, 12L, 99L)]
    [InlineData("scores of tanks", 20L, 20L, 99L)]
    [InlineData("hundreds of tanks", 100L, 100L, 999L)]
    [InlineData("thousands of tanks", 1000L, 1000L, 9999L)]
    [InlineData("no tanks", 0L, 0L, 0L)]
    [InlineData("nearly 6,000 soldiers", 5400L, 6000L, 6000L)]
    [InlineData("1.9 million people", 1_900_000L, 1_900_000L, 1_900_000L)]
    [InlineData("1 200 men", 1200L, 1200L, 1200L)]
    [InlineData("thirty-one soldiers", 31L, 31L, 31L)]
    [InlineData("three hundred and twenty soldiers", 320L, 320L, 320L)]
    [InlineData("half a dozen trucks", 6L, 6L, 6L)]
    [InlineData("“scores” of bodies", 20L, 20L, 99L)]
    public void Read_NumberWords_GiveTheBoundsOfTheTable(string text, long? low, long? best, long? high)
    {
        var quantity = Assert.Single(Read(text));

        Assert.Equal(new Bounds(low, best, high), quantity.Bounds);
    }

    [Theory]
    [InlineData("$50 million")]
    [InlineData("50 percent")]
    [InlineData("60 kilometres")]
    [InlineData("at 18:00")]
    [InlineData("the 53rd brigade")]
    [InlineData("a T-90")]
    [InlineData("for 10 days")]
    [InlineData("(+710)")]
    public void Read_NumbersOfOtherThings_CountNothing(string text) =>
        Assert.DoesNotContain(Read(text), quantity => !quantity.IsArticle);

    private static IReadOnlyList<Quantity> Read(string text)
    {
        var tokens = Tokenizer.Tokenize(text);
        return new QuantityReader(Reading.English).Read(tokens, 0, tokens.Length, static _ => false);
    }
}

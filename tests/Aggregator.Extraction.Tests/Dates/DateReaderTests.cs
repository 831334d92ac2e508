using Aggregator.Extraction.Dates;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Tests.Dates;

/// <summary>Published on Wednesday 30 September 2020.</summary>
public sealed class DateReaderTests
{
    [Theory]
    [InlineData("on Tuesday", "2020-09-29", "2020-09-29")]
    [InlineData("on Wednesday", "2020-09-30", "2020-09-30")]
    [InlineData("in the early hours of Tuesday", "2020-09-29", "2020-09-29")]
    [InlineData("yesterday", "2020-09-29", "2020-09-29")]
    [InlineData("27 September", "2020-09-27", "2020-09-27")]
    [InlineData("September 27, 2019", "2019-09-27", "2019-09-27")]
    [InlineData("October 7", "2020-10-07", "2020-10-07")]
    [InlineData("December 1", "2019-12-01", "2019-12-01")]
    [InlineData("October 8 last year", "2019-10-08", "2019-10-08")]
    [InlineData("24.02.2020", "2020-02-24", "2020-02-24")]
    [InlineData("in July", "2020-07-01", "2020-07-31")]
    [InlineData("in the past 24 hours", "2020-09-29", "2020-09-30")]
    [InlineData("between Friday and Monday", "2020-09-25", "2020-09-28")]
    [InlineData("Saturday and Sunday", "2020-09-26", "2020-09-27")]
    [InlineData("in the 72 hours to Tuesday", "2020-09-26", "2020-09-29")]
    [InlineData("overnight into Tuesday", "2020-09-28", "2020-09-29")]
    [InlineData("in the 1990s", "1990-01-01", "1999-12-31")]
    public void Read_WordsOfTime_ResolveAgainstThePublication(string text, string from, string to)
    {
        var date = Assert.Single(Read(text));

        Assert.Equal((from, to), (date.From.ToString("yyyy-MM-dd", null), date.To.ToString("yyyy-MM-dd", null)));
    }

    [Theory]
    [InlineData("they may march on the town")]
    [InlineData("80 tanks")]
    [InlineData("31 February")]
    public void Read_OtherWords_GiveNone(string text) => Assert.Empty(Read(text));

    private static IReadOnlyList<DateMention> Read(string text)
    {
        var tokens = Tokenizer.Tokenize(text);
        return new DateReader(Reading.English).Read(tokens, 0, tokens.Length, new DateOnly(2020, 9, 30));
    }
}

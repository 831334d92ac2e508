using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Tests.Segmentation;

public sealed class SegmenterTests
{
    [Fact]
    public void Segment_AbbreviationsAndInitials_DoNotEndASentence() =>
        Assert.Equal(["Gen. J. Smith spoke at 2 a.m. in Northtown.", "He left."], Reading.Sentences("Gen. J. Smith spoke at 2 a.m. in Northtown. He left."));

    [Fact]
    public void Segment_ClosingQuote_StaysWithItsSentence() =>
        Assert.Equal(["\"It is over,\" he said.", "\"They lost.\"", "No one answered."], Reading.Sentences("\"It is over,\" he said. \"They lost.\" No one answered."));

    [Fact]
    public void Segment_EllipsisInAQuotation_DoesNotEndIt() =>
        Assert.Single(Reading.Sentences("\"The enemy... asked for help,\" it said."));

    [Fact]
    public void Segment_ListUnderAHeading_IsOneEntryEach()
    {
        var document = Reading.Document("Losses of the enemy:\n- 14 tanks;\n- 3 planes.\n\ntanks: 80 (+2)\ndrones: 40");

        Assert.Equal(
            [SentenceKind.Prose, SentenceKind.Entry, SentenceKind.Entry, SentenceKind.Entry, SentenceKind.Entry],
            document.Sentences.Select(sentence => sentence.Kind));
    }

    [Fact]
    public void Segment_WrappedLine_IsNoBreak() =>
        Assert.Single(Reading.Sentences("The army said that it had\nlost nobody in the fighting."));

    [Fact]
    public void Tokenize_PossessivesAndModels_AreCutAndKept() =>
        Assert.Equal(
            ["baku", "'s", "t-90", "and", "al-watiya", "1,200", "rebels", "'s"],
            Tokenizer.Tokenize("Baku’s T-90 and al-Watiya 1,200 rebels' ").Select(token => token.Word));
}

using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Tests.Protocol;

public sealed class MarksTests
{
    [Theory]
    [InlineData(10, 10, false, 12, DeltaVerdict.Apply)] // follows on
    [InlineData(11, 10, false, 12, DeltaVerdict.Apply)] // nothing touched it in between
    [InlineData(13, 10, false, 12, DeltaVerdict.Refuse)] // has some of it already
    [InlineData(9, 10, false, 12, DeltaVerdict.Refuse)] // lacks the one before
    [InlineData(9, 10, true, 12, DeltaVerdict.Verify)] // the one before is durable: in the row, if the row is the one read
    public void Judge_Mark_DecidesWhetherADeltaFollowsOn(long mark, long previous, bool isCheckpoint, long from, DeltaVerdict expected)
    {
        var marks = new Marks { [3] = new Mark(1, mark) };

        Assert.Equal(expected, marks.Judge(3, 1, previous, isCheckpoint, from, rowVerified: false));
    }

    [Fact]
    public void Judge_VerifiedRow_IsApplied() =>
        Assert.Equal(DeltaVerdict.Apply, new Marks { [3] = new Mark(1, 9) }.Judge(3, 1, 10, true, 12, rowVerified: true));

    [Fact]
    public void Judge_OlderIncarnation_IsRefused() =>
        Assert.Equal(DeltaVerdict.Refuse, new Marks { [3] = new Mark(2, 10) }.Judge(3, 1, 10, false, 12, rowVerified: true));

    [Fact]
    public void Encode_Marks_RoundTrip()
    {
        var marks = new Marks { [0] = new Mark(1, 5), [31] = new Mark(7, long.MaxValue) };

        Assert.Equal(marks.All, Marks.Decode(marks.Encode()).All);
    }
}

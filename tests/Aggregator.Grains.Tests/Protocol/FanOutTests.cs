using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Tests.Protocol;

public sealed class FanOutTests
{
    private static readonly EntityKey A = new(EntityKind.Region, "a");
    private static readonly EntityKey B = new(EntityKind.Region, "b");

    [Fact]
    public void Begin_FirstDelta_StartsAtTheCheckpoint()
    {
        var fanOut = new FanOut(5, 5);
        Append(fanOut, 6, A);
        Append(fanOut, 7, B);

        var send = fanOut.Begin(A, 10)!;

        Assert.Equal((5, true, 5, 7), (send.Previous, send.PreviousIsCheckpoint, send.From, send.To));
        Assert.Equal([6L], send.Sequences);
        Assert.Null(fanOut.Begin(A, 10));
    }

    [Fact]
    public void Begin_AfterAnAnswer_NamesTheLastEntryThatTouchedTheEntity()
    {
        var fanOut = new FanOut(0, 0);
        Append(fanOut, 1, A);
        fanOut.Answered(fanOut.Begin(A, 10)!, mark: 1, durable: 0);
        Append(fanOut, 2, B);
        Append(fanOut, 3, A);

        var send = fanOut.Begin(A, 10)!;

        Assert.Equal((1, false, 1, 3), (send.Previous, send.PreviousIsCheckpoint, send.From, send.To));
    }

    [Fact]
    public void Begin_MoreThanOneDeltaHolds_SendsTheRestNext()
    {
        var fanOut = new FanOut(0, 0);
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            Append(fanOut, sequence, A);
        }

        var send = fanOut.Begin(A, 2)!;
        Assert.Equal([1L, 2L], send.Sequences);
        Assert.Equal(2, send.To);
        Assert.True(fanOut.Answered(send, 2, 0));
        Assert.Equal([3L, 4L], fanOut.Begin(A, 2)!.Sequences);
    }

    [Fact]
    public void Advance_EntityThatIsNotDurable_HoldsTheCheckpointBack()
    {
        var fanOut = new FanOut(0, 0);
        Append(fanOut, 1, A);
        Append(fanOut, 2, B);
        fanOut.Answered(fanOut.Begin(A, 10)!, 2, durable: 2);
        fanOut.Answered(fanOut.Begin(B, 10)!, 2, durable: 0);

        Assert.True(fanOut.Advance());
        Assert.Equal(1, fanOut.Checkpoint);
        Assert.Equal([B], fanOut.NotDurable(10));
    }

    [Fact]
    public void Answered_LowerMark_IsSentAgain()
    {
        var fanOut = new FanOut(0, 0);
        Append(fanOut, 1, A);
        fanOut.Answered(fanOut.Begin(A, 10)!, 1, 0);

        var asked = fanOut.Begin(A, 10)!;
        Assert.Equal(asked.From, asked.To);
        fanOut.Answered(asked, mark: 0, durable: 0);

        Assert.Contains(A, fanOut.Ready);
        Assert.Equal([1L], fanOut.Begin(A, 10)!.Sequences);
    }

    [Fact]
    public void Take_OfABacklog_WeighsWhatSomebodyLacks()
    {
        var fanOut = new FanOut(2, 5);
        fanOut.Take(3, [A, B], 10);
        fanOut.Take(4, [A], 5);

        Assert.Equal((15, 3, true), (fanOut.Weight, fanOut.Unapplied, fanOut.IsBehind));
        fanOut.Answered(fanOut.Begin(A, 10)!, 4, 4);
        Assert.Equal((10, 1), (fanOut.Weight, fanOut.Unapplied));
        fanOut.Answered(fanOut.Begin(B, 10)!, 4, 4);
        Assert.Equal((0, 0), (fanOut.Weight, fanOut.Unapplied));

        // An entity that lost what it had lacks it again.
        fanOut.Answered(fanOut.Begin(A, 10)!, 3, 3);
        Assert.Equal((5, 1), (fanOut.Weight, fanOut.Unapplied));
        fanOut.Answered(fanOut.Begin(A, 10)!, 4, 4);
        Assert.True(fanOut.Advance());
        Assert.Equal((4, 0, true), (fanOut.Checkpoint, fanOut.Weight, fanOut.IsBehind));
        Assert.Throws<ArgumentOutOfRangeException>(() => fanOut.Take(6, [A], 1));
    }

    [Fact]
    public void ALaggard_WeighsNothing_UntilItGetsFurther()
    {
        var fanOut = new FanOut(0, 4);
        fanOut.Take(1, [A, B], 10);
        fanOut.Take(2, [A], 5);
        fanOut.Failed(fanOut.Begin(A, 10)!);
        Assert.Equal((10, 1), (fanOut.Weight, fanOut.Unapplied));
        fanOut.Answered(fanOut.Begin(B, 10)!, 2, 2);
        Assert.Equal((0, 0), (fanOut.Weight, fanOut.Unapplied));

        // It answers, and has nothing of what it was sent.
        Assert.False(fanOut.Answered(fanOut.Begin(A, 10)!, 0, 0));
        fanOut.Take(3, [A, B], 3);
        Assert.Equal((3, 1), (fanOut.Weight, fanOut.Unapplied));
        Assert.False(fanOut.Advance());

        Assert.True(fanOut.Answered(fanOut.Begin(A, 1)!, 1, 0));
        Assert.Equal((8, 3), (fanOut.Weight, fanOut.Unapplied));
        fanOut.Answered(fanOut.Begin(A, 10)!, 3, 3);
        fanOut.Answered(fanOut.Begin(B, 10)!, 3, 3);
        Assert.Equal((0, 0, true), (fanOut.Weight, fanOut.Unapplied, fanOut.Advance()));
    }

    [Fact]
    public void PutOff_WeighsAsBefore_AndIsSentAgain()
    {
        var fanOut = new FanOut(0, 4);
        fanOut.Take(1, [A, B], 10);
        fanOut.Answered(fanOut.Begin(B, 10)!, 1, 1);
        fanOut.PutOff(fanOut.Begin(A, 10)!);
        Assert.Equal((10, 1), (fanOut.Weight, fanOut.Unapplied));
        Assert.Contains(A, fanOut.Ready);

        fanOut.Take(2, [A], 5);
        Assert.Equal((15, 10), (fanOut.Weight, fanOut.WeightUpTo(1)));
        var send = fanOut.Begin(A, 10)!;
        fanOut.PutOff(send);
        Assert.Equivalent(send, fanOut.Begin(A, 10), strict: true);
        fanOut.Answered(send, 2, 2);
        Assert.Equal((0, 0, true), (fanOut.Weight, fanOut.WeightUpTo(2), fanOut.Advance()));
    }

    [Fact]
    public void Answered_MarkBeyondWhatWasTaken_IsRemembered()
    {
        var fanOut = new FanOut(0, 4);
        fanOut.Take(1, [A], 1);
        fanOut.Answered(fanOut.Begin(A, 10)!, mark: 3, durable: 3);
        Assert.True(fanOut.Advance());

        fanOut.Take(2, [A], 1);
        fanOut.Take(3, [A, B], 1);
        Assert.DoesNotContain(A, fanOut.Ready);
        Assert.Equal((1, 1), (fanOut.Weight, fanOut.Unapplied));
        Assert.True(fanOut.IsApplied(A, 3));

        // Nobody knows yet whom the fourth touches.
        Assert.False(fanOut.IsApplied(A, 4));
        fanOut.Take(4, [A], 1);
        var send = fanOut.Begin(A, 10)!;
        Assert.Equal((3, 4, 3), (send.From, send.To, send.Previous));
    }

    [Fact]
    public void Tracked_EntityThatTakesNothing_CountsUntilTheCheckpointPasses_AndIsNamed()
    {
        var fanOut = new FanOut(0, 0);
        Append(fanOut, 1, A);
        Append(fanOut, 2, B);
        Append(fanOut, 3, B);
        fanOut.Failed(fanOut.Begin(A, 10)!);
        fanOut.Answered(fanOut.Begin(B, 10)!, 3, 3);
        Assert.False(fanOut.Advance());
        Assert.Equal((0, 3, A), (fanOut.Unapplied, fanOut.Tracked, fanOut.Holder));
        Assert.Equal((1, 2, 3, 0), (fanOut.LastOf(A, 3), fanOut.LastOf(B, 2), fanOut.LastOf(B, 9), fanOut.LastOf(B, 1)));

        fanOut.Answered(fanOut.Begin(A, 10)!, 1, 1);
        Assert.True(fanOut.Advance());
        Assert.Equal((0, null), (fanOut.Tracked, fanOut.Holder));
        Assert.Equal(0, fanOut.LastOf(A, 3));
    }

    private static void Append(FanOut fanOut, long sequence, EntityKey entity)
    {
        fanOut.Appended(sequence);
        fanOut.Take(sequence, [entity], 1);
    }
}

using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Grains.Partition;
using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Tests.Partition;

public sealed class AppendQueueTests
{
    private readonly AppendQueue _queue = new(maximumClaims: 100, claimsPerEntry: 2, bytesPerEntry: 1 << 20);

    [Fact]
    public void Take_OfABatchThatWasRefused_LeavesTheRestOut()
    {
        // As a report's claims that come in an entry before its text: the text is not to be known where they are not.
        var (report, other) = (Batch("1", "2", "3"), Batch("4"));
        Assert.True(_queue.TryAdd(report));
        Assert.True(_queue.TryAdd(other));
        Assert.Equal(["1", "2"], Ids(_queue.Take()));

        report.Refuse(AppendRefusal.StoreUnavailable);

        Assert.Equal(["4"], Ids(_queue.Take()));
        Assert.Equal(0, _queue.Count);
        Assert.Equal(AppendRefusal.StoreUnavailable, Answer(report)!.Refusal);
    }

    [Fact]
    public void Take_WhenAllThatIsLeftWasRefused_IsNothing()
    {
        var batch = Batch("1", "2", "3");
        Assert.True(_queue.TryAdd(batch));
        _queue.Take();

        batch.Refuse(AppendRefusal.StoreUnavailable);

        Assert.Empty(_queue.Take());
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Take_OfABatchOfWhichATextIsTooLarge_GoesOn()
    {
        var batch = Batch("1", "2", "3");
        Assert.True(_queue.TryAdd(batch));
        _queue.Take();

        batch.Refuse(AppendRefusal.TooLarge, mayGoOn: true);

        Assert.Equal(["3"], Ids(_queue.Take()));
    }

    [Fact]
    public void TryAdd_BeyondTheBound_IsRefused_AndTakesNothingIn()
    {
        var queue = new AppendQueue(maximumClaims: 3, claimsPerEntry: 10, bytesPerEntry: 1 << 20);
        Assert.True(queue.TryAdd(Batch("1", "2")));

        Assert.False(queue.TryAdd(Batch("3", "4")));
        Assert.True(queue.TryAdd(Batch("5")));

        Assert.Equal(["1", "2", "5"], Ids(queue.Take()));
    }

    [Fact]
    public void TryAdd_OfMoreThanTheBound_WaitsAlone()
    {
        var queue = new AppendQueue(maximumClaims: 3, claimsPerEntry: 10, bytesPerEntry: 1 << 20);

        Assert.True(queue.TryAdd(Batch("1", "2", "3", "4")));
        Assert.False(queue.TryAdd(Batch("5")));
        queue.Take();

        Assert.True(queue.TryAdd(Batch("5")));
    }

    private static Waiting Batch(params string[] ids) => new([.. ids.Select(id => Candidate.Of(new Retraction(new ClaimKey("wire", id), "wire")))], isAwaited: false);

    private static string[] Ids(List<(Waiting Batch, int At, Candidate Candidate)> taken) => [.. taken.Select(one => one.Candidate.Retraction!.Key.Id)];

    private static AppendReply? Answer(Waiting batch) => batch.Reply.IsCompletedSuccessfully ? batch.Reply.GetAwaiter().GetResult() : null;
}

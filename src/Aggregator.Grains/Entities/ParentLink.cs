using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Aggregates;
using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Entities;

/// <summary>
/// An entity's way up: tells the parent what it lacks, one push at a time, and asks what is safe with it. Runs in the
/// turns of its grain; never under its gate while it waits for the parent.
/// </summary>
/// <param name="id">The entity's id: the part that the parent knows.</param>
/// <param name="parentId">The parent's id.</param>
/// <param name="parent">The parent's grain.</param>
/// <param name="next">Makes the next push, under the gate; null if the entity has another parent by then.</param>
/// <param name="knowsLaterCalls">Whether the parent may be asked what came after level 1 (<see cref="Domain.Log.FeatureLevel.LaterCalls"/>).</param>
internal sealed class ParentLink(string id, string parentId, IEntityGrain parent, Func<ParentLink, Task<Push?>> next, Func<bool> knowsLaterCalls)
{
    // A push that meets a gap is followed by one that tells everything; more than that is the next caller's.
    private const int PushesPerSettling = 3;

    private readonly SingleFlight _push = new();
    private Task _telling = Task.CompletedTask;
    private Task<bool>? _nextSettling;
    private bool _asking;
    private bool _isRefused;

    /// <summary>The parent's id.</summary>
    public string ParentId => parentId;

    /// <summary>Tells the parent what it lacks, once the push under way is over and if there still is something.</summary>
    public Task PushAsync(Func<bool> hasNews) => _push.RunAsync(hasNews, PushOnceAsync);

    /// <summary>
    /// Tells the parent all that there is when this is called, and has it tell its own. Who comes before that has begun shares it: above many
    /// parts there would be as many ways up as they have claims.
    /// </summary>
    /// <returns>False if the parent does not take it, or if it or who is above it has read its row on the way: it may have lacked what it was told.</returns>
    public Task<bool> SettleAsync(Func<bool> hasNews, Func<(Roller Roller, long Era)> teller, Func<long, Task> outranked) =>
        _nextSettling ??= SettleNextAsync(hasNews, teller, outranked);

    private async Task<bool> SettleNextAsync(Func<bool> hasNews, Func<(Roller Roller, long Era)> teller, Func<long, Task> outranked)
    {
        // One has begun, maybe without what the next is for.
        await _telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.ForceYielding);
        _nextSettling = null;
        var telling = TellAllAsync(hasNews, teller, outranked);
        _telling = telling;
        if (await telling is not var (told, era))
        {
            return false;
        }

        if (knowsLaterCalls())
        {
            return await parent.SettlePartAsync(id, told.Epoch, told.Number, era);
        }

        await parent.SettleAsync();
        return true;
    }

    // What the parent has taken by then, and the era that it was told in; null if it does not take it.
    private async Task<(PartVersion Told, long Era)?> TellAllAsync(Func<bool> hasNews, Func<(Roller Roller, long Era)> teller, Func<long, Task> outranked)
    {
        await FindLostAsync(teller().Roller, outranked);
        for (var pushes = 0; pushes < PushesPerSettling && (hasNews() || _push.IsRunning); pushes++)
        {
            await PushAsync(hasNews);
        }

        var (roller, era) = teller();
        return _isRefused || (roller.LastAcknowledged is null && (hasNews() || _push.IsRunning)) ? null : (roller.LastAcknowledged ?? PartVersion.None, era);
    }

    /// <summary>Asks what is safe with the parent, and finds out what it lost; one question is under way at a time.</summary>
    public async Task AskAsync(Roller roller, Settlement settlement, long era, Func<long, Task> outranked)
    {
        if (_asking)
        {
            return;
        }

        _asking = true;
        try
        {
            // What was safe before the store restarted may be lost. A parent on a host from before eras tells none.
            var inRow = settlement.InRow;
            var (safe, at) = await FindLostAsync(roller, outranked);
            if (at == era || at == 0)
            {
                settlement.SafeAbove(safe, inRow);
            }
        }
        finally
        {
            _asking = false;
        }
    }

    // A parent that came back from its row may hold less than it has acknowledged: then everything is told again.
    private async Task<(PartVersion Safe, long Era)> FindLostAsync(Roller roller, Func<long, Task> outranked)
    {
        var standing = await parent.GetPartAsync(id);
        roller.Held(new PartVersion(standing.HeldEpoch, standing.HeldNumber));
        if (standing.HeldEpoch > roller.Epoch)
        {
            // What the parent holds, another activation has told: nothing of it is this one's.
            await outranked(standing.HeldEpoch);
            return (PartVersion.None, standing.Era);
        }

        return (new PartVersion(standing.SafeEpoch, standing.SafeNumber), standing.Era);
    }

    private async Task PushOnceAsync()
    {
        if (await next(this) is not var (roller, update, registry, structure, era))
        {
            return;
        }

        var taken = false;
        try
        {
            taken = await parent.TakePartAsync(id, new PartUpdateBox(update), registry, structure, era);
        }
        finally
        {
            // Not taken, or nobody knows: everything is told next.
            _isRefused = !taken;
            if (taken)
            {
                roller.Acknowledged(update);
            }
            else
            {
                roller.NotAcknowledged();
            }
        }
    }
}

/// <summary>One push to the parent.</summary>
/// <param name="Roller">Who hears what became of it.</param>
/// <param name="Update">What it tells.</param>
/// <param name="Registry">Version of the registry that it was made under.</param>
/// <param name="Structure">Structure that all of it rests on; null while parts have not told under it.</param>
/// <param name="Era">The era of the store that the entity has read its row in.</param>
internal sealed record Push(Roller Roller, PartUpdate Update, long Registry, ulong? Structure, long Era);

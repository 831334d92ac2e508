using Aggregator.Domain.Registry;
using Aggregator.Store.Registry;

namespace Aggregator.Grains.Registry;

/// <summary>
/// The registry of this process: the shipped one with the store's edits in layers over it. Reads take no lock; whoever
/// brings it up to date does so one at a time, off the paths of those who read.
/// </summary>
internal sealed class LiveRegistry(RegistryEdits edits, LiveEntities entities, TimeProvider time) : IRegistry, IRegistryEditor, IDisposable
{
    private const int Attempts = 8;

    private readonly SemaphoreSlim _one = new(1);
    private State _state = new(BundledRegistry.Snapshot, RegistryHead.None);

    /// <inheritdoc/>
    public RegistrySnapshot Current => _state.Snapshot;

    /// <inheritdoc/>
    public Task CatchUpAsync(long version, CancellationToken cancellationToken) =>
        Current.Version >= version ? Task.CompletedTask : SyncAsync(cancellationToken);

    /// <summary>Takes in what others have edited: one small read if there is nothing.</summary>
    /// <exception cref="InvalidOperationException">The edits do not fit what this release ships, or it cannot read them.</exception>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        if (await edits.HeadAsync(cancellationToken).ConfigureAwait(false) == _state.Head)
        {
            return;
        }

        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<EditResult> EditAsync(Func<RegistrySnapshot, (RegistryOverride? Edit, RegistryRefusal? Refusal)> plan, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                await ReadAsync(cancellationToken).ConfigureAwait(false);
                var (before, head) = (_state.Snapshot, _state.Head);
                var (edit, refusal) = plan(before);
                if (edit is null)
                {
                    return new EditResult(before, before, refusal, Busy: false);
                }

                // Who asked may have gone; what is sent is seen through, so that this process knows what it did.
                var stored = RegistryFormat.Encode(new StoredEdit(Guid.NewGuid(), time.GetUtcNow(), edit));
                if (await edits.AppendAsync(head, stored, CancellationToken.None).ConfigureAwait(false) is { } written)
                {
                    Publish(new State(before.With([edit], VersionOf(written)), written));
                    return new EditResult(before, Current, null, Busy: false);
                }

                if (attempt == Attempts)
                {
                    return new EditResult(before, before, null, Busy: true);
                }
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    // What is shipped is version 1, and every edit one more.
    private static long VersionOf(RegistryHead head) => head.Version + BundledRegistry.Snapshot.Version;

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var (known, head) = (_state, await edits.HeadAsync(cancellationToken).ConfigureAwait(false));
        if (head == known.Head)
        {
            return;
        }

        // A store that came back without its last edits, and was edited again, is read from the start.
        if (head.Version < known.Head.Version || !await edits.HoldsAsync(known.Head, cancellationToken).ConfigureAwait(false))
        {
            known = new State(BundledRegistry.Snapshot, RegistryHead.None);
        }

        var made = new List<RegistryOverride>();
        await foreach (var bytes in edits.ReadAsync(known.Head.Version + 1, head.Version, cancellationToken).ConfigureAwait(false))
        {
            made.Add(Decode(bytes));
        }

        Publish(new State(Checked(known.Snapshot, made, VersionOf(head)), head));
    }

    private static RegistryOverride Decode(byte[] bytes)
    {
        try
        {
            return RegistryFormat.Decode(bytes).Made;
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidOperationException($"the registry's edits cannot be read: {fault.Message}", fault);
        }
    }

    // Each edit was checked when it was made; against another release's registry it may not fit.
    private static RegistrySnapshot Checked(RegistrySnapshot before, IReadOnlyList<RegistryOverride> made, long version)
    {
        var after = before.With(made, version);
        if (after.Structure != before.Structure)
        {
            foreach (var kind in made.Select(one => one.Entity).Distinct())
            {
                if (after.FindFault(kind) is { } fault)
                {
                    throw new InvalidOperationException($"the registry's edits do not fit what this release ships: {fault}");
                }
            }
        }

        return after;
    }

    private void Publish(State state)
    {
        var before = Interlocked.Exchange(ref _state, state).Snapshot;
        if (before.Structure != state.Snapshot.Structure)
        {
            entities.StructureChanged(state.Snapshot.Version);
        }
    }

    private sealed record State(RegistrySnapshot Snapshot, RegistryHead Head);
}

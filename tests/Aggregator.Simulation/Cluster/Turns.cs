namespace Aggregator.Simulation.Cluster;

/// <summary>The turns of one activation, or of a sender: tasks that the world runs one after another, and none once it is dead.</summary>
internal sealed class Turns(World world, Activation? owner) : TaskScheduler
{
    /// <summary>Who takes the turns; null for a sender.</summary>
    public Activation? Owner => owner;

    /// <summary>Begins something in its turns.</summary>
    public Task<T> Start<T>(Func<Task<T>> step)
    {
        return Task.Factory.StartNew(Begin, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

        Task<T> Begin()
        {
            World.Acting.Value = owner;
            return step();
        }
    }

    /// <summary>Runs one task.</summary>
    public void Run(Task task)
    {
        if (owner is { IsDead: true })
        {
            return;
        }

        RuntimeContexts.Set(owner);
        TryExecuteTask(task);
        RuntimeContexts.Set(null);
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => world.Enqueue(this, task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => [];
}

namespace Aggregator.Grains.Hosting;

/// <summary>
/// A grain whose calls may wait for others. Orleans lets an activation that is to leave end the calls that it has, and lets whatever else comes wait until it
/// has left; so two that leave at once, as when a silo dies that had both in its part of the directory, could wait for one another.
/// </summary>
internal interface IDeparting
{
    /// <summary>
    /// The activation is to leave: calls and timers' steps that wait for others above or beside it end now, and are made again. Called on any thread, once or more.
    /// </summary>
    void Depart();
}

/// <summary>Tells grains that they are to leave, when Orleans has decided that and before it waits for their calls.</summary>
internal sealed class Departures : IActivationWorkingSetObserver
{
    void IActivationWorkingSetObserver.OnDeactivating(IActivationWorkingSetMember member)
    {
        if (member is IGrainContext { GrainInstance: IDeparting grain })
        {
            grain.Depart();
        }
    }
}

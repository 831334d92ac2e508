namespace Aggregator.Grains.Hosting;

/// <summary>Raised when the store has lost what was acknowledged: trying again would hide that, so the host stops.</summary>
public interface IStoreAlarm
{
    /// <summary>Stops the host, not ready from now on. Only the first call counts; it returns at once.</summary>
    /// <param name="what">What is lost, for people.</param>
    void Lost(string what);
}

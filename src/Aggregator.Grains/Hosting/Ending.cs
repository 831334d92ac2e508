namespace Aggregator.Grains.Hosting;

/// <summary>
/// The end of an activation. Its token is cancelled a moment after <see cref="Begin"/>, and outside of the grain's turns: what waits
/// for it goes on as after any other wait, and never in the middle of the turn that began the end.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Neither holds anything once it has fired, and a step that outlived its activation may still look at the token.")]
internal sealed class Ending(TimeProvider time)
{
    private readonly CancellationTokenSource _source = new();
    private ITimer? _timer;

    /// <summary>Cancelled once the end has begun.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the end has begun: nothing new is to be.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Begins the end.</summary>
    public void Begin()
    {
        if (!HasBegun)
        {
            HasBegun = true;
            _timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), _source, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}

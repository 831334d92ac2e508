namespace Aggregator.Host.Live;

/// <summary>Bounds and rhythms of live streams.</summary>
internal sealed record LiveSettings
{
    /// <summary>Entities that one stream may watch.</summary>
    public const int EntitiesPerStream = 64;

    /// <summary>How often an entity is asked for its version, and so the least time between two changes of it. Default 500 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How often a view is made whatever its version, so that what does not move it reaches subscribers too: denials made in a region
    /// that contains it (R12), names of others.
    /// </summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an entity that does not answer is left alone at most.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one look at an entity may take. Default 10 s, well above the hand-over of a silo that died.</summary>
    public TimeSpan LookTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a subscriber may take to read one event. Default 10 s.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it may still take when the host stops.</summary>
    public TimeSpan LastWrite { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a comment is sent, so that nobody between takes the connection for idle.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Streams at once. Default 1,000: each costs a connection and at most its output buffer (<c>MaxResponseBufferSize</c>).</summary>
    public int MaximumSubscribers { get; init; } = 1_000;

    /// <summary>Entities watched at once. Default 2,000: each costs the page it shows and, per <see cref="Interval"/>, one small call.</summary>
    public int MaximumEntities { get; init; } = 2_000;
}

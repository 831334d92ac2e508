namespace Aggregator.Contracts.Views;

/// <summary>A source's aggregate.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.source")]
public sealed record SourceView : EntityView
{
    /// <summary>The actor it speaks for; null if independent.</summary>
    [Id(0)] public EntityName? Affiliation { get; init; }

    /// <summary>Declared Admiralty reliability, A–F; null if not rated.</summary>
    [Id(1)] public string? Rating { get; init; }

    /// <summary>Claims that came again with the same content.</summary>
    [Id(2)] public required long? Duplicates { get; init; }

    /// <summary>Versions that came after the first of their claim, and claims whose report was posted again with another text (R3); null in a past view.</summary>
    [Id(3)] public required long? Corrections { get; init; }

    /// <summary>Claims taken back (R4); null in a past view.</summary>
    [Id(4)] public required long? Retractions { get; init; }

    /// <summary>Texts of raw reports that came, each once; null in a past view.</summary>
    [Id(5)] public required long? Reports { get; init; }

    /// <summary>The reliability it has earned (R17), apart from the declared rating; null in a past view.</summary>
    [Id(6)] public required TrackRecordView? TrackRecord { get; init; }
}

/// <summary>
/// What became of a source's claims (R17): a Beta posterior over the share that holds, from a uniform prior. Statements that
/// at least two origins tell are judged, once for each source: by whether its figure overlaps the one that stands.
/// </summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.track-record")]
public sealed record TrackRecordView
{
    /// <summary>Earned Admiralty reliability: A from a mean of 0.95, B from 0.8, C from 0.6, D from 0.4, E below; F, cannot be judged, below 5 outcomes.</summary>
    [Id(0)] public required string Letter { get; init; }

    /// <summary>(1 + confirmed) / (2 + n), between 0 and 1.</summary>
    [Id(1)] public required double Mean { get; init; }

    /// <summary>How many outcomes it rests on.</summary>
    [Id(2)] public required long N { get; init; }

    /// <summary>Statements on which its figure overlaps the one that stands.</summary>
    [Id(3)] public required long Confirmed { get; init; }

    /// <summary>Statements on which it does not.</summary>
    [Id(4)] public required long Contradicted { get; init; }

    /// <summary>Claims that it corrected itself, reports posted again with another text among them.</summary>
    [Id(5)] public required long Corrected { get; init; }

    /// <summary>Claims that it took back.</summary>
    [Id(6)] public required long Retracted { get; init; }
}

using Aggregator.Extraction.Resolution;

namespace Aggregator.Extraction.Attribution;

/// <summary>A stretch of a sentence, tokens [Start, End), in somebody's voice.</summary>
internal sealed record Statement(int Start, int End)
{
    /// <summary>Who says it; empty for the source's own voice, two for "both sides".</summary>
    public IReadOnlyList<Party> Claimants { get; init; } = [];

    /// <summary><c>asserts</c>, <c>denies</c> or <c>confirms</c>.</summary>
    public string Stance { get; init; } = "asserts";

    /// <summary>Whether it is wish, fear, plan or forecast.</summary>
    public bool IsUnreal { get; init; }

    /// <summary>The claimants whose claim is denied here, if the sentence names them ("dismissed claims by X that").</summary>
    public IReadOnlyList<Party> Denied { get; init; } = [];

    /// <summary>Where the words of attribution stand; −1 for the source's own voice or a speaker carried over.</summary>
    public int VerbAt { get; init; } = -1;

    /// <summary>First token of the attribution, speaker included.</summary>
    public int FrameStart { get; init; } = -1;

    /// <summary>Token after the attribution ("the ministry said on Sunday").</summary>
    public int FrameEnd { get; init; } = -1;

    /// <summary>Whether the words deny or doubt an earlier claim as a whole ("rejected that", "called the number a lie").</summary>
    public bool RefersBack { get; init; }

    /// <summary>The speaker whose point of view words like "the enemy" take.</summary>
    public Party? Speaker => Claimants.Count > 0 ? Claimants[0] : null;
}

namespace Aggregator.Extraction.Mentions;

/// <summary>Words that name a place, at tokens [Start, End).</summary>
/// <param name="Start">First token of the name.</param>
/// <param name="End">Token after the name.</param>
/// <param name="Text">The name as found.</param>
/// <param name="Id">Registry id, provisional for a place that nobody knows.</param>
/// <param name="Located">Whether a preposition or a word like "city of" says that it is meant as a place.</param>
/// <param name="Known">Whether the registry knows it.</param>
internal sealed record RegionMention(int Start, int End, string Text, string Id, bool Located, bool Known);

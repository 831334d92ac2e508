using Aggregator.Extraction.Mentions;

namespace Aggregator.Extraction.Frames;

/// <summary>A place that changed hands or is held, at tokens [Start, End) of the words that say so.</summary>
/// <param name="Start">First token of the words.</param>
/// <param name="End">Token after the words.</param>
/// <param name="Place">The place; null where only "territory" is said.</param>
/// <param name="Holder">Who holds it by these words; null if only who lost it is named, or nobody.</param>
/// <param name="Loser">Who lost it; null if not named.</param>
/// <param name="Effect">What the words say (control.tsv).</param>
internal sealed record Placed(int Start, int End, RegionMention? Place, ActorMention? Holder, ActorMention? Loser, string Effect);

/// <summary>Something that goes on without a figure, at tokens [Start, End).</summary>
/// <param name="Start">First token of the words.</param>
/// <param name="End">Token after the words.</param>
/// <param name="Type">ACLED sub-event slug.</param>
/// <param name="Actor">Who attacks; null if not named.</param>
/// <param name="IsRepelled">Whether the attack failed: then its attacker is who suffers.</param>
internal sealed record Happening(int Start, int End, string Type, ActorMention? Actor, bool IsRepelled);

using System.Collections.Immutable;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

using Voices = ImmutableSortedDictionary<Voice, VoiceTally>;

/// <summary>Rolls what each voice says up the containment trees (R14): actors within a place, then places.</summary>
public static class Rollup
{
    /// <summary>Nobody says anything.</summary>
    public static readonly Voices Nobody = Voices.Empty;

    /// <summary>A node with its parts, voice by voice.</summary>
    /// <param name="own">What is said of the node itself.</param>
    /// <param name="parts">What is said of each part.</param>
    /// <param name="places">Whether they are places, of which an incident has but one.</param>
    public static Voices Combine(Voices own, IReadOnlyCollection<Voices> parts, bool places = false)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0)
        {
            return own;
        }

        var byVoice = new Dictionary<Voice, List<VoiceTally>>();
        foreach (var (voice, tally) in parts.SelectMany(part => part))
        {
            if (!byVoice.TryGetValue(voice, out var tallies))
            {
                byVoice[voice] = tallies = [];
            }

            tallies.Add(tally);
        }

        return own.SetItems(byVoice.Select(pair => KeyValuePair.Create(pair.Key, CombineVoice(own.GetValueOrDefault(pair.Key), pair.Value, places))));
    }

    /// <summary>
    /// The tree of a dimension folded bottom up: each node's own figures combined with those of its parts.
    /// </summary>
    /// <param name="own">Own figures by node id.</param>
    /// <param name="parent">The node above one; null at the top.</param>
    /// <param name="root">The node whose figures are asked for.</param>
    /// <param name="places">Whether it is the tree of places.</param>
    public static Voices Fold(IReadOnlyDictionary<string, Voices> own, Func<string, string?> parent, string root, bool places = false)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(parent);
        var children = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var node in own.Keys)
        {
            var below = node;
            while (below != root && parent(below) is { } above)
            {
                if (!children.TryGetValue(above, out var siblings))
                {
                    children[above] = siblings = new SortedSet<string>(StringComparer.Ordinal);
                }

                if (!siblings.Add(below))
                {
                    break;
                }

                below = above;
            }
        }

        return Node(root);

        Voices Node(string id) => Combine(
            own.GetValueOrDefault(id) ?? Nobody,
            children.TryGetValue(id, out var parts) ? [.. parts.Select(Node)] : [],
            places);
    }

    /// <summary>
    /// The figures on a voice's losses in one place: its actors' trees folded, and other actors with the same voice
    /// (Artsakh under Armenia) as parts of it.
    /// </summary>
    public static Voices FoldTargets(IReadOnlyDictionary<string, Voices> byTarget, string targetVoice, RegistrySnapshot registry) => Fold(
        byTarget,
        target => target == targetVoice ? null
            : registry.Parent(EntityKind.Actor, target) is { } parent && registry.Voice(parent) == targetVoice ? parent
            : targetVoice,
        targetVoice);

    /// <summary>The parts' figures with the answers of the whole that reach them.</summary>
    public static IReadOnlyCollection<Voices> Mark(IReadOnlyCollection<Voices> parts, IReadOnlyCollection<Answer> answers)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(answers);
        return answers.Count == 0 ? parts : [.. parts.Select(part => part.ToImmutableSortedDictionary(pair => pair.Key, pair => Answers.Mark(pair.Key, pair.Value, answers)))];
    }

    /// <summary>What voices say, with those who answer the same voices elsewhere, be it of an outcome that is part of it (R22).</summary>
    public static Voices Answered(Voices said, IEnumerable<Voices> elsewhere)
    {
        ArgumentNullException.ThrowIfNull(said);
        ArgumentNullException.ThrowIfNull(elsewhere);
        foreach (var (voice, other) in elsewhere.SelectMany(voices => voices).Where(other => other.Value.Provenance.DeniedBy.Count + other.Value.Provenance.ConfirmedBy.Count > 0))
        {
            var mine = said[voice];
            said = said.SetItem(voice, mine with
            {
                Provenance = mine.Provenance.Plus(new Provenance { DeniedBy = other.Provenance.DeniedBy, ConfirmedBy = other.Provenance.ConfirmedBy }),
            });
        }

        return said;
    }

    private static VoiceTally CombineVoice(VoiceTally? own, IReadOnlyCollection<VoiceTally> parts, bool places)
    {
        var tally = Tally.Combine(own?.Tally.AsOwn() ?? OwnFigures.None, [.. parts.Select(part => part.Tally)], places) with
        {
            Superseded = own is null or { Tally.Superseded: true } && parts.All(part => part.Tally.Superseded),
        };
        var provenance = Provenance.Sum([.. own is null ? [] : new[] { own.Provenance }, .. parts.Select(part => part.Provenance)]);
        var details = parts.SelectMany(part => part.Details.Keys).Concat(own?.Details.Keys ?? []).Distinct(StringComparer.Ordinal).ToImmutableSortedDictionary(
            detail => detail,
            detail => CombineDetail(own?.Details.GetValueOrDefault(detail), [.. parts.Select(part => part.Details.GetValueOrDefault(detail)).OfType<Tally>()], places),
            StringComparer.Ordinal);
        return new VoiceTally(tally, provenance, details);
    }

    private static Tally CombineDetail(Tally? own, Tally[] parts, bool places) => Tally.Combine(own?.AsOwn() ?? OwnFigures.None, parts, places) with
    {
        Superseded = own is { Superseded: true } || Array.Exists(parts, part => part.Superseded),
    };
}

using System.Collections.Immutable;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>Makes lines of what the voices say: standings (docs/rules.md) and the estimate (R9). Nothing is blended.</summary>
public static class Lines
{
    /// <summary>The line of one target, item and outcome.</summary>
    public static Line Make(
        string? target, Item item, Outcome outcome, ImmutableSortedDictionary<Voice, VoiceTally> voices, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(voices);
        var initiators = voices.Values
            .SelectMany(voice => voice.Provenance.Initiators)
            .Select(registry.Voice)
            .ToHashSet(StringComparer.Ordinal);
        var positions = voices.Select(pair => PositionOf(pair.Key, pair.Value, target, initiators, registry)).ToArray();
        return new Line(target, item, outcome, Estimate(positions, registry), positions);
    }

    /// <summary>How a voice stands to a target.</summary>
    /// <param name="voice">Who speaks.</param>
    /// <param name="target">Actor id of whom it speaks; null for everyone.</param>
    /// <param name="initiators">Voices that the line names as acting.</param>
    /// <param name="registry">For kinds and affiliations.</param>
    public static Standing StandingOf(Voice voice, string? target, IReadOnlySet<string> initiators, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(initiators);
        if (voice.Kind == EntityKind.Source)
        {
            return registry.Find(EntityKind.Source, voice.Id) is { Kind: "agency" or "outlet" or "monitor", Affiliation: null }
                ? Standing.Independent
                : Standing.Alleged;
        }

        if (target is not null && registry.Voice(target) == voice.Id)
        {
            return Standing.Admitted;
        }

        return registry.Find(EntityKind.Actor, voice.Id)?.Kind is "monitor" or "media" or "igo" or "ngo" && !initiators.Contains(voice.Id)
            ? Standing.Independent
            : Standing.Alleged;
    }

    /// <summary>
    /// R9: low is the highest low of admitted and independent positions, high the highest high of all, best the
    /// independent best by declared rating, then latest as-of, then voice; null if it lies outside.
    /// </summary>
    public static Bounds Estimate(IReadOnlyCollection<Position> positions, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var numbered = positions.Where(position => !position.Figure.IsUnnumbered).ToArray();
        if (numbered.Length == 0)
        {
            return new Bounds(0, null, null);
        }

        var low = numbered.Where(position => position.Standing != Standing.Alleged).Max(position => position.Figure.Low) ?? 0;
        long? high = numbered.All(position => position.Figure.High is not null) ? numbered.Max(position => position.Figure.High) : null;
        var best = numbered
            .Where(position => position is { Standing: Standing.Independent, Figure.Best: not null })
            .OrderBy(position => RatingOf(position.Voice, registry))
            .ThenByDescending(position => position.AsOf)
            .ThenBy(position => position.Voice.Id, StringComparer.Ordinal)
            .ThenBy(position => position.Voice.Kind)
            .FirstOrDefault()?.Figure.Best;
        return new Bounds(low, best < low || best > high ? null : best, high);
    }

    private static Position PositionOf(Voice voice, VoiceTally said, string? target, HashSet<string> initiators, RegistrySnapshot registry)
    {
        var tally = said.Tally;
        var dated = tally.Dated.ToArray();
        var unnumbered = tally.AsOf is null && dated.Length == 0;
        return new Position
        {
            Voice = voice,
            Standing = StandingOf(voice, target, initiators, registry),
            Figure = unnumbered ? Bounds.Unnumbered : tally.Value,
            Basis = tally.AsOf is null ? Basis.Incident : Basis.Cumulative,
            Since = tally.AsOf is null ? dated.Select(period => (DateOnly?)period.From).Min() : tally.Since,
            AsOf = dated.Select(period => (DateOnly?)period.To).Append(tally.AsOf).Max(),
            Added = tally.Series?.Added,
            Corrected = tally.Series?.Corrected,
            Floor = tally.Floor,
            Unallocated = tally.Unallocated,
            Inconsistent = tally.Inconsistent,
            Superseded = tally.Superseded,
            Provenance = said.Provenance,
            Details = said.Details,
        };
    }

    // A to F; unrated comes last.
    private static char RatingOf(Voice voice, RegistrySnapshot registry) =>
        (voice.Kind == EntityKind.Source ? registry.Find(EntityKind.Source, voice.Id)?.Rating : null) ?? 'Z';
}

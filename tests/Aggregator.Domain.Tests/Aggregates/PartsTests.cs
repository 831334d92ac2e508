using System.Collections.Immutable;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;
using CsCheck;

namespace Aggregator.Domain.Tests.Aggregates;

using Voices = ImmutableSortedDictionary<Voice, VoiceTally>;

/// <summary>Who has a line or a bucket, against a plain look at what each part told last.</summary>
public sealed class PartsTests
{
    private static readonly string[] Names = ["north", "south", "west"];
    private static readonly LineKey[] Lines = [new("blue", Item.Tank, Outcome.Destroyed, null), new("red", Item.Tank, Outcome.Destroyed, null), new(null, Item.Tank, Outcome.Destroyed, null)];
    private static readonly Appearance Claim = Say.Figure("red", Bounds.Exactly(4), region: "town");
    private static readonly BucketKey[] Buckets = [.. BucketKey.Of(Claim.Claim, new EntityKey(EntityKind.Region, "town")), new(BucketKind.Control, default), new(BucketKind.Denials, default)];

    // What a part says of a key: nothing, that it has none (0), or something that is known again.
    private static readonly Gen<int?[]> Said = Gen.Int[-1, 3].Select(static said => said < 0 ? (int?)null : said).Array[3];

    private static readonly Gen<Step[]> Steps = Gen.Select(Gen.Int[0, 2].Select(static at => Names[at]), Gen.Int[0, 3], Gen.Bool, Said, Said, Said)
        .Select(static (part, kind, isOld, lines, claims, told) => new Step(part, kind, isOld, lines, claims, told))
        .Array[1, 12];

    [Fact]
    public void WhoHasWhat_IsWhatEachToldLast() => Steps.Sample(static steps =>
    {
        var parts = new Parts();
        var model = new SortedDictionary<string, Model>(StringComparer.Ordinal);
        foreach (var (step, number) in steps.Select(static (step, at) => (step, at + 1)))
        {
            Take(parts, model, step, number);
            Same(parts, model);
        }
    });

    private static void Take(Parts parts, SortedDictionary<string, Model> model, Step step, int number)
    {
        if (step.IsDrop)
        {
            parts.Drop(step.Part);
            model.Remove(step.Part);
            return;
        }

        var held = parts.VersionOf(step.Part);
        var update = new PartUpdate(
            step.IsOld ? held : new PartVersion(1, number),
            step.IsAll ? null : held,
            Step.Of(step.Lines, Lines, static said => said == 0 ? Voices.Empty : Voices.Empty.Add(new Voice(EntityKind.Actor, $"v{said}"), new VoiceTally(new Tally(), null!, VoiceTally.NoDetails))),
            Step.Of(step.Claims, Buckets, static said => (IReadOnlyCollection<Appearance>)[.. Enumerable.Repeat(Claim, said)]))
        {
            Told = Step.Of(step.Told, Buckets, static said => said == 0 ? ToldState.Gone : new ToldState(new PartVersion(1, said), HasAnswers: said == 1, TakesOver: 1UL << said)),
        };
        parts.Apply(step.Part, update);
        if (step.IsOld)
        {
            return;
        }

        var known = step.IsAll || !model.TryGetValue(step.Part, out var before) ? new Model() : before;
        model[step.Part] = known;
        known.Take(update);
    }

    private static void Same(Parts parts, SortedDictionary<string, Model> model)
    {
        Assert.Equal(model.Keys, parts.Ids);
        Assert.Equal(model.Where(static part => part.Value.Says).Select(static part => part.Key), parts.Telling);
        Assert.Equal(Lines.Where(line => model.Values.Any(part => part.Totals.ContainsKey(line))).ToHashSet(), parts.Lines.ToHashSet());
        Assert.Equal(Buckets.Where(bucket => model.Values.Any(part => part.Has(bucket))).ToHashSet(), parts.Buckets.ToHashSet());
        foreach (var line in Lines)
        {
            Assert.Equal(model.Values.Where(part => part.Totals.ContainsKey(line)).Select(part => part.Totals[line]), parts.Totals(line));
        }

        foreach (var bucket in Buckets)
        {
            Assert.Equal(model.Values.Any(part => part.Has(bucket)), parts.Has(bucket));
            Assert.Equal(
                model.Where(part => part.Value.Told.ContainsKey(bucket)).Select(part => new ToldBucket(part.Key, bucket, part.Value.Told[bucket].Version)),
                parts.ToldOf(bucket));
            Assert.Equal(model.Values.Sum(part => part.Claims.GetValueOrDefault(bucket)?.Count ?? 0), parts.Claims(bucket).Count());
            Assert.Equal(model.Values.Any(part => part.Told.GetValueOrDefault(bucket).HasAnswers), parts.HasAnswers(bucket));
            Assert.Equal(model.Values.Aggregate(0UL, (bits, part) => bits | part.Told.GetValueOrDefault(bucket).TakesOver), parts.TakesOver(bucket));
        }
    }

    private sealed record Step(string Part, int Kind, bool IsOld, int?[] Lines, int?[] Claims, int?[] Told)
    {
        public bool IsDrop => Kind == 0;

        public bool IsAll => Kind == 1;

        public static Dictionary<TKey, TValue> Of<TKey, TValue>(int?[] said, TKey[] keys, Func<int, TValue> made) where TKey : notnull =>
            said.Zip(keys).Where(static one => one.First is not null).ToDictionary(static one => one.Second, one => made(one.First!.Value));
    }

    private sealed class Model
    {
        public Dictionary<LineKey, Voices> Totals { get; } = [];

        public Dictionary<BucketKey, IReadOnlyCollection<Appearance>> Claims { get; } = [];

        public Dictionary<BucketKey, ToldState> Told { get; } = [];

        public bool Says => Totals.Count > 0 || Claims.Count > 0 || Told.Count > 0;

        public bool Has(BucketKey bucket) => Claims.ContainsKey(bucket) || Told.ContainsKey(bucket);

        public void Take(PartUpdate update)
        {
            Put(Totals, update.Totals, static voices => voices.IsEmpty);
            Put(Claims, update.Claims, static claims => claims.Count == 0);
            Put(Told, update.Told, static told => told == ToldState.Gone);
        }

        private static void Put<TKey, TValue>(Dictionary<TKey, TValue> into, IReadOnlyDictionary<TKey, TValue> from, Predicate<TValue> isGone) where TKey : notnull
        {
            foreach (var (key, value) in from)
            {
                into.Remove(key);
                if (!isGone(value))
                {
                    into[key] = value;
                }
            }
        }
    }
}

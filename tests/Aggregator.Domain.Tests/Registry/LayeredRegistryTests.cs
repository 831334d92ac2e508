using System.IO.Hashing;
using System.Diagnostics;
using System.Globalization;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Registry;

/// <summary>Edits in layers over a registry give what building it anew from the edited entries would give.</summary>
public sealed class LayeredRegistryTests
{
    private static readonly string[] Names = ["Alpha", "Bravo", "Charlie", "Delta", "Écho", "the Foxtrot"];
    private static readonly string[] Fresh = ["new-one", "new-two", "never-heard"];

    [Fact]
    public void With_AnySequenceOfEdits_EqualsTheRegistryBuiltAnew()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (layered, made) = (Say.Registry, new List<RegistryOverride>());
            var (content, changedBy) = (Say.Registry.Structure, 0L);
            for (var step = 0; step < 25; step++)
            {
                if (Edit(random, layered) is { } edit)
                {
                    made.Add(edit);
                    layered = layered.With([edit], layered.Version + 1);
                    var anew = Anew(layered, made);
                    AssertSame(anew, layered, seed, step);
                    (content, changedBy) = (anew.Structure, anew.Structure == content ? changedBy : layered.Version);
                    Assert.Equal((seed, step, content + (changedBy == 0 ? 0 : XxHash64.HashToUInt64(BitConverter.GetBytes(changedBy)))), (seed, step, layered.Structure));
                }
            }

            // Whoever reads all of them at once sees the same.
            var atOnce = Say.Registry.With(made, layered.Version);
            AssertSame(layered, atOnce, seed, made.Count);
            Assert.Equal((seed, layered.Structure), (seed, atOnce.Structure));
        }
    }

    [Fact]
    public void With_LeavesTheRegistryBeforeItAsItWas()
    {
        var before = Say.Registry.With([Put("red", entry => entry with { Name = "Crimson" })], 2);
        var after = before.With([Put("red", entry => entry with { Name = "Scarlet" })], 3);

        Assert.Equal("Crimson", before.Resolve(EntityKind.Actor, "crimson")?.Name);
        Assert.True(after.Resolve(EntityKind.Actor, "crimson")?.Provisional);
        Assert.Equal("red", after.Resolve(EntityKind.Actor, "SCARLET")?.Id);
        Assert.Equal((1, 2, 3), (Say.Registry.Version, before.Version, after.Version));
    }

    [Theory]
    [InlineData(false, "name")]
    [InlineData(false, "aliases")]
    [InlineData(false, "place")]
    [InlineData(false, "rating")]
    [InlineData(true, "parent")]
    [InlineData(true, "voice")]
    [InlineData(true, "kind")]
    [InlineData(true, "affiliation")]
    [InlineData(true, "merge")]
    public void Structure_ChangesWithWhatTotalsRestOn_AndWithNothingElse(bool changes, string what)
    {
        var edit = what switch
        {
            "name" => Put("red", entry => entry with { Name = "Crimson" }),
            "aliases" => Put("red", entry => entry with { Aliases = ["Crimson"] }),
            "parent" => Put("red", entry => entry with { Parent = "blue" }),
            "voice" => Put("red-army", entry => entry with { Voice = "red-army" }),
            "kind" => Put("red-army", entry => entry with { Kind = "rebel" }),
            "merge" => new RegistryOverride(EntityKind.Region, "nobody-knows", null, "town"),
            "place" => Put("town", entry => entry with { Latitude = 1, Longitude = 2, Kind = "area" }, EntityKind.Region),
            "rating" => Put("wire", entry => entry with { Rating = 'A', Kind = "monitor" }, EntityKind.Source),
            _ => Put("wire", entry => entry with { Affiliation = "red" }, EntityKind.Source),
        };

        var after = Say.Registry.With([edit], 2);

        Assert.Equal(changes, after.Structure != Say.Registry.Structure);
        var undone = after.With([edit with { Entry = null, MergedInto = null }], 3);

        // What rests on the first knows nothing of what came while the second stood.
        Assert.Equal(changes, undone.Structure != Say.Registry.Structure);
        Assert.Equal(changes, undone.Structure != after.Structure);
        Assert.Equal(undone.Structure, Say.Registry.With([edit, edit with { Entry = null, MergedInto = null }], 3).Structure);
        Assert.Equal(undone.Structure, undone.With([Put("red", entry => entry with { Name = "Cerise" })], 4).Structure);
    }

    [Fact]
    public void Structure_OfANameRegisteredAsWhatItWasReadAs_IsTheSame()
    {
        var put = new RegistryEntry { Entity = EntityKind.Region, Id = "oldtown", Name = "Oldtown", Kind = "city", Parent = RegistrySnapshot.World };

        Assert.Equal(Say.Registry.Structure, Say.Registry.With([new RegistryOverride(EntityKind.Region, "oldtown", put, null)], 2).Structure);
    }

    [Fact]
    public void AMergedNameThatNobodyRegistered_ReadsAsItsSurvivor_AndComesBack()
    {
        var merged = Say.Registry.With([new RegistryOverride(EntityKind.Region, "oldtown", null, "town")], 2);

        Assert.True(merged.HasMerges);
        Assert.Equal("town", merged.Survivor(EntityKind.Region, merged.Resolve(EntityKind.Region, "Oldtown")!.Id));
        Assert.Equal("town", merged.Parent(EntityKind.Region, "oldtown"));
        Assert.Equal(["oldtown"], merged.Children(EntityKind.Region, "town"));

        var undone = merged.With([new RegistryOverride(EntityKind.Region, "oldtown", null, null)], 3);
        Assert.False(undone.HasMerges);
        Assert.Equal("world", undone.Parent(EntityKind.Region, "oldtown"));
        Assert.Empty(undone.Children(EntityKind.Region, "town"));
    }

    /// <summary>35,000 entries and 200,000 names stay where they are: an edit copies only the edits before it.</summary>
    [Fact]
    public void With_OverTheShippedRegistry_AllocatesLittle()
    {
        var registry = BundledRegistry.Snapshot.With(
            [.. Enumerable.Range(0, 1_000).Select(at => Place(at))], 2);
        var put = new EntryDraft { Name = "Old Town of the Test", Kind = "city", Parent = "karabakh", Aliases = ["Yon Town of the Test"] };
        _ = EntryEdit.Put(registry, EntityKind.Region, "old-town-of-the-test", put);

        var (bytes, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        var (edit, refusal) = EntryEdit.Put(registry, EntityKind.Region, "old-town-of-the-test", put);
        var after = registry.With([edit!], 3);
        var (milliseconds, kilobytes) = (Stopwatch.GetElapsedTime(began).TotalMilliseconds, (GC.GetAllocatedBytesForCurrentThread() - bytes) / 1_000);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"checked and made over 1,000 edits in {milliseconds:F1} ms, {kilobytes} kB"));
        Assert.Null(refusal);
        Assert.Equal("karabakh", after.Parent(EntityKind.Region, "old-town-of-the-test"));
        Assert.InRange(kilobytes, 1, 5_000);
    }

    private static RegistryOverride Place(int at) => new(
        EntityKind.Region,
        $"place-{at}",
        new RegistryEntry { Entity = EntityKind.Region, Id = $"place-{at}", Name = $"Place {at}", Kind = "city", Parent = "karabakh", Aliases = [$"Spot {at}"] },
        null);

    private static RegistryOverride Put(string id, Func<RegistryEntry, RegistryEntry> change, EntityKind kind = EntityKind.Actor) =>
        new(kind, id, change(Say.Registry.Find(kind, id)!), null);

    private static RegistryOverride? Edit(Random random, RegistrySnapshot registry)
    {
        var kind = random.GetItems([EntityKind.Actor, EntityKind.Region, EntityKind.Source], 1)[0];
        string[] ids = [.. registry.All(kind).Select(entry => entry.Id).Union(Fresh).Order(StringComparer.Ordinal)];
        var (id, other) = (random.GetItems(ids, 1)[0], random.GetItems(ids, 1)[0]);
        return random.Next(4) switch
        {
            0 when registry.Find(kind, other) is not null => MergeEdit.Merge(registry, kind, id, other).Edit,
            1 when registry.Override(kind, id)?.MergedInto is { } into => MergeEdit.Undo(registry, kind, id, into).Edit,
            _ => EntryEdit.Put(registry, kind, id, new EntryDraft
            {
                Name = random.GetItems(Names, 1)[0],
                Kind = id == "world" ? "world" : random.GetItems([.. EntryKinds.Of(kind)], 1)[0],
                Aliases = random.GetItems(Names, random.Next(3)),
                Parent = kind == EntityKind.Source || id == "world" || random.Next(3) == 0 ? null : other,
                Voice = kind == EntityKind.Actor && random.Next(4) == 0 ? other : null,
                Affiliation = kind == EntityKind.Source && random.Next(3) == 0 ? "red" : null,
            }).Edit,
        };
    }

    private static RegistrySnapshot Anew(RegistrySnapshot layered, IEnumerable<RegistryOverride> made) => new(
        [
            .. Enum.GetValues<EntityKind>().SelectMany(layered.All),
            .. made.Select(edit => (edit.Entity, edit.Id)).Distinct()
                .Where(one => layered.Find(one.Entity, one.Id) is null && layered.IsMerged(one.Entity, one.Id))
                .Select(one => layered.Describe(one.Entity, one.Id) with { MergedInto = layered.Override(one.Entity, one.Id)!.MergedInto }),
        ],
        layered.Version);

    private static void AssertSame(RegistrySnapshot expected, RegistrySnapshot actual, int seed, int step)
    {
        foreach (var kind in Enum.GetValues<EntityKind>())
        {
            string[] ids = [.. Enum.GetValues<EntityKind>().SelectMany(expected.All).Select(entry => entry.Id).Union(Fresh)];
            foreach (var id in ids)
            {
                Assert.Equal((seed, step, id, Of(expected)), (seed, step, id, Of(actual)));

                string Of(RegistrySnapshot registry) => string.Join(
                    ' ',
                    registry.Parent(kind, id),
                    registry.Survivor(kind, id),
                    registry.Resolve(kind, id)?.Name,
                    string.Join(',', registry.Children(kind, id)),
                    string.Join(',', registry.MergedInto(kind, id).Order(StringComparer.Ordinal)),
                    kind == EntityKind.Actor ? registry.Voice(id) : "");
            }

            foreach (var name in Names)
            {
                Assert.Equal(
                    (seed, step, name, string.Join(',', expected.Candidates(kind, name).Select(entry => entry.Id))),
                    (seed, step, name, string.Join(',', actual.Candidates(kind, name).Select(entry => entry.Id))));
            }
        }

        Assert.Equal((seed, step, expected.HasMerges), (seed, step, actual.HasMerges));
    }
}

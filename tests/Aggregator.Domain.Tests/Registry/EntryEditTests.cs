using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Registry;

/// <summary>What an entry may be made, and the exact refusal of everything else.</summary>
public sealed class EntryEditTests
{
    private static readonly EntryDraft Band = new() { Name = "Red Band", Kind = "militia", Aliases = ["the Band"] };
    private static readonly EntryDraft Hill = new() { Name = "Red Hill", Kind = "area" };
    private static readonly EntryDraft Gazette = new() { Name = "Gazette", Kind = "outlet" };

    [Fact]
    public void ANewActor_IsWhatWasSent()
    {
        var (edit, refusal) = EntryEdit.Put(Say.Registry, EntityKind.Actor, "red-band", Band with { Parent = "red", Voice = "red" });

        Assert.Null(refusal);
        var after = Say.Registry.With([edit!], 2);
        Assert.Equal("red-band", after.Resolve(EntityKind.Actor, "the BAND")?.Id);
        Assert.Equal(("red", "red"), (after.Parent(EntityKind.Actor, "red-band"), after.Voice("red-band")));
    }

    [Fact]
    public void ARegionWithoutAParent_IsAPartOfTheWorld_AndTakesItsParentsCountry()
    {
        Assert.Equal("world", EntryEdit.Put(Say.Registry, EntityKind.Region, "red-hill", Hill).Edit?.Entry?.Parent);
        Assert.Equal("AZ", EntryEdit.Put(BundledRegistry.Snapshot, EntityKind.Region, "red-hill", Hill with { Parent = "karabakh" }).Edit?.Entry?.Country);
        Assert.Null(EntryEdit.Put(BundledRegistry.Snapshot, EntityKind.Region, "red-hill", Hill).Edit?.Entry?.Country);
    }

    [Fact]
    public void AnActorMayBeGivenItsOwnVoice()
    {
        var (edit, _) = EntryEdit.Put(Say.Registry, EntityKind.Actor, "red-army", new EntryDraft { Name = "Army", Kind = "military", Parent = "red", Voice = "red-army" });

        Assert.Equal("red-army", Say.Registry.With([edit!], 2).Voice("red-army"));
    }

    /// <summary>What is read may be sent back, for one in seven of the 35,000 entries that are shipped.</summary>
    [Fact]
    public void ShippedEntries_SentBackAsTheyAre_AreTaken() => SendBack(oneIn: 7);

    /// <summary>The same for each of them.</summary>
    [Fact(Explicit = true)]
    public void EveryShippedEntry_SentBackAsItIs_IsTaken() => SendBack(oneIn: 1);

    private static void SendBack(int oneIn)
    {
        var registry = BundledRegistry.Snapshot;
        foreach (var entry in Enum.GetValues<EntityKind>().SelectMany(registry.All).Where((_, at) => at % oneIn == 0))
        {
            var (edit, refusal) = EntryEdit.Put(registry, entry.Entity, entry.Id, DraftOf(entry));

            Assert.Null(refusal);
            var expected = entry with { Name = entry.Name.Trim(), Aliases = [.. entry.Aliases.Select(alias => alias.Trim()).Distinct(StringComparer.Ordinal)] };
            Assert.Equal((entry.Id, RegistryFormat.Tag(expected)), (entry.Id, RegistryFormat.Tag(edit!.Entry!)));
        }
    }

    public static TheoryData<EntityKind, string, EntryDraft, RefusalKind, string, string> Wrong => new()
    {
        { EntityKind.Actor, "Red Band", Band, RefusalKind.Invalid, RegistryRefusalCodes.Id, "id" },
        { EntityKind.Actor, "red--band", Band, RefusalKind.Invalid, RegistryRefusalCodes.Id, "id" },
        { EntityKind.Actor, "", Band, RefusalKind.Invalid, RegistryRefusalCodes.Id, "id" },
        { EntityKind.Actor, "red-band", Band with { Name = null }, RefusalKind.Invalid, RegistryRefusalCodes.Missing, "name" },
        { EntityKind.Actor, "red-band", Band with { Name = "  " }, RefusalKind.Invalid, RegistryRefusalCodes.Missing, "name" },
        { EntityKind.Actor, "red-band", Band with { Name = "!?" }, RefusalKind.Invalid, RegistryRefusalCodes.Name, "name" },
        { EntityKind.Actor, "red-band", Band with { Name = "Red\u0007Band" }, RefusalKind.Invalid, RegistryRefusalCodes.Text, "name" },
        { EntityKind.Actor, "red-band", Band with { Aliases = ["good", "?"] }, RefusalKind.Invalid, RegistryRefusalCodes.Name, "aliases[1]" },
        { EntityKind.Actor, "red-band", Band with { Aliases = [new string('a', 257)] }, RefusalKind.Invalid, RegistryRefusalCodes.Text, "aliases[0]" },
        { EntityKind.Actor, "red-band", Band with { Aliases = [.. Enumerable.Range(0, 1001).Select(at => $"a{at}")] }, RefusalKind.Invalid, RegistryRefusalCodes.Text, "aliases" },
        { EntityKind.Actor, "red-band", Band with { Kind = null }, RefusalKind.Invalid, RegistryRefusalCodes.Missing, "kind" },
        { EntityKind.Actor, "red-band", Band with { Kind = "city" }, RefusalKind.Invalid, RegistryRefusalCodes.Kind, "kind" },
        { EntityKind.Region, "red-hill", Hill with { Kind = "world" }, RefusalKind.Invalid, RegistryRefusalCodes.Kind, "kind" },
        { EntityKind.Source, "gazette", Gazette with { Kind = "state" }, RefusalKind.Invalid, RegistryRefusalCodes.Kind, "kind" },
        { EntityKind.Actor, "red-band", Band with { Parent = "nobody" }, RefusalKind.Invalid, RegistryRefusalCodes.Parent, "parent" },
        { EntityKind.Actor, "red", Band with { Parent = "red" }, RefusalKind.Invalid, RegistryRefusalCodes.Cycle, "parent" },
        { EntityKind.Actor, "red", Band with { Parent = "red-army" }, RefusalKind.Conflict, RegistryRefusalCodes.Cycle, "parent" },
        { EntityKind.Region, "land", Hill with { Parent = "village" }, RefusalKind.Conflict, RegistryRefusalCodes.Cycle, "parent" },
        { EntityKind.Actor, "red-band", Band with { Voice = "nobody" }, RefusalKind.Invalid, RegistryRefusalCodes.Voice, "voice" },
        { EntityKind.Actor, "red", Band with { Voice = "red-army" }, RefusalKind.Conflict, RegistryRefusalCodes.Voice, "voice" },
        { EntityKind.Source, "gazette", Gazette with { Affiliation = "nobody" }, RefusalKind.Invalid, RegistryRefusalCodes.Affiliation, "affiliation" },
        { EntityKind.Source, "gazette", Gazette with { Rating = "G" }, RefusalKind.Invalid, RegistryRefusalCodes.Rating, "rating" },
        { EntityKind.Source, "gazette", Gazette with { Rating = "AB" }, RefusalKind.Invalid, RegistryRefusalCodes.Rating, "rating" },
        { EntityKind.Region, "red-hill", Hill with { Latitude = 90.1, Longitude = 0 }, RefusalKind.Invalid, RegistryRefusalCodes.Location, "location.latitude" },
        { EntityKind.Region, "red-hill", Hill with { Latitude = 0, Longitude = -180.1 }, RefusalKind.Invalid, RegistryRefusalCodes.Location, "location.longitude" },
        { EntityKind.Region, "red-hill", Hill with { Latitude = 0 }, RefusalKind.Invalid, RegistryRefusalCodes.Location, "location" },
        { EntityKind.Region, "red-hill", Hill with { Latitude = double.NaN, Longitude = 0 }, RefusalKind.Invalid, RegistryRefusalCodes.Location, "location.latitude" },
        { EntityKind.Source, "gazette", Gazette with { Parent = "wire" }, RefusalKind.Invalid, RegistryRefusalCodes.Field, "parent" },
        { EntityKind.Region, "red-hill", Hill with { Voice = "red" }, RefusalKind.Invalid, RegistryRefusalCodes.Field, "voice" },
        { EntityKind.Actor, "red-band", Band with { Affiliation = "red" }, RefusalKind.Invalid, RegistryRefusalCodes.Field, "affiliation" },
        { EntityKind.Actor, "red-band", Band with { Rating = "A" }, RefusalKind.Invalid, RegistryRefusalCodes.Field, "rating" },
        { EntityKind.Actor, "red-band", Band with { Latitude = 1, Longitude = 1 }, RefusalKind.Invalid, RegistryRefusalCodes.Field, "location" },
        { EntityKind.Actor, "red-band", Band with { Aliases = ["Blue"] }, RefusalKind.Conflict, RegistryRefusalCodes.NameTaken, "aliases" },
        { EntityKind.Actor, "red-band", Band with { Name = "The BLUE" }, RefusalKind.Conflict, RegistryRefusalCodes.NameTaken, "name" },
        { EntityKind.Region, "world", Hill, RefusalKind.Invalid, RegistryRefusalCodes.World, "kind" },
        { EntityKind.Region, "world", Hill with { Kind = "world", Parent = "land" }, RefusalKind.Invalid, RegistryRefusalCodes.World, "parent" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void AWrongEntry_IsRefusedWithItsCode(EntityKind kind, string id, EntryDraft draft, RefusalKind why, string code, string field)
    {
        var (edit, refusal) = EntryEdit.Put(Say.Registry, kind, id, draft);

        Assert.Null(edit);
        Assert.Equal((why, code, field), (refusal!.Kind, refusal.Code, refusal.Field));
    }

    [Fact]
    public void AnIdThatIsANameOfAnother_IsTaken()
    {
        var (_, refusal) = EntryEdit.Put(BundledRegistry.Snapshot, EntityKind.Region, "artsakh", new EntryDraft { Name = "Elsewhere in Artsakh", Kind = "area" });

        Assert.Equal((RegistryRefusalCodes.NameTaken, "id"), (refusal!.Code, refusal.Field));
    }

    [Fact]
    public void ANameThatSeveralPlacesShare_StaysWithThoseThatHaveIt()
    {
        var tripoli = BundledRegistry.Snapshot.Find(EntityKind.Region, "tripoli-lb")!;

        Assert.True(BundledRegistry.Snapshot.Candidates(EntityKind.Region, "tripolis").Count + BundledRegistry.Snapshot.Holders(EntityKind.Region, "tripoli").Count > 1);
        Assert.Null(EntryEdit.Put(BundledRegistry.Snapshot, EntityKind.Region, tripoli.Id, DraftOf(tripoli) with { Latitude = 34.4, Longitude = 35.8 }).Refusal);
        Assert.Equal(
            RegistryRefusalCodes.NameTaken,
            EntryEdit.Put(BundledRegistry.Snapshot, EntityKind.Region, "tripoli-hill", new EntryDraft { Name = "Tripoli Hill", Kind = "area", Aliases = ["Tripoli"] }).Refusal?.Code);
    }

    [Fact]
    public void AnAmbiguousParent_IsRefusedWithTheIdsItMayBe()
    {
        var (_, refusal) = EntryEdit.Put(BundledRegistry.Snapshot, EntityKind.Region, "red-hill", Hill with { Parent = "San José" });

        Assert.Equal(RegistryRefusalCodes.Parent, refusal!.Code);
        Assert.Contains("san-jose-", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANameOfWhatIsMergedIntoTheEntry_IsItsOwn()
    {
        var merged = Say.Registry.With([MergeEdit.Merge(Say.Registry, EntityKind.Actor, "blue-navy", "blue").Edit!], 2);

        Assert.Null(EntryEdit.Put(merged, EntityKind.Actor, "blue", new EntryDraft { Name = "Blue", Kind = "state", Aliases = ["blue-navy"] }).Refusal);
    }

    [Fact]
    public void NewIds_AreThoseThatClaimsMayHaveUsed()
    {
        var draft = Band with { Aliases = ["Red", "The Band", "blue"] };

        Assert.Equal(["band"], EntryEdit.NewIds(Say.Registry, EntityKind.Actor, "red-band", draft));
        var merged = Say.Registry.With([new RegistryOverride(EntityKind.Actor, "band", null, "red-band")], 2);
        Assert.Empty(EntryEdit.NewIds(merged, EntityKind.Actor, "red-band", draft));
    }

    internal static EntryDraft DraftOf(RegistryEntry entry) => new()
    {
        Name = entry.Name,
        Aliases = entry.Aliases,
        Kind = entry.Kind,
        Parent = entry.Parent,
        Voice = entry.Voice,
        Latitude = entry.Latitude,
        Longitude = entry.Longitude,
        Affiliation = entry.Affiliation,
        Rating = entry.Rating?.ToString(),
    };
}

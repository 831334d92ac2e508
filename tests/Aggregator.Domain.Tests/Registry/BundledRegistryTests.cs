using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Registry;

public sealed class BundledRegistryTests
{
    private static readonly IReadOnlyList<RegistryEntry> Entries = BundledRegistry.Read();

    [Fact]
    public void Ids_AreUniquePerKindOfEntity() =>
        Assert.Empty(Entries.GroupBy(entry => (entry.Entity, entry.Id)).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void Ids_AreSlugs() =>
        Assert.Empty(Entries.Where(entry => entry.Id != NameFolding.ToSlug(entry.Id) || !entry.Id.All(char.IsAscii)).Select(entry => entry.Id));

    [Fact]
    public void References_PointToEntries()
    {
        var known = Entries.Select(entry => (entry.Entity, entry.Id)).ToHashSet();
        var missing = Entries.SelectMany(entry => new[]
        {
            (entry.Entity, entry.Parent),
            (EntityKind.Actor, entry.Voice),
            (EntityKind.Actor, entry.Affiliation),
        }).Where(reference => reference.Item2 is not null && !known.Contains(reference!));

        Assert.Empty(missing);
    }

    [Fact]
    public void Regions_AllLieInTheWorld() =>
        Assert.All(
            BundledRegistry.Snapshot.All(EntityKind.Region),
            region => Assert.True(BundledRegistry.Snapshot.IsWithin(EntityKind.Region, region.Id, RegistrySnapshot.World), region.Id));

    [Fact]
    public void Kinds_AreThoseOfTheDesign()
    {
        var kinds = new Dictionary<EntityKind, string[]>
        {
            [EntityKind.Actor] = ["state", "military", "ministry", "rebel", "militia", "civilian", "monitor", "media", "igo", "ngo", "person"],
            [EntityKind.Region] = ["world", "country", "admin1", "area", "city"],
            [EntityKind.Source] = ["agency", "outlet", "official", "monitor", "social"],
        };

        Assert.Empty(Entries.Where(entry => !kinds[entry.Entity].Contains(entry.Kind)).Select(entry => (entry.Id, entry.Kind)));
    }

    [Theory]
    [InlineData(EntityKind.Actor)]
    [InlineData(EntityKind.Source)]
    public void Names_BelongToOneActorOrSource(EntityKind kind)
    {
        var shared = Entries
            .Where(entry => entry.Entity == kind)
            .SelectMany(entry => entry.Aliases.Append(entry.Name).Append(entry.Id).Select(NameFolding.Fold).Distinct().Select(name => (name, entry.Id)))
            .GroupBy(pair => pair.name, pair => pair.Id)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group)}");

        Assert.Empty(shared);
    }

    [Fact]
    public void Aliases_AreNeitherEmptyNorMarkedForDropping() =>
        Assert.Empty(Entries.Where(entry => entry.Aliases.Any(alias => alias.Length == 0 || alias[0] == '-')).Select(entry => entry.Id));

    [Fact]
    public void Files_StaySmall()
    {
        var assembly = typeof(BundledRegistry).Assembly;
        var bytes = assembly.GetManifestResourceNames().Sum(name => assembly.GetManifestResourceStream(name)!.Length);

        Assert.InRange(bytes, 1, 5_000_000);
    }

    /// <summary>What a start pays for the registry, as memory: unlike time it is the same on a busy machine.</summary>
    [Fact]
    public void Load_AllocatesWithinItsBound()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = new RegistrySnapshot(BundledRegistry.Read(), version: 1);
        var megabytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 1_000_000;

        TestContext.Current.TestOutputHelper?.WriteLine($"{Entries.Count} entries in {megabytes} MB");
        Assert.InRange(megabytes, 1, 150);
    }
}

using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Registry;

/// <summary>What can be merged into what, and apart again.</summary>
public sealed class MergeEditTests
{
    [Fact]
    public void AMerge_CanBeUndone_AndLeavesAnEditOfTheEntryAlone()
    {
        var put = EntryEdit.Put(Say.Registry, EntityKind.Actor, "blue-navy", new EntryDraft { Name = "Fleet", Kind = "military", Parent = "blue" }).Edit!;
        var registry = Say.Registry.With([put], 2);
        registry = registry.With([MergeEdit.Merge(registry, EntityKind.Actor, "blue-navy", "blue-army").Edit!], 3);
        Assert.Equal("blue-army", registry.Survivor(EntityKind.Actor, "blue-navy"));

        registry = registry.With([MergeEdit.Undo(registry, EntityKind.Actor, "blue-navy", "blue-army").Edit!], 4);

        Assert.Equal(("blue-navy", "Fleet"), (registry.Survivor(EntityKind.Actor, "blue-navy"), registry.Find(EntityKind.Actor, "blue-navy")?.Name));
    }

    [Fact]
    public void APut_LeavesAMergeAlone()
    {
        var registry = Say.Registry.With([MergeEdit.Merge(Say.Registry, EntityKind.Actor, "blue-navy", "blue-army").Edit!], 2);
        var put = EntryEdit.Put(registry, EntityKind.Actor, "blue-navy", new EntryDraft { Name = "Fleet", Kind = "military", Parent = "blue" }).Edit!;

        Assert.Equal("blue-army", registry.With([put], 3).Survivor(EntityKind.Actor, "blue-navy"));
    }

    [Fact]
    public void AMergeThatIsThere_IsNothingToDo() =>
        Assert.Equal((null, null), MergeEdit.Merge(Say.Merged((EntityKind.Actor, "blue-navy", "blue-army")), EntityKind.Actor, "blue-navy", "blue-army"));

    [Theory]
    [InlineData(EntityKind.Actor, "blue", "blue", RegistryRefusalCodes.MergeSelf)]
    [InlineData(EntityKind.Actor, "blue", "blue-army", RegistryRefusalCodes.MergeCycle)]
    [InlineData(EntityKind.Region, "land", "village", RegistryRefusalCodes.MergeCycle)]
    [InlineData(EntityKind.Region, "world", "land", RegistryRefusalCodes.World)]
    [InlineData(EntityKind.Source, "paper", "paper-two", RegistryRefusalCodes.MergeCycle)]
    [InlineData(EntityKind.Source, "paper-two", "wire", RegistryRefusalCodes.MergeMerged)]
    public void AMergeThatCannotBe_IsRefusedWithItsCode(EntityKind kind, string id, string into, string code)
    {
        var (edit, refusal) = MergeEdit.Merge(Say.Merged((EntityKind.Source, "paper-two", "paper")), kind, id, into);

        Assert.Null(edit);
        Assert.Equal((RefusalKind.Conflict, code), (refusal!.Kind, refusal.Code));
    }

    [Fact]
    public void UndoingWhatIsNotMerged_IsUnknown()
    {
        var (_, refusal) = MergeEdit.Undo(Say.Registry, EntityKind.Actor, "blue-navy", "blue-army");

        Assert.Equal((RefusalKind.Unknown, RegistryRefusalCodes.MergeNone), (refusal!.Kind, refusal.Code));
    }

    [Fact]
    public void UndoingTheMergeOfANameThatTheSurvivorHasTaken_IsRefused()
    {
        var registry = Say.Registry.With([MergeEdit.Merge(Say.Registry, EntityKind.Actor, "band", "red").Edit!], 2);
        registry = registry.With([EntryEdit.Put(registry, EntityKind.Actor, "red", new EntryDraft { Name = "Red", Kind = "state", Aliases = ["The Band"] }).Edit!], 3);

        Assert.Equal(RegistryRefusalCodes.MergeNamed, MergeEdit.Undo(registry, EntityKind.Actor, "band", "red").Refusal?.Code);
    }

    [Fact]
    public void AnEdit_ReadsBackAsItWasStored()
    {
        var entry = BundledRegistry.Snapshot.Find(EntityKind.Region, "karabakh")!;
        foreach (var made in new[] { new RegistryOverride(EntityKind.Region, "karabakh", entry, "azerbaijan"), new RegistryOverride(EntityKind.Source, "gazette", null, null) })
        {
            var edit = new StoredEdit(Guid.NewGuid(), new DateTimeOffset(2026, 11, 27, 1, 2, 3, TimeSpan.Zero), made);

            var read = RegistryFormat.Decode(RegistryFormat.Encode(edit));

            Assert.Equal((edit.Id, edit.At, made.Entity, made.Id, made.MergedInto), (read.Id, read.At, read.Made.Entity, read.Made.Id, read.Made.MergedInto));
            Assert.Equal(made.Entry is null ? null : RegistryFormat.Tag(made.Entry), read.Made.Entry is null ? null : RegistryFormat.Tag(read.Made.Entry));
        }
    }
}

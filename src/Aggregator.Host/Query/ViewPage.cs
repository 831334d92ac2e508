using System.Globalization;
using Aggregator.Contracts.Views;

namespace Aggregator.Host.Query;

/// <summary>A page of a view: its lists (lines, said, children) from a place on, no longer than a limit each.</summary>
/// <param name="Offset">Where each list begins, from 0.</param>
/// <param name="Limit">Most entries of each.</param>
internal readonly record struct ViewPage(int Offset, int Limit)
{
    /// <summary>Entries of each list if nothing else is asked for.</summary>
    public const int DefaultLimit = 1_000;

    /// <summary>Most that may be asked for.</summary>
    public const int MaximumLimit = 10_000;

    /// <summary>Reads what is asked for.</summary>
    public static bool TryRead(string? limit, string? cursor, out ViewPage page)
    {
        var offset = 0;
        var isRead = QueryParameters.TryLimit(limit, DefaultLimit, MaximumLimit, out var size)
            && (cursor is null || int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out offset));
        page = new ViewPage(offset, size);
        return isRead;
    }

    /// <summary>The page of a view.</summary>
    public EntityView Of(EntityView view)
    {
        return view switch
        {
            ActorView actor => actor with { Lines = Slice(actor.Lines), Said = Slice(actor.Said), Children = Slice(actor.Children), Next = Next(actor.Lines.Length, actor.Said.Length, actor.Children.Length) },
            RegionView region => region with { Lines = Slice(region.Lines), Children = Slice(region.Children), Next = Next(region.Lines.Length, region.Children.Length) },
            _ => view,
        };
    }

    private T[] Slice<T>(T[] list) => Offset == 0 && list.Length <= Limit ? list : [.. list.Skip(Offset).Take(Limit)];

    private string? Next(params int[] lengths) => (long)Offset + Limit < lengths.Max() ? (Offset + Limit).ToString(CultureInfo.InvariantCulture) : null;
}

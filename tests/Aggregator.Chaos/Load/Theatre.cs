namespace Aggregator.Chaos.Load;

/// <summary>A part of the bundled registry that claims speak of: places at several depths of one tree, a side that speaks through several bodies of one voice, and a side that loses.</summary>
/// <param name="Voice">The voice of all claimants.</param>
/// <param name="Claimants">Bodies of the voice.</param>
/// <param name="TargetVoice">The voice of all targets.</param>
/// <param name="Targets">A state and a part of it.</param>
/// <param name="Inner">A place with parts, that is claimed of on days of its own: its own figure of a day would hide its parts' (R14).</param>
/// <param name="Leaves">Places below it, or elsewhere below the same ancestors.</param>
internal sealed record Theatre(string Voice, string[] Claimants, string TargetVoice, string[] Targets, string Inner, string[] Leaves)
{
    public const string World = "world";

    public static IReadOnlyList<Theatre> All { get; } =
    [
        new("armenia", ["armenia", "armenia-ministry-of-defence", "artsakh-defence-army"], "azerbaijan", ["azerbaijan", "azerbaijan-armed-forces"],
            "karabakh", ["fizuli", "hadrut", "shusha", "stepanakert"]),
        new("ukraine", ["ukraine", "ukraine-ministry-of-defence"], "russia", ["russia", "russia-armed-forces"],
            "mariupol", ["azovstal", "bakhmut", "avdiivka", "donetsk"]),
    ];

    private static readonly Dictionary<string, string> Parents = new(StringComparer.Ordinal)
    {
        ["fizuli"] = "karabakh",
        ["hadrut"] = "karabakh",
        ["shusha"] = "karabakh",
        ["stepanakert"] = "karabakh",
        ["karabakh"] = "azerbaijan",
        ["azerbaijan"] = World,
        ["azovstal"] = "mariupol",
        ["mariupol"] = "donetsk-oblast",
        ["bakhmut"] = "donetsk-oblast",
        ["avdiivka"] = "donetsk-oblast",
        ["donetsk"] = "donetsk-oblast",
        ["donetsk-oblast"] = "donbas",
        ["donbas"] = "ukraine",
        ["ukraine"] = World,
    };

    private static readonly Dictionary<string, string> ActorParents = new(StringComparer.Ordinal)
    {
        ["azerbaijan-armed-forces"] = "azerbaijan",
        ["russia-armed-forces"] = "russia",
    };

    /// <summary>Every place whose view shows claims of the theatres.</summary>
    public static IEnumerable<string> Regions => Parents.Keys.Append(World);

    /// <summary>Every actor that claims name.</summary>
    public static IEnumerable<string> Actors => All.SelectMany(one => one.Claimants.Concat(one.Targets)).Distinct(StringComparer.Ordinal);

    /// <summary>A place and everything that contains it; a place nobody knows lies in the world.</summary>
    public static IEnumerable<string> Containing(string region)
    {
        for (var at = region; at != World; at = Parents.GetValueOrDefault(at, World))
        {
            yield return at;
        }

        yield return World;
    }

    /// <summary>An actor and everything that it is a part of.</summary>
    public static IEnumerable<string> Over(string actor) => ActorParents.TryGetValue(actor, out var parent) ? [actor, parent] : [actor];
}

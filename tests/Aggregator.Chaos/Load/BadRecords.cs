namespace Aggregator.Chaos.Load;

/// <summary>Items that no host takes, each wrong in its own way.</summary>
internal static class BadRecords
{
    private static readonly string[] All =
    [
        """{"source":"chaos-bad","reportedAt":"yesterday","event":"attack"}""",
        """{"source":"chaos-bad","reportedAt":"2024-01-01","figure":{"item":"tank","outcome":"killed"}}""",
        """{"source":"chaos-bad","reportedAt":"2024-01-01","figure":{"item":"spoon","outcome":"destroyed"}}""",
        """{"source":"chaos-bad","reportedAt":"2024-01-01","event":"attack","regoin":"fizuli"}""",
        """{"source":"chaos-bad","reportedAt":"2024-01-01","event":"att""",
        """{"source":"chaos-bad","reportedAt":"3024-01-01T00:00:00Z","event":"attack"}""",
        "7",
    ];

    public static string Of(int number) => All[number % All.Length];
}

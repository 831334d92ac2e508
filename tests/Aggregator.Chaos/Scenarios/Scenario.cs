namespace Aggregator.Chaos.Scenarios;

/// <summary>Something that goes wrong under load.</summary>
/// <param name="Name">As the command line knows it.</param>
/// <param name="Summary">What is done.</param>
/// <param name="RunAsync">Starts what it needs, and does it; the audit follows.</param>
internal sealed record Scenario(string Name, string Summary, Func<ScenarioContext, Task> RunAsync)
{
    /// <summary>Whether "all" leaves it out, as it needs an argument.</summary>
    public bool OnRequest { get; init; }

    public static IReadOnlyList<Scenario> All { get; } = [.. SiloScenarios.All, .. FailpointScenarios.All, .. StoreScenarios.All, .. InputScenarios.All];
}

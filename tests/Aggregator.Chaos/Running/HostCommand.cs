namespace Aggregator.Chaos.Running;

/// <summary>What the host does instead of serving, run to its end.</summary>
internal static class HostCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Runs it.</summary>
    /// <param name="folder">Where its log goes.</param>
    /// <param name="name">Of the log.</param>
    /// <param name="arguments">As on the command line.</param>
    /// <returns>The exit code; null if it did not end in time.</returns>
    public static async Task<int?> RunAsync(string folder, string name, params string[] arguments)
    {
        string[] program = [Path.Combine(HostNode.DefaultBuild, "Aggregator.Host.dll"), .. arguments];
        await using var command = ManagedProcess.Start("dotnet", program, new Dictionary<string, string>(), Path.Combine(folder, name + ".log"));
        return await command.ExitsWithinAsync(Limit) ? command.ExitCode : null;
    }
}

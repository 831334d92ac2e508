using System.Diagnostics;
using System.Globalization;

namespace Aggregator.Tests.Shared;

/// <summary>Sends signals to processes by id; skips the test where there are none.</summary>
internal static class Signals
{
    /// <summary>Sends one by its name, as <c>TERM</c>.</summary>
    public static async Task SendAsync(Process process, string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no signals here");
        using var kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process.Id}")]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}

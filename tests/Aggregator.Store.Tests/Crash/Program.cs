using Xunit.MicrosoftTestingPlatform;

namespace Aggregator.Store.Tests.Crash;

internal static class Program
{
    public static Task<int> Main(string[] args) =>
        args is [AppendingChild.Argument, var folder]
            ? AppendingChild.RunAsync(folder)
            : args.Any(static argument => argument is "--server" or "--internal-msbuild-node")
                ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
                : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}

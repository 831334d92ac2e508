using Xunit.MicrosoftTestingPlatform;

namespace Aggregator.Chaos;

/// <summary>With the name of a scenario as its first argument this is the long form; else it is a test program like the others.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) =>
        args is [var first, ..] && char.IsAsciiLetter(first[0]) ? ChaosRunner.MainAsync(args)
        : args.Any(static argument => argument is "--server" or "--internal-msbuild-node")
            ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}

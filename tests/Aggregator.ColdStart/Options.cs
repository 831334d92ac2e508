using System.Globalization;

namespace Aggregator.ColdStart;

/// <summary>What was asked for on the command line.</summary>
internal sealed record Options(long Claims, bool IsRedis, string Folder, int EntryClaims, TimeSpan Limit, string? Host, bool OnlyFills, string[] Settings)
{
    public static Options Read(string[] args)
    {
        string? Value(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
        return new Options(
            long.Parse(Value("--claims") ?? "100000", CultureInfo.InvariantCulture),
            (Value("--store") ?? "redis") == "redis",
            Value("--folder") ?? Directory.CreateTempSubdirectory("agg-cold-").FullName,
            int.Parse(Value("--entry") ?? "500", CultureInfo.InvariantCulture),
            TimeSpan.Parse(Value("--limit") ?? "00:30:00", CultureInfo.InvariantCulture),
            Value("--host"),
            args.Contains("--fill"),
            [.. args.SkipWhile(argument => argument != "--").Skip(1)]);
    }
}

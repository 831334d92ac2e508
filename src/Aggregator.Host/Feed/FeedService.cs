using System.Globalization;
using Aggregator.Domain.Log;

namespace Aggregator.Host.Feed;

/// <summary>Feeds <c>Feed:Path</c> once the host serves, says how far it is, and prints the board.</summary>
internal sealed class FeedService(FileFeed feed, Board board, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await FeedAllAsync(stoppingToken);
    }

    private async Task FeedAllAsync(CancellationToken stoppingToken)
    {
        var files = feed.Files();
        var touched = new HashSet<EntityKey>();
        var began = time.GetTimestamp();
        for (var at = 0; at < files.Count; at++)
        {
            var result = await FeedAsync(files[at], stoppingToken);
            touched.UnionWith(result.Touched);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{at + 1}/{files.Count}] {result.Name}: {Describe(result)}"));
        }

        foreach (var file in feed.Skipped())
        {
            Console.WriteLine($"skipped {file}: only .txt, .json and .ndjson are fed");
        }

        Console.WriteLine();
        await PrintAsync(touched, stoppingToken);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Fed {files.Count} files in {time.GetElapsedTime(began).TotalSeconds:F1} s. Serving; stop with Ctrl+C."));
    }

    // What cannot be shown just now can be asked for; the host goes on serving.
    private async Task PrintAsync(HashSet<EntityKey> touched, CancellationToken stoppingToken)
    {
        try
        {
            await board.PrintAsync(touched, Console.Out);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            Console.WriteLine($"The board cannot be shown now: {fault.Message}");
        }
    }

    // A file that cannot be read or fed costs the others nothing, and the host goes on serving.
    private async Task<FileResult> FeedAsync(string file, CancellationToken stoppingToken)
    {
        try
        {
            return await feed.FeedAsync(file, stoppingToken);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            return new FileResult(Path.GetFileName(file), null, fault.Message, []);
        }
    }

    private static string Describe(FileResult result) => result.Answer is not { } answer
        ? $"refused, {result.Refusal}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{answer.Accepted} accepted, {answer.Duplicate} duplicate, {answer.Corrected} corrected, {answer.Rejected} rejected")
            + string.Concat(answer.Errors.Take(5).Select(error => $"\n    item {error.Index + 1}{(error.Line is { } line ? $" (line {line})" : "")}: {error.Code}, {error.Message}"))
            + (answer.Applied == true ? "" : " (not yet in every view)");
}

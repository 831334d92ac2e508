using System.Diagnostics;
using System.Globalization;
using Aggregator.Store.Log;
using Aggregator.Store.Rows;

namespace Aggregator.Store.Tests.Crash;

/// <summary>A process that appends until it is killed, and says every sequence once it is acknowledged.</summary>
internal static class AppendingChild
{
    public const string Argument = "--append-until-killed";

    private const int EntryBytes = 1_000;

    public static async Task<int> RunAsync(string folder)
    {
        var store = await StoreConnection.ConnectAsync(new StoreOptions { Path = folder });
        var log = new ClaimLog(store);
        var rows = new EntityRows(store);
        var head = await log.OpenAsync(0);
        for (var sequence = head.LastSequence + 1; ; sequence++)
        {
            if (await log.AppendAsync(0, head.Incarnation, sequence, Entry(sequence)) is not AppendResult.Appended)
            {
                return 1;
            }

            var (version, field) = (sequence - 1, new RowField("sequence", BitConverter.GetBytes(sequence)));
            if (await rows.WriteAsync("actor", "armenia", version, [field, new("more", Entry(sequence))], "world") is not WriteRowResult.Written)
            {
                return 2;
            }

            await Console.Out.WriteLineAsync(sequence.ToString(CultureInfo.InvariantCulture));
            await Console.Out.FlushAsync();
        }
    }

    public static byte[] Entry(long sequence)
    {
        var bytes = new byte[EntryBytes];
        new Random((int)sequence).NextBytes(bytes);
        return bytes;
    }

    public static Process Start(string folder)
    {
        var assembly = typeof(AppendingChild).Assembly.Location;
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (System.IO.Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(assembly);
        }

        start.ArgumentList.Add(Argument);
        start.ArgumentList.Add(folder);
        return Process.Start(start)!;
    }
}

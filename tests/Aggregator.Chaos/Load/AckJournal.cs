using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Load;

/// <summary>What was acknowledged: one line each in a file that is only added to, flushed to the disk before it counts.</summary>
internal sealed class AckJournal : IAsyncDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly Channel<(string Line, TaskCompletionSource Done)> _lines = Channel.CreateBounded<(string, TaskCompletionSource)>(1_000);
    private readonly Task _writing;

    public AckJournal(string path)
    {
        _path = path;
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        _writing = WriteAsync();
    }

    /// <summary>Writes a line; done when it is on the disk.</summary>
    public async Task AddAsync(Operation operation, Answer answer)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var at = TimeProvider.System.GetUtcNow();
        var line = string.Create(CultureInfo.InvariantCulture, $"{at:O} {operation.Kind} {operation.Number} {operation.Claims[0].Key} {operation.Claims.Length} {answer.Body?.ToJsonString()}\n");
        await _lines.Writer.WriteAsync((line, done));
        await done.Task;
        operation.Acknowledge(at);
    }

    /// <summary>When operations were acknowledged, by their number, as the file says.</summary>
    public IReadOnlyDictionary<int, DateTimeOffset> Read()
    {
        using var reader = new StreamReader(new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var acknowledged = new Dictionary<int, DateTimeOffset>();
        while (reader.ReadLine()?.Split(' ', 4) is [var at, _, var number, _])
        {
            acknowledged[int.Parse(number, CultureInfo.InvariantCulture)] = DateTimeOffset.ParseExact(at, "O", CultureInfo.InvariantCulture);
        }

        return acknowledged;
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.Complete();
        await _writing;
        await _file.DisposeAsync();
    }

    // What waits is flushed in one go.
    private async Task WriteAsync()
    {
        var flushed = new List<TaskCompletionSource>();
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (_lines.Reader.TryRead(out var next))
            {
                await _file.WriteAsync(Encoding.UTF8.GetBytes(next.Line));
                flushed.Add(next.Done);
            }

            _file.Flush(flushToDisk: true);
            flushed.ForEach(done => done.SetResult());
            flushed.Clear();
        }
    }
}

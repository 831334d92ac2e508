using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Live;

/// <summary>One server-sent event.</summary>
internal sealed record Received(string Name, long? Id, JsonObject Data)
{
    public string Entity => (string)Data["id"]!;

    public long Version => (long)Data["version"]!;
}

/// <summary>Reads a stream of events as a browser does.</summary>
internal sealed class Reader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<Received> _events = Channel.CreateUnbounded<Received>();
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable? _owner;
    private readonly Task _reading;
    private int _comments;

    public Reader(Stream stream, IDisposable? owner = null)
    {
        _owner = owner;
        _reading = ReadAsync(stream);
    }

    public int Comments => Volatile.Read(ref _comments);

    /// <summary>Events that have come and were not taken.</summary>
    public int Waiting => _events.Reader.Count;

    /// <summary>Subscribes to a host once it has a place.</summary>
    public static async Task<Reader> OpenAsync(RunningHost host, string query)
    {
        // The places of a test before are free a moment after its end.
        using var limit = new CancellationTokenSource(Patience);
        Reader? opened = null;
        await Eventually.AsyncTrue(async () => (opened = await TryOpenAsync(host, query)) is not null, limit.Token);
        return opened!;
    }

    /// <summary>Subscribes to a host; null if it is full. Asserts that nothing else refuses it.</summary>
    public static async Task<Reader?> TryOpenAsync(RunningHost host, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/live?" + query);
        request.Headers.TryAddWithoutValidation("Last-Event-ID", "7");
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            response.Dispose();
            return null;
        }

        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}\n{host.Output}");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new Reader(await response.Content.ReadAsStreamAsync(), response);
    }

    /// <summary>The next event; fails if it does not come.</summary>
    public async Task<Received> NextAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        return await _events.Reader.ReadAsync(limit.Token);
    }

    /// <summary>Takes events until one is as wanted.</summary>
    public async Task<Received> UntilAsync(Func<Received, bool> wanted)
    {
        while (true)
        {
            if (await NextAsync() is var next && wanted(next))
            {
                return next;
            }
        }
    }

    /// <summary>Waits for the end of the stream, whatever comes before it.</summary>
    public async Task<List<Received>> ToEndAsync()
    {
        await _reading.WaitAsync(Patience);
        return await _events.Reader.ReadAllAsync().ToListAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _owner?.Dispose();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync(Stream stream)
    {
        try
        {
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var (name, id, data) = ("message", default(long?), default(string));
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                switch (line.Split(':', 2))
                {
                    case ["", _]:
                        Interlocked.Increment(ref _comments);
                        break;
                    case ["event", var value]:
                        name = value.Trim();
                        break;
                    case ["id", var value]:
                        id = long.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                        break;
                    case ["data", var value]:
                        data = value;
                        break;
                    case [""] when data is not null:
                        _events.Writer.TryWrite(new Received(name, id, JsonNode.Parse(data)!.AsObject()));
                        (name, id, data) = ("message", null, null);
                        break;
                    default:
                        break;
                }
            }
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut off: what came before counts.
        }
        finally
        {
            _events.Writer.Complete();
        }
    }
}

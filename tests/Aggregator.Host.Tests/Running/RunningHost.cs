using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Aggregator.Host.Tests.Running;

/// <summary>A whole host on free loopback ports, and a client of it. Each way to run one says what it can show beside that.</summary>
internal abstract class RunningHost : IAsyncDisposable
{
    private const int LinesKept = 500;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly int _port;
    private readonly int _gatewayPort;

    protected RunningHost(string[] arguments)
        : this(arguments, Ports.Free(), Ports.Free()) => Arguments =
        [
            .. arguments, "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"),
            "--Cluster:SiloPort", Ports.Free().ToString(CultureInfo.InvariantCulture), "--Cluster:GatewayPort", _gatewayPort.ToString(CultureInfo.InvariantCulture),
        ];

    /// <param name="before">One that has ended: on its store, and its ports.</param>
    protected RunningHost(RunningHost before)
        : this(before.Arguments, before._port, before._gatewayPort)
    {
    }

    private RunningHost(string[] arguments, int port, int gatewayPort)
    {
        Arguments = arguments;
        _port = port;
        _gatewayPort = gatewayPort;
        Client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}")), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Client { get; }

    /// <summary>Where it serves.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Loopback, _port);

    /// <summary>Where clients of its silo reach it.</summary>
    public IPEndPoint Gateway => new(IPAddress.Loopback, _gatewayPort);

    /// <summary>The last of what it has said.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>What it is started with, its ports among it.</summary>
    protected string[] Arguments { get; }

    public async Task<JsonObject> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"GET {path}: {(int)response.StatusCode} {body}\n{Output}");
        return JsonNode.Parse(body)!.AsObject();
    }

    public Task<JsonObject> PostClaimsAsync(IEnumerable<JsonNode> claims) =>
        PostAsync("/v1/claims?wait=applied", string.Join('\n', claims.Select(claim => claim.ToJsonString())), "application/x-ndjson");

    public async Task<JsonObject> PostAsync(string path, string body, string mediaType)
    {
        using var response = await Client.PostAsync(path, new StringContent(body, Encoding.UTF8, mediaType));
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"POST {path}: {(int)response.StatusCode} {answer}\n{Output}");
        return JsonNode.Parse(answer)!.AsObject();
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Waits until it is ready.</summary>
    /// <param name="hasEnded">Whether there is no use in waiting.</param>
    /// <param name="limit">The end of the wait.</param>
    protected Task ReadyAsync(Func<bool> hasEnded, CancellationToken limit) => Eventually.AsyncTrue(
        async () =>
        {
            Assert.False(hasEnded(), $"the host on port {_port} ended\n{Output}");
            try
            {
                using var response = await Client.GetAsync("/health/ready", limit);
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        limit);

    /// <summary>Keeps a line of what it says.</summary>
    protected void Keep(string line)
    {
        _output.Enqueue(line);
        while (_output.Count > LinesKept)
        {
            _output.TryDequeue(out _);
        }
    }
}

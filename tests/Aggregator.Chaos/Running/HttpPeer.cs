using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aggregator.Chaos.Running;

/// <summary>What came back: a status and a body, or why nothing did.</summary>
/// <param name="Status">HTTP status; 0 if there was no answer.</param>
/// <param name="Body">The JSON of the answer; null if it was none.</param>
/// <param name="Failure">Why there was no answer.</param>
/// <param name="SaysWhen">Whether it says when to come again.</param>
internal sealed record Answer(int Status, JsonObject? Body, string? Failure, bool SaysWhen = false)
{
    public bool IsOk => Status == 200;

    /// <summary>What a client must expect of a cluster in trouble: no connection, no answer in time, 429 or 503 with the time to come again.</summary>
    public bool IsExpected => Status is 0 or 200 || (Status is 429 or 503 && SaysWhen);

    /// <summary>Whether nobody was there to answer; who takes too long may be.</summary>
    public bool IsUnreachable => Status == 0 && !Failure!.StartsWith(TooLong, StringComparison.Ordinal);

    public const string TooLong = "no answer within";

    public override string ToString() => Status == 0 ? Failure! : $"{Status} {Body?.ToJsonString()}";
}

/// <summary>One HTTP client for all hosts.</summary>
internal sealed class HttpPeer : IDisposable
{
    private static readonly TimeSpan PostLimit = TimeSpan.FromSeconds(15);
    private const long LargeBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(3),
        MaxConnectionsPerServer = 128,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    public Task<Answer> GetAsync(Uri host, string path, TimeSpan limit, CancellationToken stop = default) => SendAsync(host, HttpMethod.Get, path, null, limit, stop);

    public Task<Answer> PostAsync(Uri host, string path, string body, string mediaType = "application/x-ndjson", CancellationToken stop = default) =>
        SendAsync(host, HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, mediaType), Limit(path), stop);

    public Task<Answer> DeleteAsync(Uri host, string path, CancellationToken stop = default) => SendAsync(host, HttpMethod.Delete, path, null, Limit(path), stop);

    public async Task<Answer> SendAsync(Uri host, HttpMethod method, string path, HttpContent? content, TimeSpan limit, CancellationToken stop = default)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(limit);
        using var request = new HttpRequestMessage(method, new Uri(host, path)) { Content = content };

        // Who is refused by the head of a large body hears so before it is sent.
        request.Headers.ExpectContinue = content?.Headers.ContentLength > LargeBytes;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", HostNode.Key);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, over.Token);
            var text = await response.Content.ReadAsStringAsync(over.Token);
            JsonObject? body = null;
            try
            {
                body = JsonNode.Parse(text) as JsonObject;
            }
            catch (JsonException)
            {
                // Not JSON: the status says enough.
            }

            return new Answer((int)response.StatusCode, body, null, response.Headers.RetryAfter is not null);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException)
        {
            return new Answer(0, null, fault is OperationCanceledException ? $"{Answer.TooLong} {limit.TotalSeconds} s" : $"{fault.GetType().Name}: {fault.Message}");
        }
    }

    /// <summary>An answer whose body is read as it comes.</summary>
    public async Task<HttpResponseMessage> OpenAsync(Uri host, string path, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", HostNode.Key);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    private static TimeSpan Limit(string path) => path.Contains("wait=", StringComparison.Ordinal) ? WaitLimit : PostLimit;

    public void Dispose() => _client.Dispose();
}

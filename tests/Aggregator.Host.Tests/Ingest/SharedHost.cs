using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Ingest;

/// <summary>One host for the tests of refusals.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    internal RunningHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await InProcessHost.EmbeddedAsync(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }

    internal Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(string path, string body, string mediaType) =>
        PostAsync(path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), mediaType);

    internal async Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(string path, HttpContent content, string mediaType)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.ExpectContinue = true; // as curl does: a refusal comes before the body is sent
        using var response = await Host.Client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        return (response.StatusCode, JsonNode.Parse(body)!.AsObject());
    }
}

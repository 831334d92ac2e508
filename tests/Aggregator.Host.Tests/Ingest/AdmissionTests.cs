using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Ingest;

/// <summary>What may be held at once, and for how long, of bodies that do not come.</summary>
public sealed class AdmissionTests
{
    private const string Claim = """{"source":"w","reportedAt":"2024-05-01","event":"attack","region":"Kyiv"}""";
    private const int Room = 16 * 1024 * 1024;

    [Theory]
    [InlineData("MaximumTracked")]
    [InlineData("MaximumUnapplied")]
    public async Task Claim_WhileMoreWaitsThanAPartitionMayHold_IsRefused_AndTakenOnceThereIsRoom(string bound)
    {
        using var folder = new TempFolder();
        await using (var host = await InProcessHost.EmbeddedAsync(folder.Path, $"--Partition:{bound}", "-1"))
        {
            using var refused = await PostAsync(host);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
            Assert.Contains("feed.busy", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await using var successor = await InProcessHost.EmbeddedAsync(folder.Path);
        Assert.Equal(HttpStatusCode.NotFound, (await successor.Client.GetAsync("/v1/sources/w", TestContext.Current.CancellationToken)).StatusCode);
        using var taken = await PostAsync(successor);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);

        static Task<HttpResponseMessage> PostAsync(InProcessHost host) =>
            host.Client.PostAsync("/v1/claims?wait=applied", new StringContent(Claim, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Body_WhileOthersHoldAllBytes_IsRefusedBeforeItIsRead()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Ingest:BytesInFlight", $"{Room}");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var head = $"POST /v1/claims HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {Room}\r\n\r\n[";
        var holder = await OpenAsync(host, head);
        try
        {
            // It goes on sending, as slowly as the server takes it: one that stops is cut off, and makes room.
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            var trickling = TrickleAsync(() => holder, enough.Token);
            await Eventually.AsyncTrue(
                async () =>
                {
                    // Refused itself, as one of the others was held just then: it asks again.
                    if (holder.Available > 0)
                    {
                        holder.Dispose();
                        holder = await OpenAsync(host, head);
                    }

                    return await StatusAsync(Declared()) == HttpStatusCode.TooManyRequests;
                },
                limit.Token);

            // Compressed and chunked bodies are counted as they come.
            Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(Compressed()));
            Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/v1/regions", limit.Token)).StatusCode);
            await enough.CancelAsync();
            await trickling;
        }
        finally
        {
            holder.Dispose();
        }

        await Eventually.AsyncTrue(async () => await StatusAsync(Declared()) == HttpStatusCode.OK, limit.Token);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Compressed()));

        async Task<HttpStatusCode> StatusAsync(HttpContent body)
        {
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await host.Client.PostAsync("/v1/claims", body, limit.Token);
            Assert.Equal(response.StatusCode == HttpStatusCode.TooManyRequests, response.Headers.RetryAfter is not null);
            return response.StatusCode;
        }

        static async Task TrickleAsync(Func<TcpClient> to, CancellationToken enough)
        {
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            var spaces = Encoding.ASCII.GetBytes(new string(' ', 1_000));
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    await pace.WaitForNextTickAsync(enough);
                    await to().GetStream().WriteAsync(spaces, enough);
                }
                catch (Exception fault) when (fault is OperationCanceledException or IOException or InvalidOperationException)
                {
                    // All is seen, or another holder takes its place.
                }
            }
        }

        static StringContent Declared() => new(Claim);

        static StreamContent Compressed()
        {
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(Encoding.UTF8.GetBytes(Claim));
            }

            packed.Position = 0;
            var content = new StreamContent(packed);
            content.Headers.ContentEncoding.Add("gzip");
            return content;
        }
    }

    /// <summary>By the time that a body has in all, and, well before it, by the least rate that the server takes.</summary>
    [Theory]
    [InlineData("00:00:01")]
    [InlineData("00:10:00")]
    public async Task Body_ThatDoesNotCome_IsEndedInItsTime(string bodyTimeout)
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Ingest:BodyTimeout", bodyTimeout);
        using var sender = await OpenAsync(host, "POST /v1/claims HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[");

        // The answer, and then the end of the connection.
        using var reader = new StreamReader(sender.GetStream());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = await reader.ReadToEndAsync(limit.Token);

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"body.too-slow\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /v1/regions HTTP/1.1\r\nHost: x\r\nX-Long: ", 40_000, "431")]
    [InlineData("GET /v1/regions?q=", 10_000, "414")]
    public async Task Head_LargerThanItMayBe_IsRefused(string head, int more, string status)
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);
        using var sender = await OpenAsync(host, head + new string('x', more));

        using var reader = new StreamReader(sender.GetStream());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.StartsWith("HTTP/1.1 " + status, await reader.ReadLineAsync(limit.Token), StringComparison.Ordinal);
    }

    private static async Task<TcpClient> OpenAsync(RunningHost host, string head)
    {
        var client = new TcpClient();
        await client.ConnectAsync(host.EndPoint);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        return client;
    }
}

using System.Net;
using System.Net.Http.Headers;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Security;

public sealed class ExposureTests
{
    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://*:5080")]
    [InlineData("http://+:5080")]
    [InlineData("http://[::]:5080")]
    [InlineData("http://example.org:5080")]
    [InlineData("http://127.0.0.1:5080;http://192.0.2.7:5080")]
    public async Task Start_BeyondLoopbackWithoutKeys_IsRefusedAndSaysWhy(string urls)
    {
        var (code, output) = await HostProcess.RunAsync("--urls", urls);

        Assert.Equal(1, code);
        Assert.Contains("Auth:Keys", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_Set_AreAskedOfAllButHealth()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Auth:Keys", "one,two");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/v1/actors", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/dashboard", null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/v1/actors", new("Bearer", "three")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/v1/actors", new("Bearer", "two")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/dashboard/", new("Basic", Convert.ToBase64String("x:one"u8))));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/health/live", null));

        async Task<HttpStatusCode> StatusAsync(string path, AuthenticationHeaderValue? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = key;
            using var response = await host.Client.SendAsync(request);
            return response.StatusCode;
        }
    }
}

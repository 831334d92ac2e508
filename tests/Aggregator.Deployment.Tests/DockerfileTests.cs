using System.Text.RegularExpressions;
using Aggregator.Deployment.Tests.Manifests;

namespace Aggregator.Deployment.Tests;

public sealed class DockerfileTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Dockerfile"));

    [Fact]
    public async Task Dockerfile_ExposedPorts_AreTheContainers()
    {
        var silo = (await BaseManifests.LoadAsync(Reading.Written)).Silo;

        var exposed = Regex.Match(Text, "^EXPOSE (.+)$", RegexOptions.Multiline).Groups[1].Value.Split(' ');

        Assert.Equal(silo.Ports.Values.Order(StringComparer.Ordinal), exposed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Dockerfile_FinalStage_IsNotRoot() =>
        Assert.Equal("USER $APP_UID", Regex.Match(Text, "^USER .+$", RegexOptions.Multiline).Value);

    [Fact]
    public void Dockerfile_BaseImages_NameAVersion() =>
        Assert.All(
            Regex.Matches(Text, "^FROM (\\S+)", RegexOptions.Multiline),
            from => Assert.Matches(@":10\.0", from.Groups[1].Value));
}

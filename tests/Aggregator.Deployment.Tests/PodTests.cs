using System.Globalization;
using Aggregator.Deployment.Tests.Manifests;

namespace Aggregator.Deployment.Tests;

/// <summary>What holds for every pod: the "restricted" standard that the namespace enforces, and more.</summary>
public sealed class PodTests
{
    [Theory, ClassData(typeof(Readings))]
    public Task Pod_User_IsNotRoot(Reading reading) => EveryWorkload(reading, workload =>
    {
        Assert.Equal("true", workload.Pod.Text("securityContext", "runAsNonRoot"));
        Assert.InRange(int.Parse(workload.Pod.Text("securityContext", "runAsUser")!, CultureInfo.InvariantCulture), 1, int.MaxValue);
        Assert.Equal("RuntimeDefault", workload.Pod.Text("securityContext", "seccompProfile", "type"));
    });

    [Theory, ClassData(typeof(Readings))]
    public Task Pod_Container_HoldsNoPrivileges(Reading reading) => EveryWorkload(reading, workload =>
    {
        Assert.Equal("false", workload.Container.Text("securityContext", "allowPrivilegeEscalation"));
        Assert.Equal("true", workload.Container.Text("securityContext", "readOnlyRootFilesystem"));
        Assert.Equal(["ALL"], workload.Container.Texts("securityContext", "capabilities", "drop"));
        Assert.Empty(workload.Container.Items("securityContext", "capabilities", "add"));
    });

    [Theory, ClassData(typeof(Readings))]
    public Task Pod_ServiceAccountToken_IsNotMounted(Reading reading) => EveryWorkload(reading, workload =>
        Assert.Equal("false", workload.Pod.Text("automountServiceAccountToken")));

    [Theory, ClassData(typeof(Readings))]
    public Task Pod_ServiceLinks_DoNotReachTheSettings(Reading reading) => EveryWorkload(reading, workload =>
        Assert.Equal("false", workload.Pod.Text("enableServiceLinks")));

    [Theory, ClassData(typeof(Readings))]
    public Task Pod_Image_NamesAVersion(Reading reading) => EveryWorkload(reading, workload =>
        Assert.Matches(@":\d+\.\d+", workload.Container.Text("image")));

    [Theory, ClassData(typeof(Readings))]
    public Task Pod_Resources_AreRequestedAndMemoryIsBounded(Reading reading) => EveryWorkload(reading, workload =>
    {
        Assert.NotNull(workload.Container.Text("resources", "requests", "cpu"));
        Assert.NotNull(workload.Container.Text("resources", "requests", "memory"));
        Assert.NotNull(workload.Container.Text("resources", "limits", "memory"));
    });

    [Theory, ClassData(typeof(Readings))]
    public Task Pod_Mounts_NameItsVolumes(Reading reading) => EveryWorkload(reading, workload =>
    {
        var volumes = workload.Pod.Items("volumes").Select(volume => volume.Text("name"))
            .Concat(workload.Resource.Items("spec", "volumeClaimTemplates").Select(claim => claim.Text("metadata", "name")));

        Assert.Equal(
            volumes.Order(StringComparer.Ordinal),
            workload.Container.Items("volumeMounts").Select(mount => mount.Text("name")).Order(StringComparer.Ordinal));
    });

    private static async Task EveryWorkload(Reading reading, Action<Workload> fact)
    {
        var workloads = (await BaseManifests.LoadAsync(reading)).Workloads;
        Assert.Equal(4, workloads.Count);
        Assert.All(workloads, fact);
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Aggregator.Chaos.Running;

/// <summary>
/// Every silo in a network namespace of its own: a link to the harness, over which the store and HTTP are reached, and a link to every
/// other silo, which can be taken down by itself.
/// </summary>
internal sealed class SiloNetwork : IAsyncDisposable
{
    private readonly int _silos;
    private readonly int _subnet;
    private readonly string _tag;

    private SiloNetwork(int silos, int subnet)
    {
        _silos = silos;
        _subnet = subnet;
        _tag = string.Create(CultureInfo.InvariantCulture, $"ch{subnet}");
    }

    /// <summary>Addresses on which the store is reached from the silos.</summary>
    public string[] StoreAddresses => [.. Enumerable.Range(1, _silos).Select(Outside)];

    /// <exception cref="ScenarioSkippedException">Namespaces are not permitted here.</exception>
    public static async Task<SiloNetwork> CreateAsync(int silos)
    {
        var network = new SiloNetwork(silos, 1 + Random.Shared.Next(200));
        try
        {
            for (var silo = 1; silo <= silos; silo++)
            {
                var name = network.Name(silo);
                await IpAsync($"netns add {name}");
                await IpAsync($"link add {name}h type veth peer name out netns {name}");
                await IpAsync($"addr add {network.Outside(silo)}/24 dev {name}h");
                await IpAsync($"link set {name}h up");
                await IpAsync($"-n {name} link set lo up");
                await IpAsync($"-n {name} addr add {network.Inside(silo)}/24 dev out");
                await IpAsync($"-n {name} link set out up");
                await IpAsync($"-n {name} addr add {network.Advertised(silo)}/32 dev lo");
                await IpAsync($"-n {name} route add default via {network.Outside(silo)}");
                await IpAsync($"route add {network.Advertised(silo)}/32 via {network.Inside(silo)}");
            }

            for (var one = 1; one <= silos; one++)
            {
                for (var other = one + 1; other <= silos; other++)
                {
                    await IpAsync($"-n {network.Name(one)} link add to{other} type veth peer name to{one} netns {network.Name(other)}");
                    await network.JoinAsync(one, other);
                    await network.JoinAsync(other, one);
                }
            }

            return network;
        }
        catch (InvalidOperationException fault)
        {
            await network.DisposeAsync();
            throw new ScenarioSkippedException($"network namespaces are not permitted here: {fault.Message}");
        }
    }

    /// <summary>Where the silo of a number runs; number 0 stays outside.</summary>
    public NodeAddress Place(int silo) => silo == 0
        ? NodeAddress.Loopback
        : new NodeAddress(Inside(silo), Inside(silo), Advertised(silo), "ip", "netns", "exec", Name(silo));

    /// <summary>How the silo of a number reaches the store.</summary>
    public string Store(RedisNode redis, int silo) => silo == 0 ? redis.Address : string.Create(CultureInfo.InvariantCulture, $"{Outside(silo)}:{redis.Port}");

    /// <summary>
    /// Cuts the link between two silos or mends it: frames go to a hardware address that nobody has, so what is sent is lost without
    /// an answer and connections are not told. A link set down would send them another way.
    /// </summary>
    public async Task SetLinkAsync(int one, int other, bool isUp)
    {
        foreach (var (here, there) in new[] { (one, other), (other, one) })
        {
            await IpAsync($"-n {Name(here)} neigh {(isUp ? "del" : "replace")} {LinkAddress(there, here)} dev to{there}{(isUp ? "" : " lladdr 02:00:00:00:00:fa nud permanent")}");
        }
    }

    /// <summary>Whether a connection from one silo's namespace to another's silo port comes about.</summary>
    public async Task<bool> ReachesAsync(int from, int to, int port)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", $"netns exec {Name(from)} timeout 3 bash -c \"exec 3<>/dev/tcp/{Advertised(to)}/{port}\"") { RedirectStandardError = true })
            ?? throw new InvalidOperationException("there is no ip");
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    public async ValueTask DisposeAsync()
    {
        for (var silo = 1; silo <= _silos; silo++)
        {
            await TryIpAsync($"netns del {Name(silo)}");
            await TryIpAsync($"link del {Name(silo)}h");
        }
    }

    private async Task JoinAsync(int here, int there)
    {
        await IpAsync($"-n {Name(here)} addr add {LinkAddress(here, there)}/24 dev to{there}");
        await IpAsync($"-n {Name(here)} link set to{there} up");
        await IpAsync($"-n {Name(here)} route add {Advertised(there)}/32 via {LinkAddress(there, here)} dev to{there}");
    }

    private string Name(int silo) => string.Create(CultureInfo.InvariantCulture, $"{_tag}s{silo}");

    private string Outside(int silo) => string.Create(CultureInfo.InvariantCulture, $"10.{_subnet}.{silo}.1");

    private string Inside(int silo) => string.Create(CultureInfo.InvariantCulture, $"10.{_subnet}.{silo}.2");

    private string Advertised(int silo) => string.Create(CultureInfo.InvariantCulture, $"10.{_subnet}.0.{silo}");

    private string LinkAddress(int silo, int peer) =>
        string.Create(CultureInfo.InvariantCulture, $"10.{_subnet}.{(10 * Math.Min(silo, peer)) + Math.Max(silo, peer)}.{silo}");

    private static async Task TryIpAsync(string arguments)
    {
        try
        {
            await IpAsync(arguments);
        }
        catch (InvalidOperationException)
        {
            // It was not there.
        }
    }

    private static async Task IpAsync(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("there is no ip");
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {arguments}: {errors.Trim()}");
        }
    }
}

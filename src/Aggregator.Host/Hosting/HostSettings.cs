using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Aggregator.Domain.Aggregates;
using Aggregator.Grains.Hosting;
using Aggregator.Host.Ingest;
using Aggregator.Host.Live;
using Aggregator.Store;

namespace Aggregator.Host.Hosting;

/// <summary>The settings that are needed before the host is built, read from .NET configuration.</summary>
internal sealed record HostSettings
{
    public const string DefaultUrl = "http://localhost:5080";
    private const int DefaultSiloPort = 11111;
    private const int DefaultGatewayPort = 30000;

    /// <summary>Where the host serves.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>The store.</summary>
    public required StoreOptions Store { get; init; }

    /// <summary>What the host does in its cluster.</summary>
    public required HostRole Role { get; init; }

    /// <summary>The host's place in its cluster.</summary>
    public required ClusterSettings Cluster { get; init; }

    /// <summary>What the clusters on the store are called; each generation's id is made of it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>How long a stop may take.</summary>
    public required ShutdownTimes Shutdown { get; init; }

    /// <summary>Bounds of feeding.</summary>
    public required IngestSettings Ingest { get; init; }

    /// <summary>Bounds and rhythms of live streams.</summary>
    public required LiveSettings Live { get; init; }

    /// <exception cref="InvalidOperationException">A setting is not what it may be; the message names it.</exception>
    public static HostSettings Read(IConfiguration configuration)
    {
        var redis = configuration["Store:Redis"];
        var embedded = string.IsNullOrWhiteSpace(redis);
        var role = ReadRole(configuration["Cluster:Role"] ?? "all");
        if (role != HostRole.All && embedded)
        {
            throw new InvalidOperationException(
                $"Cluster:Role {Name(role)} needs Store:Redis: the embedded store is held by one process, whose role is all");
        }

        if (configuration["Feed:Path"] is { } feed)
        {
            if (role == HostRole.Silo)
            {
                throw new InvalidOperationException("Feed:Path is for the roles all and api: a silo takes no feed");
            }

            if (!Path.Exists(feed))
            {
                throw new InvalidOperationException($"Feed:Path: there is no {feed}");
            }
        }

        var (name, generation) = (configuration["Cluster:Id"] ?? "aggregator", Generation(configuration["Store:Rebuild"]));
        var shutdown = new ShutdownTimes(
            TimeSpan.FromSeconds(Number(configuration, "ShutdownTimeoutSeconds", 30, 5, 600)),
            Time(configuration, "Shutdown:Linger", TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        return new HostSettings
        {
            Shutdown = shutdown,
            Ingest = new IngestSettings(
                Number(configuration, "Ingest:BytesInFlight", 256 * 1024 * 1024, (int)IngestLimits.BodyBytes, int.MaxValue),
                Time(configuration, "Ingest:BodyTimeout", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))),
            Live = new LiveSettings
            {
                Interval = Time(configuration, "Live:Interval", TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)),
                WriteTimeout = Time(configuration, "Live:WriteTimeout", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),

                // Below what the server takes of connections: who asks and who feeds need some too.
                MaximumSubscribers = Number(configuration, "Live:MaximumSubscribers", 1_000, 1, 3_000),
                MaximumEntities = Number(configuration, "Live:MaximumEntities", 2_000, 1, 100_000),
            },
            Urls = ReadUrls(configuration),
            Store = Valid(new StoreOptions
            {
                Path = configuration["Store:Path"] ?? "data",
                Redis = embedded ? null : redis,
                Partitions = Number(configuration, "Partitions", 32, 1, 1024),
                EmbeddedAofMebibytes = Number(configuration, "Store:EmbeddedAofMebibytes", 256, 64, 65_536),
                Unsafe = Flag(configuration, "Store:Unsafe"),
                MustExist = Flag(configuration, "Store:MustExist"),
                Generation = generation,
            }),
            Role = role,
            ClusterName = name,
            Cluster = new ClusterSettings
            {
                Id = ClusterSettings.IdOf(name, generation),
                AdvertisedIP = Address(configuration["Cluster:AdvertisedIP"]),
                SiloPort = Port(configuration, "Cluster:SiloPort", DefaultSiloPort, embedded),
                GatewayPort = Port(configuration, "Cluster:GatewayPort", DefaultGatewayPort, embedded),
                DeactivationTimeout = shutdown.Deactivation,
                ProbeTimeout = Time(configuration, "Cluster:ProbeTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
                StartTimeout = Time(configuration, "Cluster:StartTimeout", TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            },
        };
    }

    private static StoreOptions Valid(StoreOptions options)
    {
        try
        {
            options.Validate();
            return options;
        }
        catch (ArgumentException fault)
        {
            throw new InvalidOperationException(fault.Message, fault);
        }
    }

    private static HostRole ReadRole(string text) =>
        Enum.GetValues<HostRole>().Where(role => Name(role) == text).Select(role => (HostRole?)role).SingleOrDefault()
        ?? throw new InvalidOperationException($"Cluster:Role is all, silo or api, not {text}");

    private static string Name(HostRole role) => role switch
    {
        HostRole.All => "all",
        HostRole.Silo => "silo",
        _ => "api",
    };

    private static string Generation(string? label)
    {
        var generation = FoldGeneration.Beside(string.IsNullOrEmpty(label) ? null : label);
        return FoldGeneration.IsName(generation)
            ? generation
            : throw new InvalidOperationException($"Store:Rebuild is a label of small letters, digits and '-', at most {FoldGeneration.MaximumLength - FoldGeneration.Current.Length - 1} of them, not {label}");
    }

    private static List<string> ReadUrls(IConfiguration configuration)
    {
        var urls = (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
        urls.AddRange(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>());
        foreach (var url in urls)
        {
            try
            {
                BindingAddress.Parse(url);
            }
            catch (FormatException fault)
            {
                throw new InvalidOperationException($"urls: {url} is no address to serve at, as http://localhost:5080 is", fault);
            }
        }

        return urls.Count > 0 ? urls : [DefaultUrl];
    }

    private static IPAddress Address(string? text) => string.IsNullOrWhiteSpace(text) ? IPAddress.Loopback
        : IPAddress.TryParse(text, out var address) ? address
        : throw new InvalidOperationException($"Cluster:AdvertisedIP is no IP address: {text}");

    // Nobody else needs to find the silo of an embedded store, so any free port does when the usual one is taken.
    private static int Port(IConfiguration configuration, string key, int usual, bool anyFree)
    {
        if (configuration[key] is not null || !anyFree || !IsTaken(usual))
        {
            return Number(configuration, key, usual, 1, 65535);
        }

        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Says before anything is started that a port is taken, in one line rather than in the middle of a start.</summary>
    /// <exception cref="InvalidOperationException">Another process serves on one of the URLs' ports.</exception>
    public void CheckPorts()
    {
        foreach (var url in Urls)
        {
            if (BindingAddress.Parse(url) is { IsUnixPipe: false, IsNamedPipe: false, Port: > 0 } address && IsTaken(address.Port))
            {
                throw new InvalidOperationException($"port {address.Port} of {url} is in use by another process; choose another with --urls");
            }
        }
    }

    private static bool IsTaken(int port) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(endpoint => endpoint.Port == port);

    private static int Number(IConfiguration configuration, string key, int absent, int least, int most) => configuration[key] is not { } text
        ? absent
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InvalidOperationException($"{key} is a whole number from {least} to {most}, not {text}");

    private static bool Flag(IConfiguration configuration, string key) => configuration[key] is not { } text
        ? false
        : bool.TryParse(text, out var flag)
            ? flag
            : throw new InvalidOperationException($"{key} is true or false, not {text}");

    private static TimeSpan Time(IConfiguration configuration, string key, TimeSpan absent, TimeSpan least, TimeSpan most) => configuration[key] is not { } text
        ? absent
        : TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) && time >= least && time <= most
            ? time
            : throw new InvalidOperationException($"{key} is a time from {least} to {most}, not {text}");
}

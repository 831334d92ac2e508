using System.Globalization;
using System.Net.Sockets;
using Aggregator.Chaos.Load;
using StackExchange.Redis;

namespace Aggregator.Chaos.Running;

/// <summary>What a cluster is made of.</summary>
internal sealed record ClusterOptions
{
    /// <summary>Processes that hold grains. The last one serves the API too.</summary>
    public int Silos { get; init; } = 3;

    /// <summary>Whether a process of role api stands before them.</summary>
    public bool HasApi { get; init; } = true;

    /// <summary>Settings of redis-server besides the usual ones.</summary>
    public string[] Redis { get; init; } = [];

    /// <summary>Settings of every host.</summary>
    public string[] Host { get; init; } = [];

    /// <summary>Environment of every host.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Where the silo of a number runs; the api's number is 0.</summary>
    public Func<int, NodeAddress> Place { get; init; } = static _ => NodeAddress.Loopback;

    /// <summary>How the host of a number reaches the store; null is directly.</summary>
    public Func<RedisNode, int, string>? StoreOf { get; init; }

    /// <summary>Folder of the build that is started; null is this checkout's.</summary>
    public string? Build { get; init; }

    /// <summary>Whether every process has role all: builds from before the roles know no other.</summary>
    public bool AllInOne { get; init; }
}

/// <summary>A redis-server, silos and an api as processes of their own; all of it ends with it.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    /// <summary>What the folder of an embedded store is called in that of the run.</summary>
    public const string DataFolderName = "data";

    private readonly List<HostNode> _nodes = [];
    private readonly RedisNode? _redis;

    private Cluster(string folder, RedisNode? redis)
    {
        Folder = folder;
        _redis = redis;
    }

    public string Folder { get; }

    /// <summary>The store; a host with an embedded one has none.</summary>
    public RedisNode Redis => _redis ?? throw new InvalidOperationException("the store is embedded");

    /// <summary>Folder of an embedded store.</summary>
    public string DataFolder => Path.Combine(Folder, DataFolderName);

    public bool HasRedis => _redis is not null;

    public HttpPeer Http { get; } = new();

    /// <summary>Every host; the api is the last one.</summary>
    public IReadOnlyList<HostNode> Nodes => _nodes;

    public IReadOnlyList<HostNode> Silos { get; private set; } = [];

    public Fronts Fronts { get; private set; } = null!;

    public static async Task<Cluster> StartAsync(string folder, ClusterOptions options)
    {
        var redis = await RedisNode.StartAsync(Path.Combine(folder, "redis"), Path.Combine(folder, "redis.log"), options.Redis);
        var cluster = new Cluster(folder, redis);
        try
        {
            for (var number = 1; number <= options.Silos; number++)
            {
                var role = options.AllInOne || number == options.Silos || !options.HasApi ? "all" : "silo";
                cluster.Add(string.Create(CultureInfo.InvariantCulture, $"silo-{number}"), number, role, options);
            }

            cluster.Silos = [.. cluster._nodes];
            if (options.HasApi)
            {
                cluster.Add("api", 0, "api", options);
            }

            cluster.Fronts = new Fronts(cluster.Http, [.. cluster._nodes.Where((_, at) => options.AllInOne || !options.HasApi || at >= options.Silos - 1)]);
            await cluster.Silos[0].StartAsync(cluster.Http);
            await Task.WhenAll(cluster._nodes.Skip(1).Select(node => node.StartAsync(cluster.Http)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>One host with an embedded store.</summary>
    public static async Task<Cluster> StartEmbeddedAsync(string folder, params string[] arguments)
    {
        var cluster = new Cluster(folder, redis: null);
        cluster._nodes.Add(new HostNode("host", folder, NodeAddress.Loopback, ["--Store:Path", cluster.DataFolder, .. arguments]));
        cluster.Silos = cluster._nodes;
        cluster.Fronts = new Fronts(cluster.Http, cluster._nodes);
        await cluster._nodes[0].StartAsync(cluster.Http);
        return cluster;
    }

    /// <summary>A client of the store, not through any proxy; of an embedded one over its socket.</summary>
    public async Task<ConnectionMultiplexer> ConnectStoreAsync()
    {
        if (_redis is not null)
        {
            return await _redis.ConnectAsync();
        }

        var socket = new UnixDomainSocketEndPoint(Path.Combine(await File.ReadAllTextAsync(Path.Combine(DataFolder, "store.socket")), "s"));
        return await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { socket }, ConnectTimeout = 1_000, ConnectRetry = 0 });
    }

    /// <summary>Starts what has ended, as a supervisor does; gives their names.</summary>
    public async Task<IReadOnlyList<string>> RestartDeadAsync()
    {
        HostNode[] dead = [.. _nodes.Where(node => !node.IsRunning)];
        await Task.WhenAll(dead.Select(node => node.StartAsync(Http)));
        foreach (var node in dead)
        {
            node.MayBeStale = false;
        }

        return [.. dead.Select(node => node.Name)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            node.Continue();
        }

        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        Http.Dispose();
    }

    private void Add(string name, int number, string role, ClusterOptions options)
    {
        var store = options.StoreOf?.Invoke(Redis, number) ?? Redis.Address;
        string[] arguments = ["--Store:Redis", store, .. options.AllInOne ? Array.Empty<string>() : ["--Cluster:Role", role], .. options.Host];
        var node = new HostNode(name, Folder, options.Place(number), arguments) { Build = options.Build ?? HostNode.DefaultBuild };
        foreach (var (variable, value) in options.Environment)
        {
            node.Set(variable, value);
        }

        _nodes.Add(node);
    }
}

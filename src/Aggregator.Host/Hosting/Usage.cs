namespace Aggregator.Host.Hosting;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Usage
{
    public const string Text = """
        aggregator: claims and wire copy in, one live aggregate per actor, region and source out.

        Settings, as --NAME VALUE, in the environment (NAME with __ for :) or in appsettings.json:
          urls                  where to serve (http://localhost:5080); beyond loopback only with Auth:Keys
          Auth:Keys             keys that callers show as "Authorization: Bearer KEY", separated by commas
          Store:Path            folder of the embedded store (data)
          Store:Redis           connection string of a Redis that replaces the embedded store
          Store:EmbeddedAofMebibytes  size of its append-only file after which it makes a checkpoint, a power of two (256)
          Store:MustExist       refuse a store that is not there yet, rather than make it (false)
          Store:Rebuild         a label: all views are built anew from the log, beside those that there are (none)
          Store:Unsafe          take a Redis that may lose what it acknowledged (false)
          Partitions            of the claim log, fixed at a store's first start (32)
          Cluster:Role          all, or with Store:Redis silo (grains, no API) or api (API, no grains) (all)
          Cluster:Id            names the cluster of silos on one Redis (aggregator)
          Cluster:AdvertisedIP  address at which other silos reach this one (127.0.0.1)
          Cluster:SiloPort      port for silos (11111)
          Cluster:GatewayPort   port for clients (30000)
          Cluster:ProbeTimeout  how long a silo may take to answer a probe; a dead one is known after about four (00:00:01)
          Cluster:StartTimeout  how long an api looks for a silo when it starts (00:02:00)
          Entity:LoadedClaims   stored claims that one aggregate keeps in memory (20000)
          Entity:LoadedClaimsInAll  claims that all aggregates of a process keep in memory (500000)
          Partition:RecordsAhead  of a backlog of the log, records that a partition has in memory until all have them (8000)
          Partition:MaximumTracked  entries times entities kept in memory while some entity's row lacks them (2000000)
          Entity:PastClaims     claims of one aggregate up to which a view of the past is made (500000)
          Feed:Path             file or folder to feed at start: .txt wire copy, .json and .ndjson claims
          Ingest:BytesInFlight  bytes of bodies, decompressed, that are held at once (268435456)
          Ingest:BodyTimeout    how long one body may take to come (00:01:00)
          Live:Interval         least time between two changes of an entity that are sent (00:00:00.500)
          Live:WriteTimeout     how long a subscriber may take to read one event (00:00:10)
          Live:MaximumSubscribers  live streams at once (1000)
          Live:MaximumEntities  entities watched at once (2000)
          ShutdownTimeoutSeconds  how long a stop may take (30)
          Shutdown:Linger       how long a stopping host goes on answering queries, not ready (00:00:01)

        Instead of serving, with the Store settings above (docs/archive.md):
          archive --to FOLDER [--partition N]   add to an archive what the store has beyond it
          archive --verify FOLDER               check an archive, and say what it holds
          restore --from FOLDER                 make a store of an archive, where there is none

        Once, by an operator's decision (docs/upgrades.md):
          --create-store          make the store: for an installation whose hosts have Store:MustExist
          --raise-level           let hosts write all that this release can, when no older host is left
          --drop-generation NAME  remove the views of a fold generation that no host works on any more

        Exit codes: 0 stopped as told; 1 did not start or stop, or does not know the store's level, or an argument; 3 the store has lost what was acknowledged.
        A silo that its cluster has given up ends itself with another one.
        """;
}

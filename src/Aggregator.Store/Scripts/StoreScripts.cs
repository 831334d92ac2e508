namespace Aggregator.Store.Scripts;

/// <summary>
/// The Lua scripts, one file each. Those that write under an era are sent by digest alone, which a server that
/// has restarted does not know: that is how it is noticed. The client loads the others again where the server forgot them.
/// </summary>
internal static class StoreScripts
{
    public static readonly string Append = Load("append");
    public static readonly string OpenPartition = Load("open-partition");
    public static readonly string RaiseIncarnation = Load("raise-incarnation");
    public static readonly string SaveCheckpoint = Load("save-checkpoint");
    public static readonly string IndexRows = Load("index-rows");
    public static readonly string RaiseMark = Load("raise-mark");
    public static readonly string OpenIdentity = Load("open-identity");
    public static readonly string RaiseLevel = Load("raise-level");
    public static readonly string JoinGeneration = Load("join-generation");
    public static readonly string RaiseEpoch = Load("raise-epoch");
    public static readonly string WriteRow = Load("write-row");
    public static readonly string AppendEdit = Load("append-edit");

    public static readonly string BeginRestore = Load("begin-restore");
    public static readonly string EndRestore = Load("end-restore");

    public static readonly string OpenSession = Load("open-session");

    /// <summary>The scripts that a restarted server is not to run for who has not noticed (<see cref="Connection.StoreSession"/>).</summary>
    public static readonly string[] Writing =
        [OpenSession, OpenPartition, Append, RaiseIncarnation, SaveCheckpoint, IndexRows, RaiseMark, RaiseEpoch, WriteRow, AppendEdit, BeginRestore, EndRestore];

    private static string Load(string name)
    {
        using var stream = typeof(StoreScripts).Assembly.GetManifestResourceStream(name + ".lua")
            ?? throw new InvalidOperationException($"The script {name}.lua is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

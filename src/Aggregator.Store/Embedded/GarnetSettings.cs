using System.Globalization;
using System.Net.Sockets;
using Garnet.server;
using Microsoft.Extensions.Logging;
using Tsavorite.core;

namespace Aggregator.Store.Embedded;

/// <summary>The settings of the embedded Garnet, and why.</summary>
internal static class GarnetSettings
{
    public static GarnetServerOptions For(string folder, string socketPath, StoreOptions options, ILogger logger) => new(logger)
    {
        EndPoints = [new UnixDomainSocketEndPoint(socketPath)],
        UnixSocketPath = socketPath,
        UnixSocketPermission = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        QuietMode = true,

        // Durability: every write is in the append-only file, flushed before its answer leaves. The file is opened write-through.
        // A commit at once (0), about 0.3 ms an append; with a commit every millisecond its timer made that 4.3 ms.
        EnableAOF = true,
        WaitForCommit = true,
        CommitFrequencyMs = 0,
        Recover = true,
        FailOnRecoveryError = true,

        // Scripts lock their keys first, so nobody sees half of one. In the append-only file each of their calls stands by itself: a kill may come between two.
        EnableLua = true,
        LuaTransactionMode = true,
        LuaOptions = new LuaOptions(LuaMemoryManagementMode.Native, "", TimeSpan.FromSeconds(5), LuaLoggingMode.Silent, [], logger),

        // Plain .NET file I/O: the native device needs libaio, which small containers lack.
        DeviceType = DeviceType.RandomAccess,

        // Bounded memory; what does not fit is read from disk.
        EnableStorageTier = true,
        LogDir = folder,
        CheckpointDir = folder,
        LogMemorySize = Mebibytes(options.EmbeddedMemoryMebibytes),
        PageSize = "8m",
        SegmentSize = "128m",
        ObjectLogSegmentSize = "128m",
        IndexMemorySize = "32m",
        IndexMaxMemorySize = "512m",
        BufferPoolMemoryBudget = "64m",
        AofMemorySize = "64m",
        AofPageSize = "32m",
        AofSegmentSize = "64m",

        // A checkpoint whenever the append-only file has grown this far; it is truncated behind it.
        AofSizeLimit = Mebibytes(options.EmbeddedAofMebibytes),
        AofSizeLimitEnforceFrequencySecs = 5,

        MaxDatabases = 1,
    };

    private static string Mebibytes(int size) => string.Create(CultureInfo.InvariantCulture, $"{size}m");
}

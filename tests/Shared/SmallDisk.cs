using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Aggregator.Tests.Shared;

/// <summary>A folder on a file system of its own, in memory, of which a part can be taken by a file so that there is no room left.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int BlockBytes = 64 * 1024;
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    private string Filler => Path.Combine(_folder, "filler");

    /// <summary>Mounts one over a folder.</summary>
    /// <exception cref="NotSupportedException">This process may not mount anything.</exception>
    public static async Task<SmallDisk> MountAsync(string folder, int mebibytes)
    {
        Directory.CreateDirectory(folder);
        var (code, said) = await RunAsync("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={mebibytes}m"), "tmpfs", folder);
        return code == 0 ? new SmallDisk(folder) : throw new NotSupportedException($"A file system has to be mounted, which root may do: {said}");
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        var block = new byte[BlockBytes];
        for (var size = block.Length; size > 0; size /= 2)
        {
            try
            {
                while (true)
                {
                    file.Write(block, 0, size);
                }
            }
            catch (IOException)
            {
                // Full, for what is so large.
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync() => await RunAsync("umount", "--lazy", _folder);

    private static async Task<(int Code, string Said)> RunAsync(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, said.Trim());
        }
        catch (Win32Exception fault)
        {
            return (-1, fault.Message);
        }
    }
}

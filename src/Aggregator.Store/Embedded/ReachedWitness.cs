using System.Globalization;

namespace Aggregator.Store.Embedded;

/// <summary>
/// How far the append-only file had come, kept beside it. Garnet takes damage in that file for its end and would start without
/// the claims behind it; the witness tells. It is written after a commit, so it never claims too much.
/// </summary>
internal sealed class ReachedWitness(string folder)
{
    private readonly string _path = Path.Combine(folder, "store.reached");
    private long _written = -1;

    /// <summary>Throws if the recovered file ends before what was once reached.</summary>
    public void Check(long recovered)
    {
        if (File.Exists(_path)
            && long.TryParse(File.ReadAllText(_path), NumberStyles.None, CultureInfo.InvariantCulture, out var reached)
            && recovered < reached)
        {
            throw new StoreTruncatedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The append-only file in '{folder}' ends at {recovered} but had reached {reached}: it is damaged and acknowledged claims are missing. " +
                $"Restore the folder from a copy, or remove '{_path}' to go on with what is left."));
        }
    }

    /// <summary>Notes what is committed. Replaces the file whole, so a crash leaves the former or the new one.</summary>
    public void Note(long committed)
    {
        if (committed <= _written)
        {
            return;
        }

        var next = _path + ".next";
        File.WriteAllText(next, committed.ToString(CultureInfo.InvariantCulture));
        File.Move(next, _path, overwrite: true);
        _written = committed;
    }
}

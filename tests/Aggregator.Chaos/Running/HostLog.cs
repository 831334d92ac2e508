namespace Aggregator.Chaos.Running;

/// <summary>What a host has printed, over all its runs: each begins with a line of the harness.</summary>
/// <param name="file">Where it is.</param>
internal sealed class HostLog(string file)
{
    /// <summary>The last lines of its last run.</summary>
    public string Tail(int lines) => string.Join(" | ", LastRun().TakeLast(lines).Select(static line => line.Trim()));

    /// <exception cref="InvalidOperationException">It is not there, and may be in what was dropped of the log.</exception>
    public bool Contains(string text) => Contains(Lines(), text);

    /// <summary>Whether its last run has said something: what an earlier one said excuses nothing.</summary>
    /// <exception cref="InvalidOperationException">It is not there, and may be in what was dropped of the log.</exception>
    public bool LastRunContains(string text) => Contains(LastRun(), text);

    /// <summary>Whether it has said something as critical: what an operator is to be woken for. The level stands on the line before.</summary>
    public bool HasAlerted(string text) => Lines().Zip(Lines().Skip(1))
        .Any(pair => pair.First.Contains("crit: ", StringComparison.Ordinal) && pair.Second.Contains(text, StringComparison.Ordinal));

    private List<string> LastRun()
    {
        var run = new List<string>();
        foreach (var line in Lines())
        {
            if (line.StartsWith(ManagedProcess.Begun, StringComparison.Ordinal))
            {
                run.Clear();
            }

            run.Add(line);
        }

        return run;
    }

    private bool Contains(IEnumerable<string> lines, string text)
    {
        var isCut = false;
        foreach (var line in lines)
        {
            if (line.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            isCut |= line == ManagedProcess.Cut;
        }

        return !isCut ? false : throw new InvalidOperationException($"{file} is not whole, and does not say: {text}");
    }

    private IEnumerable<string> Lines() => File.Exists(file) ? File.ReadLines(file) : [];
}

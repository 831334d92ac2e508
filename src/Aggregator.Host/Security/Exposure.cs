using System.Net;

namespace Aggregator.Host.Security;

/// <summary>Whether a host may serve where it is told to.</summary>
internal static class Exposure
{
    /// <summary>Why it may not; null if it may. Beyond loopback only with keys.</summary>
    public static string? Refuse(IEnumerable<string> urls, bool hasKeys)
    {
        if (hasKeys)
        {
            return null;
        }

        var open = urls.FirstOrDefault(url => !IsLoopback(url));
        return open is null
            ? null
            : $"{open} is reachable from other machines and Auth:Keys is not set. Set Auth:Keys, or serve on http://localhost:5080.";
    }

    private static bool IsLoopback(string url)
    {
        // Kestrel's wildcards are no URI hosts.
        var address = url.Contains("://+", StringComparison.Ordinal) || url.Contains("://*", StringComparison.Ordinal)
            ? null
            : BindingAddress.Parse(url);
        return address is not null
            && (address.IsUnixPipe
                || string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
    }
}

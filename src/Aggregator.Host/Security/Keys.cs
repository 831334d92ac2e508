using System.Security.Cryptography;
using System.Text;
using Aggregator.Host.Problems;

namespace Aggregator.Host.Security;

/// <summary>
/// The keys that callers show as <c>Authorization: Bearer KEY</c>. Without keys the host serves loopback only, and
/// everyone there is let in.
/// </summary>
internal sealed class Keys
{
    private readonly byte[][] _digests;

    /// <param name="configuration"><c>Auth:Keys</c>: one text with commas between keys, or a list.</param>
    public Keys(IConfiguration configuration)
    {
        var section = configuration.GetSection("Auth:Keys");
        _digests = [.. section.GetChildren().Select(child => child.Value).Append(section.Value)
            .SelectMany(text => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(Digest)];
    }

    /// <summary>Whether any key is set.</summary>
    public bool Any => _digests.Length > 0;

    /// <summary>Whether a key is one of them; takes the same time for all.</summary>
    public bool Admit(string? shown)
    {
        if (!Any)
        {
            return true;
        }

        if (shown is null)
        {
            return false;
        }

        var digest = Digest(shown);
        return _digests.Aggregate(false, (found, key) => CryptographicOperations.FixedTimeEquals(key, digest) | found);
    }

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

/// <summary>Lets only callers with a key in, health aside.</summary>
internal sealed class KeyGate(RequestDelegate next, Keys keys)
{
    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        if (!keys.Any || context.Request.Path.StartsWithSegments("/health"))
        {
            return next(context);
        }

        var header = context.Request.Headers.Authorization.ToString();
        var shown = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : PasswordOfBasic(header);
        if (keys.Admit(shown))
        {
            return next(context);
        }

        // Basic is offered too, so that a browser can open the dashboard with a key as its password.
        context.Response.Headers.WWWAuthenticate = "Bearer, Basic realm=\"aggregator\"";
        var problem = shown is null
            ? new Problem(StatusCodes.Status401Unauthorized, "auth.missing", "send Authorization: Bearer KEY")
            : new Problem(StatusCodes.Status403Forbidden, "auth.refused", "the key is not one of this host's");
        if (problem.Status == StatusCodes.Status403Forbidden && header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            problem = problem with { Status = StatusCodes.Status401Unauthorized };
        }

        return problem.ToResult().ExecuteAsync(context);
    }

    private static string? PasswordOfBasic(string header)
    {
        const string scheme = "Basic ";
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[scheme.Length..].Trim(), bytes, out var length))
        {
            return "";
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }
}

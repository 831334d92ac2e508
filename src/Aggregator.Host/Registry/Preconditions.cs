using Aggregator.Domain.Registry;
using Aggregator.Host.Problems;
using Microsoft.Net.Http.Headers;

namespace Aggregator.Host.Registry;

/// <summary>
/// What a caller has seen of an entry, as <c>If-Match</c> and <c>If-None-Match</c> say it (RFC 9110). Whoever overwrites must
/// have seen what it overwrites (RFC 6585): without either only what is new is made.
/// </summary>
internal sealed class Preconditions(HttpRequest request)
{
    private readonly IList<EntityTagHeaderValue> _match = request.GetTypedHeaders().IfMatch;
    private readonly IList<EntityTagHeaderValue> _noneMatch = request.GetTypedHeaders().IfNoneMatch;
    private readonly bool _unreadable =
        (request.Headers.IfMatch.Count > 0 && request.GetTypedHeaders().IfMatch.Count == 0)
        || (request.Headers.IfNoneMatch.Count > 0 && request.GetTypedHeaders().IfNoneMatch.Count == 0);

    /// <summary>The tag of an entry as it is.</summary>
    public static EntityTagHeaderValue TagOf(RegistryEntry entry) => new($"\"{RegistryFormat.Tag(entry)}\"");

    /// <summary>Why the entry may not be put; null if it may.</summary>
    /// <param name="held">What the registry holds; null if nothing.</param>
    public Problem? Refuse(RegistryEntry? held)
    {
        if (_unreadable)
        {
            return Problem.Query("request.etag", "If-Match", "an ETag is a text in quotes, as GET answers it, or *");
        }

        var tag = held is null ? null : TagOf(held);
        if (_match.Count > 0 && !_match.Any(one => tag is not null && (one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: true))))
        {
            return held is null
                ? new Problem(StatusCodes.Status412PreconditionFailed, "entry.none", "there is no such entry any more, or yet")
                : new Problem(StatusCodes.Status412PreconditionFailed, "entry.changed", "somebody has edited the entry; read it again");
        }

        if (tag is not null && _noneMatch.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false)))
        {
            return new Problem(StatusCodes.Status412PreconditionFailed, "entry.exists", "there is such an entry already");
        }

        return held is not null && _match.Count == 0
            ? new Problem(StatusCodes.Status428PreconditionRequired, "entry.precondition-required", "the entry exists: send If-Match with the ETag that GET /entry answers")
            : null;
    }

    /// <summary>Whether the caller has the entry already, as it is.</summary>
    public bool HasSeen(RegistryEntry held) =>
        _noneMatch.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(TagOf(held), useStrongComparison: false));
}

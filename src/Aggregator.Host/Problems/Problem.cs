namespace Aggregator.Host.Problems;

/// <summary>A refusal of a whole request: RFC 9457 with a stable code. Mapped to HTTP here and nowhere else.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Detail">For people.</param>
public sealed record Problem(int Status, string Code, string Detail)
{
    /// <summary>The field at fault; null if none.</summary>
    public string? Field { get; init; }

    /// <summary>1-based line in the body; null if unknown.</summary>
    public long? Line { get; init; }

    /// <summary>1-based byte column in the line; null if unknown.</summary>
    public long? Column { get; init; }

    /// <summary>Seconds after which to try again; null if that does not help.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The body is not what its content type says.</summary>
    public static Problem Malformed(string detail, long? line = null, long? column = null) =>
        new(StatusCodes.Status400BadRequest, "body.malformed", detail) { Line = line, Column = column };

    /// <summary>The body is empty.</summary>
    public static Problem Empty() => new(StatusCodes.Status400BadRequest, "body.empty", "the body is empty");

    /// <summary>The body is not UTF-8.</summary>
    public static Problem NotUtf8() => new(StatusCodes.Status400BadRequest, "body.utf8", "the body is not valid UTF-8");

    /// <summary>The body is larger than it may be, as sent or decompressed.</summary>
    public static Problem TooLarge(long limit) => new(StatusCodes.Status413PayloadTooLarge, "body.too-large", $"the body is larger than {limit} bytes, as sent or decompressed");

    /// <summary>The content type is not one that the endpoint takes.</summary>
    public static Problem MediaType(string taken) => new(StatusCodes.Status415UnsupportedMediaType, "body.media-type", $"send {taken}");

    /// <summary>The content encoding is not one that is taken.</summary>
    public static Problem Encoding(string sent) => new(StatusCodes.Status415UnsupportedMediaType, "body.encoding", $"Content-Encoding is gzip, br or deflate, not {sent}");

    /// <summary>A well-formed body that is not what the endpoint takes.</summary>
    public static Problem Unprocessable(string code, string field, string detail) =>
        new(StatusCodes.Status422UnprocessableEntity, code, detail) { Field = field.Length == 0 ? null : field };

    /// <summary>A query parameter that the endpoint does not know, or a value it does not take.</summary>
    public static Problem Query(string code, string field, string detail) => new(StatusCodes.Status400BadRequest, code, detail) { Field = field };

    /// <summary>No such entity.</summary>
    public static Problem Unknown(string what, string id) => new(StatusCodes.Status404NotFound, "entity.unknown", $"no {what} is called {id}");

    /// <summary>Too much is waiting; nothing that is not acknowledged counts.</summary>
    public static Problem Busy() => new(StatusCodes.Status429TooManyRequests, "feed.busy", "more is waiting than may wait; send again what was not acknowledged") { RetryAfterSeconds = 1 };

    /// <summary>As many watch as this host takes.</summary>
    public static Problem Full() => new(StatusCodes.Status429TooManyRequests, "live.full", "as many watch as this host takes; come again later, or ask another host") { RetryAfterSeconds = 5 };

    /// <summary>The store does not take it now, or did not say in time whether it did.</summary>
    public static Problem Unavailable() => new(StatusCodes.Status503ServiceUnavailable, "store.unavailable", "not known to be durable: send again, what is already in counts once") { RetryAfterSeconds = 5 };

    /// <summary>A silo does not answer, or has more to do than it takes on.</summary>
    public static Problem Unreachable() => new(StatusCodes.Status503ServiceUnavailable, "cluster.unavailable", "a part of the cluster does not answer now: ask again, and send again what was not acknowledged") { RetryAfterSeconds = 5 };

    /// <summary>The host stops; another one, or this one once it is back, takes it.</summary>
    public static Problem Stopping() => new(StatusCodes.Status503ServiceUnavailable, "host.stopping", "this host is stopping: send again what was not acknowledged") { RetryAfterSeconds = 5 };

    /// <summary>The store has lost what was acknowledged, and an operator has to restore it.</summary>
    public static Problem Lost() => new(StatusCodes.Status503ServiceUnavailable, "store.lost", "the store is not the one that this host serves; nothing is answered from it") { RetryAfterSeconds = 60 };

    /// <summary>The body does not come as quickly as it must.</summary>
    public static Problem TooSlow() => new(StatusCodes.Status408RequestTimeout, "body.too-slow", "the body came too slowly; send smaller ones, or all at once");

    /// <summary>The past of an entity is more than one view may hold.</summary>
    public static Problem PastTooLarge() => new(StatusCodes.Status422UnprocessableEntity, "past.too-large", "a view of that moment needs more claims than one view may hold; ask for a part of it, or raise Entity:PastClaims");

    /// <summary>A silo neither feeds nor answers queries.</summary>
    public static Problem NoApi() => new(StatusCodes.Status404NotFound, "route.role", "this host is a silo: ask one whose Cluster:Role is api or all");

    /// <summary>What the server itself refuses, before any endpoint sees it.</summary>
    public static Problem Of(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new(StatusCodes.Status404NotFound, "route.unknown", $"there is nothing at {context.Request.Path}"),
        StatusCodes.Status405MethodNotAllowed => new(StatusCodes.Status405MethodNotAllowed, "route.method", $"{context.Request.Path} does not take {context.Request.Method}"),
        StatusCodes.Status415UnsupportedMediaType => MediaType("a content type that the API's description names"),
        var status => new(status, "request.refused", "the request is refused"),
    };

    /// <summary>The answer.</summary>
    public IResult ToResult()
    {
        var extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = Code };
        Add("field", Field);
        Add("line", Line);
        Add("column", Column);
        var result = Results.Problem(Detail, statusCode: Status, type: TypeOf(Status), extensions: extensions);
        return RetryAfterSeconds is { } seconds ? new WithRetryAfter(result, seconds) : result;

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                extensions[name] = value;
            }
        }
    }

    // Of those that the framework has none for.
    private static string? TypeOf(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => "https://tools.ietf.org/html/rfc9110#section-15.5.14",
        StatusCodes.Status428PreconditionRequired => "https://tools.ietf.org/html/rfc6585#section-3",
        StatusCodes.Status429TooManyRequests => "https://tools.ietf.org/html/rfc6585#section-4",
        _ => null,
    };

    private sealed class WithRetryAfter(IResult inner, int seconds) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return inner.ExecuteAsync(httpContext);
        }
    }
}

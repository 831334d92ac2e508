using Aggregator.Contracts;
using Aggregator.Contracts.Entities;
using Aggregator.Host.Hosting;
using Aggregator.Host.Ingest;
using Aggregator.Store;
using Microsoft.AspNetCore.Diagnostics;
using Orleans.Serialization;
using StackExchange.Redis;

namespace Aggregator.Host.Problems;

/// <summary>Turns what was thrown into a coded answer. No exception text leaves the host but that of refusals.</summary>
internal sealed partial class ProblemHandler(Draining draining, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    private const int LinesOfAMessage = 4;
    private static readonly string[] StoreNamespaces = [typeof(StoreException).Namespace! + ".", typeof(RedisException).Namespace! + "."];

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.TooLarge(IngestLimits.BodyBytes),
            BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => Problem.TooSlow(),
            BadHttpRequestException bad => new Problem(bad.StatusCode, "request.malformed", "the request cannot be read"),
            PastTooLargeException => Problem.PastTooLarge(),
            InvalidDataException => Problem.Malformed("the body cannot be decompressed"),
            StoreException or StoreFaultException => Problem.Unavailable(),

            _ when Passing.Is(exception) => Problem.Unreachable(),
            _ when Causes(exception).Any(IsOfTheStore) => Problem.Unavailable(),
            _ when draining.IsStopping => Problem.Stopping(),
            _ => new Problem(StatusCodes.Status500InternalServerError, "internal", "an internal error; the log has its cause"),
        };
        if (!httpContext.RequestAborted.IsCancellationRequested)
        {
            Log(httpContext.Request.Path, problem, exception);
        }

        await problem.ToResult().ExecuteAsync(httpContext);
        return true;
    }

    // What passes by itself comes by the hundred when a silo dies: a line each, and the stack only for who asks for details.
    // Anything may be thrown while the host stops, a fault of ours too.
    private void Log(string path, Problem problem, Exception exception)
    {
        switch (problem.Status)
        {
            case StatusCodes.Status503ServiceUnavailable when problem.Code != Problem.Stopping().Code:
                var cause = Causes(exception).FirstOrDefault(IsOfTheStore) ?? exception.GetBaseException();
                LogUnanswered(logger, path, problem.Code, cause.GetType().Name, InOneLine(cause.Message));
                LogUnansweredInFull(logger, path, exception);
                break;
            case >= StatusCodes.Status500InternalServerError:
                LogFault(logger, path, exception);
                break;
        }
    }

    // Orleans puts the stack of a fault in another process into its message.
    private static string InOneLine(string message) => string.Join(' ', message
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .TakeWhile(static line => !line.StartsWith("at ", StringComparison.Ordinal))
        .Take(LinesOfAMessage));

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    // Whatever wraps it; and from a silo, whose exceptions travel by name where they cannot travel whole. The client of the store has
    // several kinds that share nothing but their namespace.
    private static bool IsOfTheStore(Exception cause)
    {
        var type = cause is UnavailableExceptionFallbackException remote ? remote.ExceptionType : cause.GetType().FullName;
        return cause is StoreException || (type is not null && StoreNamespaces.Any(name => type.StartsWith(name, StringComparison.Ordinal)));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Path} failed")]
    private static partial void LogFault(ILogger logger, string path, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {Path} was not answered, {Code}: {Kind}: {Reason}")]
    private static partial void LogUnanswered(ILogger logger, string path, string code, string kind, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Request {Path} was not answered")]
    private static partial void LogUnansweredInFull(ILogger logger, string path, Exception fault);
}

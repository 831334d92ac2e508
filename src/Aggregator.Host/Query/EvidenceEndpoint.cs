using System.Buffers.Text;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Aggregator.Contracts.Entities;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Registry;
using Aggregator.Host.Ingest;
using Aggregator.Host.Problems;

namespace Aggregator.Host.Query;

#pragma warning disable CS1591 // members mirror the wire form of a claim (ClaimInput says what each field means)

/// <summary>The document that a claim was found in.</summary>
public sealed record EvidenceReport(string? Url, string? Title, string? Fingerprint);

/// <summary>A claim that a number rests on, with its words.</summary>
public sealed record EvidenceAnswer : ClaimAnswer
{
    [SetsRequiredMembers]
    internal EvidenceAnswer(Claim claim, RegistrySnapshot registry) : base(claim, registry)
    {
        Key = claim.Key.ToString();
        Origin = claim.Origin is { } origin ? new EntityAnswer(origin.Id, registry.Describe(EntityKind.Source, origin.Id, origin.Text).Name, origin.Text) : null;
        Report = claim.Report is { } report ? new EvidenceReport(report.Url, report.Title, report.Fingerprint) : null;
        Credibility = claim.Credibility;
        Incident = claim.Incident;
        Revision = claim.Revision;
    }

    /// <summary>The claim as evidence lists and refersTo name it.</summary>
    public required string Key { get; init; }
    public EntityAnswer? Origin { get; init; }
    public EvidenceReport? Report { get; init; }
    public int? Credibility { get; init; }
    public string? Incident { get; init; }
    public int Revision { get; init; }
}

/// <summary>A page of evidence.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">Cursor of the next page; null on the last.</param>
public sealed record EvidencePage(IReadOnlyList<EvidenceAnswer> Items, string? Next);

/// <summary><c>GET /v1/{actors|regions|sources}/{id}/claims</c> (R20).</summary>
internal static class EvidenceEndpoint
{
    private const int DefaultLimit = 50;
    private const int MaximumLimit = 500;

    /// <summary>What may be asked.</summary>
    internal sealed class Query
    {
        [Description("What is counted: tank, person, …")] public string? Item { get; init; }
        [Description("What happened to it: destroyed, killed, …")] public string? Outcome { get; init; }
        [Description("Of whom: the target, by id or any alias; the bodies of its voice too.")] public string? Target { get; init; }
        [Description("Who says it, by id or any alias; the bodies of its voice too.")] public string? Claimant { get; init; }
        [Description("Reported at this moment (RFC 3339) or day (its start, UTC) or later.")] public string? From { get; init; }
        [Description("Reported at this moment or day (its end, UTC) or earlier.")] public string? To { get; init; }
        [Description("1 to 500; 50 if left out.")] public string? Limit { get; init; }
        [Description("The next of a page.")] public string? Cursor { get; init; }
    }

    /// <summary>The answer; null if nobody knows the entity.</summary>
    public static async Task<IResult?> GetAsync(
        HttpRequest request, IEntityGrain entity, Query asked, IRegistry registry)
    {
        if (QueryParameters.Unknown(request, "item", "outcome", "target", "claimant", "from", "to", "limit", "cursor") is { } unknown)
        {
            return unknown.ToResult();
        }

        var (query, refused) = Read(asked, registry.Current);
        if (refused is not null)
        {
            return refused.ToResult();
        }

        var page = await entity.GetClaimsAsync(query!);
        if (!page.IsKnown)
        {
            return null;
        }

        var claims = page.Claims.Claims;
        return Results.Ok(new EvidencePage(
            [.. claims.Select(claim => new EvidenceAnswer(claim, registry.Current))],
            page.HasMore ? Cursor(claims[^1]) : null));
    }

    private static (ClaimsQuery? Query, Problem? Refused) Read(Query asked, RegistrySnapshot registry)
    {
        var (item, outcome) = (default(Item), default(Outcome));
        if (asked.Item is not null && !Slug.TryParse(asked.Item, out item))
        {
            return (null, Problem.Query("query.item", "item", $"item is one of: {string.Join(' ', Slug.All<Item>())}"));
        }

        if (asked.Outcome is not null && !Slug.TryParse(asked.Outcome, out outcome))
        {
            return (null, Problem.Query("query.outcome", "outcome", $"outcome is one of: {string.Join(' ', Slug.All<Outcome>())}"));
        }

        if (!QueryParameters.TryMoment(asked.From, out var from, startOfDay: true) || !QueryParameters.TryMoment(asked.To, out var to))
        {
            return (null, Problem.Query("query.time", "from", "from and to are a day (2022-12-31) or a time with its offset (2022-12-31T18:00:00Z)"));
        }

        if (!QueryParameters.TryLimit(asked.Limit, DefaultLimit, MaximumLimit, out var limit))
        {
            return (null, Problem.Query("query.limit", "limit", $"limit is 1 to {MaximumLimit}"));
        }

        var after = default((DateTimeOffset Time, ClaimKey Claim)?);
        if (asked.Cursor is not null && !TryCursor(asked.Cursor, out after))
        {
            return (null, Problem.Query("query.cursor", "cursor", "cursor is the next of a page"));
        }

        return (new ClaimsQuery
        {
            Item = asked.Item is null ? null : (byte)item,
            Outcome = asked.Outcome is null ? null : (byte)outcome,
            Target = Actor(asked.Target),
            Claimant = Actor(asked.Claimant),
            From = from,
            To = to,
            AfterTime = after?.Time,
            AfterSource = after?.Claim.Source,
            AfterId = after?.Claim.Id,
            Limit = limit,
        }, null);

        string? Actor(string? name) => name is null ? null : registry.Resolve(EntityKind.Actor, name) is { } entry ? registry.Survivor(EntityKind.Actor, entry.Id) : name;
    }

    // Opaque to callers: where the page ended.
    private static string Cursor(Claim last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{last.ReportedAt.UtcTicks}\n{last.Key.Source}\n{last.Key.Id}")));

    private static bool TryCursor(string text, out (DateTimeOffset, ClaimKey)? after)
    {
        after = null;
        if (!Base64Url.IsValid(text))
        {
            return false;
        }

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('\n');
        if (parts.Length != 3 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        after = (new DateTimeOffset(ticks, TimeSpan.Zero), new ClaimKey(parts[1], parts[2]));
        return true;
    }
}

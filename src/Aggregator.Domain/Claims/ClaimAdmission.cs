using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Claims;

/// <summary>
/// Checks a draft and resolves its names: a draft either becomes a claim or is refused with the first thing wrong with
/// it. Pure; the time only bounds how far ahead of it a report may be dated.
/// </summary>
public static class ClaimAdmission
{
    /// <summary>Longest name, id or incident, in UTF-16 units.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Longest quote, title or URL, in UTF-16 units.</summary>
    public const int MaxTextLength = 4096;

    /// <summary>Most entries in <c>refersTo</c> and <c>supersedes</c>.</summary>
    public const int MaxListLength = 64;

    /// <summary>Largest count; sums of every claim there could be stay within 64 bits.</summary>
    public const long MaxCount = 1_000_000_000_000;

    /// <summary>Earliest day a claim may speak of.</summary>
    public static readonly DateOnly FirstDay = new(1900, 1, 1);

    /// <summary>How far ahead of the receiver's clock a report may be dated.</summary>
    public static readonly TimeSpan MaxClockAhead = TimeSpan.FromDays(2);

    /// <summary>The claim that a draft states, or what is wrong with it.</summary>
    public static (Claim? Claim, ClaimError? Error) Admit(ClaimDraft draft, RegistrySnapshot registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(registry);
        var check = new DraftCheck(registry, DateOnly.FromDateTime(now.UtcDateTime + MaxClockAhead));
        var claim = check.Read(draft);
        return check.Error is { } error ? (null, error) : (claim, null);
    }

    /// <summary>Whether a text may be a name or an id by its characters: no control character, so no line break, and no broken surrogate.</summary>
    public static bool IsLine(string text) => DraftCheck.IsPlain(text, isLine: true);
}

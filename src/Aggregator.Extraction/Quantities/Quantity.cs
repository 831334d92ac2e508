using Aggregator.Domain.Claims;

namespace Aggregator.Extraction.Quantities;

/// <summary>A number as written, with the words that move its bounds.</summary>
/// <param name="Start">First token, approximation included.</param>
/// <param name="End">Token after the last.</param>
/// <param name="Bounds">What it says (docs/rules.md, number words).</param>
/// <param name="IsArticle">Whether it is only "a" or "an": a number only where a countable thing follows.</param>
/// <param name="IsBare">Whether it is a plain numeral without any word of approximation.</param>
internal sealed record Quantity(int Start, int End, Bounds Bounds, bool IsArticle, bool IsBare);

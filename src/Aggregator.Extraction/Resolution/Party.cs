using Aggregator.Domain.Claims;

namespace Aggregator.Extraction.Resolution;

/// <summary>An actor that a mention stands for.</summary>
/// <param name="Text">The words as found; for a pronoun the antecedent's.</param>
/// <param name="Id">Registry id, provisional where nobody knows it.</param>
/// <param name="Side">Voice it speaks with: what friend and enemy are told by.</param>
internal sealed record Party(string Text, string Id, string Side)
{
    /// <summary>The reference that a claim carries.</summary>
    public NameRef Reference => new(Text, Id);
}

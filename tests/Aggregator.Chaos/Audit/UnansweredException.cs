namespace Aggregator.Chaos.Audit;

/// <summary>A question of the audit was not answered as it must be.</summary>
internal sealed class UnansweredException(Violation violation) : Exception(violation.What)
{
    public Violation Violation => violation;
}

namespace Aggregator.Deployment.Tests.Manifests;

/// <summary>How the base is read: both ways must show the same facts.</summary>
public enum Reading
{
    /// <summary>The files that kustomization.yaml lists, as they stand; needs nothing but the SDK.</summary>
    Written,

    /// <summary>What <c>kubectl kustomize</c> makes of them; skipped where there is no kubectl.</summary>
    Rendered,
}

/// <summary>Theory data: every reading.</summary>
public sealed class Readings : TheoryData<Reading>
{
    public Readings() : base(Enum.GetValues<Reading>())
    {
    }
}

using System.Reflection;
using Orleans.Runtime;

namespace Aggregator.Simulation.Cluster;

/// <summary>Sets the activation that Orleans takes a new grain to be made for; Orleans itself does it out of sight.</summary>
internal static class RuntimeContexts
{
    private delegate void Setter(IGrainContext? context);

    private static readonly Setter Reset = typeof(IGrainContext).Assembly.GetType("Orleans.Runtime.RuntimeContext", throwOnError: true)!
        .GetMethod("ResetExecutionContext", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!
        .CreateDelegate<Setter>();

    public static void Set(IGrainContext? context) => Reset(context);
}

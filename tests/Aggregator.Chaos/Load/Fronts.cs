using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Load;

/// <summary>The hosts that serve the API: a sender goes to the next one when one does not answer.</summary>
internal sealed class Fronts(HttpPeer http, IReadOnlyList<HostNode> nodes)
{
    private int _next;

    public HttpPeer Http => http;

    public IReadOnlyList<HostNode> Nodes => nodes;

    /// <summary>Those whose process runs and that are not stopped or cut off.</summary>
    public IEnumerable<HostNode> Surviving => nodes.Where(node => node is { IsRunning: true, MayBeStale: false });

    /// <summary>One that runs, in turn; the first one if none does.</summary>
    /// <param name="surviving">Leaves out those that are stopped or cut off; senders do not know which those are.</param>
    public HostNode Next(bool surviving = false)
    {
        for (var tries = 0; tries < nodes.Count; tries++)
        {
            var node = nodes[(int)((uint)Interlocked.Increment(ref _next) % nodes.Count)];
            if (node.IsRunning && !(surviving && node.MayBeStale))
            {
                return node;
            }
        }

        return nodes[0];
    }
}

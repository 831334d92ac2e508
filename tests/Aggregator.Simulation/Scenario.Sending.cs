using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Simulation.Feeding;

namespace Aggregator.Simulation;

// What is sent once faults have ended, by whom, and what has come of it.
internal sealed partial class Scenario
{
    private Claim[] Acknowledged() => [.. _journal.Acknowledged.Where(one => one.Content is not null && Claims.Of(one.Key, one.Content.Value) is not null).Select(one => Claims.Of(one.Key, one.Content!.Value)).Distinct()];

    private void SendLast(Claim[] claims)
    {
        var last = _world.Begin(() => NewSender().SendLastAsync(claims));
        Until(() => last.IsCompleted, "nobody answers although nothing is wrong");
        if (!Done(last))
        {
            throw new ViolationException("a claim is refused although nothing is wrong");
        }
    }

    private Sender NewSender() => new(_world, PartitionOf, _journal, _shape.Keys, _shape.Firsts, _shape.Claims, _shape.Reports);

    // What has come to partitions, for the count of resends.
    private void Count(object?[] arguments)
    {
        switch (arguments)
        {
            case [ClaimBatch batch]:
                foreach (var claim in batch.Claims.Claims)
                {
                    Add(claim.Source.Id);
                }

                break;
            case [RetractionBox retraction]:
                Add(retraction.Source);
                break;
        }

        void Add(string source) => _delivered[source] = _delivered.GetValueOrDefault(source) + 1;
    }
}

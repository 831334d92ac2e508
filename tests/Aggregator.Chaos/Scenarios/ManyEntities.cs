using System.Globalization;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>Makes entities by the thousand, so that a dead silo leaves many behind: half of them places, half of them actors.</summary>
internal static class ManyEntities
{
    private const int ClaimsPerRequest = 500;

    /// <summary>Feeds one claim for each place and actor; gives their paths.</summary>
    public static async Task<IReadOnlyList<string>> MakeAsync(Cluster cluster, int count)
    {
        foreach (var numbers in Enumerable.Range(0, count / 2).Chunk(ClaimsPerRequest))
        {
            var body = string.Join('\n', numbers.Select(at => string.Create(CultureInfo.InvariantCulture,
                $$"""{"id":"many-{{at}}","source":"chaos-many-{{at % 16}}","reportedAt":"2024-01-01T00:00:00Z","event":"attack","region":"chaosplace {{at}}","target":"chaosgroup {{at}}"}""")));
            var answer = await cluster.Http.PostAsync(cluster.Fronts.Next().Url, "/v1/claims?wait=applied", body);
            if (!answer.IsOk)
            {
                throw new InvalidOperationException($"the entities were not taken: {answer}");
            }
        }

        return [.. Enumerable.Range(0, count / 2).SelectMany(static at => new[]
        {
            string.Create(CultureInfo.InvariantCulture, $"/v1/regions/chaosplace-{at}"), string.Create(CultureInfo.InvariantCulture, $"/v1/actors/chaosgroup-{at}"),
        })];
    }
}

using System.Globalization;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>Makes entities by the thousand, so that a dead silo leaves many behind: half of them places, half of them actors.</summary>
internal static class ManyEntities
{
    private const int ClaimsPerRequest = 500;
    private const int Sources = 16;

    /// <summary>Feeds one claim for each place and actor; gives how many claims name each of them, and each of their sources, by path.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> MakeAsync(Cluster cluster, Ceiling ceiling, int count)
    {
        var claims = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var numbers in Enumerable.Range(0, count / 2).Chunk(ClaimsPerRequest))
        {
            var body = string.Join('\n', numbers.Select(at => string.Create(CultureInfo.InvariantCulture,
                $$"""{"id":"many-{{at}}","source":"chaos-many-{{at % Sources}}","reportedAt":"2024-01-01T00:00:00Z","event":"attack","region":"chaosplace {{at}}","target":"chaosgroup {{at}}"}""")));
            foreach (var path in numbers.SelectMany(Named))
            {
                ceiling.Name(path);
                claims[path] = claims.GetValueOrDefault(path) + 1;
            }

            var answer = await cluster.Http.PostAsync(cluster.Fronts.Next().Url, "/v1/claims?wait=applied", body);
            if (!answer.IsOk)
            {
                throw new InvalidOperationException($"the entities were not taken: {answer}");
            }
        }

        return claims;

        static string[] Named(int at) =>
        [
            string.Create(CultureInfo.InvariantCulture, $"/v1/regions/chaosplace-{at}"), string.Create(CultureInfo.InvariantCulture, $"/v1/actors/chaosgroup-{at}"),
            string.Create(CultureInfo.InvariantCulture, $"/v1/sources/chaos-many-{at % Sources}"),
        ];
    }
}

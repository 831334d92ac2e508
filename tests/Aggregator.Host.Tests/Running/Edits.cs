using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Aggregator.Host.Tests.Running;

/// <summary>What a request for an edit was answered.</summary>
internal sealed record Edited(HttpStatusCode Status, string? ETag, JsonObject Body)
{
    public string? Code => (string?)Body["code"];

    public string? Field => (string?)Body["field"];
}

/// <summary>Edits the registry as a caller does.</summary>
internal static class Edits
{
    /// <summary>Puts an entry and waits for the views; null for a header leaves it out.</summary>
    public static Task<Edited> PutAsync(this RunningHost host, string path, string entry, string? ifMatch = null, string? ifNoneMatch = null) =>
        host.SendAsync(HttpMethod.Put, $"/v1/{path}?wait=applied", new StringContent(entry, Encoding.UTF8, "application/json"), ifMatch, ifNoneMatch);

    /// <summary>Puts an entry that there is, with some of its fields changed, and waits for the views.</summary>
    public static async Task<Edited> ChangeAsync(this RunningHost host, string path, Action<JsonObject> change)
    {
        var entry = await host.SendAsync(HttpMethod.Get, $"/v1/{path}/entry");
        Assert.Equal(HttpStatusCode.OK, entry.Status);
        change(entry.Body);
        var put = await host.PutAsync(path, entry.Body.ToJsonString(), ifMatch: entry.ETag);
        AssertApplied(put);
        return put;
    }

    public static async Task<Edited> MergeAsync(this RunningHost host, string plural, string id, string into)
    {
        var merged = await host.SendAsync(HttpMethod.Post, $"/v1/{plural}/{id}/merge-into/{into}?wait=applied");
        AssertApplied(merged);
        return merged;
    }

    public static async Task<Edited> UndoAsync(this RunningHost host, string plural, string id, string into)
    {
        var undone = await host.SendAsync(HttpMethod.Delete, $"/v1/{plural}/{id}/merge-into/{into}?wait=applied");
        AssertApplied(undone);
        return undone;
    }

    public static async Task<Edited> SendAsync(
        this RunningHost host, HttpMethod method, string path, HttpContent? body = null, string? ifMatch = null, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        Add("If-Match", ifMatch);
        Add("If-None-Match", ifNoneMatch);
        using var response = await host.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Edited(response.StatusCode, response.Headers.ETag?.ToString(), text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject());

        void Add(string header, string? value)
        {
            if (value is not null)
            {
                Assert.True(request.Headers.TryAddWithoutValidation(header, value));
            }
        }
    }

    public static void AssertApplied(Edited edited)
    {
        Assert.True(edited.Status is HttpStatusCode.OK or HttpStatusCode.Created, edited.Body.ToJsonString());
        Assert.True((bool?)edited.Body["applied"], edited.Body.ToJsonString());
    }

    /// <summary>A claim of destroyed tanks.</summary>
    public static JsonObject Tanks(string source, string id, string? claimant, string target, string region, int count, string day = "2024-05-01") => new()
    {
        ["source"] = source,
        ["id"] = id,
        ["reportedAt"] = "2024-05-02T06:00:00Z",
        ["claimant"] = claimant,
        ["target"] = target,
        ["region"] = region,
        ["occurred"] = new JsonObject { ["from"] = day },
        ["figure"] = new JsonObject { ["item"] = "tank", ["outcome"] = "destroyed", ["low"] = count, ["best"] = count, ["high"] = count },
    };

    /// <summary>The best figure of destroyed tanks of a target in a view, by its one voice or a given one; null if the line is not there.</summary>
    public static long? BestOfTanks(this JsonObject view, string target, string? voice = null) => view["lines"]!.AsArray()
        .Where(line => (string?)line!["target"]?["id"] == target && (string)line["item"]! == "tank" && (string)line["outcome"]! == "destroyed")
        .SelectMany(line => line!["positions"]!.AsArray())
        .Where(position => voice is null || (string)position!["voice"]!["id"]! == voice)
        .Select(position => (long?)position!["best"])
        .SingleOrDefault();
}

using System.Globalization;
using System.Net;
using Aggregator.Store.Index;

namespace Aggregator.Host.Tests.Ingest;

/// <summary>A report or a text that is none gets its exact refusal, and costs nothing but itself.</summary>
public sealed class BadReportTests(SharedHost shared) : IClassFixture<SharedHost>
{
    [Theory]
    [InlineData("""{"publishedAt":"2024-05-01","text":"x"}""", "report.missing", "source")]
    [InlineData("""{"source":"w","text":"x"}""", "report.missing", "publishedAt")]
    [InlineData("""{"source":"w","publishedAt":"2024-05-01","text":"  "}""", "report.empty", "text")]
    [InlineData("""{"source":"w","publishedAt":"2024-05-01"}""", "report.empty", "text")]
    [InlineData("""{"source":"w","publishedAt":"1024-05-01","text":"x"}""", "report.date", "publishedAt")]
    [InlineData("""{"source":"w","publishedAt":"2024-05-01","text":"x","language":"tlh"}""", "report.language", "language")]
    [InlineData("""{"source":"w","publishedAt":"2024-05-01","body":"x"}""", "report.unknown-field", "body")]
    public async Task Report_NotOne_IsRefused(string report, string code, string field)
    {
        var (status, problem) = await shared.PostAsync("/v1/reports", report, "application/json");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code, field), (status, (string?)problem["code"], (string?)problem["field"]));
    }

    [Theory]
    [InlineData("no date line\n\ntext", "report.date")]
    [InlineData(" date soon\n\ntext", "report.date")]
    [InlineData(" date 2024-05-01\n\n \n", "report.empty")]
    public async Task ReportText_WithoutDateOrText_IsRefused(string text, string code)
    {
        var (status, problem) = await shared.PostAsync("/v1/reports?source=w", text, "text/plain");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task ReportText_WithoutABlankLine_KeepsItsFirstLine()
    {
        var (_, answer) = await shared.PostAsync("/v1/reports?source=w&dryRun=true", " date 2020-09-30\nThe Armenian defence ministry said four Azerbaijani tanks were destroyed near Fizuli.\n", "text/plain");

        Assert.Equal(4, (int)Assert.Single(answer["claims"]!.AsArray())!["figure"]!["best"]!);
    }

    [Fact]
    public async Task Report_WhoseOnlyClaimIsRefused_IsTakenAllTheSame()
    {
        var far = """{"source":"far off","url":"https://far.example/1","publishedAt":"2020-09-30","text":"The Armenian defence ministry said 80 tanks had been destroyed since 27 September 2093."}""";
        var (status, answer) = await shared.PostAsync("/v1/reports", far, "application/json");

        Assert.Equal((HttpStatusCode.OK, 0, 1), (status, (int)answer["accepted"]!, (int)answer["rejected"]!));
    }

    [Fact]
    public async Task Report_WithMoreTextsThanItMayHave_IsRefused_AndTheLastStands()
    {
        var texts = string.Join('\n', Enumerable.Range(0, ClaimIndex.MaximumVersions + 1).Select(static at => Text(at)));
        var (status, answer) = await shared.PostAsync("/v1/reports", texts, "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, 1), (status, (int)answer["rejected"]!));
        var error = answer["errors"]!.AsArray().Single()!;
        Assert.Equal((ClaimIndex.MaximumVersions, "report.too-many-texts", "https://live.example/blog"), ((int)error["index"]!, (string?)error["code"], (string?)error["id"]));

        // One by one it is refused before its claims are sent, and one that came before is known.
        var (refused, problem) = await shared.PostAsync("/v1/reports", Text(5_000), "application/json");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "report.too-many-texts"), (refused, (string?)problem["code"]));
        var (known, again) = await shared.PostAsync("/v1/reports", Text(7), "application/json");
        Assert.Equal((HttpStatusCode.OK, 0, 0), (known, (int)again["accepted"]!, (int)again["rejected"]!));

        // Nor do claims stay of a text that is one too many among others of its request.
        var last = Text(6_000, "The Armenian defence ministry said four Azerbaijani tanks were destroyed near Fizuli.");
        var (_, both) = await shared.PostAsync("/v1/reports", last + '\n' + last, "application/x-ndjson");
        Assert.Equal((0, 0, 2), ((int)both["accepted"]!, (int)both["duplicate"]!, (int)both["rejected"]!));

        static string Text(int at, string says = "") => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"source":"live blog","url":"https://live.example/blog","publishedAt":"2024-05-01T{{at / 60 % 24:00}}:{{at % 60:00}}:00Z","text":"Nothing has happened by minute {{at}}. {{says}}"}""");
    }

    [Fact]
    public async Task Report_WithADateFarOff_CostsOnlyItsOwnClaims()
    {
        var far = """{"source":"w","publishedAt":"2020-09-30","text":"The Armenian defence ministry said 80 tanks had been destroyed since 27 September 2093."}""";
        var near = """{"source":"w","publishedAt":"2020-09-30","text":"The Armenian defence ministry said four Azerbaijani tanks were destroyed near Fizuli on Tuesday."}""";
        var (status, answer) = await shared.PostAsync("/v1/reports?dryRun=true", $"[{far},{near}]", "application/json");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(answer["claims"]!.AsArray(), claim => (int)claim!["report"]! == 1 && (int)claim["figure"]!["best"]! == 4);
    }
}

using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Grains.Protocol;
using Aggregator.Store.Index;

namespace Aggregator.Grains.Tests.Protocol;

/// <summary>R3: a report posted again with another text. What the log holds is kept here as a partition would keep it.</summary>
public sealed class ReportTextTests
{
    private readonly Dictionary<UInt128, IndexHit> _held = [];
    private readonly Dictionary<LogPosition, LogRecord> _log = [];
    private long _sequence;

    [Fact]
    public void ALaterText_TakesThePlaceOfTheEarliersClaims()
    {
        Post(Text(1, "2024-05-01", "a", "b"));

        var sorted = Post(Text(2, "2024-05-02", "c"));

        Assert.Equal(["a", "b"], Superseded(sorted));
        Assert.Equal(["c"], Standing("a", "b", "c"));
        Assert.Equal([AppendOutcome.Accepted, AppendOutcome.Corrected], sorted.Outcomes);
        Assert.All(sorted.Records.OfType<LogRecord.Superseded>(), one => Assert.Equal(Day("2024-05-02"), one.KnownFrom));
    }

    [Fact]
    public void AnEarlierTextThatComesLate_DoesNotStand()
    {
        Post(Text(2, "2024-05-02", "c"));

        var sorted = Post(Text(1, "2024-05-01", "a", "b"));

        Assert.Equal(["a", "b"], Superseded(sorted));
        Assert.Equal(["c"], Standing("a", "b", "c"));
        Assert.All(sorted.Records.OfType<LogRecord.Superseded>(), one => Assert.Equal(Day("2024-05-02"), one.KnownFrom));
    }

    [Fact]
    public void OfTextsWithOneTime_TheOneThatCameLastStands()
    {
        Post(Text(1, "2024-05-01", "a"));
        Post(Text(2, "2024-05-01", "b"));

        Assert.Equal(["b"], Standing("a", "b"));
    }

    [Fact]
    public void ATextThatWasReplaced_IsADuplicateFromThenOn()
    {
        Post(Text(1, "2024-05-01", "a"));
        Post(Text(2, "2024-05-02", "b"));

        var sorted = Post(Text(1, "2024-05-01", "a"));

        Assert.Equal([AppendOutcome.Duplicate, AppendOutcome.Duplicate], sorted.Outcomes);
        Assert.Empty(sorted.Records);
        Assert.Equal(["b"], Standing("a", "b"));
    }

    [Fact]
    public void ATextWithoutClaims_TakesAllBack()
    {
        Post(Text(1, "2024-05-01", "a", "b"));
        Post(Text(2, "2024-05-02"));

        Assert.Empty(Standing("a", "b"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TwoTextsBehindTheirClaims_TheLaterStands(bool isHeld)
    {
        if (isHeld)
        {
            Post(Text(3, "2024-04-30", "z"));
        }

        var (first, second) = (Text(1, "2024-05-01", "a", "c"), Text(2, "2024-05-02", "b", "c"));
        Append([.. Claims(first), .. Claims(second).Where(one => one.Claim!.Key.Id != "c")]);

        // The claims may come once more with the texts, as when nobody answered.
        Append([.. Claims(first), Candidate.Of(second), Candidate.Of(first)]);

        Assert.Equal(["b", "c"], Standing("a", "b", "c", "z"));
    }

    [Fact]
    public void TwoTextsInOneBatch_TheLaterStands()
    {
        var (first, second) = (Text(1, "2024-05-01", "a"), Text(2, "2024-05-02", "b"));
        Candidate[] batch = [.. Claims(first), .. Claims(second), Candidate.Of(first), Candidate.Of(second)];

        var sorted = Append(batch);

        Assert.Equal(["a"], Superseded(sorted));
        Assert.Equal(["b"], Standing("a", "b"));
    }

    [Fact]
    public void AThirdText_ReplacesTheSecondsClaimsAlone()
    {
        Post(Text(1, "2024-05-01", "a"));
        Post(Text(2, "2024-05-02", "b"));

        Assert.Equal(["b"], Superseded(Post(Text(3, "2024-05-03", "c"))));
        Assert.Equal(["c"], Standing("a", "b", "c"));
    }

    [Fact]
    public void AClaimTakenBackByItsSender_IsLeftOut()
    {
        Post(Text(1, "2024-05-01", "a", "b"));
        Append([Candidate.Of(new Retraction(new ClaimKey("s", "a"), "s"))]);

        Assert.Equal(["b"], Superseded(Post(Text(2, "2024-05-02"))));
    }

    [Fact]
    public void AnotherReport_IsNotTouched()
    {
        Post(Text(1, "2024-05-01", "a"));
        Post(Text(2, "2024-05-02", "b") with { Address = "https://a.example/other" });

        Assert.Equal(["a", "b"], Standing("a", "b"));
    }

    [Fact]
    public void ATextThatCameBefore_AndIsReadDifferentlyNow_IsWhatItWasReadAsThen()
    {
        Post(Text(1, "2024-05-01", "a", "b"));

        var again = Append(Candidate.AllOf([Found("a", hash: 2), Found("c", hash: 1)], [Text(1, "2024-05-01", "a", "c")]));

        Assert.All(again.Outcomes, outcome => Assert.Equal(AppendOutcome.Duplicate, outcome));
        Assert.Empty(again.Records);
        Assert.Equal(3, again.Originals.Count);
        Assert.Equal(2, again.Duplicates["s"]);
        Assert.Equal(["a", "b"], Standing("a", "b", "c"));
    }

    [Fact]
    public void ATextReadInTwoWays_InOneEntry_IsWhatItWasReadAsFirst()
    {
        var (first, second) = (Text(1, "2024-05-01", "a", "b"), Text(1, "2024-05-01", "a", "c"));

        var sorted = Append([.. Candidate.AllOf([Found("a", hash: 1), Found("b", hash: 1)], [first]), .. Candidate.AllOf([Found("a", hash: 2), Found("c", hash: 1)], [second])]);

        Assert.Equal(["a", "b"], Standing("a", "b", "c"));
        Assert.Equal(3, sorted.Records.Count);
    }

    [Fact]
    public void ATextThatCameWithoutAClaim_TakesItIn()
    {
        // As a build before this one could leave it.
        Append([.. Claims(Text(1, "2024-05-01", "a")), Candidate.Of(Text(1, "2024-05-01", "a", "b"))]);

        Append(Candidate.AllOf([Found("a", hash: 1), Found("b", hash: 1)], [Text(1, "2024-05-01", "a", "b")]));

        Assert.Equal(["a", "b"], Standing("a", "b"));
    }

    [Fact]
    public void AClaimThatTwoTextsHave_IsTakenInIfOneOfThemIsNew()
    {
        Post(Text(1, "2024-05-01", "a"));

        Append(Candidate.AllOf([Found("b", hash: 1)], [Text(1, "2024-05-01", "a", "b"), Text(2, "2024-05-02", "b")]));

        Assert.Equal(["b"], Standing("a", "b"));
    }

    [Fact]
    public void WhatFallsWithAText_MayBeTakenAwayBeforeIt_InSeveralSteps()
    {
        Post(Text(1, "2024-05-01", "a", "b", "c", "d"));
        var text = Candidate.Of(Text(2, "2024-05-02", "d"));

        Assert.Equal(["a", "b"], Superseded(Append([text with { Clears = 2 }])));
        Assert.Equal(["c"], Superseded(Append([text with { Clears = 2 }])));
        Assert.Empty(Append([text with { Clears = 2 }]).Records);
        var last = Append([text]);

        Assert.IsType<LogRecord.Reported>(Assert.Single(last.Records));
        Assert.Equal([AppendOutcome.Corrected], last.Outcomes);
        Assert.Equal(["d"], Standing("a", "b", "c", "d"));
    }

    [Fact]
    public void WhatFallsOfATextThatComesLate_IsItsOwn()
    {
        Post(Text(2, "2024-05-02", "d"));
        var late = Text(1, "2024-05-01", "a", "b");
        Append([.. Claims(late)]);

        Assert.Equal(["a"], Superseded(Append([Candidate.Of(late) with { Clears = 1 }])));
        Assert.Equal(["b"], Superseded(Append([Candidate.Of(late)])));
        Assert.Equal(["d"], Standing("a", "b", "d"));
    }

    [Fact]
    public void Records_OfReports_AreReadBack()
    {
        Post(Text(1, "2024-05-01", "a"));
        var sorted = Post(Text(2, "2024-05-02", "b"));

        var read = LogFormat.Decode(LogFormat.Encode(Guid.NewGuid(), Day("2024-05-03"), sorted.Records), 0, 9).Records.Select(placed => placed.Record).ToList();

        var (text, back) = (sorted.Records.OfType<LogRecord.Reported>().Single().Text, read.OfType<LogRecord.Reported>().Single().Text);
        Assert.Equal(text.Claims, back.Claims);
        Assert.Equal(text with { Claims = [] }, back with { Claims = [] });
        Assert.Equal(
            sorted.Records.OfType<LogRecord.Superseded>().Select(one => (one.Removed.Key, one.RemovedAt, one.KnownFrom, one.Source)),
            read.OfType<LogRecord.Superseded>().Select(one => (one.Removed.Key, one.RemovedAt, one.KnownFrom, one.Source)));
    }

    private Sorted Post(ReportText text) => Append([.. Claims(text), Candidate.Of(text)]);

    private Sorted Append(Candidate[] candidates)
    {
        // No more is known than a partition asks for.
        var hashes = candidates.Select(one => one.Key).Concat(candidates.SelectMany(one => one.From).Select(one => one.Report)).ToHashSet();
        var held = _held.Where(hit => hashes.Contains(hit.Key)).ToDictionary();
        var (texts, claims) = (new Dictionary<UInt128, ReportText>(), new Dictionary<UInt128, Claim>());
        foreach (var key in Deduplicator.Contested(candidates, held))
        {
            claims[key] = ((LogRecord.Added)At(key)).Claim;
        }

        foreach (var report in Deduplicator.Rivals(candidates, held).ToList())
        {
            if (held.ContainsKey(report.Key))
            {
                texts[report.Key] = ((LogRecord.Reported)At(report.Key)).Text;
            }

            foreach (var key in report.Concat(texts.Values).SelectMany(text => text.Claims).Select(ClaimIdentity.Hash).Where(_held.ContainsKey))
            {
                held[key] = _held[key];
                if (!_held[key].Standing.IsRetraction)
                {
                    claims[key] = ((LogRecord.Added)At(key)).Claim;
                }
            }
        }

        var read = Deduplicator.Repeated(candidates, held)
            .Where(one => ((LogRecord.Reported)_log[new LogPosition(0, one.Text.Sequence, one.Text.Ordinal)]).Text.Claims.All(key => _held.ContainsKey(ClaimIdentity.Hash(key))))
            .Select(one => (one.Report, one.Text.ContentHash)).ToHashSet();
        var sorted = Deduplicator.Sort(candidates, new Known(held, claims, texts) { Read = read }, partition: 0, ++_sequence, Day("2024-05-03"));
        for (var at = 0; at < sorted.Records.Count; at++)
        {
            _log[new LogPosition(0, _sequence, at)] = sorted.Records[at];
        }

        // As a replay would: rows are made of the records again, and must be those of the append.
        var placed = sorted.Records.Select((record, at) => new PlacedRecord(new LogPosition(0, _sequence, at), record, default));
        foreach (var row in Deduplicator.Rows(placed, key => _held.GetValueOrDefault(key)))
        {
            _held[row.Key] = new IndexHit(row.Versions);
        }

        Assert.All(sorted.Rows, row => Assert.Equal(row.Value.Versions, _held[row.Key].Versions));
        return sorted;
    }

    private LogRecord At(UInt128 key) => _log[new LogPosition(0, _held[key].Standing.Sequence, _held[key].Standing.Ordinal)];

    private IEnumerable<string> Standing(params string[] ids) =>
        ids.Where(id => _held.TryGetValue(ClaimIdentity.Hash(new ClaimKey("s", id)), out var hit) && !hit.Standing.IsRetraction);

    private static IEnumerable<string> Superseded(Sorted sorted) => sorted.Records.OfType<LogRecord.Superseded>().Select(one => one.Removed.Key.Id);

    private static IEnumerable<Candidate> Claims(ReportText text) => text.Claims.Select(key => Candidate.Of(Found(key.Id, hash: 1) with { ReportedAt = text.PublishedAt }));

    private static Claim Found(string id, int hash) => new()
    {
        Key = new ClaimKey("s", id),
        ContentHash = (UInt128)hash,
        Source = new EntityRef("s", "s"),
        ReportedAt = Day("2024-05-01"),
        Event = EventType.ArmedClash,
    };

    private static ReportText Text(int hash, string day, params string[] claims) => new()
    {
        Source = "s",
        SourceId = "s",
        Address = "https://a.example/report",
        TextHash = (UInt128)hash,
        PublishedAt = Day(day),
        Claims = [.. claims.Select(id => new ClaimKey("s", id))],
    };

    private static DateTimeOffset Day(string day) => DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.RegularExpressions;
using Aggregator.Domain.Claims;
using Aggregator.Tests.Shared;

namespace Aggregator.Domain.Tests.Claims;

/// <summary>R5: copies of real articles are known as such, and what only looks alike is not.</summary>
public sealed class TextSketchTests
{
    private static string[] Articles => field ??= Load();

    public static TheoryData<string> Copies => ["words", "reprint", "spacing", "update"];

    [Theory]
    [MemberData(nameof(Copies))]
    public void Copies_OfEveryArticle_AreKnown(string how)
    {
        var compared = Enumerable.Range(0, 5)
            .SelectMany(seed => Articles.Select(article => (Original: TextSketch.Of(article), Copy: TextSketch.Of(Copy(article, how, new Random(seed))))))
            .ToList();

        Report(how, compared);
        Assert.All(compared, pair => Assert.True(pair.Original.IsCopyOf(pair.Copy) && pair.Copy.IsCopyOf(pair.Original)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TheNextBulletin_WithTheSameWordsAndOtherNumbers_IsNoCopy(int everyWhich)
    {
        var compared = Articles
            .Where(article => article.Count(char.IsAsciiDigit) > 20)
            .Select(article => (Today: TextSketch.Of(article), Next: TextSketch.Of(NextBulletin(article, everyWhich))))
            .ToList();

        Report($"next {everyWhich}", compared);
        Assert.All(compared, pair => Assert.False(pair.Today.IsCopyOf(pair.Next)));
    }

    [Fact]
    public void OtherArticles_AreNoCopies()
    {
        var sketches = Articles.Select(TextSketch.Of).ToArray();
        var compared = (from left in Enumerable.Range(0, sketches.Length) from right in Enumerable.Range(0, left) select (sketches[left], sketches[right])).ToList();

        Report("others", compared);
        Assert.All(compared, pair => Assert.False(pair.Item1.IsCopyOf(pair.Item2)));
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(120, true)]
    public void APieceOfAText_IsACopyOnlyIfItIsLongEnough(int words, bool isCopy)
    {
        var text = Enumerable.Range(0, 200).Select(at => $"word{(char)('a' + (at % 26))}{(char)('a' + (at / 26))}").ToArray();

        Assert.Equal(isCopy, TextSketch.Of(string.Join(' ', text)).IsCopyOf(TextSketch.Of(string.Join(' ', text.Take(words)))));
    }

    [Fact]
    public void AQuotation_IsNoCopyOfWhatQuotesIt()
    {
        var whole = string.Join(' ', Articles.Take(4));
        var quoted = string.Join(' ', Articles[0].Split(' ').Take(60));

        Assert.False(TextSketch.Of(whole).IsCopyOf(TextSketch.Of(quoted)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("one two")]
    [InlineData("4 tanks")]
    [InlineData("Танки 12 სამი")]
    public void Sketch_OfAnyText_IsReadBackAndIsACopyOfItself(string text)
    {
        var sketch = TextSketch.Of(text);

        Assert.True(TextSketch.Parse(sketch.ToString())!.IsCopyOf(sketch));
        Assert.InRange(sketch.ToString().Length, 1, ClaimAdmission.MaxNameLength);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("abc")]
    [InlineData("t1.")]
    [InlineData("t1.AAAA")]
    [InlineData("t1.*")]
    public void Parse_OfAnotherFingerprint_IsNull(string? fingerprint) => Assert.Null(TextSketch.Parse(fingerprint));

    // The measurement behind the thresholds (docs/rules.md, R5): least, median and greatest share, into the file that AGGREGATOR_SKETCHES names.
    private static void Report(string what, List<(TextSketch, TextSketch)> compared)
    {
        if (Environment.GetEnvironmentVariable("AGGREGATOR_SKETCHES") is { } file)
        {
            var shares = compared.ConvertAll(pair => pair.Item1.Compare(pair.Item2));
            File.AppendAllLines(file, [$"{what}: words {Spread(shares.Select(one => one.Words))}, numbers {Spread(shares.Select(one => one.Numbers))}"]);
        }

        static string Spread(IEnumerable<double> shares)
        {
            var sorted = shares.Order().ToArray();
            return string.Create(CultureInfo.InvariantCulture, $"{sorted[0]:0.00} {sorted[sorted.Length / 2]:0.00} {sorted[^1]:0.00}");
        }
    }

    private static string Copy(string article, string how, Random random)
    {
        var words = article.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToList();
        switch (how)
        {
            case "words":
                // One word in thirty is another one, is dropped or has another beside it.
                for (var at = 0; at < words.Count; at++)
                {
                    if (random.Next(30) == 0 && !words[at].Any(char.IsAsciiDigit))
                    {
                        words[at] = random.Next(3) switch { 0 => "", 1 => "reportedly", _ => words[at] + " also" };
                    }
                }

                return string.Join(' ', words);
            case "reprint":
                return "Our correspondent and agencies. " + string.Join(' ', words.Take(words.Count * 7 / 10)) + " All rights reserved.";
            case "spacing":
                return article.ToUpperInvariant().Replace(".", " .\n\n", StringComparison.Ordinal).Replace("\"", "“", StringComparison.Ordinal);
            default:
                return string.Join(' ', words) + " The figures could not be independently verified, and officials were not available for comment on Tuesday evening.";
        }
    }

    // Numbers are other ones, all or every second, as in the next day's summary.
    private static string NextBulletin(string article, int everyWhich)
    {
        var (random, number) = (new Random(1), 0);
        return Regex.Replace(article, @"\d+(?:[.,]\d+)*", found => number++ % everyWhich == 0 ? (long.Parse(Regex.Replace(found.Value, @"\D", ""), CultureInfo.InvariantCulture) + random.Next(1, 40)).ToString(CultureInfo.InvariantCulture) : found.Value);
    }

    private static string[] Load() => [.. Directory.EnumerateFiles(Repository.SharedData("articles"), "*.txt").Order(StringComparer.Ordinal).Select(File.ReadAllText)];
}

using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Aggregator.Domain.Claims;

/// <summary>
/// Identity of claims (R2). Everything here is taken from the claim as sent: no name is resolved, so a claim sent again
/// after a registry edit is still the same claim.
/// </summary>
public static class ClaimIdentity
{
    /// <summary>The source part of a key: the name as sent, trimmed and case folded.</summary>
    public static string SourceName(string source) => source.Trim().ToLowerInvariant();

    /// <summary>The partition of a source: stable for the life of a store.</summary>
    /// <param name="sourceName">From <see cref="SourceName"/>.</param>
    /// <param name="partitions">Number of partitions, fixed at a store's first start.</param>
    /// <param name="seed">The store's hash seed, fixed with it.</param>
    public static int Partition(string sourceName, int partitions, long seed) =>
        (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(sourceName), seed) % (ulong)partitions);

    /// <summary>128-bit digest of a key, for the dedupe index. Neither part has a line break in it, so the break tells them apart.</summary>
    public static UInt128 Hash(ClaimKey key) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(key.Source + "\n" + key.Id));

    /// <summary>128-bit digest of a report's identity, apart from all keys of claims: those have but one line break.</summary>
    /// <param name="source">From <see cref="SourceName"/>.</param>
    /// <param name="address">Its URL, or another name that it is known by.</param>
    public static UInt128 HashReport(string source, string address) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(source + "\n\nreport\n" + address));

    /// <summary>The id of a claim sent without one: the digest of its content, so the same content has the same id.</summary>
    public static string IdFromContent(UInt128 contentHash) => "x-" + contentHash.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>
    /// Digest of all that was sent, reportedAt and revision included, without regard to field order or white space.
    /// </summary>
    public static UInt128 ContentHash(ClaimDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var hash = new ContentHasher();
        hash.Add(draft.Id);
        hash.Add(draft.Source is null ? null : SourceName(draft.Source));
        hash.Add(draft.Origin);
        hash.Add(draft.Report?.Url);
        hash.Add(draft.Report?.Title);
        hash.Add(draft.Report?.Fingerprint);
        hash.Add(draft.ReportedAt?.UtcTicks);
        hash.Add(draft.Claimant?.Text);
        hash.Add(draft.Stance);
        hash.Add(draft.Event);
        hash.Add(draft.Initiator?.Text);
        hash.Add(draft.Target?.Text);
        hash.Add(draft.Region?.Text);
        hash.Add(draft.OccurredFrom?.DayNumber);
        hash.Add(draft.OccurredTo?.DayNumber);
        hash.Add(draft.Holder?.Text);
        hash.Add(draft.RelatesTo);
        hash.Add(draft.RelatesAs);
        hash.Add(draft.Credibility);
        hash.Add(draft.Quote);
        hash.Add(draft.Span?.Start);
        hash.Add(draft.Span?.End);
        hash.Add(draft.RefersTo);
        hash.Add(draft.Incident);
        hash.Add(draft.Revision);
        if (draft.Figure is { } figure)
        {
            hash.Add(figure.Item);
            hash.Add(figure.Outcome);
            hash.Add(figure.Low);
            hash.Add(figure.Best);
            hash.Add(figure.High);
            hash.Add(figure.Basis);
            hash.Add(figure.Since?.DayNumber);
            hash.Add(figure.AsOf?.DayNumber);
            hash.Add(figure.Phrase);
            hash.Add(figure.Detail);
            hash.Add(figure.Correction);
            hash.Add(figure.Supersedes);
        }

        return hash.Digest;
    }

    /// <summary>Feeds fields to one digest, each tagged so that no two different claims feed the same bytes.</summary>
    private readonly struct ContentHasher()
    {
        private readonly XxHash128 _hash = new();

        public UInt128 Digest => _hash.GetCurrentHashAsUInt128();

        public void Add(string? text)
        {
            if (text is null)
            {
                _hash.Append("\0"u8);
                return;
            }

            var bytes = Encoding.UTF8.GetBytes(text);
            Span<byte> head = stackalloc byte[5];
            head[0] = 1;
            BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
            _hash.Append(head);
            _hash.Append(bytes);
        }

        public void Add(long? number)
        {
            Span<byte> bytes = stackalloc byte[9];
            bytes[0] = (byte)(number is null ? 0 : 2);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], number ?? 0);
            _hash.Append(bytes);
        }

        public void Add(IReadOnlyList<string> list)
        {
            Add((long)list.Count);
            foreach (var text in list)
            {
                Add(text);
            }
        }
    }
}

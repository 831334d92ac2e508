using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Contracts.Partitions;

// The wire carries domain values in their stored form, so there is one encoding to keep compatible; within a silo the
// values are passed as they are, since they are immutable.

/// <summary>Claims, as one value on the wire.</summary>
[Immutable]
public sealed class ClaimList(IReadOnlyList<Claim> claims)
{
    /// <summary>The claims.</summary>
    public IReadOnlyList<Claim> Claims => claims;
}

/// <summary>Placed log records, as one value on the wire.</summary>
[Immutable]
public sealed class RecordList(IReadOnlyList<PlacedRecord> records)
{
    /// <summary>The records, in log order.</summary>
    public IReadOnlyList<PlacedRecord> Records => records;
}

/// <summary>A report's text, as one value on the wire.</summary>
[Immutable]
public sealed class ReportTextBox(ReportText text)
{
    /// <summary>The text.</summary>
    public ReportText Text => text;
}

/// <summary>A part's update, as one value on the wire.</summary>
[Immutable]
public sealed class PartUpdateBox(PartUpdate update)
{
    /// <summary>The update.</summary>
    public PartUpdate Update => update;
}

/// <summary>Stored bytes of one of the above.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.stored-form")]
public struct StoredForm
{
    /// <summary>The bytes.</summary>
    [Id(0)]
    public byte[] Bytes { get; set; }
}

/// <summary>An entity's address on the wire.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.entity-key")]
public struct EntityKeyForm
{
    /// <summary>Actor, region or source.</summary>
    [Id(0)]
    public byte Kind { get; set; }

    /// <summary>Registry id.</summary>
    [Id(1)]
    public string Id { get; set; }
}

[RegisterConverter]
internal sealed class ClaimListConverter : IConverter<ClaimList, StoredForm>
{
    public ClaimList ConvertFromSurrogate(in StoredForm surrogate) => new(LogFormat.DecodeClaims(surrogate.Bytes));

    public StoredForm ConvertToSurrogate(in ClaimList value) => new() { Bytes = LogFormat.EncodeClaims(value.Claims) };
}

[RegisterConverter]
internal sealed class ReportTextConverter : IConverter<ReportTextBox, StoredForm>
{
    public ReportTextBox ConvertFromSurrogate(in StoredForm surrogate) => new(LogFormat.DecodeText(surrogate.Bytes));

    public StoredForm ConvertToSurrogate(in ReportTextBox value) => new() { Bytes = LogFormat.EncodeText(value.Text) };
}

[RegisterConverter]
internal sealed class RecordListConverter : IConverter<RecordList, StoredForm>
{
    public RecordList ConvertFromSurrogate(in StoredForm surrogate) => new(LogFormat.DecodePlaced(surrogate.Bytes));

    public StoredForm ConvertToSurrogate(in RecordList value) => new() { Bytes = LogFormat.EncodePlaced(value.Records) };
}

[RegisterConverter]
internal sealed class PartUpdateConverter : IConverter<PartUpdateBox, StoredForm>
{
    public PartUpdateBox ConvertFromSurrogate(in StoredForm surrogate) => new(AggregateFormat.DecodeUpdate(surrogate.Bytes));

    public StoredForm ConvertToSurrogate(in PartUpdateBox value) => new() { Bytes = AggregateFormat.EncodeUpdate(value.Update) };
}

[RegisterConverter]
internal sealed class EntityKeyConverter : IConverter<EntityKey, EntityKeyForm>
{
    public EntityKey ConvertFromSurrogate(in EntityKeyForm surrogate) => new((EntityKind)surrogate.Kind, surrogate.Id);

    public EntityKeyForm ConvertToSurrogate(in EntityKey value) => new() { Kind = (byte)value.Kind, Id = value.Id };
}

using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Contracts.Entities;

/// <summary>Denials and confirmations, as one value on the wire.</summary>
[Immutable]
public sealed class AnswerList(IReadOnlyList<Answer> answers)
{
    /// <summary>No answer.</summary>
    public static readonly AnswerList None = new([]);

    /// <summary>The answers.</summary>
    public IReadOnlyList<Answer> Answers => answers;
}

/// <summary>Wire form of <see cref="AnswerList"/>.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.answer-list")]
public struct AnswerListForm
{
    /// <summary>The answers.</summary>
    [Id(0)]
    public AnswerForm[] Answers { get; set; }
}

/// <summary>Wire form of <see cref="Answer"/>.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.answer")]
public sealed record AnswerForm
{
#pragma warning disable CS1591 // members mirror Answer
    [Id(0)] public required byte VoiceKind { get; init; }
    [Id(1)] public required string VoiceId { get; init; }
    [Id(2)] public required byte Stance { get; init; }
    [Id(3)] public string? Target { get; init; }
    [Id(4)] public required byte Item { get; init; }
    [Id(5)] public required byte Outcome { get; init; }
    [Id(6)] public required string Region { get; init; }
    [Id(7)] public DateOnly? From { get; init; }
    [Id(8)] public DateOnly? To { get; init; }
    [Id(9)] public bool HasFigure { get; init; }
    [Id(10)] public long? Low { get; init; }
    [Id(11)] public long? Best { get; init; }
    [Id(12)] public long? High { get; init; }
    [Id(13)] public required DateTimeOffset ReportedAt { get; init; }
    [Id(15)] public string? Holder { get; init; }
    [Id(14)] public string[] RefersTo { get; init; } = [];
#pragma warning restore CS1591
}

[RegisterConverter]
internal sealed class AnswerListConverter : IConverter<AnswerList, AnswerListForm>
{
    public AnswerList ConvertFromSurrogate(in AnswerListForm surrogate) => new([.. surrogate.Answers.Select(FromForm)]);

    public AnswerListForm ConvertToSurrogate(in AnswerList value) => new() { Answers = [.. value.Answers.Select(ToForm)] };

    private static Answer FromForm(AnswerForm form) => new(
        new Voice((EntityKind)form.VoiceKind, form.VoiceId),
        (Stance)form.Stance,
        form.Target,
        (Item)form.Item,
        (Outcome)form.Outcome,
        form.Region,
        form is { From: { } from, To: { } to } ? new Period(from, to) : null,
        form.HasFigure ? new Bounds(form.Low, form.Best, form.High) : null,
        form.Holder,
        form.ReportedAt,
        form.RefersTo);

    private static AnswerForm ToForm(Answer answer) => new()
    {
        VoiceKind = (byte)answer.Voice.Kind,
        VoiceId = answer.Voice.Id,
        Stance = (byte)answer.Stance,
        Target = answer.Target,
        Item = (byte)answer.Item,
        Outcome = (byte)answer.Outcome,
        Region = answer.Region,
        From = answer.Period?.From,
        To = answer.Period?.To,
        HasFigure = answer.Figure is not null,
        Low = answer.Figure?.Low,
        Best = answer.Figure?.Best,
        High = answer.Figure?.High,
        ReportedAt = answer.ReportedAt,
        Holder = answer.Holder,
        RefersTo = [.. answer.RefersTo],
    };
}

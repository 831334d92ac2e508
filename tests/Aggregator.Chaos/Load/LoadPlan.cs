using System.Globalization;

namespace Aggregator.Chaos.Load;

/// <summary>What a sender does next.</summary>
internal enum Step
{
    /// <summary>Sends something, until it is acknowledged.</summary>
    Send,

    /// <summary>Sends what is acknowledged again.</summary>
    Duplicate,

    /// <summary>Has two clients send the same at once.</summary>
    Twins,
}

/// <summary>Chooses what is sent, and keeps all that was.</summary>
/// <param name="options">How much of what.</param>
/// <param name="seed">Of the run.</param>
internal sealed class LoadPlan(LoadOptions options, int seed)
{
    private const double Replaced = 0.3;
    private const int Tries = 8;
    private readonly ClaimFactory _factory = new(seed, options.ClaimsPerBatch, options.QuoteLength);
    private readonly List<Operation> _operations = [];
    private readonly Lock _lock = new();
    private int _batches;
    private int _reports;

    /// <summary>Everything that was chosen so far, in that order.</summary>
    public IReadOnlyCollection<Operation> Operations
    {
        get
        {
            lock (_lock)
            {
                return [.. _operations];
            }
        }
    }

    /// <summary>One more.</summary>
    public Operation Add(OperationKind kind, ClaimSpec[] claims, bool persists, Operation? replaces = null)
    {
        lock (_lock)
        {
            var operation = new Operation(_operations.Count + 1, kind, claims, persists) { Replaces = replaces };
            _operations.Add(operation);
            return operation;
        }
    }

    /// <summary>The next one, and what to do with it.</summary>
    public (Step Step, Operation Operation) Choose(Random random)
    {
        lock (_lock)
        {
            var draw = random.NextDouble();
            if (draw < options.Duplicates && Pick(random, static _ => true) is { } again)
            {
                return (Step.Duplicate, again);
            }

            draw -= options.Duplicates;
            if (draw < options.Corrections && draw >= 0 && Pick(random, static one => one is { IsTaken: false, Kind: OperationKind.Claims } && one.Claims[0].Item != ClaimFactory.Retractable) is { } wrong)
            {
                wrong.IsTaken = true;
                return New(random, OperationKind.Correction, [.. wrong.Claims.Where(static (_, at) => at % 2 == 0).Select(static claim => claim with { Count = ClaimFactory.CorrectedCount, Revision = 1 })]);
            }

            draw -= options.Corrections;
            if (draw < options.Retractions && draw >= 0 && Pick(random, static one => one is { IsTaken: false, Kind: OperationKind.Claims } && one.Claims[0].Item == ClaimFactory.Retractable) is { } withdrawn)
            {
                withdrawn.IsTaken = true;
                return New(random, OperationKind.Retraction, [withdrawn.Claims[random.Next(withdrawn.Claims.Length)]]);
            }

            draw -= options.Retractions;
            if (draw < options.Reports && draw >= 0)
            {
                return Report(random);
            }

            var hasTwin = random.NextDouble() < options.Twins;
            return (hasTwin ? Step.Twins : Step.Send, New(random, OperationKind.Claims, _factory.Batch(_batches++)).Operation);
        }
    }

    private (Step Step, Operation Operation) Report(Random random)
    {
        if (options.Retractions > 0 && random.NextDouble() < Replaced && Pick(random, static one => one is { IsTaken: false, Kind: OperationKind.Report }) is { } earlier)
        {
            earlier.IsTaken = true;
            return New(random, OperationKind.Repost, ReportFactory.Make(NumberOf(earlier), replaces: true).Claims, earlier);
        }

        return New(random, OperationKind.Report, ReportFactory.Make(_reports++, replaces: false).Claims);

        static int NumberOf(Operation report) => int.Parse(report.Report!.Url.Split('/')[^1], CultureInfo.InvariantCulture);
    }

    private (Step Step, Operation Operation) New(Random random, OperationKind kind, ClaimSpec[] claims, Operation? replaces = null) =>
        (Step.Send, Add(kind, claims, random.NextDouble() >= options.GivesUp, replaces));

    private Operation? Pick(Random random, Func<Operation, bool> suits)
    {
        for (var tries = 0; tries < Tries && _operations.Count > 0; tries++)
        {
            var one = _operations[random.Next(_operations.Count)];
            if (one.IsAcknowledged && suits(one))
            {
                return one;
            }
        }

        return null;
    }
}

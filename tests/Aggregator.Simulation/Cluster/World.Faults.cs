using Aggregator.Domain;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;

namespace Aggregator.Simulation.Cluster;

// What goes wrong: processes that die, stop or are forgotten, a store that restarts, folds that fail.
internal sealed partial class World
{
    private const int MostStepsStopped = 150;

    private long _continuesAt;

    private void Fault()
    {
        if (_activations.Count == 0)
        {
            return;
        }

        var activation = _activations[Random.Next(_activations.Count)];
        if (Perils.Victim is { } victim && Random.Next(2) == 0)
        {
            activation = _activations.Find(one => one.Key.ToString() == victim) ?? activation;
        }

        switch (Perils.Draw(Random, Perils.Processes))
        {
            case 0:
                Note($"kill silo {activation.Silo}");
                Kill(one => one.Silo == activation.Silo);
                break;
            case 1:
                Note($"kill {activation.Key}");
                End(activation);
                break;
            case 2 when IsKnown(activation):
                Note($"forget {activation.Key}");
                activation.IsZombie = true;
                if (Random.Next(2) == 0)
                {
                    // Somebody calls it before the one that goes on has written what it has.
                    Activate(activation.Key, _directory[activation.Key]);
                }

                break;
            case 3 when IsKnown(activation):
                Note($"leave {activation.Key}");
                Leave(activation);
                break;
            case 5 when Stopped < 0:
                Stop(activation.Silo);
                break;
            case 6 when IsKnown(activation):
                // As by a silo that takes another for dead, and leaves itself: the first one stays.
                Note($"double {activation.Key}");
                Activate(activation.Key, _directory[activation.Key]).IsZombie = true;
                break;
            default:
                if (_activations.Find(static one => one.IsZombie) is { } zombie)
                {
                    Note($"evict {zombie.Key}");
                    End(zombie);
                }

                break;
        }
    }

    // One that leaves is not forgotten in the midst of it: there would be two that go on for good.
    private bool IsKnown(Activation activation) => !activation.IsZombie && _directory[activation.Key].Contains(activation);

    // As by SIGSTOP: the others may take it for dead meanwhile.
    private void Stop(int silo)
    {
        Stopped = silo;
        _continuesAt = Steps + 1 + Random.Next(MostStepsStopped);
        var isForgotten = Random.Next(2) == 0;
        Note($"silo {silo} is stopped{(isForgotten ? " and forgotten" : "")}");
        foreach (var activation in _activations)
        {
            activation.IsZombie |= isForgotten && activation.Silo == silo;
        }
    }

    /// <summary>Calls of the store that are under way are answered by nobody; some had been carried out before.</summary>
    public void CutCalls()
    {
        foreach (var call in _ready.OfType<IStoreCall>().ToArray())
        {
            call.Cut(this);
            _ready.Remove((Event)call);
        }
    }

    /// <summary>The server dies, and another start of it finds what it kept.</summary>
    public void Restart()
    {
        CutCalls();
        Restarting?.Invoke();
        Store = (_copies.Count > 0 && Random.Next(3) > 0 ? _copies.ElementAt(Random.Next(_copies.Count)).Store : Store).Copy();
        _copies.Clear();
        Note("the store restarts");
        Restarted?.Invoke();
    }

    private void Reached(string moment, object? detail)
    {
        if (moment == Failpoint.Fold)
        {
            if (Tell is not null)
            {
                TellFold(detail);
            }

            if (Acting.Value is { IsDead: false } folding
                && ((detail as LogRecord.Added)?.Claim ?? (detail as LogRecord.Corrected)?.Claim) is { } folded
                && FailsOn?.Invoke(folding.Key, folded) == true)
            {
                Note($"{folding.Key} fails on {folded.Key}");
                throw new InvalidOperationException("a fault in a rule");
            }
        }

        if (moment == Failpoint.Claims)
        {
            if (detail is IReadOnlyCollection<Appearance> claims && Acting.Value is { IsDead: false } folded && FailsOnClaims is { } failsOn
                && claims.FirstOrDefault(one => failsOn(folded.Key, one.Claim)) is { } failing)
            {
                Note($"{folded.Key} does not come to an end with {failing.Claim.Key}");
                throw new InvalidOperationException("a fault in a rule");
            }

            return;
        }

        if (Acting.Value is { IsDead: false } activation && Chance(moment == Perils.Focus ? Perils.FocusOneIn : Perils.Failpoint))
        {
            Note($"kill silo {activation.Silo} at {moment}");
            Kill(one => one.Silo == activation.Silo);
        }
    }

    private void TellFold(object? detail)
    {
        var what = detail switch
        {
            LogRecord.Added { Claim: var claim } => $"{claim.Key} {claim.ContentHash}",
            LogRecord.Corrected { Claim: var claim } => $"{claim.Key} {claim.ContentHash}, a correction",
            LogRecord.Retracted { Retraction.Key: var key } => $"the retraction of {key}",
            LogRecord.Quarantined { Position: var position } => $"the quarantine of {position}",
            var other => other?.GetType().Name,
        };
        Tell?.Invoke($"      {Acting.Value?.Key} folds {what}");
    }
}

using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Tests.Ledger;

/// <summary>R12 and R13 for control of a place.</summary>
public sealed class ControlTests
{
    [Fact]
    public void Fold_NoClaim_IsUnknown() => Assert.Equal(ControlStatus.Unknown, Control.Fold([], Say.Registry).Status);

    [Fact]
    public void Fold_OneVoice_IsUncontestedSinceItsWordBegan()
    {
        var control = Control.Fold([Say.Control("red", "red", "2024-05-01"), Say.Control("red", "red", "2024-05-03")], Say.Registry);

        Assert.Equal(ControlStatus.Uncontested, control.Status);
        Assert.Equal(Say.Day("2024-05-01"), Assert.Single(control.Positions).Since);
    }

    [Fact]
    public void Fold_HoldersOfOneVoice_AgreeAndOfTwo_AreContested()
    {
        Assert.Equal(ControlStatus.Uncontested, Control.Fold([Say.Control("red", "blue"), Say.Control("watch", "blue-enclave")], Say.Registry).Status);
        Assert.Equal(ControlStatus.Contested, Control.Fold([Say.Control("red", "red"), Say.Control("blue", "blue")], Say.Registry).Status);
    }

    [Fact]
    public void Fold_DeniedByAnother_IsContestedAndNamesWhoDenies()
    {
        var control = Control.Fold([Say.Control("blue-enclave", "blue-enclave"), Say.Control("red-ministry", "blue-enclave", stance: Stance.Denies)], Say.Registry);

        Assert.Equal(ControlStatus.Contested, control.Status);
        Assert.Equal([Say.Actor("red")], Assert.Single(control.Positions).Provenance.DeniedBy);
    }

    [Fact]
    public void Fold_DenialByTheSameVoice_DisputesNothing() => Assert.Equal(
        ControlStatus.Uncontested,
        Control.Fold([Say.Control("red", "red"), Say.Control("red-ministry", "red", stance: Stance.Denies)], Say.Registry).Status);

    [Fact]
    public void Fold_DenierLaterSaysTheSame_IsUncontested() => Assert.Equal(
        ControlStatus.Uncontested,
        Control.Fold(
            [Say.Control("blue", "blue"), Say.Control("red", "blue", stance: Stance.Denies), Say.Control("red", "blue", reported: "2024-05-02T12:00Z")],
            Say.Registry).Status);

    [Fact]
    public void Fold_DeniedInAPlaceThatContainsIt_IsContested()
    {
        var denial = Answer.From(Say.Control("red", "blue", stance: Stance.Denies).Claim, Say.Registry)!;

        Assert.Equal(ControlStatus.Contested, Control.Fold([Say.Control("blue", "blue")], Say.Registry, [denial]).Status);
    }

    [Fact]
    public void Fold_LatestDayWins_WhateverWasReportedLast()
    {
        var control = Control.Fold([Say.Control("red", "red", "2024-05-03", reported: "2024-05-03T12:00Z"), Say.Control("red", "blue", "2024-05-01", reported: "2024-05-09T12:00Z")], Say.Registry);

        Assert.Equal("red", Assert.Single(control.Positions).Holder);
    }
}

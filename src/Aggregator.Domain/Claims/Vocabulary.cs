namespace Aggregator.Domain.Claims;

/// <summary>How a claimant stands to what the claim says.</summary>
public enum Stance : byte
{
    /// <summary>The claimant says it is so.</summary>
    Asserts = 1,

    /// <summary>The claimant says it is not so; adds no count (R12).</summary>
    Denies = 2,

    /// <summary>The claimant says that another's claim is so (R21).</summary>
    Confirms = 3,
}

/// <summary>Whether a figure counts one incident or is a running total.</summary>
public enum Basis : byte
{
    /// <summary>One incident: figures of different incidents add up (R6).</summary>
    Incident = 1,

    /// <summary>A running total since a date, as of a date: the latest stands (R7).</summary>
    Cumulative = 2,
}

/// <summary>What is counted. Equipment classes follow the Oryx and General Staff lists.</summary>
public enum Item : byte
{
#pragma warning disable CS1591 // the names are the documentation: each is the slug of the same words
    Combatant = 1, Civilian, Person,
    Tank = 10, ArmouredVehicle, Ifv, Apc, Artillery, Mlrs, AirDefence, Aircraft, Helicopter, Drone, Missile,
    Ship, Submarine, Vehicle, SpecialEquipment, GroundRobot,
    Unit = 40,
#pragma warning restore CS1591
}

/// <summary>What happened to the item.</summary>
public enum Outcome : byte
{
#pragma warning disable CS1591
    Killed = 1, Wounded, Casualties, Missing, Captured, Displaced,
    Destroyed = 10, Damaged, Abandoned, Lost,
#pragma warning restore CS1591
}

/// <summary>An ACLED sub-event type (ACLED codebook, "sub-event type").</summary>
public enum EventType : byte
{
#pragma warning disable CS1591
    ArmedClash = 1, GovernmentRegainsTerritory, NonStateActorOvertakesTerritory, AirDroneStrike,
    ShellingArtilleryMissileAttack, ChemicalWeapon, SuicideBomb, RemoteExplosive, Grenade, Attack, SexualViolence,
    Abduction, PeacefulProtest, ProtestWithIntervention, ExcessiveForce, ViolentDemonstration, MobViolence, Agreement,
    Arrests, ChangeToGroup, DisruptedWeaponsUse, HeadquartersEstablished, Looting, NonViolentTransfer, Other,
#pragma warning restore CS1591
}

/// <summary>How a claim relates to another claim of the same report (R6).</summary>
public enum RelationKind : byte
{
    /// <summary>A part of the other: never added to it.</summary>
    Part = 1,

    /// <summary>Superseded by the other: history only.</summary>
    Former = 2,

    /// <summary>Added to the other.</summary>
    More = 3,
}

/// <summary>What may be said together of an item.</summary>
public static class Vocabulary
{
    /// <summary>Whether <paramref name="item"/> counts people.</summary>
    public static bool IsPeople(this Item item) => item is Item.Combatant or Item.Civilian or Item.Person;

    /// <summary>Whether the outcome can happen to the item: people are killed, tanks are destroyed.</summary>
    public static bool Admits(this Item item, Outcome outcome) => item.IsPeople()
        ? outcome is Outcome.Killed or Outcome.Wounded or Outcome.Casualties or Outcome.Missing or Outcome.Captured or Outcome.Displaced
        : outcome is Outcome.Destroyed or Outcome.Damaged or Outcome.Captured or Outcome.Abandoned or Outcome.Lost;

    /// <summary>The outcomes that <see cref="Outcome.Lost"/> holds as its parts (R22); empty for any other and for people.</summary>
    public static IReadOnlyList<Outcome> Parts(this Outcome outcome, Item item) => outcome == Outcome.Lost && !item.IsPeople() ? PartsOfLost : [];

    private static readonly Outcome[] PartsOfLost = [Outcome.Captured, Outcome.Destroyed, Outcome.Damaged, Outcome.Abandoned];
}

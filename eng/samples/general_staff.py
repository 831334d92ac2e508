#!/usr/bin/env python3
"""Turns the Ukrainian General Staff's daily running totals into claims, one NDJSON line per figure.

usage: general_staff.py DATA_FOLDER OUT_FILE [FIRST_DAY [LAST_DAY]]

DATA_FOLDER holds russia_losses_equipment.json, russia_losses_equipment_correction.json and
russia_losses_personnel.json. Days are YYYY-MM-DD, both included; without them every published day is written.
"""
import json
import sys
from pathlib import Path

# The item of each published column, and the detail where one item has two columns.
EQUIPMENT = {
    "tank": ("tank", None),
    "APC": ("armoured-vehicle", None),
    "field artillery": ("artillery", None),
    "MRL": ("mlrs", None),
    "anti-aircraft warfare": ("air-defence", None),
    "aircraft": ("aircraft", None),
    "helicopter": ("helicopter", None),
    "drone": ("drone", None),
    "cruise missiles": ("missile", None),
    "naval ship": ("ship", None),
    "submarines": ("submarine", None),
    "vehicles and fuel tanks": ("vehicle", None),
    "military auto": ("vehicle", "military-auto"),
    "fuel tank": ("vehicle", "fuel-tank"),
    "special equipment": ("special-equipment", None),
    "mobile SRBM system": ("special-equipment", "mobile-srbm-system"),
    "ground robotic systems": ("ground-robot", None),
}
NOT_A_FIGURE = {"date", "day", "greatest losses direction"}
WAR_BEGAN = "2022-02-24"

# On its first day this total took the place of the two columns that ended the day before (R16).
MERGED_ON = "2022-05-01"
MERGED_COLUMN, MERGED_FROM = "vehicles and fuel tanks", ["vehicle/military-auto", "vehicle/fuel-tank"]


def claim(day, item, outcome, bounds, phrase, detail=None, correction=None, supersedes=None):
    """One claim; members that say nothing are left out."""
    low, best, high = bounds
    figure = {
        "item": item, "outcome": outcome, "low": low, "best": best, "high": high,
        "basis": "cumulative", "since": WAR_BEGAN, "asOf": day, "phrase": phrase,
    }
    figure |= {name: value for name, value in
               (("detail", detail), ("correction", correction), ("supersedes", supersedes)) if value}
    return {
        "id": f"gs-{day}/{item}" + (f"/{detail}" if detail else ""),
        "source": "general-staff-of-ukraine",
        "reportedAt": f"{day}T06:00:00Z",
        "claimant": "General Staff of Ukraine",
        "stance": "asserts",
        "target": "Russian Armed Forces",
        "region": "Ukraine",
        "figure": figure,
    }


def equipment_claims(row, corrections):
    day = row["date"]
    for column, count in row.items():
        if column in NOT_A_FIGURE or count is None:
            continue
        if column not in EQUIPMENT:
            raise SystemExit(f"{day}: no item is known for the column '{column}'")
        item, detail = EQUIPMENT[column]
        supersedes = MERGED_FROM if column == MERGED_COLUMN and day == MERGED_ON else None
        yield claim(day, item, "lost", (count, count, count), f"{column}: {count}",
                    detail, corrections.get(day, {}).get(column), supersedes)


def personnel_claim(row, corrections):
    """A published row is sent as its number; only "more" leaves the upper bound open."""
    day, word, count = row["date"], row["personnel*"], row["personnel"]
    high = None if word == "more" else count
    return claim(day, "combatant", "casualties", (count, count, high), f"{word} {count}",
                 correction=corrections.get(day, {}).get("personnel"))


def main(folder, out, first="0000-00-00", last="9999-99-99"):
    def rows(name):
        return json.loads((Path(folder) / f"russia_losses_{name}.json").read_text(encoding="utf-8"))

    # Dated as published: by the day whose total they are part of, but for 2023-05-27, which stands one row early.
    corrections = {row["date"]: row for row in rows("equipment_correction")}
    personnel = {row["date"]: row for row in rows("personnel")}
    written = 0
    with open(out, "w", encoding="utf-8", newline="\n") as ndjson:
        for row in sorted(rows("equipment"), key=lambda row: row["date"]):
            if first <= row["date"] <= last:
                claims = list(equipment_claims(row, corrections))
                if row["date"] in personnel:
                    claims.append(personnel_claim(personnel[row["date"]], corrections))
                ndjson.writelines(json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in claims)
                written += len(claims)
    print(f"{written} claims in {out}")


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 5:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])

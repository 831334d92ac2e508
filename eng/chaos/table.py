#!/usr/bin/env python3
"""Prints the table of docs/reliability.md from what the chaos harness wrote.

    python3 eng/chaos/table.py RESULTS.json [RESULTS.json ...]

Each file is of `Aggregator.Chaos.dll SCENARIO --out RESULTS.json`; runs of one scenario may be in several.
"""
import json
import statistics
import sys

FAULTS = [
    ("kill-silo", "kill -9 of a silo under load, 10,000 entities"),
    ("kill-failpoint", "kill -9 at each moment of the protocol"),
    ("stop-cont", "SIGSTOP past the eviction, then SIGCONT"),
    ("partition", "one of three silos cut off from the others"),
    ("partition-two", "two silos cut off from one another"),
    ("kill-all", "kill -9 of all hosts at once, and of all silos while the api lives on"),
    ("clock", "clocks an hour ahead and an hour behind, and kill -9"),
    ("quiet-child", "the parents' silo killed while the child is quiet"),
    ("rolling", "every process ended by SIGTERM and started again"),
    ("rolling-upgrade", "the same, from commit 835779f on"),
    ("redis-kill-always", "redis-server kill -9, `appendfsync always`"),
    ("redis-kill-everysec", "the same with `everysec`"),
    ("redis-lost-tail", "`everysec`, and the end of the file gone"),
    ("redis-empty", "redis-server comes back empty"),
    ("redis-unreachable", "the store answers nobody for 60 s"),
    ("redis-no-replies", "the store does what it is asked, unheard, for 60 s"),
    ("redis-unheard-appends", "the store appends, unheard, and cuts the connection, again and again for 60 s"),
    ("redis-oom", "the store's memory is full"),
    ("disk-full", "the disk of the embedded store is full, and has room again"),
    ("garnet-checkpoint", "kill -9 within a checkpoint of the embedded store"),
    ("bad-records", "1% bad records, and kill -9"),
    ("poison", "a record that makes the fold throw"),
    ("same-batch", "the same batch from two clients at once, again once the index alone has it, and kill -9"),
    ("merge", "a name merged between two sendings, and kill -9"),
    ("resend", "sent again when the index is out of memory, and kill -9"),
    ("subscribers", "slow and dead live subscribers, and kill -9"),
    ("bodies", "oversized, trickled, bombed, too deep, no UTF-8"),
    ("short", "a silo ends itself after an append, another is killed: what the suite runs"),
]


def times(values):
    """Median and longest of seconds; nothing where a scenario measures none."""
    return f"{statistics.median(values):.1f}, {max(values):.1f} s" if values else ""


def row(scenario, fault, runs):
    broken = sum(max(len(run["Violations"]), not run["Passed"]) for run in runs)
    recoveries = [one for run in runs for one in run["Recoveries"]]
    queries = [max(float(one["Queries"]), float(one["Late"])) for one in recoveries]
    fresh = [float(one["Fresh"]) for one in recoveries]
    cells = [
        fault, f"`{scenario}`", len(runs), sum(run["Faults"] for run in runs), f"{sum(run['Sent'] for run in runs):,}", broken or "none", times(queries), times(fresh),
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    runs = {}
    for file in sys.argv[1:]:
        with open(file, encoding="utf-8") as results:
            for run in json.load(results):
                runs.setdefault(run["Scenario"], []).append(run)
    print("| fault | scenario | runs | faults | claims sent | violations | queries back, median and longest | new claims shown |")
    print("|---|---|---|---|---|---|---|---|")
    for scenario, fault in FAULTS:
        if scenario in runs:
            print(row(scenario, fault, runs.pop(scenario)))
    for scenario, some in sorted(runs.items()):
        print(row(scenario, scenario, some))


if __name__ == "__main__":
    main()

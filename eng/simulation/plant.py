#!/usr/bin/env python3
"""Plants faults into a copy of the sources, one at a time, and has the simulation look for each.

    python3 eng/simulation/plant.py [NAME ...] [--minutes M] [--threads N] [--from SEED]

Works on a clone in a temporary folder; what is not committed is not seen. Prints the table of docs/planted-faults.md: fault, what it does, the first seed
that shows it and what that says, how many seeds were looked at and for how long. Ends with 1 if one was not found.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from bugs import BUGS

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = "tests/Aggregator.Simulation"
OUTPUT = f"{PROJECT}/bin/Release/net10.0"

# Each fault is looked for from a cold start: what pays in a long run costs here.
QUICK = os.environ | {"DOTNET_TieredPGO": "0", "DOTNET_GCgen0size": "0x4000000"}


def run(command, folder, **more):
    return subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, env=QUICK, **more)


def plant(copy, edits):
    """Plants a fault; gives what stood in the files before, or says what it did not find."""
    before = {}
    for file, stands, planted in edits:
        path = copy / file
        whole = path.read_text()
        before.setdefault(path, whole)
        if whole.count(stands) != 1:
            restore(before)
            return None, f"what it replaces stands {whole.count(stands)} times in {file}"
        path.write_text(whole.replace(stands, planted))
    return before, None


def restore(before):
    for path, whole in before.items():
        path.write_text(whole)


def build(copy, project, *more):
    return run(["dotnet", "build", "-c", "Release", project, "--nologo", "-v", "q", "-p:RunAnalyzers=false", *more], copy)


def look(copy, folders, whole, options):
    """Builds what was changed, looks for a violation; gives whether there was one, and what to print."""
    shutil.rmtree(copy / OUTPUT)
    shutil.copytree(whole, copy / OUTPUT)
    for folder in folders:
        built = build(copy, folder, "--no-restore", "--no-dependencies")
        if built.returncode:
            return False, f"does not build | {built.stdout[-2000:]} |"
        if folder != PROJECT:
            shutil.copy(copy / folder / "bin/Release/net10.0" / f"{pathlib.Path(folder).name}.dll", copy / OUTPUT)
    began, start, seeds, passed = time.monotonic(), options.start, 0, ""
    while True:
        left = 60 * options.minutes - (time.monotonic() - began)
        found = run(
            ["dotnet", f"{OUTPUT}/Aggregator.Simulation.dll", "--seeds", f"{start}..2000000000",
             "--seconds", str(max(int(left), 1)), "--threads", str(options.threads)],
            copy, timeout=left + 300)
        seed = re.search(r"^seed (\d+) after (\d+) steps: (.{0,150})", found.stdout, re.M)
        if count := re.search(r"^(\d+) seeds ", found.stdout, re.M):
            seeds += int(count[1])
        if not seed or not holds_not(seed[1], whole, copy):
            break
        passed += f" ({seed[1]} fails without it too)"
        start = int(seed[1]) + 1
    says = seed[3].strip().replace("|", "/") if seed else "" if found.returncode == 0 else f"FAILED {found.stdout[:300]}".replace("\n", " ")
    return seed is not None, f"{seed[1] if seed else 'not found'} | {says}{passed} | {seeds:,} seeds, {time.monotonic() - began:.0f} s"


def holds_not(seed, whole, copy):
    """Whether a seed fails in the sources as they are: then it says nothing of what was planted."""
    return "all holds" not in run(["dotnet", str(pathlib.Path(whole) / "Aggregator.Simulation.dll"), "--seed", seed], copy, timeout=300).stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--minutes", type=int, default=5, help="how long a fault is looked for")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="start", help="the first seed")
    options = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "copy"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy)], check=True)
        built = build(copy, PROJECT)
        if built.returncode:
            sys.exit(built.stdout[-2000:])
        whole = shutil.copytree(copy / OUTPUT, pathlib.Path(folder) / "whole")
        print("| fault | what it does | first seed | violation | looked for |\n|---|---|---|---|---|")
        for name, breaks, *edits in BUGS:
            if options.names and name not in options.names:
                continue
            before, wrong = plant(copy, edits)
            if before is None:
                print(f"| `{name}` | {breaks} | not planted | {wrong} | |", flush=True)
                missed += 1
                continue
            try:
                found, says = look(copy, {"/".join(file.split("/")[:2]) for file, _, _ in edits}, whole, options)
            finally:
                restore(before)
            missed += not found
            print(f"| `{name}` | {breaks} | {says} |", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

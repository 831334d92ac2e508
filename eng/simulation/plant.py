#!/usr/bin/env python3
"""Plants faults into a copy of the sources, one at a time, and has the simulation look for each.

    python3 eng/simulation/plant.py [NAME ...] [--minutes M]

Works on a clone in a temporary folder; what is not committed is not seen. Prints a table: fault, seed that found it, seeds tried,
seconds. Ends with 1 if one was not found.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from bugs import BUGS

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = "tests/Aggregator.Simulation"


def run(command, folder, **more):
    return subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--minutes", type=int, default=5, help="how long a fault is looked for")
    options = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "copy"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy)], check=True)
        for name, file, stands, planted, breaks in BUGS:
            if options.names and name not in options.names:
                continue
            path = copy / "src" / file
            whole = path.read_text()
            if whole.count(stands) != 1:
                print(f"{name}: what it replaces stands {whole.count(stands)} times in {file}")
                missed += 1
                continue
            path.write_text(whole.replace(stands, planted))
            try:
                built = run(["dotnet", "build", "-c", "Release", PROJECT, "--nologo", "-v", "q"], copy)
                if built.returncode:
                    print(f"{name}: does not build\n{built.stdout[-2000:]}")
                    missed += 1
                    continue
                began = time.monotonic()
                found = run(
                    ["dotnet", f"{PROJECT}/bin/Release/net10.0/Aggregator.Simulation.dll", "--seeds", "0..1000000", "--minutes", str(options.minutes)],
                    copy, timeout=60 * options.minutes + 300)
                seed = re.search(r"^seed (\d+) after (\d+) steps: (.{0,140})", found.stdout, re.M)
                seeds = re.search(r"^(\d+) seeds", found.stdout, re.M)
                verdict = f"seed {seed[1]} ({seed[3].strip()})" if seed else "NOT FOUND" if found.returncode == 0 else f"FAILED: {found.stdout[-300:]}"
                missed += seed is None
                print(f"{name} | {breaks} | {verdict} | {seeds[1] if seeds else '?'} seeds | {time.monotonic() - began:.0f} s", flush=True)
            finally:
                path.write_text(whole)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

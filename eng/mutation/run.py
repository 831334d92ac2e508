#!/usr/bin/env python3
"""Breaks the rules one by one and sees whether the tests of the domain notice.

    python3 eng/mutation/run.py [FIRST [LAST]]

Works on a copy of the checkout's last commit and prints a line for each mutant of mutants.tsv: killed, SURVIVED, or does not
compile. FIRST and LAST choose lines, from 1. Ends with 1 if one survived or does not fit the code any more.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = "tests/Aggregator.Domain.Tests"


def run(folder, *command):
    environment = os.environ | {"AGGREGATOR_HISTORIES": "300"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)


def mutants():
    lines = (Path(__file__).parent / "mutants.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def judge(folder, file, original, mutated):
    path = folder / "src/Aggregator.Domain" / file
    text = path.read_text(encoding="utf-8")
    if original not in text:
        return "does not fit"
    path.write_text(text.replace(original, mutated, 1), encoding="utf-8")
    try:
        # Code that nothing reaches any more is what a mutant is about: no warning stops it.
        built = run(folder, "dotnet", "build", TESTS, "-v", "q", "-p:TreatWarningsAsErrors=false", "-p:EnforceCodeStyleInBuild=false", "-p:RunAnalyzers=false")
        if built.returncode != 0:
            return "does not compile"
        tested = run(folder, "dotnet", "test", "--no-build", "--project", TESTS, "--", "--filter-not-namespace", "Aggregator.Domain.Tests.Series")
        return "SURVIVED" if tested.returncode == 0 else "killed"
    finally:
        path.write_text(text, encoding="utf-8")


def main(first=1, last=10_000):
    bad = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "checkout"
        subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
        for number, (file, original, mutated) in enumerate(mutants(), 1):
            if int(first) <= number <= int(last):
                verdict = judge(folder, file, original, mutated)
                bad += verdict != "killed"
                print(f"{number:3} {verdict:16} {file}: {original}  →  {mutated}", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])

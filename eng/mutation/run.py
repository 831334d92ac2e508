#!/usr/bin/env python3
"""Breaks the rules one by one and sees whether the tests of the domain notice.

    python3 eng/mutation/run.py [FIRST [LAST]]

Works on a copy of the checkout's last commit and prints a line for each mutant of mutants.tsv: killed (by a case, or by a
property alone), SURVIVED, or does not compile. FIRST and LAST choose lines, from 1. Ends with 1 if one survived or does not
fit the code any more.
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = "src/Aggregator.Domain"
TESTS = "tests/Aggregator.Domain.Tests"
BUILT = "bin/Debug/net10.0"

# Code that nothing reaches any more is what a mutant is about: no warning stops it.
LENIENT = ["-v", "q", "-p:TreatWarningsAsErrors=false", "-p:EnforceCodeStyleInBuild=false", "-p:RunAnalyzers=false"]
PROPERTIES = ["Aggregator.Domain.Tests.Histories.HistoryTests", "Aggregator.Domain.Tests.Oracle.OracleTests"]


def run(folder, *command):
    environment = os.environ | {"AGGREGATOR_HISTORIES": "300"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)


def passes(folder, *chosen):
    return run(folder, "dotnet", f"{TESTS}/{BUILT}/Aggregator.Domain.Tests.dll", "-stopOnFail", *chosen).returncode == 0


def cases_pass(folder):
    without = [option for name in PROPERTIES for option in ("-class-", name)]
    return passes(folder, "-namespace-", "Aggregator.Domain.Tests.Series", *without)


def properties_pass(folder):
    return passes(folder, *[option for name in PROPERTIES for option in ("-class", name)])


def mutants():
    lines = (Path(__file__).parent / "mutants.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def judge(folder, file, original, mutated):
    path = folder / DOMAIN / file
    text = path.read_text(encoding="utf-8")
    if original not in text:
        return "does not fit"
    path.write_text(text.replace(original, mutated, 1), encoding="utf-8")
    try:
        # The tests stay as they were built: only what they test is built again.
        if run(folder, "dotnet", "build", DOMAIN, "--no-restore", *LENIENT).returncode != 0:
            return "does not compile"
        shutil.copy(folder / DOMAIN / BUILT / "Aggregator.Domain.dll", folder / TESTS / BUILT)
        return "killed" if not cases_pass(folder) else "killed, property" if not properties_pass(folder) else "SURVIVED"
    finally:
        path.write_text(text, encoding="utf-8")


def main(first=1, last=10_000):
    bad = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "checkout"
        subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
        if (ROOT.parent / "shared").exists():
            (folder.parent / "shared").symlink_to(ROOT.parent / "shared")
        built = run(folder, "dotnet", "build", TESTS, *LENIENT)
        if built.returncode != 0 or not cases_pass(folder) or not properties_pass(folder):
            sys.exit("the tests do not pass as they are\n" + built.stdout)
        for number, (file, original, mutated) in enumerate(mutants(), 1):
            if int(first) <= number <= int(last):
                verdict = judge(folder, file, original, mutated)
                bad += not verdict.startswith("killed")
                print(f"{number:3} {verdict:16} {file}: {original}  →  {mutated}", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])

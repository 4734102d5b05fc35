#!/usr/bin/env python3
"""How long a firm's plan takes, and how often it is proved: 40 capabilities of up to three changes and 200 replicates
(linear), and models with trees of 18 capabilities.

    capability_plans.py [FIRMS]        40 firms of each kind; writes Results/plans.json

Bar: exact, with proof, up to 40 capabilities of three changes in under a second. There is no peer: counterfactual
libraries give no least effort and no proof. Times are wall clock of one thread, the model being in memory.
"""
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
EXECUTABLE = os.environ.get("CAPABILITY_SCORING_BENCHMARK", str(HERE / ".build/release/CapabilityScoringBenchmark"))


def main():
    firms = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    load = round(os.getloadavg()[0], 1)
    text = subprocess.run([EXECUTABLE, "plans", str(firms)], check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in text.splitlines()]
    for row in rows:
        print(json.dumps(row))
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True).stdout.strip()
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout.splitlines()
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.processor())
    (HERE / "Results/plans.json").write_text(json.dumps(
        {"suite": "plans", "date": datetime.date.today().isoformat(), "commit": commit,
         "machine": f"{os.cpu_count()} cores of {cpu}", "load_average": load, "versions": {"swift": swift[0] if swift else ""},
         "seed": "0 to firms - 1", "threads": 1, "bar_ms": 1000, "results": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What holds where no firm was learned from: leave one country out, leave one sector out.

    transfer.py [--executable innov4sme]

A simulated wine survey of France, Chile and Argentina (1,200 firms, seed 1), one country left out at a time, and Argentina's
ENDEI II SMEs (where ../shared/data holds them), one sector left out at a time; each beside cross-validation on the same
firms with as many folds of firms at random. Writes Results/transfer.json. Needs nothing but Python and the built tool.
"""
import argparse
import datetime
import json
import pathlib
import platform
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEARNERS = ["base-rate", "context", "index-equal", "ridge", "ridge-monotone", "trees-monotone", "blend"]


def benchmark(executable, survey, codebook, where, *more):
    command = [executable, "benchmark", survey, "--codebook", codebook, "--permutations", "0", "--format", "json", *more]
    for learner in LEARNERS:
        command += ["--learner", learner]
    if where:
        command += ["--where", where]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def within(candidate, column):
    """The mean AUC within groups, by their number of firms; the smallest, the largest, and the largest error of level."""
    groups = [g for g in candidate["groups"] if g["column"] == column and g.get("discrimination")]
    if not groups:
        return None, None, None, None
    areas = [g["discrimination"]["value"] for g in groups]
    firms = [g["rowCount"] for g in groups]
    levels = [abs(g["calibrationInTheLarge"]["value"]) for g in groups if g.get("calibrationInTheLarge")]
    return sum(a * n for a, n in zip(areas, firms)) / sum(firms), min(areas), max(areas), max(levels, default=None)


def study(executable, name, survey, codebook, where, column):
    apart = benchmark(executable, survey, codebook, where, "--leave-out", column)
    count = len(apart["outcomes"][0]["candidates"][1]["groups"])
    random = benchmark(executable, survey, codebook, where, "--repeats", "2", "--folds", str(max(2, min(count, 10))), "--by",
                       column)
    rows = []
    for left, mixed in zip(apart["outcomes"], random["outcomes"]):
        for a, b in zip(left["candidates"], mixed["candidates"]):
            loss = [next(m["value"] for m in c["metrics"] if m["metric"] == "logLoss") for c in (a, b)]
            (area, smallest, largest, level), (other, _, _, otherLevel) = within(a, column), within(b, column)
            rows.append(dict(
                study=name, outcome=left["name"], candidate=a["name"], groups=count, aucWithinLeftOut=area,
                aucWithinRandom=other, smallestAUC=smallest, largestAUC=largest, logLossLeftOut=loss[0], logLossRandom=loss[1],
                largestLevelErrorLeftOut=level, largestLevelErrorRandom=otherLevel))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executable", default=str(ROOT / ".build/release/innov4sme"))
    executable = parser.parse_args().executable
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        survey, codebook = f"{folder}/survey.csv", f"{folder}/codebook.yaml"
        subprocess.run([executable, "simulate", "--firms", "1200", "--countries", "FR,CL,AR", "--seed", "1", "--output", survey,
                        "--codebook", codebook], check=True, capture_output=True)
        rows += study(executable, "simulated wine firms, countries", survey, codebook, None, "country")
    endei = ROOT.parent / "shared/data/surveys/argentina-endei-2014-2016/responses.csv"
    if endei.exists():
        rows += study(executable, "ENDEI II SMEs, sectors", str(endei),
                      str(ROOT / "Datasets/argentina-endei-2014-2016/codebook.yaml"), "tam_mue != Grande", "sector")
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
    result = dict(suite="transfer", date=datetime.date.today().isoformat(), commit=commit, seed=1,
                  machine=dict(processor=platform.processor() or platform.machine(), system=platform.platform()), results=rows)
    (ROOT / "Benchmarks/Results/transfer.json").write_text(json.dumps(result, indent=1) + "\n")
    for row in rows:
        print({key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()})


if __name__ == "__main__":
    main()

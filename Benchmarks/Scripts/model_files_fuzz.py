"""Damaged model files through `inspect` and `predict`: no trap, nothing over a second, memory within ten times the file.

    python3 Benchmarks/Scripts/model_files_fuzz.py [--count N] [--seed S] [--seconds T] [--seeds FOLDER] [--process N]

Needs only Python, and `swift build -c release --product innov4sme` and
`swift build -c release --package-path Benchmarks --product ModelFormatsBenchmark`. Whole files are those of other tools
under Tests/ModelFormatsTests/Peers and small scoring models trained here. A process takes 250,000 mutations one after the
other (--process); when one brings it down, its number is kept and the run goes on after it. Writes
Benchmarks/Results/model_files_fuzz.json after every process, and ends with status 1 unless all went well. Seconds are of
the processor.
"""
import argparse
import json
import os
import platform
import shutil
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def scoring_models(tool, executable, folder):
    """Small models of every learner and both forms of input, on answers made here."""
    survey = os.path.join(folder, "survey.csv")
    state = 12345
    with open(survey, "w") as file:
        file.write("size,score,kind,rate,sold,grew\n")
        for row in range(80):
            numbers = []
            for _ in range(6):
                state = (state * 1103515245 + 12345) % 2**31
                numbers.append(state / 2**31)
            size = int(numbers[0] * 200)
            score = "" if numbers[5] < 0.1 else int(numbers[1] * 5)
            kind = ["farm", "shop", "works"][int(numbers[2] * 3)]
            sold = int(numbers[3] + size / 400 > 0.7)
            grew = int(numbers[4] + (score or 0) / 8 > 0.8)
            file.write(f"{size},{score},{kind},{numbers[5]:.2f},{sold},{grew}\n")
    for learner in ["logistic", "boosted-trees", "blend"]:
        model = os.path.join(folder, f"own-{learner}.onnx")
        subprocess.run([tool, "train", survey, "--outcome", "sold=1", "--outcome", "grew=1", "--learner", learner,
                        "--bootstrap", "2", "--output", model], check=True, capture_output=True)
        if learner != "logistic":
            for name in ["", "-columns"]:
                subprocess.run([executable, "shrink", model, "2", os.path.join(folder, f"own-{learner}-few{name}.onnx")],
                               check=True)
            os.remove(model)
    os.remove(survey)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--process", type=int, default=250_000, help="mutations in one process")
    parser.add_argument("--seeds", help="a folder of whole files; made when it is not given")
    parser.add_argument("--tool", default=os.path.join(ROOT, ".build/release/innov4sme"))
    parser.add_argument("--executable", default=os.path.join(ROOT, "Benchmarks/.build/release/ModelFormatsBenchmark"))
    parser.add_argument("--output", default=os.path.join(ROOT, "Benchmarks/Results/model_files_fuzz.json"))
    options = parser.parse_args()
    folder = options.seeds or tempfile.mkdtemp()
    if not options.seeds:
        peers = os.path.join(ROOT, "Tests/ModelFormatsTests/Peers")
        for name in sorted(os.listdir(peers)):
            if os.path.getsize(os.path.join(peers, name)) < 40_000:
                shutil.copy(os.path.join(peers, name), folder)
        scoring_models(options.tool, options.executable, folder)
    progress = os.path.join(folder, "progress.bin")
    total, traps, first, began, fine = {}, [], 0, time.monotonic(), False
    while first < options.count and time.monotonic() - began < options.seconds and len(traps) <= 20:
        count = min(options.process, options.count - first)
        left = options.seconds - (time.monotonic() - began)
        command = [options.executable, "fuzz", folder, "--count", str(count), "--first", str(first),
                   "--seed", str(options.seed), "--seconds", str(left), "--progress", progress]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode == 0:
            add(total, json.loads(result.stdout))
            first += count
        else:
            with open(progress, "rb") as file:
                index = struct.unpack("<q", file.read(8))[0]
            traps.append({"mutation": index, "status": result.returncode, "message": result.stderr.strip()[-300:]})
            print(f"mutation {index} of seed {options.seed} ended the process: {result.stderr.strip()[-300:]}", flush=True)
            first = index + 1
        fine = write(options, folder, total, traps)
    print(json.dumps({key: value for key, value in total.items() if key != "usableByFile"}))
    sys.exit(0 if fine else 1)


def add(total, report):
    """Adds what one process found."""
    for key, value in report.items():
        if key == "usableByFile":
            counts = total.setdefault(key, {})
            for name, count in value.items():
                counts[name] = counts.get(name, 0) + count
        elif isinstance(value, list):
            total[key] = total.get(key, []) + value
        elif key == "slowest":
            if report["slowestSeconds"] >= total.get("slowestSeconds", 0):
                total[key] = value
        elif key.startswith(("largest", "slowest", "resident")):
            total[key] = max(total.get(key, 0), value)
        else:
            total[key] = total.get(key, 0) + value
    total["processes"] = total.get("processes", 0) + 1


def write(options, folder, total, traps):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE)
    fine = bool(total) and not traps and not total["overOneSecond"] and not total["overTenTimes"]
    summary = {
        "suite": "model_files_fuzz", "seed": options.seed, "commit": commit.stdout.strip(), "fine": fine, "traps": traps,
        "files": sorted(name for name in os.listdir(folder) if name.split(".")[-1] in ("onnx", "txt", "json", "ubj")
                        and not name.startswith(("cases", "versions"))),
        "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count(),
                    "system": platform.platform()},
        "run": total,
    }
    with open(options.output, "w") as file:
        json.dump(summary, file, indent=1)
        file.write("\n")
    return fine


if __name__ == "__main__":
    main()

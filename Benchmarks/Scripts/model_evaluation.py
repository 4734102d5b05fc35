"""Coverage of intervals, and speed of metrics against scikit-learn on the same rows in the same run.

Run: python Benchmarks/Scripts/model_evaluation.py [--quick]      writes Benchmarks/Results/model_evaluation.json
Needs numpy, scipy and scikit-learn in the interpreter that runs it; builds the suite first.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import sklearn
from scipy import stats
from sklearn.metrics import log_loss, roc_auc_score

root = pathlib.Path(__file__).resolve().parents[2]


def delong_variance(y, s):
    """The fast DeLong of Sun and Xu (2014) with SciPy's ranks."""
    x, z = s[y == 1], s[y == 0]
    m, n = len(x), len(z)
    tx, tz, t = stats.rankdata(x), stats.rankdata(z), stats.rankdata(np.concatenate([x, z]))
    v10 = (t[:m] - tx) / n
    v01 = 1 - (t[m:] - tz) / m
    return v10.var(ddof=1) / m + v01.var(ddof=1) / n


def timed(body):
    start = time.perf_counter()
    value = body()
    return time.perf_counter() - start, value


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--executable", help="an executable that is built already")
    parser.add_argument("--coverage", help="what the executable printed for `coverage 1000 1`, to save its minutes")
    arguments = parser.parse_args()
    executable = arguments.executable
    if not executable:
        subprocess.run(["swift", "build", "-c", "release", "--package-path", str(root / "Benchmarks"),
                        "--product", "ModelEvaluationBenchmark"], check=True)
        executable = str(root / "Benchmarks/.build/release/ModelEvaluationBenchmark")
    studies, rounds = (50, 3) if arguments.quick else (1000, 7)
    speed = []
    for n, levels in [(1_000, None), (100_000, None)] + ([] if arguments.quick else [(1_000_000, None), (1_000_000, 50)]):
        g = np.random.default_rng(n)
        f = g.normal(size=n)
        if levels:
            f = np.round(f * levels / 6) * 6 / levels
        y = (g.uniform(size=n) < 1 / (1 + np.exp(-f))).astype(float)
        p = 1 / (1 + np.exp(-f))
        with tempfile.NamedTemporaryFile(suffix=".bin") as file:
            np.concatenate([[n], f, y]).tofile(file.name)
            ours, peer = [], []
            for _ in range(rounds):
                out = subprocess.run([executable, "time", file.name, "3"], check=True, capture_output=True, text=True)
                ours.append(json.loads(out.stdout))
                peer.append(dict(areaUnderROC=timed(lambda: roc_auc_score(y, f)),
                                 delongVariance=timed(lambda: delong_variance(y, f)),
                                 logLoss=timed(lambda: log_loss(y, p))))
        for metric in ("areaUnderROC", "delongVariance", "logLoss"):
            a = statistics.median(item[metric][0] for item in ours)
            b = statistics.median(item[metric][0] for item in peer)
            difference = abs(ours[0][metric][1] / peer[0][metric][1] - 1)
            assert difference < 1e-10, (metric, n, difference)
            speed.append(dict(name=f"{metric}, {n} rows" + (f", {levels} distinct" if levels else ""), seconds=a,
                              peerSeconds=b, ratio=b / a, relativeDifference=difference))
    if arguments.coverage:
        coverage = json.loads(pathlib.Path(arguments.coverage).read_text())
    else:
        coverage = json.loads(subprocess.run([executable, "coverage", str(studies), "1"], check=True,
                                             capture_output=True, text=True).stdout)
    commit = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
    result = dict(
        suite="model_evaluation", date=datetime.date.today().isoformat(), commit=commit, quick=arguments.quick,
        machine=dict(processor=platform.processor() or platform.machine(), cores=os.cpu_count(), system=platform.platform()),
        versions=dict(python=platform.python_version(), numpy=np.__version__, sklearn=sklearn.__version__),
        threads=1, speed=speed, **coverage)
    path = root / "Benchmarks/Results/model_evaluation.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    for item in speed:
        print(f"{item['name']}: {item['seconds']:.4g} s, scikit-learn/SciPy {item['peerSeconds']:.4g} s, {item['ratio']:.1f}x")
    for item in coverage["coverage"]:
        print(f"{item['design']}; {item['interval']}: {item['coverage']:.3f}")


if __name__ == "__main__":
    sys.exit(main())

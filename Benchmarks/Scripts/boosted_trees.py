#!/usr/bin/env python3
"""Boosted trees beside LightGBM and XGBoost on the same simulated surveys: seconds and log-loss, interleaved.

    swift build -c release --package-path Benchmarks --product BoostedTreesBenchmark
    python3 Benchmarks/Scripts/boosted_trees.py SURVEYS.py [--quick] [--output Benchmarks/Results/boosted-trees.json]

SURVEYS.py makes the tables (`table` and `speed`). `speed`: 100 trees of 31 leaves, learning rate .1, at least 20 rows a
leaf, one thread; each tool with its own binning. `defaults`: our preset, LightGBM's default, and LightGBM with a preset for
small data, eight bags. Needs numpy, lightgbm, xgboost.
"""
import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time

import lightgbm
import numpy as np
import xgboost

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = os.path.join(HERE, "..", ".build", "release", "BoostedTreesBenchmark")
SMALL = dict(objective="binary", learning_rate=0.03, num_leaves=6, min_data_in_leaf=20, lambda_l2=5, bagging_fraction=0.7,
             bagging_freq=1, feature_fraction=0.4, verbose=-1, num_threads=1)


def log_loss(scores, y):
    return float(np.mean(np.logaddexp(0, scores) - y * scores))


def write(path, x, y):
    header = ",".join(f"x{j + 1}" for j in range(x.shape[1])) + ",y"
    with open(path, "w") as out:
        out.write(header + "\n")
        for row, target in zip(x, y):
            out.write(",".join("" if v != v else repr(float(v)) for v in row) + f",{target}\n")


def ours(folder, train, test, *settings):
    paths = [os.path.join(folder, name) for name in ("train.csv", "test.csv")]
    write(paths[0], *train)
    write(paths[1], *test)
    return json.loads(subprocess.run([OURS, "fit", *paths, "y", *settings], check=True, capture_output=True, text=True).stdout)


def timed(body):
    start = time.perf_counter()
    result = body()
    return time.perf_counter() - start, result


def light(x, y, parameters, rounds):
    return lightgbm.train(parameters, lightgbm.Dataset(x, y, params=dict(verbose=-1)), rounds)


def speed(surveys, folder, rows, repeats):
    train, test = surveys.speed(rows, 1), surveys.speed(20000, 99)
    lgb = dict(objective="binary", num_leaves=31, learning_rate=0.1, min_data_in_leaf=20, verbose=-1, num_threads=1)
    xgb = dict(objective="binary:logistic", tree_method="hist", max_leaves=31, max_depth=0, grow_policy="lossguide", eta=0.1,
               reg_lambda=0, nthread=1)
    times, losses = {}, {}
    for _ in range(repeats):
        for force in ("force_col_wise", "force_row_wise"):
            name = "lightgbm " + force[6:9]
            seconds, model = timed(lambda: light(*train, {**lgb, force: True}, 100))
            times.setdefault(name, []).append(seconds)
            losses[name] = log_loss(model.predict(test[0], raw_score=True), test[1])
        seconds, model = timed(lambda: xgboost.train(xgb, xgboost.QuantileDMatrix(train[0], train[1], nthread=1), 100))
        times.setdefault("xgboost", []).append(seconds)
        losses["xgboost"] = log_loss(model.predict(xgboost.DMatrix(test[0]), output_margin=True), test[1])
        result = ours(folder, train, test, "preset=none", "repeats=3")
        times.setdefault("ours", []).append(result["seconds"])
        losses["ours"] = result["log_loss"]
    return {name: dict(seconds=statistics.median(values), log_loss=losses[name]) for name, values in times.items()}


def defaults(surveys, folder, kind, rows, seeds):
    test = surveys.table(kind, 20000, 9999)
    found = {}
    for seed in range(1, seeds + 1):
        train = surveys.table(kind, rows, seed)
        found.setdefault("ours", []).append(ours(folder, train, test)["log_loss"])
        plain = light(*train, dict(objective="binary", verbose=-1, num_threads=1), 100)
        found.setdefault("lightgbm default", []).append(log_loss(plain.predict(test[0], raw_score=True), test[1]))
        bags = [light(*train, {**SMALL, "seed": bag}, 250).predict(test[0], raw_score=True) for bag in range(8)]
        found.setdefault("lightgbm small x 8", []).append(log_loss(np.mean(bags, axis=0), test[1]))
    return {name: statistics.mean(values) for name, values in found.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("surveys")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--output")
    arguments = parser.parse_args()
    spec = importlib.util.spec_from_file_location("surveys", arguments.surveys)
    surveys = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(surveys)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE).stdout.strip()
    result = dict(machine=platform.processor() or platform.machine(), threads=1, commit=commit,
                  versions=dict(lightgbm=lightgbm.__version__, xgboost=xgboost.__version__), speed={}, defaults={})
    with tempfile.TemporaryDirectory() as folder:
        for rows in (500, 3000):
            result["speed"][f"{rows}x50"] = speed(surveys, folder, rows, 2 if arguments.quick else 7)
        for kind in ("linear", "interactions", "thresholds"):
            for rows in (500,) if arguments.quick else (500, 1000, 2000):
                result["defaults"][f"{kind} {rows}"] = defaults(surveys, folder, kind, rows, 1 if arguments.quick else 20)
    text = json.dumps(result, indent=2)
    print(text)
    if arguments.output:
        with open(arguments.output, "w") as out:
            out.write(text + "\n")


if __name__ == "__main__":
    main()

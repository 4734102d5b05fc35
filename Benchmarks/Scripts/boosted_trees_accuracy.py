#!/usr/bin/env python3
"""Default log-loss of boosted trees beside LightGBM, XGBoost, CatBoost and scikit-learn, on the same rows and folds.

    swift build -c release --package-path Benchmarks --product BoostedTreesAccuracyBenchmark
    python3 Benchmarks/Scripts/boosted_trees_accuracy.py simulated|few|tables|others [--seeds 20] [--first-seed 7001]
        [--kinds linear,...] [--rows 500,1000,2000] [--tables 'NAME;...'] [--folds 5] [--peers NAME,...] [--set NAME=VALUE ...] [--output RESULT.json]

`simulated`: `../shared/peers/surveys.py table`, 20,000 fresh rows per kind; `few`: the same at 50, 100 and 200 rows. Their seeds are
of no study that a preset was chosen by (those had 1 to 20, 501 to 520 and 777777). `tables`: real data, five folds, each a
held-out fifth. `others`: squared error and ordered classes. Nothing is tuned: every tool runs at its defaults (accuracy_peers.py
says how each gets its columns), one thread. `--set` replaces a value of our preset, for studies. Predictions of all tools
are scored by the same code. Needs numpy, pandas, scikit-learn, lightgbm, xgboost, catboost.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd

import accuracy_peers
import accuracy_tables
import provenance

HERE = pathlib.Path(__file__).resolve().parent.parent
TEST_SEED = 2_000_000


class Ours:
    """Our learner, in a process of its own that answers one job per line."""

    def __init__(self, folder, settings):
        self.folder, self.settings = pathlib.Path(folder), settings
        executable = os.environ.get("ACCURACY_EXECUTABLE", HERE / ".build/release/BoostedTreesAccuracyBenchmark")
        self.process = subprocess.Popen([executable, "fit"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def write(self, name, table, with_target):
        columns = [table.columns[c].cat.codes.to_numpy(float) if table.columns[c].dtype == "category"
                   else table.columns[c].to_numpy(float) for c in table.columns]
        for index, name_of in enumerate(table.columns):
            if table.columns[name_of].dtype == "category":
                columns[index] = np.where(columns[index] < 0, np.nan, columns[index])
        path = self.folder / name
        np.concatenate(columns + ([table.target] if with_target else [])).tofile(path)
        return str(path)

    def predict(self, train, test, test_file=None):
        job = dict(
            train=self.write("train", train, True), trainRows=len(train),
            test=test_file or self.write("test", test, False), testRows=len(test),
            columns=[dict(name=str(c), levels=len(train.columns[c].cat.categories))
                     if train.columns[c].dtype == "category" else dict(name=str(c)) for c in train.columns],
            task=train.task, classCount=train.classes, settings=self.settings, output=str(self.folder / "predictions"))
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("our executable stopped")
        answer = json.loads(line)
        found = np.fromfile(job["output"])
        if train.task == "binary":
            found = 1 / (1 + np.exp(-found))
        elif train.task in ("classes", "ordered"):
            found = found.reshape(len(test), train.classes)
        return found, answer


def loss(table, predictions):
    """Log-loss with probabilities kept within 1e-15 of 0 and 1, or the root of the mean squared error."""
    if table.task == "squared":
        return float(np.sqrt(np.mean((predictions - table.target) ** 2)))
    if table.task == "binary":
        p = np.clip(predictions, 1e-15, 1 - 1e-15)
        return float(-np.mean(table.target * np.log(p) + (1 - table.target) * np.log1p(-p)))
    rows = np.arange(len(table))
    return float(-np.mean(np.log(np.clip(predictions[rows, table.target.astype(int)], 1e-15, 1))))


def run_simulated(ours, options):
    cells = {}
    for kind in options.kinds:
        test = accuracy_tables.simulated(kind, 20000, TEST_SEED)
        test_file = ours.write(f"test {kind}", test, False)
        for rows in options.rows:
            cell = cells.setdefault(f"{kind} {rows}", {})
            for seed in range(options.first_seed, options.first_seed + options.seeds):
                train = accuracy_tables.simulated(kind, rows, seed)
                found, answer = ours.predict(train, test, test_file)
                cell.setdefault("ours", []).append(loss(test, found))
                cell.setdefault("seconds", {}).setdefault("ours", []).append(answer["seconds"])
                cell.setdefault("linear share", []).append(answer["linearShare"])
                for peer in options.peers:
                    found, seconds = accuracy_peers.predict(peer, "default", train, test)
                    cell.setdefault(peer, []).append(loss(test, found))
                    cell["seconds"].setdefault(peer, []).append(seconds)
            report(f"{kind} {rows}", cell, options)
    return cells


def run_tables(ours, options, tables):
    cells = {}
    for name in options.tables or tables:
        table = tables[name]()
        cell = cells.setdefault(name, dict(rows=len(table), columns=table.columns.shape[1], task=table.task))
        for train_rows, test_rows in table.folds()[:options.folds]:
            train, test = table.rows(train_rows), table.rows(test_rows)
            found, answer = ours.predict(train, test)
            cell.setdefault("ours", []).append(loss(test, found))
            cell.setdefault("seconds", {}).setdefault("ours", []).append(answer["seconds"])
            cell.setdefault("linear share", []).append(answer["linearShare"])
            cell.setdefault("rounds", []).append(answer["rounds"])
            for peer in options.peers:
                found, seconds = accuracy_peers.predict(peer, "default", train, test)
                cell.setdefault(peer, []).append(loss(test, found))
                cell["seconds"].setdefault(peer, []).append(seconds)
        report(name, cell, options)
    return cells


def report(name, cell, options):
    names = ["ours"] + options.peers
    text = "  ".join(f"{n} {np.mean(cell[n]):.4f} ({np.mean(cell['seconds'][n]):.1f} s)" for n in names)
    best = min(np.mean(cell[n]) for n in names[1:]) if options.peers else np.mean(cell["ours"])
    print(f"{name}: {text}  ours - best peer {np.mean(cell['ours']) - best:+.4f}  share {np.mean(cell['linear share']):.2f}"
          f" rounds {cell.get('rounds', '')}", flush=True)


def summary(cells, peers):
    """Per cell the means, their standard errors and who is best; over cells the mean ranks."""
    names = ["ours"] + peers
    ranks = {name: [] for name in names}
    rows = {}
    for cell, values in cells.items():
        means = {name: float(np.mean(values[name])) for name in names}
        order = sorted(names, key=means.get)
        for name in names:
            ranks[name].append(order.index(name) + 1)
        best_peer = min(peers, key=means.get)
        difference = np.array(values["ours"]) - np.array(values[best_peer])
        rows[cell] = dict(
            {k: v for k, v in values.items() if k in ("rows", "columns", "task")}, mean=means, best_peer=best_peer,
            ours_less_best_peer=float(difference.mean()),
            standard_error=float(difference.std(ddof=1) / np.sqrt(len(difference))) if len(difference) > 1 else None,
            relative=float(means["ours"] / means[best_peer] - 1),
            seconds={n: float(np.median(values["seconds"][n])) for n in names},
            linear_share=float(np.mean(values["linear share"])), runs=len(difference))
    return dict(cells=rows, mean_rank={name: float(np.mean(r)) for name, r in ranks.items()})


def setting(text):
    name, value = text.split("=", 1)
    return name, {"true": True, "false": False}.get(value, float(value) if value[0].isdigit() else value)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["simulated", "few", "tables", "others"])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=7001)
    parser.add_argument("--rows", type=lambda t: [int(v) for v in t.split(",")])
    parser.add_argument("--kinds", type=lambda t: t.split(","), default=["linear", "interactions", "thresholds"])
    parser.add_argument("--folds", type=int, default=5, help="how many of the five folds are held out")
    parser.add_argument("--tables", type=lambda t: t.split(";"))
    parser.add_argument("--peers", type=lambda t: [p for p in t.split(",") if p])
    parser.add_argument("--set", dest="settings", action="append", type=setting, default=[])
    parser.add_argument("--output")
    options = parser.parse_args()
    is_simulated = options.what in ("simulated", "few")
    options.rows = options.rows or ([50, 100, 200] if options.what == "few" else [500, 1000, 2000])
    if options.peers is None:
        options.peers = (["LightGBM", "CatBoost", "LightGBM small x 8"] if is_simulated
                         else ["LightGBM", "XGBoost", "CatBoost", "scikit-learn"])
    if not accuracy_tables.SHARED.exists():
        raise SystemExit(f"{accuracy_tables.SHARED} is absent: nothing to compare on")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    about = provenance.about()
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(folder, dict(options.settings))
        if is_simulated:
            cells = run_simulated(ours, options)
        else:
            tables = accuracy_tables.TABLES if options.what == "tables" else accuracy_tables.OTHERS
            cells = run_tables(ours, options, tables)
    if not options.peers:
        return
    result = dict(
        suite=f"boosted trees accuracy, {options.what}", **about, threads=1, clock="processor",
        versions={**{p: accuracy_peers.version(p) for p in options.peers}, "numpy": np.__version__,
                  "pandas": pd.__version__},
        parameters=dict(seeds=[options.first_seed, options.first_seed + options.seeds - 1], test_seed=TEST_SEED)
        if is_simulated else dict(folds=5, held_out=options.folds, fold_seed=1),
        settings=dict(options.settings), **summary(cells, options.peers))
    print(json.dumps(result["mean_rank"]))
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())

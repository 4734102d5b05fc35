#!/usr/bin/env python3
"""How well uplifts of one answer level rank capabilities when the truth is known: boosted trees beside peers.

    swift build -c release --package-path Benchmarks --product BoostedTreesAccuracyBenchmark
    python3 Benchmarks/Scripts/boosted_trees_uplift.py [--firms 220] [--seeds 12] [--first-seed 8001]
        [--variant NAME:PARAMETER=VALUE,... ...] [--peers ridge,LightGBM,[--output RESULT.json]

18 correlated capabilities of 1..5 and two outcomes. `linear` is `../shared/peers/surveys.py truth`; `thresholds` counts a
capability from a level on, so that most single steps change nothing; `interactions` lets one capability count only where
another is present. The uplift is that of the product of both probabilities for one level more. Printed per cell, means over
surveys: how often the truly best capability is among the first three (ties count by chance), among the first, the share
of exactly zero uplifts, Spearman's correlation with the true uplifts within a firm, and the true uplift of the first
recommendation as a share of the best one's. Needs numpy, scikit-learn, lightgbm.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time
import warnings

import numpy as np

import accuracy_tables
import provenance

HERE = pathlib.Path(__file__).resolve().parent.parent
FLAGS = ("monotone", "additive", "smooth")
# The remedies that were compared, from plain trees to the default with monotone directions.
VARIANTS = [
    ("trees", dict(blendsLinear=False)),
    ("trees, monotone", dict(blendsLinear=False, monotone=True)),
    ("trees, monotone, smoothed steps", dict(blendsLinear=False, monotone=True, smooth=True)),
    ("trees, monotone, 24 bags", dict(blendsLinear=False, monotone=True, bagCount=24)),
    ("additive trees, monotone", dict(blendsLinear=False, monotone=True, additive=True)),
    ("default", {}),
    ("default, smoothed steps", dict(smooth=True)),
    ("default, monotone", dict(monotone=True)),
    ("default, additive, monotone", dict(additive=True, monotone=True)),
    ("default, monotone, smoothed steps", dict(monotone=True, smooth=True)),
]
MEASURES = ("top3", "top1", "zero", "correlation", "captured")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def thresholds(x):
    """Steps at levels 3, 4 and 5."""
    innovation = -1.6 + 1.2 * (x[..., 2] >= 3) + 1.0 * (x[..., 3] >= 4) + 0.7 * (x[..., 7] >= 3) + 0.6 * (x[..., 8] >= 4)
    export = -2.0 + 1.4 * (x[..., 10] >= 4) + 0.9 * (x[..., 11] >= 3) + 0.8 * (x[..., 7] >= 4) + 0.6 * (x[..., 8] >= 3)
    return innovation, export


def interactions(x):
    """Capability 3 counts more where 4 is present, 11 where 12 is, and 8 where both kinds are."""
    innovation = (-0.8 + 0.25 * (x[..., 2] - 3) + 0.5 * (x[..., 2] - 1) * (x[..., 3] >= 3) / 2 + 0.2 * (x[..., 3] - 3)
                  + 0.4 * (x[..., 7] - 3))
    export = (-1.0 + 0.25 * (x[..., 10] - 3) + 0.5 * (x[..., 10] - 1) * (x[..., 11] >= 3) / 2 + 0.2 * (x[..., 11] - 3)
              + 0.4 * (x[..., 7] - 3) * (x[..., 8] >= 3))
    return innovation, export


def survey(kind, firms, seed):
    """Answers, both outcomes and the true uplifts (NaN at the highest level)."""
    surveys = accuracy_tables.surveys()
    if kind == "linear":
        return surveys.truth(firms, seed)
    log_odds = dict(thresholds=thresholds, interactions=interactions)[kind]
    random = np.random.default_rng(seed)
    g = random.normal(size=firms)
    x = np.clip(np.round(3 + 1.1 * (0.55 * g[:, None] + 0.85 * random.normal(size=(firms, 18)))), 1, 5)
    now = [sigmoid(z) for z in log_odds(x)]
    outcomes = [(random.random(firms) < p).astype(int) for p in now]
    uplift = np.full(x.shape, np.nan)
    for j in range(18):
        up = x.copy()
        up[:, j] += 1
        after = [sigmoid(z) for z in log_odds(up)]
        uplift[:, j] = np.where(x[:, j] < 5, after[0] * after[1] - now[0] * now[1], np.nan)
    return x, *outcomes, uplift


def score(uplifts, truth):
    """As UpliftJob.swift does."""
    found = []
    zeros = steps = 0
    for estimated, actual in zip(uplifts, truth):
        possible = ~np.isnan(actual)
        if possible.sum() <= 3:
            continue
        estimated, actual = estimated[possible], actual[possible]
        best = int(np.argmax(actual))
        above, tied = (estimated > estimated[best]).sum(), (estimated == estimated[best]).sum()
        ranks = [np.array([(v < u).sum() + ((v == u).sum() - 1) / 2 for u in v]) for v in (estimated, actual)]
        spread = [r.std() for r in ranks]
        correlation = float(np.corrcoef(*ranks)[0, 1]) if min(spread) > 0 else 0.0
        captured = actual[estimated == estimated.max()].mean() / actual[best] if actual[best] > 0 else 0
        found.append((min(1, max(0, (3 - above) / tied)), min(1, max(0, (1 - above) / tied)), correlation, captured))
        zeros += (estimated == 0).sum()
        steps += len(estimated)
    top3, top1, correlation, captured = np.mean(found, axis=0)
    return dict(top3=top3, top1=top1, zero=zeros / steps, correlation=correlation, captured=captured)


def peer(name, x, outcomes, truth):
    warnings.filterwarnings("ignore")

    def fit(y):
        if name == "ridge":
            from sklearn.linear_model import LogisticRegressionCV
            from sklearn.pipeline import make_pipeline
            from sklearn.preprocessing import StandardScaler
            return make_pipeline(StandardScaler(), LogisticRegressionCV(
                Cs=np.geomspace(1e-3, 3, 10), cv=5, scoring="neg_log_loss")).fit(x, y)
        import lightgbm
        return lightgbm.LGBMClassifier(n_jobs=1, verbose=-1, random_state=0).fit(x, y)
    models = [fit(y) for y in outcomes]

    def joint(x):
        return models[0].predict_proba(x)[:, 1] * models[1].predict_proba(x)[:, 1]
    now = joint(x)
    uplifts = np.zeros(x.shape)
    for j in range(x.shape[1]):
        up = x.copy()
        up[:, j] += 1
        uplifts[:, j] = joint(up) - now
    return score(uplifts, truth)


def variant(text):
    name, _, rest = text.partition(":")
    settings = {}
    for entry in filter(None, rest.split(",")):
        key, value = entry.split("=")
        settings[key] = {"true": True, "false": False}.get(value, float(value) if value[0].isdigit() else value)
    return name, settings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=lambda t: [int(v) for v in t.split(",")], default=[220])
    parser.add_argument("--kinds", type=lambda t: t.split(","), default=["linear", "thresholds", "interactions"])
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--first-seed", type=int, default=8001)
    parser.add_argument("--variant", action="append", type=variant, default=[])
    parser.add_argument("--peers", type=lambda t: [p for p in t.split(",") if p], default=["ridge", "LightGBM"])
    parser.add_argument("--output")
    options = parser.parse_args()
    variants = options.variant or VARIANTS
    executable = os.environ.get("ACCURACY_EXECUTABLE", HERE / ".build/release/BoostedTreesAccuracyBenchmark")
    process = subprocess.Popen([executable, "uplift"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    about = provenance.about()
    cells = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in options.kinds:
            for firms in options.firms:
                found = {}
                for seed in range(options.first_seed, options.first_seed + options.seeds):
                    x, innovation, export, truth = survey(kind, firms, seed)
                    np.concatenate([*x.T, innovation.astype(float), export.astype(float)]).tofile(f"{folder}/train")
                    np.concatenate([*truth.T]).tofile(f"{folder}/truth")
                    for name, settings in variants:
                        settings = dict(settings)
                        job = dict(train=f"{folder}/train", truth=f"{folder}/truth", rows=firms, capabilities=18,
                                   **{flag: bool(settings.pop(flag, False)) for flag in FLAGS}, settings=settings)
                        process.stdin.write(json.dumps(job) + "\n")
                        process.stdin.flush()
                        found.setdefault(name, []).append(json.loads(process.stdout.readline()))
                    for name in options.peers:
                        start = time.process_time()
                        result = peer(name, x, (innovation, export), truth)
                        found.setdefault(name, []).append({**result, "seconds": time.process_time() - start})
                cells[f"{kind} {firms}"] = cell = {
                    name: {m: float(np.mean([r[m] for r in rows])) for m in (*MEASURES, "seconds")}
                    | {"top3_standard_error": float(np.std([r["top3"] for r in rows], ddof=1) / len(rows) ** 0.5)
                       if len(rows) > 1 else None}
                    for name, rows in found.items()}
                for name, row in cell.items():
                    print(f"{kind} {firms} {name}: " + "  ".join(f"{m} {row[m]:.3f}" for m in MEASURES), flush=True)
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps(dict(
            suite="boosted trees uplift", **about, numpy=np.__version__,
            seeds=[options.first_seed, options.first_seed + options.seeds - 1],
            variants=dict(variants), cells=cells), indent=1) + "\n")


if __name__ == "__main__":
    main()

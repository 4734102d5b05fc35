#!/usr/bin/env python3
"""The protocol of `innov4sme benchmark` with scikit-learn and LightGBM: how long it takes, and how accurate it is.

    benchmark_protocol.py SURVEY.csv CODEBOOK.yaml [CONDITION] [--repeats 10] [--peer-splits 5]

Ours runs all candidates, both outcomes, R x 5-fold, on two threads, the whole command from reading the file to the written
results. The peers run the same candidates on the same firms, the same encoded columns and the first P of the same 5 R splits,
on one thread; their time is multiplied by 5 R / P, which the result says. Times are compared in processor seconds, ours of
both threads together: a peer that splits its folds over two processes at no loss takes half of its processor seconds on the
clock, as ours does. What each peer candidate is:

    base-rate               DummyClassifier
    context, ridge          mean imputation, one-hot levels, standardised, LogisticRegressionCV (L2, lbfgs, 24 strengths, 5 folds)
    lasso                   the same with L1 (liblinear, the fastest solver that scikit-learn has for it)
    elastic-net             the same with half L1 (saga, the only solver)
    index-*                 LogisticRegression on one column
    trees, trees-monotone,  LightGBM, learning rate 0.03, 6 leaves, 70 % of rows and 40 % of columns, number of rounds by
    trees-ordinal           5-fold cross-validation with early stopping, then a fit on all training firms; monotone
                            constraints for the second, linear leaves for the third
    blend                   the mean log-odds of ridge and monotone trees
    auto                    ridge, monotone trees or blend by 5 inner folds
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import tempfile
import time
import warnings

import lightgbm
import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROOT = pathlib.Path(__file__).resolve().parents[2]
STRENGTHS = np.geomspace(1e-4, 10, 24)
PARAMETERS = dict(objective="binary", learning_rate=0.03, num_leaves=6, lambda_l2=5, min_data_in_leaf=20, bagging_fraction=0.7,
                  bagging_freq=1, feature_fraction=0.4, max_cat_to_onehot=1, verbose=-1, num_threads=1, seed=1)


def linear(items, nominal, penalty):
    solver = {"l2": "lbfgs", "l1": "liblinear", "elasticnet": "saga"}[penalty]
    extra = dict(l1_ratios=[0.5]) if penalty == "elasticnet" else {}
    return make_pipeline(
        ColumnTransformer([
            ("items", make_pipeline(SimpleImputer(), StandardScaler()), items),
            ("nominal", make_pipeline(OneHotEncoder(handle_unknown="ignore"), StandardScaler(with_mean=False)), nominal)]),
        LogisticRegressionCV(Cs=STRENGTHS, cv=5, scoring="neg_log_loss", penalty=penalty, solver=solver,
                             tol=1e-4, max_iter=500, n_jobs=1, **extra))


def log_odds(p):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return np.log(p / (1 - p))


def trees(x, y, test, nominal, monotone, linear_leaves):
    parameters = dict(PARAMETERS, linear_tree=linear_leaves)
    if monotone is not None:
        parameters["monotone_constraints"] = monotone
    if linear_leaves:  # LightGBM's linear leaves want complete columns and a small penalty.
        x, test = x.fillna(x.mean()), test.fillna(x.mean())
        parameters["linear_lambda"] = 1.0
    data = lightgbm.Dataset(x, y, categorical_feature=[x.columns.get_loc(c) for c in nominal], free_raw_data=False,
                            params=parameters)
    curve = lightgbm.cv(parameters, data, num_boost_round=1000, nfold=5, stratified=True, seed=1,
                        callbacks=[lightgbm.early_stopping(50, verbose=False)])
    rounds = len(curve["valid binary_logloss-mean"])
    return lightgbm.train(parameters, data, num_boost_round=rounds).predict(test, raw_score=True)


def candidates(x, y, test, columns):
    """Log-odds of the test firms by each candidate, fitted on the training firms, and the seconds of each."""
    items, nominal, context, capabilities, monotone = columns
    scores, seconds = {}, {}

    def add(name, body):
        started = time.process_time()
        scores[name] = body()
        seconds[name] = time.process_time() - started

    def linear_scores(x, y, test, penalty="l2", only=None):
        own = [c for c in items if only is None or c in only], [c for c in nominal if only is None or c in only]
        return log_odds(linear(*own, penalty).fit(x, y).predict_proba(test)[:, 1])

    def index(weights=None):
        def value(frame):
            shares = np.column_stack([np.nanmean(frame[c].to_numpy() / top, axis=1) for c, top in capabilities])
            return np.average(np.nan_to_num(shares, nan=0.5), axis=1, weights=weights)[:, None]
        return log_odds(LogisticRegression(C=1e6).fit(value(x), y).predict_proba(value(test))[:, 1])

    add("base-rate", lambda: np.full(len(test), log_odds(np.mean(y))))
    if context:
        add("context", lambda: linear_scores(x, y, test, only=set(context)))
    if capabilities:
        add("index-equal", index)
        add("index-value-test", lambda: index(np.linspace(1, 2, len(capabilities))))
    add("ridge", lambda: linear_scores(x, y, test))
    add("lasso", lambda: linear_scores(x, y, test, "l1"))
    add("elastic-net", lambda: linear_scores(x, y, test, "elasticnet"))
    add("trees", lambda: trees(x, y, test, nominal, None, False))
    add("trees-ordinal", lambda: trees(x, y, test, nominal, None, True))
    add("trees-monotone", lambda: trees(x, y, test, nominal, monotone, False))
    add("blend", lambda: (scores["ridge"] + scores["trees-monotone"]) / 2)

    def auto():
        inner = np.zeros((3, len(y)))
        for a, b in StratifiedKFold(5, shuffle=True, random_state=1).split(x, y):
            inner[0, b] = linear_scores(x.iloc[a], y[a], x.iloc[b])
            inner[1, b] = trees(x.iloc[a], y[a], x.iloc[b], nominal, monotone, False)
        inner[2] = inner[:2].mean(axis=0)
        losses = [log_loss(y, 1 / (1 + np.exp(-s))) for s in inner]
        return scores[["ridge", "trees-monotone", "blend"][int(np.argmin(losses))]]

    add("auto", auto)
    return scores, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("survey")
    parser.add_argument("codebook")
    parser.add_argument("condition", nargs="?", default="")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--peer-splits", type=int, default=5)
    parser.add_argument("--encoder", default=str(ROOT / "Benchmarks/.build/release/CapabilityScoringBenchmark"))
    parser.add_argument("--peers-out", help="run the peers alone, and write their part of the results to this file")
    parser.add_argument("--peers", help="the peers' part, from an earlier run with the same folds")
    parser.add_argument("--rounds", type=int, default=3, help="how often ours is timed")
    parser.add_argument("--executable", default=str(ROOT / ".build/release/innov4sme"))
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    where = ["--where", arguments.condition] if arguments.condition else []
    path = ROOT / "Benchmarks/Results/benchmark_protocol.json"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        command = [arguments.executable, "benchmark", arguments.survey, "--codebook", arguments.codebook, *where, "--repeats",
                   str(arguments.repeats), "--folds", "5", "--threads", "2", "--format", "json", "--output",
                   str(folder / "ours.json"), "--folds-out", str(folder / "folds.csv")]
        ours_seconds, ours_processor = [], []
        if arguments.peers_out:  # Folds alone: they depend on the seed, not on the candidates.
            subprocess.run(command + ["--learner", "base-rate"], check=True, capture_output=True)
            folds = pd.read_csv(folder / "folds.csv", dtype={"id": str})
            pathlib.Path(arguments.peers_out).write_text(json.dumps(peers(arguments, folder, folds)))
            return
        for _ in range(arguments.rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            ours_seconds.append(time.perf_counter() - started)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            ours_processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        ours = json.loads((folder / "ours.json").read_text())
        folds = pd.read_csv(folder / "folds.csv", dtype={"id": str})
        peer = json.loads(pathlib.Path(arguments.peers).read_text()) if arguments.peers else peers(arguments, folder, folds)
    # Ours on the peers' splits, and on all of them.
    own = {o["name"]: {c["name"]: {m["metric"]: m for m in c["metrics"] if m["metric"] in ("auc", "logLoss")}
                       for c in o["candidates"]} for o in ours["outcomes"]}
    quality = {o: {c: {m: float(np.mean(v["foldValues"][:peer["splits"]])) for m, v in metrics.items()}
                   for c, metrics in candidates.items()} for o, candidates in own.items()}
    whole = {o: {c: {m: v["value"] for m, v in metrics.items()} for c, metrics in candidates.items()}
             for o, candidates in own.items()}
    seconds = statistics.median(ours_seconds)
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
    result = dict(
        suite="benchmark_protocol", date=datetime.date.today().isoformat(), commit=commit, seed=1, threads=2,
        machine=dict(processor=platform.processor() or platform.machine(), cores=os.cpu_count(), system=platform.platform(),
                     load=os.getloadavg()[0]),
        versions=dict(python=platform.python_version(), numpy=np.__version__, sklearn=sklearn.__version__,
                      lightgbm=lightgbm.__version__),
        survey=pathlib.Path(arguments.survey).parent.name, condition=arguments.condition, repeats=arguments.repeats, folds=5,
        firms=ours["rowCount"], seconds=seconds, secondsOfRounds=ours_seconds, processorSeconds=statistics.median(ours_processor),
        candidates=[c["name"] for c in ours["outcomes"][0]["candidates"]], quality=quality,
        qualityOfAllSplits=whole, peers=peer,
        timesFaster=peer["processorSecondsScaled"] / statistics.median(ours_processor))
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(f"ours {seconds:.1f} s, {result['processorSeconds']:.0f} processor seconds; peers {peer['processorSecondsScaled']:.0f} "
          f"({peer['splits']} of {5 * arguments.repeats} splits, scaled): {result['timesFaster']:.1f}x")


def peers(arguments, folder, folds):
    subprocess.run([arguments.encoder, "encoded", arguments.survey, arguments.codebook, arguments.condition, folder], check=True)
    data = pd.read_csv(folder / "encoded.csv", dtype={"id": str})
    about = json.loads((folder / "encoded.json").read_text())
    names = [c["name"] for c in about["columns"]]
    x = data[names]
    nominal = [c["name"] for c in about["columns"] if c["isNominal"]]
    items = [c for c in names if c not in nominal]
    groups = {}
    for column in about["columns"]:
        if column.get("capability") is not None and column.get("top"):
            groups.setdefault(column["capability"], []).append(column)
    capabilities = [([c["name"] for c in own], np.array([c["top"] for c in own])) for own in groups.values()]
    columns = (items, nominal, [c["name"] for c in about["columns"] if c["isContext"]], capabilities,
               [c["sign"] for c in about["columns"]])
    by_candidate, quality = {}, {}
    started = time.process_time()
    for outcome in about["outcomes"]:
        y = data["outcome." + outcome].to_numpy()
        held = {}
        for split in range(arguments.peer_splits):
            fold = folds[folds["repeat"] == split // 5 + 1].set_index("id").loc[data["id"], "fold"].to_numpy()
            k = split % 5 + 1
            train, test = (fold != k) & ~np.isnan(y), (fold == k) & ~np.isnan(y)
            scores, seconds = candidates(x[train].reset_index(drop=True), y[train], x[test], columns)
            for name, score in scores.items():
                by_candidate[name] = by_candidate.get(name, 0) + seconds[name]
                p = 1 / (1 + np.exp(-score))
                held.setdefault(name, []).append((log_loss(y[test], p), roc_auc_score(y[test], score)))
            print(f"{outcome}, split {split + 1}: {time.process_time() - started:.0f} processor seconds", flush=True)
        quality[outcome] = {name: dict(logLoss=float(np.mean([v[0] for v in values])),
                                       auc=float(np.mean([v[1] for v in values]))) for name, values in held.items()}
    total = time.process_time() - started
    return dict(splits=arguments.peer_splits, processorSeconds=total,
                processorSecondsScaled=total * 5 * arguments.repeats / arguments.peer_splits,
                processorSecondsByCandidate=by_candidate, quality=quality)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Priorities of simulated firms against their known truth: this project's, and those of six other ways to choose.

    capability_priorities.py ours  [--surveys N] [--learner L] [TRUTH:FIRMS ...]   our own figures on many surveys
    capability_priorities.py peers [--surveys N] [TRUTH:FIRMS ...]                 others beside ours on the same surveys

Needs the suite's executable (swift build -c release in Benchmarks), and for `peers` numpy, pandas, lightgbm and (for DiCE)
dice-ml. Every survey is written to Results/surveys/*.jsonl as it is done; a run that stops is taken up where it stopped.

The figure: for how many firms is the truly best capability (the one whose step of one level raises P(innovation) ·
P(export) most) among the first three; and how much of what the best three raise do the chosen three raise.

Others, each told the same answers and outcomes:
  boosted trees     LightGBM per outcome (learning rate .03, 250 trees, 6 leaves, L2 5), uplift of the product by one step
  permutation       permutation importance of the same models, summed over outcomes: one order for all firms
  mean |SHAP|       of the same models (TreeSHAP), summed over outcomes: one order for all firms
  gap to peers      the mean of firms that do both less the firm's level
  published index   value-test weights of the firm's class of the potential index, times its room (Assielou thesis)
  DiCE              counterfactuals of a logistic model of "both" (dice-ml, method random), by how often each capability rises
  bound             reference truths only: the best that anyone could do who knew every effect but not which capability
                    has it (the posterior over assignments; the three likeliest to be a firm's best)

Capabilities of a firm at the top level are never proposed by any of them.
"""
import argparse
import datetime
import json
import math
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import warnings

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent.parent
EXECUTABLE = pathlib.Path(os.environ.get("CAPABILITY_SCORING_BENCHMARK", HERE / ".build/release/CapabilityScoringBenchmark"))
FIRST_SEED = 5000
BARS = {120: 0.85, 220: 0.90, 500: 0.95, 1000: 0.97}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def run_ours(truth, firms, seed, learner, folder=None):
    command = [EXECUTABLE, "truth", truth, str(firms), str(seed), "1", learner] + ([str(folder)] if folder else [])
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def done(path):
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return {(r["truth"], r["firms"], r["learner"], r["seed"]): r for r in rows}


def mean_and_error(values):
    values = np.asarray(values, float)
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else float("nan")


def provenance():
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True).stdout.strip()
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.processor())
    return {"commit": commit, "machine": cpu, "date": datetime.date.today().isoformat(), "first_seed": FIRST_SEED}


# ---- ours

def ours(cases, surveys, learner):
    path = HERE / "Results/surveys/truth.jsonl"
    rows = done(path)
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as out:
        for truth, firms in cases:
            for seed in range(FIRST_SEED, FIRST_SEED + surveys):
                if (truth, firms, learner, seed) in rows:
                    continue
                row = run_ours(truth, firms, seed, learner)
                rows[truth, firms, learner, seed] = row
                out.write(json.dumps(row, sort_keys=True) + "\n")
                out.flush()
    summarise(rows)


def summarise(rows):
    cells = {}
    for (truth, firms, learner, _), row in sorted(rows.items()):
        cells.setdefault((truth, firms, learner), []).append(row)
    results = []
    for (truth, firms, learner), group in cells.items():
        cell = {"truth": truth, "firms": firms, "learner": learner, "surveys": len(group)}
        for objective in group[0]["hit"]:
            m, e = mean_and_error([r["hit"][objective] for r in group])
            cell[f"hit.{objective}"], cell[f"hit.{objective}.se"] = round(m, 4), round(e, 4)
            cell[f"gain.{objective}"] = round(mean_and_error([r["gain"][objective] for r in group])[0], 4)
        for name in group[0]["covered"]:
            cell[f"covered.{name}"] = round(mean_and_error([r["covered"][name] for r in group])[0], 4)
            cell[f"coveredNonzero.{name}"] = round(mean_and_error([r["coveredNonzero"][name] for r in group])[0], 4)
        for name in ("rankCovered", "rankCoveredUntied", "rankWidth", "distinguishable"):
            cell[name] = round(mean_and_error([r[name] for r in group])[0], 4)
        cell["linear_chosen"] = round(float(np.mean([c == "logistic" for r in group for c in r["chosen"]])), 3)
        results.append(cell)
        print(f"{truth:16} {firms:5} {learner:10} {len(group):3}  " + "  ".join(
            f"{o} {cell[f'hit.{o}']:.3f}±{cell[f'hit.{o}.se']:.3f} ({cell[f'gain.{o}']:.3f})" for o in group[0]["hit"])
            + "  cover " + " ".join(f"{cell[f'covered.{n}']:.3f}" for n in group[0]["covered"])
            + f"  rank {cell['rankCovered']:.3f} {cell['rankCoveredUntied']:.3f} width {cell['rankWidth']:.1f}", flush=True)
    (HERE / "Results/truth.json").write_text(json.dumps({**provenance(), "bars": BARS, "results": results}, indent=1) + "\n")


# ---- others

def lightgbm_models(x, ys):
    import lightgbm
    parameters = dict(objective="binary", learning_rate=0.03, num_leaves=6, min_data_in_leaf=20, lambda_l2=5, bagging_fraction=0.7,
                      bagging_freq=1, feature_fraction=0.4, verbose=-1, num_threads=1, seed=1)
    return [lightgbm.train(parameters, lightgbm.Dataset(x, y), 250) for y in ys]


def boosted_trees(x, models):
    base = [m.predict(x) for m in models]
    score = np.full(x.shape, -np.inf)
    for j in range(x.shape[1]):
        up = x.copy()
        up[:, j] += 1
        score[:, j] = models[0].predict(up) * models[1].predict(up) - base[0] * base[1]
    return score


def permutation(x, ys, models, generator):
    total = np.zeros(x.shape[1])
    for model, y in zip(models, ys):
        def loss(p):
            return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        base = loss(model.predict(x))
        for j in range(x.shape[1]):
            for _ in range(5):
                shuffled = x.copy()
                shuffled[:, j] = generator.permutation(x[:, j])
                total[j] += (loss(model.predict(shuffled)) - base) / 5
    return np.tile(total, (len(x), 1))


def mean_shap(x, models):
    total = sum(np.abs(m.predict(x, pred_contrib=True)[:, :-1]).mean(0) for m in models)
    return np.tile(total, (len(x), 1))


def gap_to_peers(x, ys):
    both = (ys[0] == 1) & (ys[1] == 1)
    return x[both].mean(0) - x if both.any() else -x


def published_index(x, top):
    """Classes of the potential index, value-test weights per class, iterated; then weight times room."""
    p = x / top
    n, d = p.shape
    bounds = (0.61, 0.41, 0.29)

    def classes(index):
        return np.select([index >= b for b in bounds], [0, 1, 2], 3)

    current = classes(p.mean(1))
    weights = np.full((4, d), 1 / d)
    for _ in range(50):
        for k in range(4):
            members = current == k
            nk = members.sum()
            if nk in (0, n):
                continue
            s = np.sqrt((n - nk) / (n - 1) * p.var(0) / nk)
            t = np.where(s > 0, (p[members].mean(0) - p.mean(0)) / np.where(s > 0, s, 1), 0)
            t = t - min(t.min(), 0)
            weights[k] = t / t.sum() if t.sum() > 0 else 1 / d
        new = classes((p * weights[current]).sum(1))
        if (new == current).all():
            break
        current = new
    return weights[current] * (1 - p)


def dice(x, ys, top, generator, count):
    import dice_ml
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    names = [f"c{j}" for j in range(x.shape[1])]
    data = pd.DataFrame(x.astype(float), columns=names)
    data["both"] = ((ys[0] == 1) & (ys[1] == 1)).astype(int)
    model = LogisticRegression(C=0.1, max_iter=500).fit(data[names], data["both"])
    explainer = dice_ml.Dice(
        dice_ml.Data(dataframe=data, continuous_features=names, outcome_name="both"),
        dice_ml.Model(model=model, backend="sklearn"), method="random")
    rows = [int(i) for i in generator.choice(len(x), min(count, len(x)), replace=False)]
    score = np.full(x.shape, np.nan)
    for i in rows:
        firm = data.loc[[i], names]
        limits = {n: [float(firm[n].iloc[0]), float(top)] for n in names}
        try:
            found = explainer.generate_counterfactuals(
                firm, total_CFs=10, desired_class=1 - int(model.predict(firm)[0]) if model.predict(firm)[0] == 0 else 1,
                permitted_range=limits, random_seed=1, verbose=False)
            frame = found.cf_examples_list[0].final_cfs_df
            score[i] = (frame[names].to_numpy(float) > x[i]).sum(0) if frame is not None else 0
        except Exception:  # DiCE raises when it finds none; the firm then has no proposal.
            score[i] = 0
    return score, rows


REFERENCE = {"innovation": {2: .7, 3: .6, 4: .3, 7: .4, 8: .35}, "export": {10: .8, 11: .5, 13: .35, 7: .5, 8: .35}}


def bound(x, ys, generator, draws=200, thin=3, burn=150):
    """Linear reference truth, answers 0…4: probability of being a firm's best, over assignments given the data."""
    n, d = x.shape
    effects = np.array([[REFERENCE[o].get(j, 0) for j in range(d)] for o in ("innovation", "export")])
    intercepts = np.array([-.3, -.5])
    z = x - 2.0
    order = generator.permutation(d)
    signs = 2 * np.array(ys) - 1

    def likelihood(eta):
        return -np.logaddexp(0, -signs * eta).sum(1)

    eta = intercepts[:, None] + effects[:, order] @ z.T
    current = likelihood(eta)
    score = np.zeros(x.shape)
    for iteration in range(burn + draws * thin):
        for _ in range(d):
            j, k = generator.integers(0, d, 2)
            change = effects[:, order[k]] - effects[:, order[j]]
            if not change.any():
                order[[j, k]] = order[[k, j]]
                continue
            proposal = eta + change[:, None] * (z[:, j] - z[:, k])
            value = likelihood(proposal)
            if math.log(generator.random()) < value.sum() - current.sum():
                eta, current = proposal, value
                order[[j, k]] = order[[k, j]]
        if iteration >= burn and iteration % thin == 0:
            b = effects[:, order]
            p = sigmoid(eta)
            up = sigmoid(eta[0][:, None] + b[0]) * sigmoid(eta[1][:, None] + b[1]) - (p[0] * p[1])[:, None]
            up[x >= 4] = -1
            best = up.max(1, keepdims=True)
            winners = up >= best - 1e-12
            score += winners / winners.sum(1, keepdims=True)
    return score


def judge(score, truth, rows=None):
    hits = gained = possible = counted = 0
    for i in (range(len(truth)) if rows is None else rows):
        u = truth[i]
        open_ = np.flatnonzero(~np.isnan(u))
        if not len(open_):
            continue
        counted += 1
        best = open_[np.argmax(u[open_])]
        ranked = open_[np.argsort(-score[i][open_], kind="stable")][:3]
        hits += best in ranked
        gained += u[ranked].sum()
        possible += np.sort(u[open_])[::-1][:3].sum()
    return {"hit": hits / counted, "gain": gained / possible, "firms": counted}


def peers(cases, surveys, dice_firms, dice_surveys):
    import pandas as pd
    warnings.filterwarnings("ignore")
    path = HERE / "Results/surveys/priorities_peers.jsonl"
    rows = done(path)
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as out:
        for truth, firms in cases:
            for seed in range(FIRST_SEED, FIRST_SEED + surveys):
                if (truth, firms, "peers", seed) in rows:
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    run_ours(truth, firms, seed, "logistic", folder)
                    data = pd.read_csv(next(pathlib.Path(folder).glob("*.csv")))
                x = data[[c for c in data if c.startswith("x.c")]].to_numpy(float)
                names = [c[2:] for c in data if c.startswith("x.c")]
                top = np.nanmax(x)
                filled = np.where(np.isnan(x), np.nanmean(x, 0), x)
                ys = [data["y.innovation"].to_numpy(int), data["y.export"].to_numpy(int)]
                u = data[[f"u.{n}" for n in names]].to_numpy(float)
                generator = np.random.default_rng(seed)
                score = np.zeros(x.shape)
                for k in (1, 2, 3):
                    for i, name in enumerate(data[f"ours.{k}"].fillna("")):
                        if name:
                            score[i, names.index(name)] = 4 - k
                row = {"truth": truth, "firms": firms, "seed": seed, "learner": "peers", "methods": {"ours": judge(score, u)}}
                models = lightgbm_models(filled, ys)
                row["methods"]["boosted trees"] = judge(boosted_trees(filled, models), u)
                row["methods"]["permutation"] = judge(permutation(filled, ys, models, generator), u)
                row["methods"]["mean |SHAP|"] = judge(mean_shap(filled, models), u)
                row["methods"]["gap to peers"] = judge(gap_to_peers(filled, ys), u)
                row["methods"]["published index"] = judge(published_index(filled, top), u)
                if seed < FIRST_SEED + dice_surveys:
                    try:
                        proposal, chosen = dice(filled, ys, top, generator, dice_firms)
                        row["methods"]["DiCE"] = judge(proposal, u, chosen)
                    except ImportError:
                        print("dice-ml is not installed; left out", file=sys.stderr)
                if truth == "reference":
                    row["methods"]["bound"] = judge(bound(filled, ys, generator), u)
                rows[truth, firms, "peers", seed] = row
                out.write(json.dumps(row, sort_keys=True) + "\n")
                out.flush()
    cells = {}
    for (truth, firms, _, _), row in sorted(rows.items()):
        for method, figures in row["methods"].items():
            cells.setdefault((truth, firms, method), []).append(figures)
    results = []
    for (truth, firms, method), figures in cells.items():
        hit, error = mean_and_error([f["hit"] for f in figures])
        results.append({"truth": truth, "firms": firms, "method": method, "surveys": len(figures), "hit": round(hit, 4),
                        "se": round(error, 4), "gain": round(mean_and_error([f["gain"] for f in figures])[0], 4)})
        print(f"{truth:16} {firms:5} {method:16} {len(figures):3}  {hit:.3f} ± {error:.3f}  gain {results[-1]['gain']:.3f}")
    import lightgbm
    versions = {"lightgbm": lightgbm.__version__, "numpy": np.__version__}
    try:
        import importlib.metadata
        versions["dice-ml"] = importlib.metadata.version("dice-ml")
    except Exception:
        pass
    (HERE / "Results/priorities_peers.json").write_text(
        json.dumps({**provenance(), "versions": versions, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["ours", "peers", "summary"])
    parser.add_argument("cases", nargs="*", default=["reference:120", "reference:220", "reference:500", "reference:1000"])
    parser.add_argument("--surveys", type=int, default=40)
    parser.add_argument("--learner", default="logistic")
    parser.add_argument("--dice-firms", type=int, default=20)
    parser.add_argument("--dice-surveys", type=int, default=3)
    arguments = parser.parse_intermixed_args()
    cases = [(c.split(":")[0], int(c.split(":")[1])) for c in arguments.cases]
    if arguments.what == "ours":
        ours(cases, arguments.surveys, arguments.learner)
    elif arguments.what == "peers":
        peers(cases, arguments.surveys, arguments.dice_firms, arguments.dice_surveys)
    else:
        summarise(done(HERE / "Results/surveys/truth.jsonl"))

#!/usr/bin/env python3
"""Priorities of simulated firms against their known truth: this project's, and those of six other ways to choose.

    capability_priorities.py ours  [--surveys N] [--learner L] [TRUTH:FIRMS ...]   our own figures on many surveys
    capability_priorities.py peers [--surveys N] [TRUTH:FIRMS ...]                 others beside ours on the same surveys
    capability_priorities.py ranks [--surveys N] [TRUTH:FIRMS ...]                 intervals of places by mean uplift
    capability_priorities.py same                                                  our reference truth is that of ../shared

Needs the suite's executable (swift build -c release in Benchmarks), numpy, and for `peers` pandas, lightgbm and (for DiCE)
dice-ml. Every survey is written to Results/surveys/*.jsonl as it is done; a run that stops is taken up where it stopped, by
the same commit only.

The figure: for how many firms is the truly best capability (the one whose step of one level raises P(innovation) ·
P(export) most) among the first three; and how much of what the best three raise do the chosen three raise.

Others, each told the same answers and outcomes:
  boosted trees     LightGBM per outcome (learning rate .03, 250 trees, 6 leaves, L2 5), uplift of the product by one step
  permutation       permutation importance of the same models, summed over outcomes: one order for all firms
  mean |SHAP|       of the same models (TreeSHAP), summed over outcomes: one order for all firms
  gap to peers      the mean of firms that do both less the firm's level
  published index   value-test weights of the firm's class of the potential index, times its room (Assielou thesis)
  DiCE              counterfactuals of a logistic model of "both" (dice-ml, method random), by how often each capability rises
  bound             reference truth and its forms with thresholds and weakest links: whoever knew every effect, its form and both
                    intercepts, but not which capability has which part: the posterior over all assignments, by Metropolis
                    swaps; the three likeliest to be a firm's best. The answers of these truths are exchangeable over
                    capabilities, so that no method that treats capabilities alike finds the best one more often on average
  ridge             of our own run, the same truths: logistic regression with a fixed L2 penalty (C = 0.05 on standardised answers),
                    ordered by the uplift of the product

Capabilities of a firm at the top level are never proposed by any of them.
"""
import argparse
import concurrent.futures
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
FIRST_SEED = 6000
BOUNDED = ("reference", "thresholds", "interactions")
BARS = {120: 0.85, 220: 0.90, 500: 0.95, 1000: 0.97}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def run_ours(truth, firms, seed, learner, folder=None):
    """One survey; the folder, if any, gets the answers, outcomes, true uplifts and our first three as CSV."""
    command = [EXECUTABLE, "truth", truth, str(firms), str(seed), "1", learner] + ([str(folder)] if folder else [])
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def done(path):
    """What this commit has done already; what another did is forgotten."""
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    own = [r for r in rows if r.get("commit") == COMMIT]
    if len(own) < len(rows):
        path.write_text("".join(json.dumps(r, sort_keys=True) + "\n" for r in own))
    return {(r["truth"], r["firms"], r["learner"], r["seed"]): r for r in own}


def mean_and_error(values):
    values = np.asarray(values, float)
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else float("nan")


def commit():
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=HERE, capture_output=True, text=True).stdout.strip()
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", "../Sources", ":!Results", ":!RESULTS.md")
    return git("rev-parse", "HEAD") + (" with changes" if changed else "")


COMMIT = commit()


def provenance():
    cpu = "unknown"
    if os.path.exists("/proc/cpuinfo"):
        cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), cpu)
    return {"commit": COMMIT, "machine": f"{os.cpu_count()} cores of {cpu}", "date": datetime.date.today().isoformat(),
            "load_average": round(os.getloadavg()[0], 1), "python": platform.python_version(), "versions": {"numpy": np.__version__},
            "first_seed": FIRST_SEED}


# ---- ours

def read_survey(folder):
    """Answers, outcomes, true uplifts of the product, and our first three, of the survey that a run left in a folder."""
    import csv
    with open(next(pathlib.Path(folder).glob("*.csv"))) as file:
        rows = list(csv.DictReader(file))
    def columns(prefix):
        return [name for name in rows[0] if name.startswith(prefix)]
    def matrix(prefix):
        return np.array([[float(row[name]) if row[name] else np.nan for name in columns(prefix)] for row in rows])
    y = matrix("y.")
    names = [name[2:] for name in columns("u.")]
    first = [[row[name] for name in columns("ours.") if row[name]] for row in rows]
    return matrix("x."), [y[:, 0].astype(int), y[:, 1].astype(int)], matrix("u."), names, first


def ridge(x, ys, strength=0.05):
    """Coefficients per outcome, the intercept first, by Newton's method; x standardised, penalty ‖b‖² / (2 strength)."""
    z = np.column_stack([np.ones(len(x)), (x - x.mean(0)) / x.std(0)])
    penalty = np.diag([0] + [1 / strength] * x.shape[1])
    result = []
    for y in ys:
        b = np.zeros(z.shape[1])
        for _ in range(30):
            p = sigmoid(z @ b)
            step = np.linalg.solve(z.T @ (z * (p * (1 - p))[:, None]) + penalty, z.T @ (y - p) - penalty @ b)
            b += step
            if np.abs(step).max() < 1e-9:
                break
        slopes = b[1:] / x.std(0)
        result.append(np.concatenate([[b[0] - slopes @ x.mean(0)], slopes]))
    return result


def ridge_uplifts(x, ys):
    models = ridge(x, ys)
    eta = [b[0] + x @ b[1:] for b in models]
    raised = [sigmoid(e[:, None] + b[1:]) for e, b in zip(eta, models)]
    return raised[0] * raised[1] - (sigmoid(eta[0]) * sigmoid(eta[1]))[:, None]


def each(run, tasks, path, rows):
    """Runs tasks, as many at a time as there are cores, and writes each result as it comes."""
    with path.open("a") as out, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for key, row in pool.map(run, tasks):
            rows[key] = row
            out.write(json.dumps(row, sort_keys=True) + "\n")
            out.flush()


def ours(cases, surveys, learner):
    path = HERE / "Results/surveys/truth.jsonl"
    rows = done(path)
    path.parent.mkdir(exist_ok=True)
    tasks = [(truth, firms, seed) for truth, firms in cases
             for seed in range(FIRST_SEED, FIRST_SEED + (surveys or (40 if truth == "reference" else 20)))
             if (truth, firms, learner, seed) not in rows]

    def run(task):
        truth, firms, seed = task
        with tempfile.TemporaryDirectory() as folder:
            row = {**run_ours(truth, firms, seed, learner, folder), "commit": COMMIT}
            if truth in BOUNDED and learner == "logistic":
                x, ys, u, _, _ = read_survey(folder)
                row["bound"] = judge(bound(truth, x, ys, np.random.default_rng(seed)), u)
                row["ridge"] = judge(ridge_uplifts(x, ys), u)
        return (truth, firms, learner, seed), row

    each(run, tasks, path, rows)
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
        for other in ("bound", "ridge"):
            if other in group[0]:
                m, e = mean_and_error([r[other]["hit"] for r in group])
                cell[f"hit.{other}"], cell[f"hit.{other}.se"] = round(m, 4), round(e, 4)
                cell[f"gain.{other}"] = round(mean_and_error([r[other]["gain"] for r in group])[0], 4)
                m, e = mean_and_error([r["hit"]["balanced"] - r[other]["hit"] for r in group])
                cell[f"hit.balanced-{other}"], cell[f"hit.balanced-{other}.se"] = round(m, 4), round(e, 4)
        for name in group[0]["covered"]:
            cell[f"covered.{name}"] = round(mean_and_error([r["covered"][name] for r in group])[0], 4)
            cell[f"coveredNonzero.{name}"] = round(mean_and_error([r["coveredNonzero"][name] for r in group])[0], 4)
        for name in ("rankCovered", "rankCoveredUntied", "rankWidth", "distinguishable"):
            cell[name] = round(mean_and_error([r[name] for r in group])[0], 4)
        cell["linear_chosen"] = round(float(np.mean([c == "logistic" for r in group for c in r["chosen"]])), 3)
        results.append(cell)
        print(f"{truth:16} {firms:5} {learner:10} {len(group):3}  " + "  ".join(
            f"{o} {cell[f'hit.{o}']:.3f}±{cell[f'hit.{o}.se']:.3f} ({cell[f'gain.{o}']:.3f})"
            for o in list(group[0]["hit"]) + [o for o in ("bound", "ridge") if o in group[0]])
            + "  cover " + " ".join(f"{cell[f'covered.{n}']:.3f}" for n in group[0]["covered"])
            + "  of nonzero " + " ".join(f"{cell[f'coveredNonzero.{n}']:.3f}" for n in group[0]["covered"])
            + f"  rank {cell['rankCovered']:.3f} {cell['rankCoveredUntied']:.3f} width {cell['rankWidth']:.1f}", flush=True)
    (HERE / "Results/truth.json").write_text(json.dumps(
        {"suite": "truth", **provenance(), "bars": BARS, "results": results}, indent=1) + "\n")


def ranks(cases, surveys):
    def run(case):
        truth, firms = case
        return json.loads(subprocess.run([EXECUTABLE, "ranks", str(firms), str(surveys or 60), truth], check=True,
                                         capture_output=True, text=True).stdout)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(run, cases))
    results = []
    for own in found:
        results.append({name: round(value, 4) if isinstance(value, float) else value for name, value in own.items()})
        print(json.dumps(results[-1]), flush=True)
    (HERE / "Results/rank_intervals.json").write_text(json.dumps(
        {"suite": "rank_intervals", **provenance(), "first_seed": 1000, "level": 0.9, "bar": [0.87, 0.93], "results": results},
        indent=1) + "\n")


def same():
    """Means, correlations and shares of 20,000 firms of our reference truth beside those of ../shared/peers/surveys.py, and the
    true uplifts of our firms by its formula."""
    import importlib.util
    spec = importlib.util.spec_from_file_location("surveys", HERE / "../../shared/peers/surveys.py")
    shared = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shared)
    with tempfile.TemporaryDirectory() as folder:
        run_ours("reference", 2000, 1, "logistic", folder)
        x, ys, u, _, _ = read_survey(folder)
    answers = x + 1
    i, e = (shared.sigmoid(z) for z in shared.log_odds(answers))
    for j in range(18):
        up = answers.copy()
        up[:, j] += 1
        pi, pe = (shared.sigmoid(z) for z in shared.log_odds(up))
        expected = np.where(answers[:, j] < 5, pi * pe - i * e, np.nan)
        assert np.allclose(expected, u[:, j], atol=1e-9, equal_nan=True), f"uplifts of capability {j + 1} differ"
    theirs, first, second, _ = shared.truth(200_000, 1)
    levels = np.abs([(answers == k).mean() - (theirs == k).mean() for k in range(1, 6)]).max()
    correlation = abs(np.corrcoef(answers.T)[np.triu_indices(18, 1)].mean() - np.corrcoef(theirs.T)[np.triu_indices(18, 1)].mean())
    print(f"true uplifts agree to 1e-9; shares of levels within {levels:.4f}, mean correlation within {correlation:.4f}, "
          f"innovation {ys[0].mean():.3f} and {first.mean():.3f}, export {ys[1].mean():.3f} and {second.mean():.3f}")
    assert levels < 0.01 and correlation < 0.03


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


INTERCEPTS = {"innovation": -.3, "export": -.5}


def log_odds(truth, outcome, z):
    """Of the reference truth and its two bent forms; z (…, 18) are answers less the middle of the scale, by role."""
    effects = REFERENCE[outcome]
    roles = sorted(effects)
    total = np.full(z.shape[:-1], INTERCEPTS[outcome])
    if truth == "interactions":
        for r, q in zip(roles[0:len(roles) // 2 * 2:2], roles[1::2]):
            total += .5 * (effects[r] * z[..., r] + effects[q] * z[..., q])
            total += .5 * (effects[r] + effects[q]) * np.minimum(z[..., r], z[..., q])
        roles = roles[len(roles) // 2 * 2:]
    for r in roles:
        total += effects[r] * (z[..., r] if truth != "thresholds" else .4 * z[..., r] + 1.2 * (z[..., r] >= .5))
    return total


def bound(truth, x, ys, generator, draws=200, thin=3, burn=150):
    """Reference truth and its bent forms, answers 0…4: probability of being a firm's best, over assignments given the data."""
    n, d = x.shape
    z = x - 2.0
    place = generator.permutation(d)  # the column that has each role
    matters = sorted(set(REFERENCE["innovation"]) | set(REFERENCE["export"]))
    signs = 2 * np.array(ys) - 1

    def eta(place, z=z):
        return np.array([log_odds(truth, outcome, z[:, place]) for outcome in ("innovation", "export")])

    def likelihood(place):
        return -np.logaddexp(0, -signs * eta(place)).sum()

    current = likelihood(place)
    score = np.zeros(x.shape)
    for iteration in range(burn + draws * thin):
        for _ in range(d):
            j, k = generator.integers(0, d, 2)
            proposal = place.copy()
            proposal[[j, k]] = place[[k, j]]
            value = likelihood(proposal) if j in matters or k in matters else current
            if math.log(generator.random()) < value - current:
                place, current = proposal, value
        if iteration >= burn and iteration % thin == 0:
            base = sigmoid(eta(place))
            up = np.zeros(x.shape)
            for role in matters:
                raised = z.copy()
                raised[:, place[role]] += 1
                p = sigmoid(eta(place, raised))
                up[:, place[role]] = p[0] * p[1] - base[0] * base[1]
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
    warnings.filterwarnings("ignore")
    path = HERE / "Results/surveys/priorities_peers.jsonl"
    rows = done(path)
    path.parent.mkdir(exist_ok=True)
    tasks = [(truth, firms, seed) for truth, firms in cases
             for seed in range(FIRST_SEED, FIRST_SEED + (surveys or 40)) if (truth, firms, "peers", seed) not in rows]

    def run(task):
        truth, firms, seed = task
        with tempfile.TemporaryDirectory() as folder:
            run_ours(truth, firms, seed, "logistic", folder)
            x, ys, u, names, first = read_survey(folder)
        top = np.nanmax(x)
        filled = np.where(np.isnan(x), np.nanmean(x, 0), x)
        generator = np.random.default_rng(seed)
        score = np.zeros(x.shape)
        for i, own in enumerate(first):
            for k, name in enumerate(own):
                score[i, names.index(name)] = 3 - k
        models = lightgbm_models(filled, ys)
        methods = {
            "ours": judge(score, u), "boosted trees": judge(boosted_trees(filled, models), u),
            "permutation": judge(permutation(filled, ys, models, generator), u), "mean |SHAP|": judge(mean_shap(filled, models), u),
            "gap to peers": judge(gap_to_peers(filled, ys), u), "published index": judge(published_index(filled, top), u)}
        if seed < FIRST_SEED + dice_surveys:
            try:
                proposal, chosen = dice(filled, ys, top, generator, dice_firms)
                methods["DiCE"] = judge(proposal, u, chosen)
                methods["ours, DiCE's firms"] = judge(score, u, chosen)
            except ImportError:
                print("dice-ml is not installed; left out", file=sys.stderr)
        if truth in BOUNDED:
            methods["bound"] = judge(bound(truth, filled, ys, generator), u)
        return (truth, firms, "peers", seed), {
            "truth": truth, "firms": firms, "seed": seed, "learner": "peers", "commit": COMMIT, "methods": methods}

    each(run, tasks, path, rows)
    cells = {}
    for (truth, firms, _, _), row in sorted(rows.items()):
        own = row["methods"]
        for method, figures in own.items():
            # DiCE is asked about some firms of some surveys; ours is compared on the same.
            beside = own["ours, DiCE's firms" if method == "DiCE" else "ours"]
            cells.setdefault((truth, firms, method), []).append((figures, beside))
    results = []
    for (truth, firms, method), pairs in cells.items():
        if method == "ours, DiCE's firms":
            continue
        hit, error = mean_and_error([f["hit"] for f, _ in pairs])
        difference, spread = mean_and_error([o["hit"] - f["hit"] for f, o in pairs])
        gained, gained_spread = mean_and_error([o["gain"] - f["gain"] for f, o in pairs])
        results.append({"truth": truth, "firms": firms, "method": method, "surveys": len(pairs),
                        "asked": sum(f["firms"] for f, _ in pairs), "hit": round(hit, 4), "se": round(error, 4),
                        "gain": round(mean_and_error([f["gain"] for f, _ in pairs])[0], 4), "ours-hit": round(difference, 4),
                        "ours-hit.se": round(spread, 4), "ours-gain": round(gained, 4), "ours-gain.se": round(gained_spread, 4)})
        print(f"{truth:16} {firms:5} {method:16} {len(pairs):3}  {hit:.3f} ± {error:.3f}  gain {results[-1]['gain']:.3f}  "
              f"ours less it {difference:+.3f} ± {spread:.3f}, gain {gained:+.3f} ± {gained_spread:.3f}")
    import lightgbm
    versions = {"lightgbm": lightgbm.__version__, "numpy": np.__version__}
    try:
        import importlib.metadata
        versions["dice-ml"] = importlib.metadata.version("dice-ml")
    except Exception:
        pass
    (HERE / "Results/priorities_peers.json").write_text(
        json.dumps({"suite": "priorities_peers", **provenance(), "versions": versions, "results": results}, indent=1) + "\n")


REFERENCES = ["reference:120", "reference:220", "reference:500", "reference:1000"]
CASES = {
    "ours": REFERENCES + ["thresholds:220", "thresholds:500", "interactions:220", "interactions:500", "mixed:120", "mixed:220",
                          "dense:220", "common:220", "sparse:220", "correlated:220", "missing:220", "wine:220", "wine:1000",
                          "wine-thresholds:220"],
    "peers": REFERENCES + ["thresholds:220", "interactions:220", "mixed:220"],
    "ranks": ["wine:200", "wine:1000", "reference:200", "reference:1000"],
}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["ours", "peers", "ranks", "same", "summary"])
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--surveys", type=int, help="40, of ours 20 for other truths than the reference; of ranks 60")
    parser.add_argument("--learner", default="logistic")
    parser.add_argument("--dice-firms", type=int, default=8)
    parser.add_argument("--dice-surveys", type=int, default=6)
    arguments = parser.parse_intermixed_args()
    cases = [(c.split(":")[0], int(c.split(":")[1])) for c in arguments.cases or CASES.get(arguments.what, [])]
    if arguments.what == "ours":
        ours(cases, arguments.surveys, arguments.learner)
    elif arguments.what == "peers":
        peers(cases, arguments.surveys, arguments.dice_firms, arguments.dice_surveys)
    elif arguments.what == "ranks":
        ranks(cases, arguments.surveys)
    elif arguments.what == "same":
        same()
    else:
        summarise(done(HERE / "Results/surveys/truth.jsonl"))

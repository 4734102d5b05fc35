#!/usr/bin/env python3
"""Exact explanations beside LightGBM, XGBoost and shap on the same trees and rows, permutation importance beside
scikit-learn: seconds of the clock and of the processor (medians of interleaved runs), additivity, and agreement of the values.

    swift build -c release --package-path Benchmarks --product ModelExplanationBenchmark
    python3 Benchmarks/Scripts/model_explanation.py [--quick] [--binary PATH] [--output Benchmarks/Results/model_explanation.json]

Needs numpy, scikit-learn, lightgbm, xgboost, shap. The peers' trees are read node by node. XGBoost works in single
precision: its thresholds and rows are single, its values differ in the seventh digit.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time

import lightgbm
import numpy as np
import shap
import sklearn
import xgboost
from sklearn.inspection import permutation_importance

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 1


def table(rows, columns, generator):
    """Ordered answers of five levels and quantities, half and half, with a logistic truth and interactions."""
    x = generator.normal(size=(rows, columns))
    x[:, ::2] = np.clip(np.round(x[:, ::2] + 2), 0, 4)
    x = x.astype(np.float32).astype(float)
    score = 0.5 * x[:, 0] + 0.4 * x[:, 1] + 0.3 * x[:, 2] * (x[:, 3] > 0) - 0.3 * x[:, 5] + 0.2 * x[:, 7] * x[:, 9] - 1
    y = (generator.uniform(size=rows) < 1 / (1 + np.exp(-score))).astype(float)
    return x, y


def light_nodes(booster):
    """tree, node, feature, threshold, missing goes left, left, right, value, cover; parents before children."""
    lines = []
    for index, tree in enumerate(booster.dump_model()["tree_info"]):
        nodes = []

        def visit(node):
            place = len(nodes)
            nodes.append(None)
            if "leaf_value" in node:
                nodes[place] = (-1, 0, 0, 0, 0, node["leaf_value"], node.get("leaf_count", 0))
                return place
            left, right = visit(node["left_child"]), visit(node["right_child"])
            nodes[place] = (node["split_feature"], node["threshold"], int(node["default_left"]), left, right, 0,
                            node["internal_count"])
            return place

        visit(tree["tree_structure"])
        lines += [(index, place) + node for place, node in enumerate(nodes)]
    return lines


def xgb_nodes(booster):
    lines = []
    frame = booster.trees_to_dataframe()
    for index, tree in frame.groupby("Tree"):
        tree = tree.sort_values("Node")
        place = {row.ID: k for k, row in enumerate(tree.itertuples())}
        for k, row in enumerate(tree.itertuples()):
            if row.Feature == "Leaf":
                lines.append((index, k, -1, 0, 0, 0, 0, row.Gain, row.Cover))
            else:
                # x < t goes left: the largest single below t is the last that does.
                below = float(np.nextafter(np.float32(row.Split), np.float32(-np.inf)))
                lines.append((index, k, int(row.Feature[1:]), below, int(row.Missing == row.Yes), place[row.Yes],
                              place[row.No], 0, row.Cover))
    return lines


def write_nodes(path, lines):
    with open(path, "w") as out:
        out.write("tree,node,feature,threshold,missingLeft,left,right,value,cover\n")
        for line in lines:
            out.write(",".join(repr(float(v)) if isinstance(v, float) else str(v) for v in line) + "\n")


class Ours:
    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder

    def __call__(self, mode, forest, rows, other=None, threads=1):
        paths = [os.path.join(self.folder, name) for name in ("rows.bin", "other.bin", "values.bin")]
        np.ascontiguousarray(rows, dtype=float).tofile(paths[0])
        np.ascontiguousarray(rows[:1] if other is None else other, dtype=float).tofile(paths[1])
        command = [self.binary, mode, forest, str(rows.shape[1]), *paths, str(threads)]
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return (result["seconds"], result["processor"]), np.fromfile(paths[2]), result["residual"]


def timed(body):
    """Seconds on the clock and of the processor, all threads together."""
    start, used = time.perf_counter(), time.process_time()
    result = body()
    return (time.perf_counter() - start, time.process_time() - used), result


def interleaved(runs, repeats):
    seconds = {name: [] for name in runs}
    results = {}
    interleaved.repeats = repeats
    for _ in range(repeats):
        for name, body in runs.items():
            taken, results[name] = body()
            seconds[name].append(taken)
    return {name: tuple(statistics.median(part) for part in zip(*values)) for name, values in seconds.items()}, results


def case(name, bar, seconds, peers, **more):
    """Ratios are of processor time with one thread, which other work on the machine does not touch; of the clock with more."""
    part = 1 if " 1 thread(s)" in name else 0
    fastest = min(peers, key=lambda peer: seconds[peer][part])
    result = dict(case=name, seconds={k: round(v[0], 5) for k, v in seconds.items()},
                  processor_seconds={k: round(v[1], 5) for k, v in seconds.items()}, fastest_peer=fastest,
                  times_faster=round(seconds[fastest][part] / seconds["innov4sme"][part], 2), bar=bar,
                  repeats=interleaved.repeats, load=round(os.getloadavg()[0], 1), **more)
    print(json.dumps(result), flush=True)
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--binary", default=os.path.join(HERE, "..", ".build", "release", "ModelExplanationBenchmark"))
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--only", nargs="*", default=["covers", "interactions", "background", "permutation"])
    parser.add_argument("--output")
    parser.add_argument("--merge", action="store_true", help="keep the other cases of the output file")
    options = parser.parse_args()
    repeats = 1 if options.quick else 5
    generator = np.random.default_rng(SEED)
    columns = 50
    x, y = table(5_000, columns, generator)
    rows, background = x[:1_000], x[1_000:1_100]
    folder = tempfile.mkdtemp()
    forests = [os.path.join(folder, name) for name in ("light.csv", "xgb.csv")]
    light = lightgbm.train(
        dict(objective="binary", num_leaves=31, learning_rate=0.1, min_data_in_leaf=20, verbose=-1, num_threads=1,
             seed=SEED, deterministic=True), lightgbm.Dataset(x, y), 100)
    tall = xgboost.train(
        dict(objective="binary:logistic", max_leaves=31, max_depth=0, grow_policy="lossguide", tree_method="hist",
             eta=0.1, min_child_weight=2, nthread=1, base_score=0.5, seed=SEED), xgboost.DMatrix(x, y), 100)
    write_nodes(forests[0], light_nodes(light))
    write_nodes(forests[1], xgb_nodes(tall))
    ours = Ours(options.binary, folder)
    explainer = shap.TreeExplainer(light)
    results = []
    for threads in options.threads:
        matrix = xgboost.DMatrix(rows, nthread=threads)
        tall.set_param(dict(nthread=threads))

        def own(mode, forest, other=None):
            def run():
                taken, values, residual = ours(mode, forest, rows, other, threads)
                return taken, (values, residual)
            return run

        if "covers" in options.only:
            runs = {
                "innov4sme": own("covers", forests[0]),
                "lightgbm": lambda: timed(lambda: light.predict(rows, pred_contrib=True, num_threads=threads)),
                "xgboost": lambda: timed(lambda: tall.predict(matrix, pred_contribs=True)),
                "innov4sme on xgboost's trees": own("covers", forests[1]),
            }
            if threads == 1:
                runs["shap"] = lambda: timed(lambda: explainer.shap_values(rows))
            seconds, values = interleaved(runs, repeats)
            mine = values["innov4sme"][0].reshape(columns, -1).T
            theirs = np.asarray(values["lightgbm"])[:, :columns]
            results.append(case(
                f"path-dependent SHAP, 1,000 rows x 100 trees x 31 leaves x 50 features, {threads} thread(s)", 4, seconds,
                [name for name in seconds if not name.startswith("innov4sme")],
                additivity_residual=values["innov4sme"][1],
                largest_difference_from_lightgbm=float(np.max(np.abs(mine - theirs))),
                largest_additivity_gap_of_lightgbm=float(np.max(np.abs(
                    np.asarray(values["lightgbm"]).sum(1) - light.predict(rows, raw_score=True)))),
                largest_additivity_gap_of_xgboost=float(np.max(np.abs(
                    values["xgboost"].sum(1) - tall.predict(matrix, output_margin=True))))))
        if "interactions" in options.only:
            runs = {
                "innov4sme": own("interactions", forests[1]),
                "xgboost": lambda: timed(lambda: tall.predict(matrix, pred_interactions=True)),
            }
            if threads == 1:
                few = 20
                runs["shap, from 20 rows"] = lambda: timed(lambda: explainer.shap_interaction_values(rows[:few]))
            seconds, values = interleaved(runs, 1 if options.quick else 3)
            if "shap, from 20 rows" in seconds:
                seconds["shap, from 20 rows"] = tuple(
                    part * len(rows) / few for part in seconds["shap, from 20 rows"])
            mine = values["innov4sme"][0].reshape(columns, columns, -1).transpose(2, 0, 1)
            main_values, _ = ours("covers", forests[1], rows)[1:]
            main_values = main_values.reshape(columns, -1).T
            results.append(case(
                f"SHAP interactions, the same rows, {threads} thread(s), on XGBoost's trees (shap on LightGBM's)", 4, seconds,
                [name for name in seconds if name != "innov4sme"], additivity_residual=values["innov4sme"][1],
                largest_asymmetry=float(np.max(np.abs(mine - mine.transpose(0, 2, 1)))),
                largest_gap_to_main_values=float(np.max(np.abs(mine.sum(2) - main_values))),
                largest_difference_from_xgboost=float(np.max(np.abs(mine - values["xgboost"][:, :columns, :columns])))))
        if "background" in options.only:
            against = shap.TreeExplainer(light, data=background, feature_perturbation="interventional")
            runs = {
                "innov4sme": own("background", forests[0], background),
                "shap": lambda: timed(lambda: against.shap_values(rows, check_additivity=False)),
            }
            seconds, values = interleaved(runs, repeats)
            theirs = np.asarray(values["shap"])
            mine = values["innov4sme"][0].reshape(columns, -1).T
            results.append(case(
                f"interventional SHAP, 1,000 rows x 100 background rows, {threads} thread(s), shap with one", 5, seconds, ["shap"],
                additivity_residual=values["innov4sme"][1],
                largest_difference_from_shap=float(np.max(np.abs(mine - theirs)))))
        if "permutation" in options.only:
            wide, target = x[2_000:], y[2_000:]

            class Model:
                """The peer's forest behind scikit-learn's interface."""
                _estimator_type = "classifier"
                classes_ = np.array([0, 1])

                def fit(self, *_):
                    return self

                def predict_proba(self, rows):
                    p = light.predict(rows, num_threads=threads)
                    return np.column_stack([1 - p, p])

            def loss(model, rows, target):
                p = model.predict_proba(rows)[:, 1]
                return float(np.mean(target * np.log(p) + (1 - target) * np.log1p(-p)))

            def own_permutation():
                taken, values, residual = ours("permutation", forests[0], wide, target, threads)
                return taken, (values, residual)

            runs = {
                "innov4sme": own_permutation,
                "scikit-learn": lambda: timed(lambda: permutation_importance(
                    Model(), wide, target, scoring=loss, n_repeats=10, random_state=SEED)),
            }
            seconds, values = interleaved(runs, 1 if options.quick else 3)
            mine = values["innov4sme"][0].reshape(columns, 10)
            theirs = values["scikit-learn"].importances
            spread = np.sqrt((mine.var(1, ddof=1) + theirs.var(1, ddof=1)) / 10)
            used = spread > 0
            z = (mine.mean(1) - theirs.mean(1))[used] / spread[used]
            results.append(case(
                f"permutation importance, 3,000 rows x 50 columns x 10 repeats, LightGBM's forest, {threads} thread(s)", 8,
                seconds, ["scikit-learn"], root_mean_square_z_of_the_means=float(np.sqrt(np.mean(z ** 2)))))
    if options.output:
        if options.merge and os.path.exists(options.output):
            with open(options.output) as file:
                old = json.load(file)["results"]
            results = [o for o in old if o["case"] not in [r["case"] for r in results]] + results
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True)
        with open(options.output, "w") as out:
            json.dump(dict(
                commit=commit.stdout.strip(), seed=SEED, machine=platform.processor() or platform.machine(),
                cpu=next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
                if os.path.exists("/proc/cpuinfo") else "", cores=os.cpu_count(), python=platform.python_version(),
                versions=dict(lightgbm=lightgbm.__version__, xgboost=xgboost.__version__, shap=shap.__version__,
                              sklearn=sklearn.__version__, numpy=np.__version__),
                results=results), out, indent=1)
            out.write("\n")


if __name__ == "__main__":
    main()

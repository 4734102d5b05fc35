#!/usr/bin/env python3
"""Speed of boosted trees beside LightGBM and XGBoost at equal settings and threads, quality beside time.

    swift build -c release --package-path Benchmarks --product BoostedTreesBenchmark
    python3 Benchmarks/Scripts/boosted_trees_speed.py small|predict|batch|large|memory [--repeats N] [--rows ROWS]
        [--leaves LEAVES] [--threads N] [--clock wall|processor]

Every tool fits 100 trees, learning rate .1, at least 20 rows a leaf, no L2, from the same numbers in memory; building its
own binned form of them counts. Runs are interleaved and medians kept; `--clock processor` counts seconds of the processor,
for a machine that does other things too. Results go to Benchmarks/Results/boosted_trees_speed.json, section by section.

`small`: surveys of 500 and 3000 rows x 50. `predict`: 20,000 rows, and one row, with the model of 3000. `batch`: 500
fits of our preset to bootstrap samples and folds of 500 rows beside a loop over LightGBM (8 bags of 250 trees of 6 leaves).
`large`: 100,000 x 50 and 1,000,000 x 28, 31 and 255 leaves. `memory`: 10,000,000 x 50. Needs numpy, lightgbm, xgboost, onnx,
onnxruntime.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import lightgbm
import numpy as np
import xgboost

import provenance

HERE = pathlib.Path(__file__).resolve().parent.parent
OURS = os.environ.get("SPEED_EXECUTABLE", HERE / ".build/release/BoostedTreesBenchmark")
RESULT = HERE / "Results/boosted_trees_speed.json"


def survey(rows, seed):
    """40 answers of 1..7 from 8 factors and 10 skewed numbers, 5 % missing; an outcome with bends and interactions."""
    loadings = np.random.default_rng(123).normal(size=(8, 40)) * 0.6
    r = np.random.default_rng(seed)
    factors = r.normal(size=(rows, 8))
    answers = np.clip(np.round(4 + 1.3 * (factors @ loadings + 0.8 * r.normal(size=(rows, 40)))), 1, 7)
    numbers = r.lognormal(size=(rows, 10))
    x = np.hstack([answers, numbers])
    x[r.random(x.shape) < 0.05] = np.nan
    eta = factors[:, 0] + 0.7 * factors[:, 1] * (factors[:, 2] > 0) + 0.5 * np.log(numbers[:, 0]) - 0.4 * factors[:, 3] ** 2
    return x, (r.random(rows) < 1 / (1 + np.exp(-eta))).astype(float)


def wide(rows, columns, seed):
    """Continuous columns, half of them skewed, and an outcome with interactions, bends and steps."""
    r = np.random.default_rng(seed)
    x = r.normal(size=(rows, columns)).astype(np.float32).astype(float)
    half = columns // 2
    x[:, half:] = np.exp(0.6 * x[:, half:])
    eta = (0.7 * x[:, 0] * x[:, 1] + 0.6 * np.maximum(x[:, 2], 0) * x[:, 3] - 0.4 * (x[:, 4] ** 2 - 1)
           + 0.8 * np.sin(2 * x[:, 5]) + 0.5 * (x[:, half] - 1.2) * (x[:, 6] > 0.3) + 0.3 * x[:, 7])
    return x, (r.random(rows) < 1 / (1 + np.exp(-eta))).astype(float)


def write(stem, x, y):
    x.T.astype("<f8").tofile(f"{stem}.x")
    y.astype("<f8").tofile(f"{stem}.y")


def quality(scores, y):
    from sklearn.metrics import roc_auc_score
    return dict(log_loss=float(np.mean(np.logaddexp(0, scores) - y * scores)), auc=float(roc_auc_score(y, scores)))


class Runner:
    def __init__(self, arguments):
        self.clock = time.process_time if arguments.clock == "processor" else time.perf_counter
        self.field = "processor_seconds" if arguments.clock == "processor" else "seconds"
        self.repeats = arguments.repeats

    def timed(self, body):
        start = self.clock()
        result = body()
        return self.clock() - start, result

    def interleaved(self, jobs):
        """Medians of seconds and means of the quality: `jobs` maps names to functions of the run's number that return both."""
        seconds, qualities = {}, {}
        for run in range(self.repeats):
            for name, job in jobs.items():
                taken, found = job(run)
                seconds.setdefault(name, []).append(taken)
                qualities.setdefault(name, []).append(found)
        return {name: dict(seconds=statistics.median(taken), least=min(taken),
                           **{key: statistics.mean(q[key] for q in qualities[name]) for key in qualities[name][0]})
                for name, taken in seconds.items()}

    def ours(self, *arguments):
        output = subprocess.run([str(OURS), *map(str, arguments)], check=True, capture_output=True, text=True).stdout
        return json.loads(output)


def light_parameters(leaves, threads, **more):
    return dict(objective="binary", num_leaves=leaves, learning_rate=0.1, min_data_in_leaf=20, verbose=-1,
                num_threads=threads, **more)


def xgb_parameters(leaves, threads):
    return dict(objective="binary:logistic", tree_method="hist", max_leaves=leaves, max_depth=0, grow_policy="lossguide",
                eta=0.1, reg_lambda=0, nthread=threads)


def fit_light(x, y, threads, parameters):
    return lightgbm.train(parameters, lightgbm.Dataset(x, y, params=dict(verbose=-1, num_threads=threads)), 100)


def fit_xgb(x, y, threads, parameters):
    return xgboost.train(parameters, xgboost.QuantileDMatrix(x, y, nthread=threads), 100)


def compare(runner, folder, make_train, test, leaves, threads, variants, repeats_inside=1, more_bins=False):
    """`make_train` makes the table of a run, so that quality is a mean over tables where they are cheap to make."""
    stem = os.path.join(folder, "test")
    write(stem, *test)
    tables, stems = {}, {}

    def train(run):
        if run not in tables:
            tables[run] = make_train(run)
            stems[run] = os.path.join(folder, f"train{run}")
            write(stems[run], *tables[run])
        x, y = tables[run]
        return np.asfortranarray(x), y

    def light(run, **more):
        x, y = train(run)
        taken, model = runner.timed(lambda: fit_light(x, y, threads, light_parameters(leaves, threads, **more)))
        return taken, quality(model.predict(test[0], raw_score=True, num_threads=threads), test[1])

    def xgb(run):
        x, y = train(run)
        taken, model = runner.timed(lambda: fit_xgb(x, y, threads, xgb_parameters(leaves, threads)))
        return taken, quality(model.inplace_predict(test[0], predict_type="margin"), test[1])

    def ours(run, *more):
        train(run)
        result = runner.ours("fit", stems[run], test[0].shape[1], stem, f"leaves={leaves}", f"threads={threads}",
                             f"repeats={repeats_inside}", *more)
        return result[runner.field], dict(log_loss=result["log_loss"], auc=result["auc"])

    jobs = {name: (lambda run, more=more: light(run, **more)) for name, more in variants.items()}
    jobs["xgboost"] = xgb
    jobs["ours"] = ours
    if more_bins:
        jobs["ours, up to 255 bins"] = lambda run: ours(run, "bins=255")
    return runner.interleaved(jobs)


def small(runner, folder, arguments):
    test = survey(20_000, 99)
    variants = {"lightgbm by column": dict(force_col_wise=True), "lightgbm by row": dict(force_row_wise=True)}
    return {f"{rows}x50": compare(runner, folder, lambda run: survey(rows, run + 1), test, 31, 1, variants, 5, True)
            for rows in arguments.rows or (500, 3000)}


def large(runner, folder, arguments):
    variants = {"lightgbm": {}, "lightgbm quantised": dict(use_quantized_grad=True)}
    found = {}
    for rows, columns in ((100_000, 50), (1_000_000, 28)):
        if arguments.rows and rows not in arguments.rows:
            continue
        train, test = wide(rows, columns, 1), wide(200_000, columns, 2)
        for leaves in arguments.leaves or (31, 255):
            found[f"{rows}x{columns}, {leaves} leaves"] = compare(
                runner, folder, lambda run: train, test, leaves, arguments.threads, variants)
    return found


def predict(runner, folder, arguments):
    import onnx
    import onnxruntime
    train, test = survey(3000, 1), survey(20_000, 99)
    stems = [os.path.join(folder, name) for name in ("train", "test")]
    write(stems[0], *train)
    write(stems[1], *test)
    ours = runner.ours("predict", stems[0], 50, stems[1], "leaves=31", f"repeats={3 * runner.repeats}")
    model = fit_light(*train, 1, light_parameters(31, 1))
    booster = fit_xgb(*train, 1, xgb_parameters(31, 1))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(light_as_onnx(onnx, model), options, providers=["CPUExecutionProvider"])
    floats = test[0].astype(np.float32)
    scorers = {"lightgbm": lambda rows: model.predict(rows, raw_score=True, num_threads=1),
               "xgboost": lambda rows: booster.inplace_predict(rows, predict_type="margin")}
    found = {"ours": dict(batch_seconds=ours["batch_seconds"], row_seconds=ours["row_seconds"])}
    one = np.ascontiguousarray(test[0][:1])

    def measure(name, batch, row):
        batches, rows = [], []
        for _ in range(runner.repeats):
            start = time.process_time()
            batch()
            batches.append(time.process_time() - start)
            start = time.process_time()
            for _ in range(200):
                row()
            rows.append((time.process_time() - start) / 200)
        found[name] = dict(batch_seconds=statistics.median(batches), row_seconds=statistics.median(rows))

    for name, scorer in scorers.items():
        measure(name, lambda: scorer(test[0]), lambda: scorer(one))
    single = floats[:1].copy()
    measure("onnxruntime", lambda: session.run(None, {"x": floats}), lambda: session.run(None, {"x": single}))
    found["note"] = "row_seconds of the peers include a call from Python; onnxruntime scores 32-bit floats"
    return found


def light_as_onnx(onnx, model):
    """A `TreeEnsembleRegressor` of LightGBM's trees."""
    columns = {name: [] for name in ("nodeids", "treeids", "featureids", "values", "modes", "truenodeids", "falsenodeids",
                                     "missing_value_tracks_true")}
    targets = {name: [] for name in ("nodeids", "treeids", "ids", "weights")}
    for tree, info in enumerate(model.dump_model()["tree_info"]):
        count = 0

        def walk(node):
            nonlocal count
            index = count
            count += 1
            for name, value in (("nodeids", index), ("treeids", tree)):
                columns[name].append(value)
            if "leaf_value" in node:
                for name, value in (("featureids", 0), ("values", 0.0), ("modes", "LEAF"), ("truenodeids", 0),
                                    ("falsenodeids", 0), ("missing_value_tracks_true", 0)):
                    columns[name].append(value)
                for name, value in (("nodeids", index), ("treeids", tree), ("ids", 0), ("weights", node["leaf_value"])):
                    targets[name].append(value)
                return index
            place = len(columns["featureids"])
            for name, value in (("featureids", node["split_feature"]), ("values", float(node["threshold"])),
                                ("modes", "BRANCH_LEQ"), ("truenodeids", 0), ("falsenodeids", 0),
                                ("missing_value_tracks_true", int(node["default_left"]))):
                columns[name].append(value)
            columns["truenodeids"][place] = walk(node["left_child"])
            columns["falsenodeids"][place] = walk(node["right_child"])
            return index

        walk(info["tree_structure"])
    node = onnx.helper.make_node(
        "TreeEnsembleRegressor", ["x"], ["scores"], domain="ai.onnx.ml", n_targets=1,
        **{f"nodes_{name}": values for name, values in columns.items()},
        **{f"target_{name}": values for name, values in targets.items()})
    graph = onnx.helper.make_graph(
        [node], "trees", [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [None, model.num_feature()])],
        [onnx.helper.make_tensor_value_info("scores", onnx.TensorProto.FLOAT, [None, 1])])
    return onnx.helper.make_model(
        graph, ir_version=10,
        opset_imports=[onnx.helper.make_opsetid("", 21), onnx.helper.make_opsetid("ai.onnx.ml", 3)]).SerializeToString()


def replicates(fits, rows):
    """Weights of half as many bootstrap samples, and of five folds, drawn again and again, each left out once."""
    random = np.random.default_rng(1)
    samples = random.multinomial(rows, np.full(rows, 1 / rows), size=fits // 2).astype(float)
    folds = [random.permutation(np.arange(rows) % 5) for _ in range(fits // 10 + 1)]
    left_out = np.array([(fold != held_out).astype(float) for fold in folds for held_out in range(5)])
    return np.concatenate([samples, left_out])[:fits]


def batch(runner, folder, arguments):
    """Our preset beside a loop over LightGBM, which has no such thing: eight bags of the preset for small data that the
    accuracy suite uses. Seconds of the processor per fit, one thread each, in rounds: LightGBM takes every fifth of our fits."""
    train, test = survey(500, 1), survey(20_000, 99)
    stems = [os.path.join(folder, name) for name in ("train", "test")]
    write(stems[0], *train)
    write(stems[1], *test)
    weights = replicates(500, 500)
    settings = dict(objective="binary", learning_rate=0.03, num_leaves=6, min_data_in_leaf=20, lambda_l2=5,
                    bagging_fraction=0.7, bagging_freq=1, feature_fraction=0.4, verbose=-1, num_threads=1)
    seconds, losses = {"ours": [], "lightgbm": []}, {"ours": [], "lightgbm": []}
    trees = 0
    for part in np.array_split(weights, 5):
        part.astype("<f8").tofile(stems[0] + ".w")
        result = runner.ours("batch", stems[0], 50, stems[0] + ".w", stems[1], "threads=1")
        seconds["ours"].append(result["processor_seconds"] / len(part))
        losses["ours"].append(result["log_loss"])
        trees += result["trees"]
        for weight in part[::5]:
            folds = np.random.default_rng(2).integers(0, 8, 500)
            start = time.process_time()
            models = []
            for bag in range(8):
                kept = (folds != bag) & (weight > 0)
                data = lightgbm.Dataset(train[0][kept], train[1][kept], weight=weight[kept], params=dict(verbose=-1))
                models.append(lightgbm.train({**settings, "seed": bag}, data, 250))
            seconds["lightgbm"].append(time.process_time() - start)
            scores = np.mean([model.predict(test[0], raw_score=True, num_threads=1) for model in models], axis=0)
            losses["lightgbm"].append(quality(scores, test[1])["log_loss"])
    return {"500 fits of 500x50": {
        "ours": dict(processor_seconds_per_fit=statistics.median(seconds["ours"]), log_loss=statistics.mean(losses["ours"]),
                     fits=len(weights), trees_per_fit=trees / len(weights)),
        "lightgbm": dict(processor_seconds_per_fit=statistics.median(seconds["lightgbm"]),
                         log_loss=statistics.mean(losses["lightgbm"]), fits=len(seconds["lightgbm"]),
                         trees_per_fit=2000, settings=settings)}}


def memory(runner, folder, arguments):
    return {"10000000x50": runner.ours("memory", 10_000_000, 50, "leaves=31", "trees=10", f"threads={arguments.threads}")}


def main():
    sections = dict(small=small, predict=predict, batch=batch, large=large, memory=memory)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="+", choices=list(sections))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--leaves", type=int, action="append")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall")
    arguments = parser.parse_args()
    result = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    for name in arguments.sections:
        about = provenance.about()
        with tempfile.TemporaryDirectory() as folder:
            found = sections[name](Runner(arguments), folder, arguments)
        about |= dict(seed=1, threads=arguments.threads if name in ("large", "memory") else 1, repeats=arguments.repeats,
                      clock="processor" if name in ("predict", "batch") else arguments.clock,
                      versions=dict(lightgbm=lightgbm.__version__, xgboost=xgboost.__version__))
        # A section is one run: nothing of an earlier one stays.
        result[name] = dict(about=about, cases=found)
        print(json.dumps({name: result[name]}, indent=2), flush=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()

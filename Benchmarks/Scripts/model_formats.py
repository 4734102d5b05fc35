"""Model files in ONNX Runtime beside this package's own predictor: the same numbers?

    python3 Benchmarks/Scripts/model_formats.py [--rows N] [--only NAME ...] [--bootstrap B] [--jobs J] [--seconds T]

Needs onnx, onnxruntime, numpy and pandas in the interpreter that runs it, and two executables:
`swift build -c release --product innov4sme` and
`swift build -c release --package-path Benchmarks --product ModelFormatsBenchmark`.

For every survey and data set (those under ../shared/data are left out where they are absent) and every learner:

1. `innov4sme train` writes a model from 3,000 firms of the file at most (what is compared is scoring); `onnx.checker` checks
   it in full.
2. ModelFormatsBenchmark makes N rows for the graph — values exactly on thresholds of trees and one step beside them,
   unknown levels, every reason for missing, rows with no answer — and says what the predictor gives. ONNX Runtime scores
   the same rows. Compared: probabilities, joint probability, four states, and (200 rows) intervals from replicates.
3. `innov4sme convert --input columns` makes a graph that takes the survey's columns. ONNX Runtime scores the cells of the
   file as pandas reads them, `innov4sme predict` scores the file; compared on 300 of its firms.
4. Where the trees have no sets of levels, `--trees tree-ensemble-regressor` (single precision) is scored too.

Writes Benchmarks/Results/model_formats.json, and ends with status 1 when a difference is above its bar.
"""
import argparse
import concurrent.futures
import json
import os
import platform
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
import pandas as pd

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHARED = os.path.join(os.path.dirname(ROOT), "shared", "data")
DOUBLE_BAR, SINGLE_BAR = 1e-9, 1e-6
LEARNERS = ["logistic", "boosted-trees", "blend"]


def tabular(name):
    return os.path.join(SHARED, "tabular", name)


CASES = [
    ("simulated-wine", os.path.join(ROOT, "Datasets/simulated-wine/survey.csv"),
     ["--codebook", os.path.join(ROOT, "Datasets/simulated-wine/codebook.yaml")]),
    ("endei-2014-2016", os.path.join(SHARED, "surveys/argentina-endei-2014-2016/responses.csv"),
     ["--codebook", os.path.join(ROOT, "Datasets/argentina-endei-2014-2016/codebook.yaml"),
      "--where", "tam_mue != Grande"]),
    ("german-credit", tabular("german_credit/german_credit.csv"), ["--outcome", "class=2"]),
    ("pima", tabular("pima/pima.csv"), ["--outcome", "class=1"]),
    ("titanic", tabular("titanic/titanic.csv"), ["--outcome", "survived=yes"]),
    ("telco-churn", tabular("telco_churn/telco_churn.csv"), ["--outcome", "churn=Yes"]),
    ("bank-marketing", tabular("bank_marketing_small/bank_marketing_small.csv"), ["--outcome", "y=yes"]),
    ("breast-cancer", tabular("sk_breast_cancer/sk_breast_cancer.csv"), ["--outcome", "target=1"]),
    ("diabetes", tabular("sk_diabetes/sk_diabetes.csv"), ["--outcome", "target"]),
    ("wine-red", tabular("wine_quality/winequality_red.csv"), ["--outcome", "quality>=6"]),
    ("wine-white", tabular("wine_quality/winequality_white.csv"), ["--outcome", "quality>=6"]),
    ("california-housing", tabular("california_housing/california_housing.csv"),
     ["--outcome", "median_house_value>=200000"]),
    ("diamonds", tabular("diamonds/diamonds.csv"), ["--outcome", "price>=4000"]),
    ("adult", tabular("adult/adult_train.csv"), ["--outcome", "income=>50K"]),
]


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def largest(got, want):
    """Largest difference, in proportion where values are above 1; infinite when one is missing and the other not."""
    got, want = np.asarray(got, dtype=np.float64).ravel(), np.asarray(want, dtype=np.float64).ravel()
    if got.shape != want.shape or not np.array_equal(np.isnan(got), np.isnan(want)):
        return float("inf")
    difference = np.abs(got - want) / np.maximum(1, np.abs(want))
    return float(np.nanmax(difference)) if got.size else 0.0


def quantile(replicates, level):
    """At level × (R + 1) of the sorted replicates, interpolated, within the extremes."""
    ordered = np.sort(replicates, axis=1)
    position = min(max(level * (ordered.shape[1] + 1) - 1, 0), ordered.shape[1] - 1)
    below = int(position)
    above = min(below + 1, ordered.shape[1] - 1)
    return ordered[:, below] + (position - below) * (ordered[:, above] - ordered[:, below])


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:3])}: {result.stderr.strip()[-500:]}")
    return result


def score_rows(path, folder, count, columns, bar):
    rows = np.fromfile(os.path.join(folder, "rows.f64")).reshape(count, columns)
    runtime = session(path)
    names = [output.name for output in runtime.get_outputs()]
    blocks, seconds = [], 0.0
    for start in range(0, count, 5000):
        began = time.process_time()
        blocks.append(runtime.run(names, {"answers": rows[start:start + 5000]}))
        seconds += time.process_time() - began
    scores = {name: np.concatenate([block[index] for block in blocks]) for index, name in enumerate(names)}
    differences = {}
    for entry in sorted(os.listdir(folder)):
        name = entry[:-len(".f64")]
        if name == "rows":
            continue
        want = np.fromfile(os.path.join(folder, entry))
        if name.endswith(".interval"):
            stem = name[:-len(".interval")]
            if stem + ".replicates" not in scores:
                continue
            some = want.size // 2
            value = scores.get(stem + ".probability", scores.get(stem + ".value"))[:some, 0]
            low, high = (quantile(scores[stem + ".replicates"][:some], level) for level in (0.05, 0.95))
            got = np.column_stack([np.minimum(low, value), np.maximum(high, value)])
        else:
            got = scores[name]
        differences[name] = largest(got, want)
    return differences, seconds, all(value <= bar for value in differences.values())


def some_firms(survey, options, count, meeting=True):
    """Firms of a file at equal distances, those that meet the condition of the training or all."""
    table = pd.read_csv(survey, dtype=str, keep_default_na=False)
    if meeting and "--where" in options:
        column, value = [part.strip() for part in options[options.index("--where") + 1].split("!=")]
        table = table[table[column] != value]
    return table if len(table) <= count else table.iloc[np.linspace(0, len(table) - 1, count).astype(int)]


def score_columns(tool, path, model, survey, options, folder):
    """The cells of the file in ONNX Runtime, and the file in `innov4sme predict`."""
    count = 300
    table = some_firms(survey, options, count)
    part = os.path.join(folder, "firms.csv")
    table.to_csv(part, index=False)
    run([tool, "predict", model, part, "--format", "json", "--output", os.path.join(folder, "predictions.json")])
    firms = json.load(open(os.path.join(folder, "predictions.json")))
    firms = firms["firms"] if isinstance(firms, dict) else firms
    runtime = session(path)
    feeds = {}
    for port in runtime.get_inputs():
        cells = table[port.name]
        if port.type == "tensor(string)":
            feeds[port.name] = cells.to_numpy(dtype=object).reshape(-1, 1)
        else:
            feeds[port.name] = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64).reshape(-1, 1)
    names = [output.name for output in runtime.get_outputs() if not output.name.endswith((".replicates", ".states"))]
    scores = dict(zip(names, runtime.run(names, feeds)))
    return {name: largest(scores[name], [probability(firm, name) for firm in firms]) for name in names}


def probability(firm, name):
    stem, kind = name.rsplit(".", 1)
    entry = firm["joint"] if stem == "joint" else firm["outcomes"]
    if isinstance(entry, list):
        entry = next(outcome for outcome in entry if outcome.get("id", outcome.get("name")) == stem)
    elif stem != "joint":
        entry = entry[stem]
    value = entry.get(kind, entry.get("estimate", entry.get("value")))
    return value["value"] if isinstance(value, dict) else value


def compare(case, learner, arguments, folder):
    name, survey, options = case
    model = os.path.join(folder, "model.onnx")
    bootstrap = str(arguments.bootstrap)
    part = os.path.join(folder, "survey.csv")
    firms = some_firms(survey, options, 3000, meeting=False)
    firms.to_csv(part, index=False)
    run([arguments.tool, "train", part, *options, "--learner", learner, "--bootstrap", bootstrap, "--drop-leaks",
         "--threads", "1", "--output", model])
    onnx.checker.check_model(onnx.load(model), full_check=True)
    rows = os.path.join(folder, "rows")
    made = json.loads(run([arguments.executable, "rows", model, str(arguments.rows), rows, "200"]).stdout)
    differences, seconds, fine = score_rows(model, rows, made["rows"], made["columns"], DOUBLE_BAR)
    result = {"data": name, "learner": learner, "firms": len(firms), "rows": made["rows"], "columns": made["columns"],
              "bytes": os.path.getsize(model), "onnxruntime_processor_seconds": round(seconds, 3),
              "largest_difference": differences}
    columns = os.path.join(folder, "columns.onnx")
    run([arguments.tool, "convert", model, "--input", "columns", "--output", columns])
    onnx.checker.check_model(onnx.load(columns), full_check=True)
    result["largest_difference_from_cells"] = score_columns(
        arguments.tool, columns, model, survey, options, folder)
    fine = fine and all(value <= DOUBLE_BAR for value in result["largest_difference_from_cells"].values())
    if learner != "logistic":
        older = os.path.join(folder, "older.onnx")
        try:
            run([arguments.tool, "convert", model, "--trees", "tree-ensemble-regressor", "--output", older])
            onnx.checker.check_model(onnx.load(older), full_check=True)
            result["older_operator"] = older_operator(older, model, survey, rows, made)
            fine = fine and result["older_operator"]["largest_difference"] <= SINGLE_BAR
        except RuntimeError as error:
            result["older_operator"] = str(error)[-160:]
    result["within_bars"] = fine
    return result


def older_operator(older, model, survey, folder, made):
    """Single precision can't hold every row; those that it holds must go the same way."""
    rows = np.fromfile(os.path.join(folder, "rows.f64")).reshape(made["rows"], made["columns"])
    rows = rows.astype(np.float32).astype(np.float64)[:20_000]
    outputs = [output.name for output in session(model).get_outputs() if output.name.endswith((".probability", ".value"))]
    got, want = session(older).run(outputs, {"answers": rows}), session(model).run(outputs, {"answers": rows})
    return {"rows": len(rows), "largest_difference": max(largest(a, b) for a, b in zip(got, want))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--bootstrap", type=int, default=4)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--learners", nargs="+", default=LEARNERS)
    parser.add_argument("--tool", default=os.path.join(ROOT, ".build/release/innov4sme"))
    parser.add_argument("--executable", default=os.path.join(ROOT, "Benchmarks/.build/release/ModelFormatsBenchmark"))
    parser.add_argument("--jobs", type=int, default=1, help="cases at a time")
    parser.add_argument("--seconds", type=float, default=1e9, help="start no case after so many")
    parser.add_argument("--no-results", action="store_true")
    arguments = parser.parse_args()
    began = time.monotonic()

    def one(case, learner):
        if time.monotonic() - began > arguments.seconds:
            return {"data": case[0], "learner": learner, "left_out": True}
        with tempfile.TemporaryDirectory() as folder:
            try:
                result = compare(case, learner, arguments, folder)
            except (RuntimeError, KeyError, AssertionError) as error:
                result = {"data": case[0], "learner": learner, "failure": repr(error)[-300:], "within_bars": False}
        worst = max([*result.get("largest_difference", {"": float("nan")}).values()])
        cells = max([*result.get("largest_difference_from_cells", {"": float("nan")}).values()])
        older = result.get("older_operator", "")
        print(f"{case[0]:20} {learner:14} rows {worst:9.2g}  cells {cells:9.2g}  "
              f"{'' if result['within_bars'] else 'NOT WITHIN THE BAR '}{result.get('failure', '')} {older}", flush=True)
        return result

    chosen = [case for case in CASES if (not arguments.only or case[0] in arguments.only) and os.path.exists(case[1])]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        futures = [pool.submit(one, case, learner) for learner in arguments.learners for case in chosen]
        results = [future.result() for future in futures]
    left_out = [f"{result['data']}, {result['learner']}" for result in results if "left_out" in result]
    results = [result for result in results if "left_out" not in result]
    fine = bool(results) and all(result["within_bars"] for result in results)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE)
    report = {
        "suite": "model_formats", "rows": arguments.rows, "bootstrap": arguments.bootstrap, "seed": 1,
        "bar_double": DOUBLE_BAR, "bar_single": SINGLE_BAR, "commit": commit.stdout.strip(), "within_bars": fine, "left_out": left_out,
        "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count(),
                    "system": platform.platform()},
        "versions": {"python": platform.python_version(), "onnx": onnx.__version__,
                     "onnxruntime": onnxruntime.__version__, "numpy": np.__version__, "pandas": pd.__version__},
        "results": results,
    }
    if not arguments.no_results:
        path = os.path.join(ROOT, "Benchmarks", "Results", "model_formats.json")
        with open(path, "w") as file:
            json.dump(report, file, indent=1)
            file.write("\n")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()

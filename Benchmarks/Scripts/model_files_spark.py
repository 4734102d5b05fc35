"""The snippets of Models/README.md as they stand there: Python, R, JavaScript, and a million firms in Spark.

    python3 Benchmarks/Scripts/model_files_spark.py [--firms N] [--r-python PYTHON] [--node-modules FOLDER] [--java-home FOLDER]

Needs pyspark (and Java 17), onnx, onnxruntime, numpy, pandas and pyarrow in the interpreter that runs it, and the two
executables that model_formats.py needs. Rows for the released model and what the predictor says of them come from
ModelFormatsBenchmark (see model_formats.py, step 2); Spark in local mode reads them from Parquet and scores them with the
README's function. R is run where Rscript and reticulate are found (Debian: r-cran-reticulate, 1.28, which wants the Python
of --r-python to have NumPy 1), JavaScript where `node` and a node_modules with onnxruntime-node are found. Writes
Benchmarks/Results/model_files_spark.json, and ends with status 1 when a difference is above 1e-9.
"""
import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MODEL = os.path.join(ROOT, "Models/simulated-wine/model.onnx")
BAR = 1e-9


def snippets():
    text = open(os.path.join(ROOT, "Models/README.md")).read()
    return {language: re.findall(rf"```{language}\n(.*?)```", text, re.S) for language in ("python", "js", "r")}


def run_python(code, tool, folder):
    """The first two snippets: golden rows, and the survey's cells."""
    columns = os.path.join(folder, "columns.onnx")
    subprocess.run([tool, "convert", MODEL, "--input", "columns", "--output", columns], check=True, capture_output=True)
    exec(code[0], {})
    scope = {}
    exec(code[1].replace("columns.onnx", columns), scope)
    predicted = os.path.join(ROOT, "Models/simulated-wine/predictions.csv")
    import pandas as pd
    return float(np.abs(scope["firms"]["both"] - pd.read_csv(predicted)["joint.probability"]).max())


def run_r(code, tool, folder, python):
    """The snippet through reticulate, on the survey's cells."""
    columns = os.path.join(folder, "columns.onnx")
    subprocess.run([tool, "convert", MODEL, "--input", "columns", "--output", columns], check=True, capture_output=True)
    script, scores = os.path.join(folder, "score.R"), os.path.join(folder, "scores.csv")
    with open(script, "w") as file:
        file.write(code[0].replace("columns.onnx", columns))
        file.write(f'write.csv(data.frame(both = sprintf("%.17g", firms$both)), "{scores}", row.names = FALSE, quote = FALSE)\n')
    result = subprocess.run(["Rscript", script], capture_output=True, text=True,
                            env={**os.environ, "RETICULATE_PYTHON": python})
    if result.returncode != 0:
        return {"failure": result.stderr.strip()[-300:], "largest_difference": float("inf")}
    import pandas as pd
    want = pd.read_csv(os.path.join(ROOT, "Models/simulated-wine/predictions.csv"))["joint.probability"]
    got = pd.read_csv(scores)["both"]
    return {"firms": len(got), "largest_difference": float(np.abs(got - want).max()) if len(got) == len(want) else float("inf")}


def has_reticulate():
    return bool(shutil.which("Rscript")) and subprocess.run(
        ["Rscript", "-e", "library(reticulate)"], capture_output=True).returncode == 0


def run_spark(code, rows, want, folder, java_home):
    import pyarrow as arrow
    import pyarrow.parquet as parquet
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if java_home:
        os.environ["JAVA_HOME"] = java_home
    from pyspark.sql import SparkSession
    count, width = rows.shape
    inputs = [f"x{index}" for index in range(width)]
    path = os.path.join(folder, "firms.parquet")
    table = {"firm": arrow.array(np.arange(count))}
    table.update({name: arrow.array(rows[:, index]) for index, name in enumerate(inputs)})
    parquet.write_table(arrow.table(table), path, row_group_size=100_000)
    spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
             .config("spark.driver.memory", "3g").config("spark.sql.execution.arrow.maxRecordsPerBatch", "5000")
             .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1").getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")
    firms = spark.read.parquet(path)
    scope = {"firms": firms, "inputs": inputs}
    began = time.perf_counter()
    exec(code[2], scope)
    scored = scope["scored"].select("firm", "both").toPandas().sort_values("firm")
    seconds = time.perf_counter() - began
    version = spark.version
    spark.stop()
    difference = float(np.abs(scored["both"].to_numpy() - want).max()) if len(scored) == count else float("inf")
    return {"firms": count, "largest_difference": difference, "seconds": round(seconds, 2), "spark": version,
            "bit_equal": int((scored["both"].to_numpy() == want).sum())}


def run_javascript(code, rows, want, folder, modules):
    script = os.path.join(folder, "score.js")
    with open(os.path.join(folder, "rows.json"), "w") as file:
        json.dump([["NaN" if np.isnan(value) else value for value in row] for row in rows.tolist()], file)
    with open(script, "w") as file:
        file.write(code[0] + f"""
const rows = require({json.dumps(os.path.join(folder, "rows.json"))}).map((row) => row.map(Number));
probabilityOfBoth({json.dumps(MODEL)}, rows).then((scores) => console.log(JSON.stringify(scores)));
""")
    result = subprocess.run(["node", script], capture_output=True, text=True, env={**os.environ, "NODE_PATH": modules})
    if result.returncode != 0:
        return {"failure": result.stderr.strip()[-300:], "largest_difference": float("inf")}
    version = subprocess.run(["node", "-p", "require('onnxruntime-node/package.json').version"], capture_output=True,
                             text=True, env={**os.environ, "NODE_PATH": modules}).stdout.strip()
    got = np.array(json.loads(result.stdout))
    return {"firms": len(got), "largest_difference": float(np.abs(got - want).max()), "onnxruntime-node": version}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--tool", default=os.path.join(ROOT, ".build/release/innov4sme"))
    parser.add_argument("--executable", default=os.path.join(ROOT, "Benchmarks/.build/release/ModelFormatsBenchmark"))
    parser.add_argument("--node-modules", default="")
    parser.add_argument("--r-python", default=sys.executable, help="with onnxruntime, for R; old reticulate wants NumPy 1")
    parser.add_argument("--java-home")
    options = parser.parse_args()
    os.chdir(ROOT)
    code = snippets()
    report = {"suite": "model_files_spark", "machine": {"processor": platform.machine(), "cores": os.cpu_count(),
                                                        "system": platform.platform()}}
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE)
    report["commit"] = commit.stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        report["python"] = {"largest_difference": run_python(code["python"], options.tool, folder)}
        if has_reticulate():
            report["r"] = run_r(code["r"], options.tool, folder, options.r_python)
        made = json.loads(subprocess.run([options.executable, "rows", MODEL, str(options.firms), folder, "1"],
                                         capture_output=True, text=True, check=True).stdout)
        rows = np.fromfile(os.path.join(folder, "rows.f64")).reshape(made["rows"], made["columns"])
        want = np.fromfile(os.path.join(folder, "joint.probability.f64"))
        if shutil.which("node") and options.node_modules:
            report["javascript"] = run_javascript(code["js"], rows[:2000], want[:2000], folder, options.node_modules)
        report["spark"] = run_spark(code["python"], rows, want, folder, options.java_home)
    print(json.dumps(report, indent=1))
    with open(os.path.join(ROOT, "Benchmarks/Results/model_files_spark.json"), "w") as file:
        json.dump(report, file, indent=1)
        file.write("\n")
    parts = [report[key] for key in ("python", "r", "javascript", "spark") if key in report]
    sys.exit(0 if all(part["largest_difference"] <= BAR for part in parts) else 1)


if __name__ == "__main__":
    main()

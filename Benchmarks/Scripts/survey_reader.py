"""The CSV reader beside pandas' C reader, interleaved in one run, on files of numbers made here.

    python3 Benchmarks/Scripts/survey_reader.py [--quick] [--repeats R] [--files F ...] [--executable PATH]

Needs numpy and pandas in the interpreter that runs it, and the executable
(`swift build -c release --package-path Benchmarks --product SurveyReaderBenchmark`). Every reading is a process of its
own. What is compared: elapsed and processor seconds of the reading alone (start-up and imports left out), and the peak
resident memory of the whole process. Ours must give the same bits as Python's own float(); how many numbers pandas'
default gives otherwise is counted. Writes Benchmarks/Results/survey_reader.json.
"""
import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile

import numpy
import pandas

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
SEED = 20150723

PANDAS = """
import json, re, sys, time
import pandas
start, processor = time.perf_counter(), time.process_time()
table = pandas.read_csv(sys.argv[1])
elapsed, used = time.perf_counter() - start, time.process_time() - processor
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()).group(1)) * 1024
print(json.dumps({"seconds": elapsed, "processor_seconds": used, "peak_memory_bytes": peak,
                  "rows": table.shape[0], "columns": table.shape[1]}))
"""


def make(path, kind, rows, columns):
    """Writes a file of numbers and returns them as float() reads the cells, column after column."""
    generator = numpy.random.default_rng(SEED)
    numbers = numpy.empty((rows, columns))
    with open(path, "w") as file:
        file.write(",".join(f"x{index}" for index in range(columns)) + "\n")
        for start in range(0, rows, 20_000):
            count = min(20_000, rows - start)
            if kind == "answers":
                block = generator.integers(1, 6, size=(count, columns)).tolist()
                cells = [[str(cell) for cell in row] for row in block]
            elif kind == "measures":
                block = generator.normal(size=(count, columns)).tolist()
                cells = [["%.6f" % cell for cell in row] for row in block]
            else:
                block = generator.normal(size=(count, columns)).tolist()
                cells = [[repr(cell) for cell in row] for row in block]
            numbers[start:start + count] = [[float(cell) for cell in row] for row in cells]
            file.write("\n".join(",".join(row) for row in cells) + "\n")
    return numbers.ravel(order="F")


def run(command):
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def differing(numbers, wanted):
    """How many numbers have other bits than wanted."""
    if numbers.size != wanted.size:
        return max(numbers.size, wanted.size)
    return int((numbers.view(numpy.int64) != wanted.view(numpy.int64)).sum())


def measure(executable, kind, rows, columns, repeats):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, kind + ".csv")
        wanted = make(path, kind, rows, columns)
        size = os.path.getsize(path)
        dump = os.path.join(folder, "numbers")
        run([executable, path, "2", dump])
        if differing(numpy.fromfile(dump, dtype=numpy.float64), wanted) > 0:
            sys.exit(f"{kind}: the values differ from float()")
        os.remove(dump)
        inexact = differing(pandas.read_csv(path, dtype=numpy.float64).to_numpy().ravel(order="F"), wanted)
        del wanted
        commands = {
            "ours, 2 threads": [executable, path, "2"],
            "ours, 1 thread": [executable, path, "1"],
            "pandas": [sys.executable, "-c", PANDAS, path],
        }
        seconds = {name: [] for name in commands}
        processor = {name: [] for name in commands}
        memory = {name: [] for name in commands}
        for _ in range(repeats):
            for name, command in commands.items():
                result = run(command)
                assert (result["rows"], result["columns"]) == (rows, columns)
                seconds[name].append(result["seconds"])
                processor[name].append(result["processor_seconds"])
                memory[name].append(result["peak_memory_bytes"])

    def ratios(values, name):
        return statistics.median(theirs / ours for theirs, ours in zip(values["pandas"], values[name]))

    return {
        "file": kind, "rows": rows, "columns": columns, "bytes": size, "values_bit_equal_to_float": True,
        "pandas_values_not_equal_to_float": inexact,
        "methods": {
            name: {
                "seconds_median": statistics.median(seconds[name]), "seconds": seconds[name],
                "processor_seconds_median": statistics.median(processor[name]),
                "peak_memory_bytes": max(memory[name]), "peak_memory_per_file_byte": max(memory[name]) / size,
            } for name in commands
        },
        "times_as_fast_as_pandas": {
            name: {"elapsed": ratios(seconds, name), "processor": ratios(processor, name)}
            for name in commands if name != "pandas"
        },
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100,000 rows, two repeats, no result file")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--files", nargs="+", default=["measures", "answers", "doubles"],
                        help="measures: six decimals; answers: 1 to 5; doubles: all digits")
    parser.add_argument("--executable", default=os.path.join(ROOT, ".build/release/SurveyReaderBenchmark"))
    options = parser.parse_args()
    rows = 100_000 if options.quick else 1_000_000
    repeats = 2 if options.quick else options.repeats
    load_before = os.getloadavg()[0]
    results = [
        measure(options.executable, kind, rows, 30, repeats) for kind in options.files
    ]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE)
    report = {
        "suite": "survey_reader", "seed": SEED, "repeats": repeats, "commit": commit.stdout.strip(),
        "machine": {
            "processor": platform.processor() or platform.machine(), "cores": os.cpu_count(),
            "system": platform.platform(), "load_average_before": load_before,
            "load_average_after": os.getloadavg()[0],
        },
        "versions": {"python": platform.python_version(), "pandas": pandas.__version__, "numpy": numpy.__version__},
        "results": results,
    }
    for result in results:
        print(f'{result["file"]}: {result["rows"]} × {result["columns"]}, {result["bytes"] / 1e6:.0f} MB, same bits')
        for name, method in result["methods"].items():
            ratio = result["times_as_fast_as_pandas"].get(name, {"elapsed": 1, "processor": 1})
            print(
                f'  {name:16} {method["seconds_median"]:7.2f} s ({ratio["elapsed"]:.2f} times as fast), '
                f'{method["processor_seconds_median"]:6.2f} processor s ({ratio["processor"]:.2f}), '
                f'peak {method["peak_memory_per_file_byte"]:.2f} × the file')
    if not options.quick:
        os.makedirs(os.path.join(ROOT, "Results"), exist_ok=True)
        with open(os.path.join(ROOT, "Results", "survey_reader.json"), "w") as file:
            json.dump(report, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()

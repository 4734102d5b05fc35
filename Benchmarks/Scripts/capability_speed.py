#!/usr/bin/env python3
"""How long training with 200 replicates takes and how many firms are diagnosed per second; the chance of both on ENDEI II.

    capability_speed.py        writes Results/scoring_speed.json and, where ../shared/data holds the survey, Results/joint.json

Bars: `train` of ENDEI II's SMEs, both outcomes, `auto`, under 60 s on two cores; 220 firms with 18 capabilities under 3 s;
1,000 firms a second with priorities and intervals. Medians of three runs of the same process; processor time is that of
a run as a whole: reading or simulating, training both outcomes, diagnosing 1,000 firms or more.
"""
import datetime
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess

HERE = pathlib.Path(__file__).resolve().parent.parent
EXECUTABLE = os.environ.get("CAPABILITY_SCORING_BENCHMARK", str(HERE / ".build/release/CapabilityScoringBenchmark"))
SURVEY = HERE / "../../shared/data/surveys/argentina-endei-2014-2016/responses.csv"
CODEBOOK = HERE / "../Datasets/argentina-endei-2014-2016/codebook.yaml"
CONDITION = "tam_mue != Grande"


def run(*arguments):
    return json.loads(subprocess.run([EXECUTABLE, *map(str, arguments)], check=True, capture_output=True, text=True).stdout)


def provenance():
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True).stdout.strip()
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.processor())
    return {"date": datetime.date.today().isoformat(), "commit": commit, "machine": f"{os.cpu_count()} cores of {cpu}",
            "load_average": round(os.getloadavg()[0], 1)}


def main():
    cases = [("18 capabilities", 3.0, "logistic", 3, []), ("18 capabilities", 3.0, "auto", 3, [])]
    if SURVEY.exists():
        survey = [SURVEY, CODEBOOK, CONDITION]
        cases += [("ENDEI II, SMEs", 60.0, "logistic", 3, survey), ("ENDEI II, SMEs", 60.0, "auto", 1, survey)]
    rows = []
    for name, bar, learner, runs, survey in cases:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = run("speed", learner, runs, *survey)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        rows.append({
            "survey": name, "firms": own["firms"], "items": own["items"], "capabilities": own["capabilities"],
            "columns": own["designColumns"], "learner": learner, "chosen": own["chosen"], "replicates": own["replicates"],
            "processor_seconds": round((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / runs, 3),
            "wall_seconds_of_training": round(statistics.median(own["trainingSeconds"]), 3), "bar_seconds": bar,
            "wall_firms_per_second": round(statistics.median(own["firmsPerSecond"])), "bar_firms_per_second": 1000, "runs": runs})
        print(json.dumps(rows[-1]), flush=True)
    (HERE / "Results/scoring_speed.json").write_text(json.dumps({**provenance(), "results": rows}, indent=1) + "\n")
    if SURVEY.exists():
        own = run("joint", SURVEY, CODEBOOK, CONDITION)
        print(json.dumps(own))
        rows = [{"probability of both": name, "log_loss": own["logLoss"][name], "calibration_slope": own["calibrationSlope"][name],
                 "calibration_intercept": own["calibrationIntercept"][name]} for name in ("joint", "independence")]
        (HERE / "Results/joint.json").write_text(json.dumps(
            {**provenance(), "survey": "argentina-endei-2014-2016", "condition": CONDITION, "folds": 5, "firms": own["firms"],
             "share_of_both": own["share"], "cross_ratios": own["crossRatios"], "log_loss_saved": own["difference"],
             "standard_error": own["standardError"], "results": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Held-out accuracy of our pipeline beside scikit-learn's ridge logistic, on the same encoded columns and folds.

    capability_scoring.py SURVEY.csv CODEBOOK.yaml [CONDITION]

Runs the suite's executable (swift build -c release in Benchmarks), then for each outcome fits, within each of the same
folds, mean imputation, one-hot levels, standardisation of all columns and LogisticRegressionCV (L2, 24 strengths, 5 inner folds,
log-loss), and prints log-loss and AUC of both, and the paired difference. Needs numpy, pandas, scikit-learn.
"""
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = pathlib.Path(__file__).resolve().parent.parent


def slope(y, probabilities):
    """Of a logistic regression of the outcome on the predicted log-odds."""
    x = np.column_stack([np.ones(len(y)), np.log(probabilities / (1 - probabilities))])
    b = np.array([0.0, 1.0])
    for _ in range(20):
        p = 1 / (1 + np.exp(-x @ b))
        b += np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]), x.T @ (y - p))
    return b[1]


def main(survey, codebook, condition=""):
    warnings.filterwarnings("ignore")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        executable = HERE / ".build/release/CapabilityScoringBenchmark"
        subprocess.run([executable, "heldout", survey, codebook, condition, folder], check=True)  # All learners.
        for path in sorted(pathlib.Path(folder).glob("*.csv")):
            data = pd.read_csv(path)
            y = data["y"].to_numpy()
            items = [c for c in data if c.startswith("item.")]
            nominal = [c for c in data if c.startswith("nominal.")]
            repeats = [c for c in data if c.startswith("fold")]
            theirs = []
            for column in repeats:
                score = np.zeros(len(y))
                for fold in sorted(data[column].unique()):
                    train = (data[column] != fold).to_numpy()
                    model = make_pipeline(
                        ColumnTransformer([
                            ("items", make_pipeline(SimpleImputer(), StandardScaler()), items),
                            ("nominal", make_pipeline(OneHotEncoder(handle_unknown="ignore"), StandardScaler(with_mean=False)), nominal),
                        ]),
                        LogisticRegressionCV(Cs=np.geomspace(1e-4, 10, 24), cv=5, scoring="neg_log_loss", max_iter=500))
                    model.fit(data[train], y[train])
                    score[~train] = model.predict_proba(data[~train])[:, 1]
                theirs.append(score)
            row = {"outcome": path.stem, "firms": len(y), "events": int(y.sum()),
                   "scikit-learn": {"log_loss": float(np.mean([log_loss(y, s) for s in theirs])),
                                    "auc": float(np.mean([roc_auc_score(y, s) for s in theirs]))}}
            for learner in ["ridge", "logistic", "boosted-trees", "blend"]:
                ours = [1 / (1 + np.exp(-data[f"ours.{learner}.{r}"])) for r in range(len(repeats))]
                row[learner] = {"log_loss": float(np.mean([log_loss(y, s) for s in ours])),
                                "auc": float(np.mean([roc_auc_score(y, s) for s in ours])),
                                "calibration_slope": float(np.mean([slope(y, s) for s in ours]))}
            results.append(row)
            print(json.dumps(row))
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True).stdout.strip()
    cpu = platform.processor()
    if os.path.exists("/proc/cpuinfo"):
        cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), cpu)
    out = {"suite": "heldout", "survey": pathlib.Path(survey).parent.name, "condition": condition, "repeats": 2, "folds": 5,
           "seed": 11, "date": datetime.date.today().isoformat(), "commit": commit, "machine": f"{os.cpu_count()} cores of {cpu}",
           "load_average": round(os.getloadavg()[0], 1), "python": platform.python_version(),
           "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__}, "results": results}
    (HERE / "Results").mkdir(exist_ok=True)
    (HERE / "Results/heldout.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    main(*sys.argv[1:])

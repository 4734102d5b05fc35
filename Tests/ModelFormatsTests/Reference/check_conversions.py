#!/usr/bin/env python3
"""Has LightGBM, XGBoost and ONNX Runtime read converted models, and compares what they predict.

The folder given as the argument has one folder per model with model.txt (LightGBM), model.json (XGBoost) or model.onnx,
and case.json: rows (null is missing) and the predictions to be expected. Prints a line per model and ends with status 1
when one differs by more than 1e-6.
"""
import json
import pathlib
import sys

import numpy as np


def predictions(path, rows):
    if path.suffix == ".txt":
        import lightgbm
        return lightgbm.Booster(model_file=str(path)).predict(rows)
    if path.suffix == ".json":
        import xgboost
        booster = xgboost.Booster(model_file=str(path))
        return booster.predict(xgboost.DMatrix(rows, feature_names=booster.feature_names))
    import onnx
    import onnxruntime
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(["prediction"], {"input": rows})[0]


def main():
    fine = True
    for folder in sorted(path for path in pathlib.Path(sys.argv[1]).iterdir() if path.is_dir()):
        case = json.loads((folder / "case.json").read_text())
        rows = np.array([[np.nan if value is None else value for value in row] for row in case["rows"]])
        path = next(folder.glob("model.*"))
        got = np.asarray(predictions(path, rows), dtype=np.float64).reshape(len(rows), -1)
        want = np.array(case["predictions"])
        # One probability where the other tool names both classes.
        want = want[:, -got.shape[1]:]
        difference = float(np.abs(got - want).max()) if got.shape == want.shape else float("inf")
        fine = fine and difference <= 1e-6
        print(f"{folder.name}: largest difference {difference:.2g}{'' if difference <= 1e-6 else ' TOO LARGE'}")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Holds model files against ONNX's own checker and against ONNX Runtime.

Each folder given as an argument has model.onnx, inputs.json (name -> {"shape", "double" | "float" | "string"}, with
null for missing) and expected.json (output name -> flat list). Prints one line per output with the largest difference
and ends with status 1 when a model is refused or a difference is above the tolerance in tolerance.txt.
"""
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime


def array(description):
    shape = description["shape"]
    for name, kind in (("double", np.float64), ("float", np.float32)):
        if name in description:
            values = [np.nan if value is None else value for value in description[name]]
            return np.array(values, dtype=kind).reshape(shape)
    return np.array(description["string"], dtype=object).reshape(shape)


def check(folder):
    model_path = folder / "model.onnx"
    onnx.checker.check_model(onnx.load(model_path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model_path), options, providers=["CPUExecutionProvider"])
    inputs = {name: array(value) for name, value in json.loads((folder / "inputs.json").read_text()).items()}
    expected = json.loads((folder / "expected.json").read_text())
    tolerance = float((folder / "tolerance.txt").read_text())
    names = [output.name for output in session.get_outputs()]
    assert set(names) == set(expected), (names, list(expected))
    fine = True
    for name, got in zip(names, session.run(names, inputs)):
        want = np.array([np.nan if value is None else value for value in expected[name]])
        got = np.asarray(got, dtype=np.float64).ravel()
        assert got.shape == want.shape, (name, got.shape, want.shape)
        scale = np.maximum(1, np.abs(want))
        largest = float(np.max(np.abs(got - want) / scale)) if got.size else 0.0
        ok = bool(np.array_equal(np.isnan(got), np.isnan(want))) and largest <= tolerance
        fine = fine and ok
        print(f"{folder.name}: {name}: {got.size} values, largest difference {largest:.3g} {'' if ok else 'TOO LARGE'}")
    return fine


if __name__ == "__main__":
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
    results = [check(pathlib.Path(argument)) for argument in sys.argv[1:]]
    sys.exit(0 if all(results) else 1)

#!/usr/bin/env python3
"""Trains small models with other tools, has their own converters write them, and keeps what the tools predict.

    python3 make_peer_models.py FOLDER [--rows N] [--trees T]

Needs scikit-learn, LightGBM, XGBoost, CatBoost, skl2onnx, onnxmltools, onnx and onnxruntime. Per case FOLDER gets the
model file and one line in cases.json: the rows (made up here; null is missing), the tool's own predictions, and what
ONNX Runtime says where the file is ONNX. The files under Tests/ModelFormatsTests/Peers are what this wrote;
versions.json there says with which versions.
"""
import argparse
import importlib.metadata
import json
import os
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
SEED = 20240607


def data(count, generator):
    """Six columns that single precision holds: answers of 1 to 5, a quantity, a level 0 to 3; with gaps."""
    rows = np.empty((count, 6), dtype=np.float32)
    rows[:, :3] = generator.integers(1, 6, size=(count, 3))
    rows[:, 3] = np.round(np.exp(generator.normal(3, 1, size=count)), 1).astype(np.float32)
    rows[:, 4] = generator.normal(size=count).astype(np.float32)
    rows[:, 5] = generator.integers(0, 4, size=count)
    score = rows[:, 0] - 3 + 0.5 * (rows[:, 1] - 3) * (rows[:, 2] > 2) + rows[:, 4] + (rows[:, 5] == 2)
    noise = generator.logistic(size=count)
    value = (score + noise).astype(np.float64)
    gaps = generator.random(size=rows.shape) < 0.08
    gaps[:, 5] = False
    missing = rows.copy()
    missing[gaps] = np.nan
    return rows, missing, value


class Cases:
    def __init__(self, folder):
        self.folder = folder
        self.cases = []

    def add(self, name, suffix, content, rows, predictions, texts=None):
        path = os.path.join(self.folder, name + suffix)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content)
        predictions = np.asarray(predictions, dtype=np.float64)
        predictions = predictions.reshape(len(predictions), -1)
        case = {
            "name": name, "file": os.path.basename(path),
            "rows": [[None if np.isnan(v) else float(v) for v in row] for row in np.asarray(rows, dtype=np.float64)],
            "predictions": predictions.tolist(),
        }
        if texts is not None:
            case["texts"] = texts
        self.cases.append(case)


def scikit_learn(cases, full, missing, value, test, test_missing, trees):
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import (ExtraTreesRegressor, GradientBoostingClassifier, GradientBoostingRegressor,
                                  HistGradientBoostingClassifier, RandomForestClassifier)
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, Normalizer, OneHotEncoder, StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    binary = (value > 0).astype(int)
    named = np.where(value > 1, "high", np.where(value < -1, "low", "middle"))
    kinds = [("input", FloatTensorType([None, 6]))]
    models = [
        ("sklearn-logistic", LogisticRegression(max_iter=1000), full, binary),
        ("sklearn-logistic-three", make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=1000)), full, named),
        ("sklearn-imputed", make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()), missing, binary),
        ("sklearn-normalized", make_pipeline(Normalizer("l2"), LogisticRegression()), full, binary),
        ("sklearn-linear", LinearRegression(), full, value),
        ("sklearn-tree", DecisionTreeClassifier(max_depth=4, random_state=SEED), full, named),
        ("sklearn-forest", RandomForestClassifier(trees, max_depth=4, random_state=SEED), full, binary),
        ("sklearn-extra-trees", ExtraTreesRegressor(trees, max_depth=4, random_state=SEED), full, value),
        ("sklearn-boosting", GradientBoostingClassifier(n_estimators=trees, random_state=SEED), full, binary),
        ("sklearn-boosting-three", GradientBoostingClassifier(n_estimators=trees, random_state=SEED), full, named),
        ("sklearn-boosting-value", GradientBoostingRegressor(n_estimators=trees, random_state=SEED), full, value),
        ("sklearn-histogram", HistGradientBoostingClassifier(max_iter=trees, max_leaf_nodes=8), missing, binary),
    ]
    for name, model, x, y in models:
        model.fit(x, y)
        final = model[-1] if hasattr(model, "steps") else model
        is_classifier = hasattr(final, "predict_proba")
        options = {id(final): {"zipmap": name != "sklearn-forest"}} if is_classifier else None
        try:
            onx = convert_sklearn(model, initial_types=kinds, options=options)
        except Exception as error:  # a converter behind the version of what it converts
            print(f"{name}: not converted ({type(error).__name__})")
            continue
        rows = test if x is full else test_missing
        predictions = model.predict_proba(rows) if is_classifier else model.predict(rows)
        cases.add(name, ".onnx", onx.SerializeToString(), rows, predictions)

    # Texts and numbers in columns of their own.
    words = np.array(["farm", "shop", "works", "office"])
    frame = pd.DataFrame({"kind": words[full[:, 5].astype(int)], "size": full[:, 3], "score": full[:, 4]})
    encoder = ColumnTransformer([("kind", OneHotEncoder(handle_unknown="ignore"), ["kind"]),
                                 ("rest", StandardScaler(), ["size", "score"])])
    model = make_pipeline(encoder, LogisticRegression(max_iter=1000)).fit(frame, binary)
    onx = convert_sklearn(model, initial_types=[("kind", StringTensorType([None, 1])),
                                                ("size", FloatTensorType([None, 1])),
                                                ("score", FloatTensorType([None, 1]))])
    texts = [str(words[int(level)]) for level in test[:, 5]]
    texts[0] = "mill"
    frame = pd.DataFrame({"kind": texts, "size": test[:, 3], "score": test[:, 4]})
    cases.add("sklearn-columns", ".onnx", onx.SerializeToString(), test[:, 3:5], model.predict_proba(frame),
              texts={"kind": texts})


def lightgbm_models(cases, missing, value, test, trees):
    import lightgbm as lgb
    from onnxmltools import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType

    binary, three = (value > 0).astype(int), np.digitize(value, [-1, 1])
    common = dict(num_leaves=8, learning_rate=0.2, min_data_in_leaf=5, verbose=-1, seed=SEED, num_threads=1)
    kinds = [("input", FloatTensorType([None, 6]))]
    for name, parameters, y, categories in [
        ("lightgbm-binary", {"objective": "binary"}, binary, []),
        ("lightgbm-three", {"objective": "multiclass", "num_class": 3}, three, []),
        ("lightgbm-value", {"objective": "regression"}, value, []),
        ("lightgbm-poisson", {"objective": "poisson"}, np.floor(np.exp(value / 3)), []),
        ("lightgbm-levels", {"objective": "binary", "min_data_per_group": 5, "cat_smooth": 1}, binary, [5]),
        ("lightgbm-zero-missing", {"objective": "binary", "zero_as_missing": True}, binary, []),
        ("lightgbm-forest", {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
         binary, []),
        ("lightgbm-dart", {"objective": "binary", "boosting": "dart"}, binary, []),
    ]:
        x = missing.copy()
        if name == "lightgbm-zero-missing":
            x[x == 1] = 0
        booster = lgb.train({**common, **parameters}, lgb.Dataset(x, y, categorical_feature=categories),
                            num_boost_round=trees)
        rows = test.copy()
        rows[0, 5] = 9
        if categories:
            rows[1, 5] = np.nan
        cases.add(name, ".txt", booster.model_to_string().encode(), rows, booster.predict(rows))
        if name in ("lightgbm-binary", "lightgbm-three", "lightgbm-value"):
            onx = convert_lightgbm(booster, initial_types=kinds, zipmap=name == "lightgbm-three")
            predictions = booster.predict(rows)
            if name == "lightgbm-binary":
                predictions = np.column_stack([1 - predictions, predictions])
            cases.add(name, ".onnx", onx.SerializeToString(), rows, predictions)


def xgboost_models(cases, missing, value, test, trees):
    import xgboost as xgb
    from onnxmltools import convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    binary, three = (value > 0).astype(int), np.digitize(value, [-1, 1])
    common = dict(max_depth=3, eta=0.3, seed=SEED, nthread=1)
    for name, parameters, y, has_levels in [
        ("xgboost-binary", {"objective": "binary:logistic"}, binary, False),
        ("xgboost-three", {"objective": "multi:softprob", "num_class": 3}, three, False),
        ("xgboost-value", {"objective": "reg:squarederror"}, value, False),
        ("xgboost-poisson", {"objective": "count:poisson"}, np.floor(np.exp(value / 3)), False),
        ("xgboost-dart", {"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.3}, binary, False),
        ("xgboost-levels", {"objective": "binary:logistic", "max_cat_to_onehot": 1}, binary, True),
        ("xgboost-parallel", {"objective": "binary:logistic", "num_parallel_tree": 2, "subsample": 0.7}, binary, False),
    ]:
        types = ["float"] * 5 + ["c"] if has_levels else None
        train = xgb.DMatrix(missing, y, feature_types=types, enable_categorical=True)
        booster = xgb.train({**common, **parameters}, train, num_boost_round=trees)
        rows = test.copy()
        if has_levels:
            rows[1, 5] = np.nan
        predictions = booster.predict(xgb.DMatrix(rows, feature_types=types, enable_categorical=True))
        cases.add(name, ".json", bytes(booster.save_raw("json")), rows, predictions)
        cases.add(name, ".ubj", bytes(booster.save_raw("ubj")), rows, predictions)
    linear = xgb.train({"booster": "gblinear", "objective": "reg:squarederror"}, xgb.DMatrix(missing, value), 3)
    cases.add("xgboost-linear", ".json", bytes(linear.save_raw("json")), test, np.zeros(len(test)))
    kinds = [("input", FloatTensorType([None, 6]))]
    for name, model, y in [("xgboost-binary", xgb.XGBClassifier(n_estimators=trees, max_depth=3), binary),
                           ("xgboost-three", xgb.XGBClassifier(n_estimators=trees, max_depth=3), three),
                           ("xgboost-value", xgb.XGBRegressor(n_estimators=trees, max_depth=3), value)]:
        model.fit(missing, y)
        onx = convert_xgboost(model, initial_types=kinds)
        predictions = model.predict(test) if name == "xgboost-value" else model.predict_proba(test)
        cases.add(name, ".onnx", onx.SerializeToString(), test, predictions)


def catboost_models(cases, missing, value, test, trees):
    import catboost

    binary, three = (value > 0).astype(int), np.digitize(value, [-1, 1])
    for name, kind, parameters, y in [
        ("catboost-binary", catboost.CatBoostClassifier, {}, binary),
        ("catboost-three", catboost.CatBoostClassifier, {"loss_function": "MultiClass"}, three),
        ("catboost-value", catboost.CatBoostRegressor, {}, value),
    ]:
        model = kind(iterations=trees, depth=3, random_seed=SEED, verbose=False, thread_count=1,
                     allow_writing_files=False, **parameters)
        model.fit(missing, y)
        path = os.path.join(cases.folder, name + ".onnx")
        model.save_model(path, format="onnx")
        predictions = model.predict(test) if name == "catboost-value" else model.predict_proba(test)
        cases.add(name, ".onnx", None, test, predictions)


def runtime(folder, case):
    """The last output of ONNX Runtime, classes as columns; what a user of the file gets elsewhere."""
    import onnxruntime
    session = onnxruntime.InferenceSession(os.path.join(folder, case["file"]), providers=["CPUExecutionProvider"])
    rows = np.array([[np.nan if v is None else v for v in row] for row in case["rows"]], dtype=np.float32)
    if "texts" in case:
        feeds = {"kind": np.array(case["texts"]["kind"], dtype=object).reshape(-1, 1),
                 "size": rows[:, :1], "score": rows[:, 1:]}
    else:
        feeds = {session.get_inputs()[0].name: rows}
    result = session.run(None, feeds)[-1]
    if isinstance(result, list):
        result = [[row[key] for key in sorted(row)] for row in result]
    return np.asarray(result, dtype=np.float64).reshape(len(rows), -1).tolist()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--trees", type=int, default=6)
    arguments = parser.parse_args()
    os.makedirs(arguments.folder, exist_ok=True)
    generator = np.random.default_rng(SEED)
    full, missing, value = data(400, generator)
    test, test_missing, _ = data(arguments.rows, generator)
    cases = Cases(arguments.folder)
    scikit_learn(cases, full, missing, value, test, test_missing, arguments.trees)
    lightgbm_models(cases, missing, value, test_missing, arguments.trees)
    xgboost_models(cases, missing, value, test_missing, arguments.trees)
    catboost_models(cases, missing, value, test_missing, arguments.trees)
    for case in cases.cases:
        if case["file"].endswith(".onnx"):
            case["runtime"] = runtime(arguments.folder, case)
            difference = np.abs(np.array(case["runtime"]) - np.array(case["predictions"])).max()
            print(f"{case['file']}: ONNX Runtime differs from the tool by {difference:.2g}")
    with open(os.path.join(arguments.folder, "cases.json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases.cases) + "\n]\n")
    names = ["scikit-learn", "lightgbm", "xgboost", "catboost", "skl2onnx", "onnxmltools", "onnx", "onnxruntime", "numpy"]
    with open(os.path.join(arguments.folder, "versions.json"), "w") as file:
        json.dump({name: importlib.metadata.version(name) for name in names}, file, indent=2, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()

"""The peers at their defaults, each given its columns as its documentation asks for them.

- LightGBM (scikit-learn interface): unordered levels as pandas `category`, which it finds by itself; missing as NaN.
- XGBoost (scikit-learn interface): the same, with `enable_categorical=True`.
- CatBoost: unordered levels as text in `cat_features`, missing ones as a level of their own; numbers with NaN.
- scikit-learn: HistGradientBoosting with `categorical_features="from_dtype"`, its default; missing as NaN.

Only seed, threads (one) and silence are set. `LightGBM small × 8` is the preset for small data of surveys.py, eight seeds.
Predictions are kept in Results/local/peers, so that a rerun costs nothing; the key holds the tool's version.
"""
import hashlib
import pathlib
import time
import warnings

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent.parent
CACHE = HERE / "Results/local/peers"
SMALL = dict(learning_rate=0.03, n_estimators=250, num_leaves=6, min_child_samples=20, reg_lambda=5, subsample=0.7,
             subsample_freq=1, colsample_bytree=0.4)


def lightgbm_default(train, test, **settings):
    import lightgbm
    kind = dict(binary=lightgbm.LGBMClassifier, classes=lightgbm.LGBMClassifier, ordered=lightgbm.LGBMClassifier,
                squared=lightgbm.LGBMRegressor)[train.task]
    model = kind(n_jobs=1, verbose=-1, random_state=0, **settings).fit(train.columns, train.target)
    return probabilities(model, train, test.columns)


def lightgbm_small(train, test):
    """The mean on the raw scale of eight seeds."""
    import lightgbm
    scores = []
    for seed in range(8):
        model = lightgbm.LGBMClassifier(n_jobs=1, verbose=-1, random_state=seed, **SMALL).fit(train.columns, train.target)
        scores.append(model.predict(test.columns, raw_score=True))
    return 1 / (1 + np.exp(-np.mean(scores, axis=0)))


def xgboost_default(train, test):
    import xgboost
    kind = xgboost.XGBRegressor if train.task == "squared" else xgboost.XGBClassifier
    model = kind(n_jobs=1, enable_categorical=True, random_state=0).fit(train.columns, train.target)
    return probabilities(model, train, test.columns)


def catboost_default(train, test):
    import catboost
    names = [name for name in train.columns if train.columns[name].dtype == "category"]

    def form(columns):
        columns = columns.copy()
        for name in names:
            columns[name] = columns[name].astype(object).where(columns[name].notna(), "missing").astype(str)
        return columns
    kind = catboost.CatBoostRegressor if train.task == "squared" else catboost.CatBoostClassifier
    model = kind(thread_count=1, verbose=False, random_seed=0, allow_writing_files=False, cat_features=names)
    model.fit(form(train.columns), train.target)
    return probabilities(model, train, form(test.columns))


def sklearn_default(train, test):
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    kind = HistGradientBoostingRegressor if train.task == "squared" else HistGradientBoostingClassifier
    model = kind(random_state=0).fit(train.columns, train.target)
    return probabilities(model, train, test.columns)


def probabilities(model, train, columns):
    """P(1) by row, class probabilities by row and class (a class that training lacks has 0), or values."""
    if train.task == "squared":
        return np.asarray(model.predict(columns), float)
    found = np.asarray(model.predict_proba(columns), float)
    if train.task == "binary":
        return found[:, 1]
    result = np.zeros((len(columns), train.classes))
    result[:, np.asarray(model.classes_, int)] = found
    return result


PEERS = {
    "LightGBM": ("lightgbm", lightgbm_default),
    "LightGBM small x 8": ("lightgbm", lightgbm_small),
    "XGBoost": ("xgboost", xgboost_default),
    "CatBoost": ("catboost", catboost_default),
    "scikit-learn": ("sklearn", sklearn_default),
}


def version(peer):
    return __import__(PEERS[peer][0]).__version__


def predict(peer, key, train, test):
    """Predictions for the test rows, from the cache where it holds them, and the seconds of processor time they took."""
    digest = hashlib.sha256(f"{peer}|{version(peer)}|{key}|{fingerprint(train)}|{fingerprint(test)}".encode()).hexdigest()[:24]
    path = CACHE / f"{digest}.npz"
    if path.exists():
        stored = np.load(path)
        return stored["predictions"], float(stored["seconds"])
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = PEERS[peer][1](train, test)
    seconds = time.process_time() - start
    CACHE.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, predictions=found.astype(np.float32 if train.task == "squared" else np.float64),
                        seconds=seconds)
    return found, seconds


def fingerprint(table):
    """A digest of the values, so that a changed table is never answered from the cache."""
    import pandas as pd
    hashes = pd.util.hash_pandas_object(table.columns, index=False).to_numpy()
    return hashlib.sha256(hashes.tobytes() + table.target.tobytes()).hexdigest()[:16]

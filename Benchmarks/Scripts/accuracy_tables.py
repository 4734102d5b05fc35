"""The tables that boosted trees are compared on: columns, targets and folds, the same for every tool.

A table's columns are a pandas frame: numbers as float, unordered levels as `category`; missing is NaN. Nothing is encoded
here: each tool gets the frame in the form its own documentation asks for (accuracy_peers.py).
"""
import dataclasses
import importlib.util
import pathlib
import subprocess

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent.parent
SHARED = HERE.parent.parent / "shared"


@dataclasses.dataclass
class Table:
    name: str
    task: str  # binary, classes, ordered, squared, poisson
    columns: pd.DataFrame
    target: np.ndarray
    classes: int = 2

    def __len__(self):
        return len(self.target)

    def rows(self, index):
        return Table(self.name, self.task, self.columns.iloc[index].reset_index(drop=True), self.target[index], self.classes)

    def folds(self, count=5, seed=1):
        """Train and test rows; classes have equal shares in all folds."""
        from sklearn.model_selection import KFold, StratifiedKFold
        is_class = self.task in ("binary", "classes", "ordered")
        splitter = (StratifiedKFold if is_class else KFold)(count, shuffle=True, random_state=seed)
        return list(splitter.split(self.columns, self.target if is_class else None))


def surveys():
    spec = importlib.util.spec_from_file_location("surveys", SHARED / "peers/surveys.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def simulated(kind, rows, seed):
    """`surveys.py table`: every column a number, as the generator's own reference figures take them."""
    x, y = surveys().table(kind, rows, seed)
    names = [f"q{j + 1}" for j in range(x.shape[1] - 2)] + ["sector", "size"]
    return Table(f"{kind} {rows}", "binary", pd.DataFrame(x, columns=names), y.astype(float))


def read(path, target, task, positive=None, drop=(), missing=(), categorical=(), separator=","):
    frame = pd.read_csv(SHARED / "data/tabular" / path, sep=separator, skipinitialspace=True, na_values=list(missing),
                        keep_default_na=False)
    frame = frame.drop(columns=list(drop))
    target_values = frame.pop(target)
    classes = 2
    if task == "binary":
        y = (target_values == positive).to_numpy(float)
    elif task in ("classes", "ordered"):
        levels = sorted(target_values.unique())
        classes = len(levels)
        y = target_values.map({level: index for index, level in enumerate(levels)}).to_numpy(float)
    else:
        y = target_values.to_numpy(float)
    return Table(path.split("/")[0], task, typed(frame, categorical), y, classes)


def typed(frame, categorical=()):
    """Text columns are categorical, all others numbers."""
    for name in frame:
        if name in categorical or not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].astype(str).where(frame[name].notna()).astype("category")
        else:
            frame[name] = frame[name].astype(float)
    return frame


def pima():
    table = read("pima/pima.csv", "class", "binary", 1)
    for name in ("glu", "bp", "skin", "ins", "bmi"):
        table.columns[name] = table.columns[name].replace(0, np.nan)
    return table


def agaricus():
    rows, y = [], []
    for part in ("train", "test"):
        for line in open(SHARED / f"data/tabular/agaricus/agaricus.txt.{part}"):
            label, *entries = line.split()
            y.append(float(label))
            row = np.zeros(127)
            row[[int(e.split(":")[0]) for e in entries]] = 1
            rows.append(row)
    x = np.array(rows)
    used = x.std(0) > 0
    return Table("agaricus", "binary", pd.DataFrame(x[:, used], columns=[f"x{j}" for j in np.flatnonzero(used)]), np.array(y))


def higgs():
    folder = SHARED / "data/tabular/lightgbm_examples/binary_classification"
    x = np.vstack([np.loadtxt(folder / f"binary.{part}") for part in ("train", "test")])
    return Table("higgs 7500", "binary", pd.DataFrame(x[:, 1:], columns=[f"x{j:02d}" for j in range(28)]), x[:, 0])


def covertype(rows=20000, binary=False):
    frame = pd.read_csv(SHARED / "data/tabular/covertype/covertype.csv.gz").sample(rows, random_state=5)
    y = frame.pop(frame.columns[-1]).to_numpy(float)
    y -= y.min()
    if binary:
        return Table(f"covertype {rows}, class 2", "binary", typed(frame), (y == 1).astype(float))
    return Table(f"covertype {rows}", "classes", typed(frame), y, int(y.max()) + 1)


def endei(outcome):
    """Codes, levels and gaps as the project's own codebook reads them; written by CapabilityScoringBenchmark."""
    folder = HERE / "Results/local/endei"
    if not (folder / f"{outcome}.csv").exists():
        executable = HERE / ".build/release/CapabilityScoringBenchmark"
        survey = SHARED / "data/surveys/argentina-endei-2014-2016/responses.csv"
        codebook = HERE.parent / "Datasets/argentina-endei-2014-2016/codebook.yaml"
        subprocess.run([executable, "heldout", survey, codebook, "tam_mue != Grande", folder], check=True)
    frame = pd.read_csv(folder / f"{outcome}.csv")
    y = frame["y"].to_numpy(float)
    nominal = [name for name in frame if name.startswith("nominal.")]
    columns = typed(frame[[name for name in frame if name.startswith("item.")] + nominal].copy(), nominal)
    return Table(f"ENDEI II, {outcome}", "binary", columns, y)


def wine(colour="white"):
    table = read(f"wine_quality/winequality_{colour}.csv", "quality", "ordered")
    return dataclasses.replace(table, name=f"wine quality, {colour}")


def diamonds(target, task, **options):
    return dataclasses.replace(read("diamonds/diamonds.csv", target, task, **options), name=f"diamonds, {target}")


#: Binary and unordered outcomes, by name: those of the issue's "default log-loss" table.
TABLES = {
    "titanic": lambda: read("titanic/titanic.csv", "survived", "binary", "yes", missing=["NA", ""]),
    "breast cancer": lambda: read("sk_breast_cancer/sk_breast_cancer.csv", "target", "binary", 1),
    "pima": pima,
    "german credit": lambda: read("german_credit/german_credit.csv", "class", "binary", 2),
    "bank": lambda: read("bank_marketing_small/bank_marketing_small.csv", "y", "binary", "yes", drop=["duration"]),
    "telco": lambda: read("telco_churn/telco_churn.csv", "churn", "binary", "Yes", missing=["NA", ""]),
    "agaricus": agaricus,
    "higgs 7500": higgs,
    "ENDEI II, innovation": lambda: endei("innovation"),
    "ENDEI II, export": lambda: endei("export"),
    "adult": lambda: read("adult/adult_train.csv", "income", "binary", ">50K", missing=["?"]),
    "covertype 20000, class 2": lambda: covertype(20000, True),
    "covertype 5000": lambda: covertype(5000),
}

#: Other losses, beside the peers' defaults for them.
OTHERS = {
    "diabetes": lambda: read("sk_diabetes/sk_diabetes.csv", "target", "squared"),
    "california housing": lambda: read("california_housing/california_housing.csv", "median_house_value", "squared",
                                       missing=[""]),
    "diamonds, price": lambda: diamonds("price", "squared"),
    "wine quality, red": lambda: wine("red"),
    "wine quality, white": wine,
}

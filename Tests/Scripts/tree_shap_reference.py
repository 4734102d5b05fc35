"""Writes Tests/ModelExplanationTests/LightGBMReference.swift: two small LightGBM models on made data, with the
contributions that LightGBM (pred_contrib) and shap (values and interactions) find for a few rows.

    python Tests/Scripts/tree_shap_reference.py > Tests/ModelExplanationTests/LightGBMReference.swift
"""
import sys

import lightgbm
import numpy as np
import shap

rng = np.random.default_rng(5)
n = 400
x = np.round(rng.normal(size=(n, 4)), 2)
x[:, 3] = rng.integers(0, 6, size=n)
x[rng.random((n, 4)) < 0.15] = np.nan
z = np.nan_to_num(x)
score = z[:, 0] * z[:, 1] + np.where(np.isin(z[:, 3], [1, 4]), 1.5, -0.5) + 0.5 * z[:, 2]


def nodes(tree, levels):
    """Depth first, parents first; (feature, threshold, missing left, left, right, cover, value, levels or none)."""
    out = []

    def walk(node):
        index = len(out)
        if "leaf_value" in node:
            out.append((-1, 0.0, False, 0, 0, node.get("leaf_count", 0), node["leaf_value"], None))
            return index
        out.append(None)
        left = walk(node["left_child"])
        right = walk(node["right_child"])
        categorical = node["decision_type"] == "=="
        assert categorical or node["missing_type"] == "NaN", node
        out[index] = (
            node["split_feature"], 0.0 if categorical else float(node["threshold"]),
            False if categorical else node["default_left"], left, right, node["internal_count"], 0.0,
            [int(c) for c in str(node["threshold"]).split("||")] if categorical else None)
        return index

    walk(tree["tree_structure"])
    return out


def number(v):
    return ".nan" if np.isnan(v) else repr(float(v))


def array(values, indent=4):
    pad = " " * indent
    lines, line = [], pad
    for v in values:
        item = number(v) + ", "
        if len(line) + len(item) > 119:
            lines.append(line.rstrip())
            line = pad
        line += item
    lines.append(line.rstrip())
    return "[\n" + "\n".join(lines) + "\n" + " " * (indent - 2) + "]"


def model(name, y, objective, **more):
    data = lightgbm.Dataset(x, y, categorical_feature=[3])
    params = dict(objective=objective, num_leaves=7, learning_rate=0.3, min_data_in_leaf=5, cat_smooth=1,
                  min_data_per_group=5, max_cat_to_onehot=1, verbose=-1, num_threads=1, seed=1,
                  deterministic=True, boost_from_average=False, **more)
    booster = lightgbm.train(params, data, 4)
    rows = x[:12]
    contributions = booster.predict(rows, pred_contrib=True)
    print(f"  static let {name} = ReferenceModel(")
    print("    trees: [")
    for tree in booster.dump_model()["tree_info"]:
        print("      [")
        for f, t, m, l, r, c, v, s in nodes(tree, 6):
            sets = "nil" if s is None else repr(s)
            print(f"        .init({f}, {number(t)}, {str(m).lower()}, {l}, {r}, {float(c)}, {number(v)}, {sets}),")
        print("      ],")
    print("    ],")
    print(f"    outputCount: {contributions.shape[1] // 5},")
    print(f"    rows: {array(rows.ravel(), 6)},")
    extra = ""
    print(f"    contributions: {array(contributions.ravel(), 6)}", end="")
    return booster, rows


print(f"""// Made by Tests/Scripts/tree_shap_reference.py with LightGBM {lightgbm.__version__}, shap {shap.__version__}.

/// Models and contributions of a peer; the last contribution of each output is the base value.
enum LightGBMReference {{""")
booster, rows = model("binary", (score + rng.logistic(size=n) > 0).astype(float), "binary")
print("\n  )\n")
three = np.digitize(score + rng.logistic(size=n), [-0.7, 0.7]).astype(float)
model("multiclass", three, "multiclass", num_class=3)
print("\n  )")
# shap can't do LightGBM's categorical splits in its own code, so its interactions are for a model without them.
x[:, 3] = z[:, 3] + rng.normal(size=n).round(2)
x[rng.random(n) < 0.1, 3] = np.nan
booster = None
data = lightgbm.Dataset(x, score)
booster = lightgbm.train(dict(objective="regression", num_leaves=6, learning_rate=0.3, min_data_in_leaf=5, verbose=-1,
                              num_threads=1, seed=1, deterministic=True, boost_from_average=False), data, 3)
rows = x[:8]
print("\n  static let numeric = ReferenceModel(")
print("    trees: [")
for tree in booster.dump_model()["tree_info"]:
    print("      [")
    for f, t, m, l, r, c, v, s in nodes(tree, 0):
        print(f"        .init({f}, {number(t)}, {str(m).lower()}, {l}, {r}, {float(c)}, {number(v)}, nil),")
    print("      ],")
print("    ],")
print("    outputCount: 1,")
print(f"    rows: {array(rows.ravel(), 6)},")
print(f"    contributions: {array(booster.predict(rows, pred_contrib=True).ravel(), 6)}")
print("  )\n")
explainer = shap.TreeExplainer(booster)
print("  /// By row, then player, then player: shap's interactions of ``numeric``.")
print(f"  static let interactions: [Double] = {array(np.asarray(explainer.shap_interaction_values(rows)).ravel())}")
print("}")

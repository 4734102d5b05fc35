#!/usr/bin/env python3
"""Priorities of wine firms beside those of food and drink firms and of all SMEs of Argentina's ENDEI II, as a Markdown table.

    endei_priorities.py TOOL MODEL.onnx SURVEY.csv

TOOL is the innov4sme executable; the model is that of Datasets/argentina-endei-2014-2016/README.md (SMEs, both outcomes).
"""
import collections
import json
import subprocess
import sys

GROUPS = [
    ("wine", 'tam_mue != Grande and rama_act == "Vinos y otras bebidas fermentadas"'),
    ("food and drink", 'tam_mue != Grande and rama_act in ["Alimentos", "Frigorificos", "Productos lacteos", '
                       '"Vinos y otras bebidas fermentadas"]'),
    ("all SMEs", "tam_mue != Grande"),
]


def main(tool, model, survey):
    columns = []
    for name, condition in GROUPS:
        run = subprocess.run([tool, "predict", model, survey, "--where", condition, "--format", "json"], capture_output=True, text=True)
        if run.returncode:
            raise SystemExit(run.stderr)
        firms = json.loads(run.stdout)["firms"]
        sums = collections.defaultdict(lambda: collections.Counter())
        for firm in firms:
            for place, priority in enumerate(firm["priorities"]):
                row = sums[priority["capability"]]
                row["n"] += 1
                row["first"] += place < 3
                row["level"] += priority["level"]
                for uplift in priority["uplifts"]:
                    row[uplift["outcome"]] += uplift["value"]
                row["both"] += priority["both"]["value"]
                row["objective"] += priority["objective"]["value"]
        columns.append((name, len(firms), sums))
    order = sorted(columns[-1][2], key=lambda c: -columns[-1][2][c]["objective"] / columns[-1][2][c]["n"])
    places = []
    for _, _, sums in columns:
        ranked = sorted(sums, key=lambda c: -sums[c]["objective"] / sums[c]["n"])
        places.append({c: i + 1 for i, c in enumerate(ranked)})
    print("| capability | " + " | ".join(f"{name} ({count}): place; innovation, export, both; in first 3" for name, count, _ in columns) + " |")
    print("| --- |" + " --- |" * len(columns))
    for capability in order:
        cells = []
        for place, (_, count, sums) in zip(places, columns):
            row = sums[capability]
            n = row["n"]
            cells.append(f"{place[capability]}; {100 * row['innovation'] / n:+.1f}, {100 * row['export'] / n:+.1f}, "
                         f"{100 * row['both'] / n:+.1f}; {100 * row['first'] / count:.0f} %")
        print(f"| `{capability}` | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])

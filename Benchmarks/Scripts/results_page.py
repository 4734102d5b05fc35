#!/usr/bin/env python3
"""One page of tables from Benchmarks/Results, and the figures that README quotes from it.

    results_page.py            writes Benchmarks/RESULTS.md, and the quoted figures and tables of README.md
    results_page.py --check    exit code 1, and a line for each difference, when either does not agree with the results
    results_page.py --check --readme       README.md alone

README quotes a figure as

    <!-- figure: heldout.json results[outcome=export].logistic.log_loss .4f -->0.4151<!-- /figure -->

(file, path, format; a path goes by keys, by place, and by `[key=value]` in a list), and a table as

    <!-- table: heldout -->
    | ... |
    <!-- /table -->

whose content comes from the function of that name below. Needs nothing but Python.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
if "--root" in sys.argv:  # Another copy of README.md and Benchmarks/, for tests.
    ROOT = pathlib.Path(sys.argv[sys.argv.index("--root") + 1])
BENCHMARKS = ROOT / "Benchmarks"
RESULTS = BENCHMARKS / "Results"
README = ROOT / "README.md"
PAGE = BENCHMARKS / "RESULTS.md"
PROVENANCE = ("suite", "date", "commit", "machine", "versions", "python", "seed", "threads", "rounds", "quick", "level")


class Disagreement(Exception):
    pass


def load(name):
    path = RESULTS / name
    if not path.exists():
        raise Disagreement(f"there is no {path.relative_to(ROOT)}")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return json.loads(path.read_text())


def find(value, path):
    """The value at a path such as `results[outcome=export].logistic.log_loss`."""
    for key, condition, place in re.findall(r"([^.\[\]]+)|\[([^\]=]+=[^\]]*)\]|\[(\d+)\]", path):
        try:
            if key:
                value = value[key]
            elif place:
                value = value[int(place)]
            else:
                name, wanted = condition.split("=", 1)
                matches = [item for item in value if str(item.get(name)) == wanted]
                if len(matches) != 1:
                    raise Disagreement(f"'{path}': {len(matches)} entries with {condition}")
                value = matches[0]
        except (KeyError, IndexError, TypeError, AttributeError):
            raise Disagreement(f"'{path}' stops at '{key or condition or place}'") from None
    return value


# Tables that README quotes.


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "| " + " | ".join("---" for _ in header) + " |"]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def heldout():
    rows = []
    for own in load("heldout.json")["results"]:
        learners = ["scikit-learn", "ridge", "logistic", "boosted-trees", "blend"]
        rows.append([own["outcome"], f"{own['firms']:,}"]
                    + [f"{own[name]['log_loss']:.4f}" if name in own else "–" for name in learners])
    return table(["outcome", "firms", "ridge of scikit-learn", "our ridge", "our logistic", "our trees", "blend"], rows)


def benchmark_protocol():
    own = load("benchmark_protocol.json")
    rows = []
    for name in own["candidates"]:
        cells = [name]
        for outcome in own["peers"]["quality"]:
            peer = own["peers"]["quality"][outcome].get(name)
            cells += [f"{own['quality'][outcome][name]['logLoss']:.4f}", f"{peer['logLoss']:.4f}" if peer else "–"]
        rows.append(cells)
    outcomes = list(own["peers"]["quality"])
    return table(["candidate"] + [f"{name}, {who}" for name in outcomes for who in ("ours", "peer")], rows)


def percent(value):
    return f"{100 * value:.0f} %"


def truth():
    def found(own, name):
        return f"{percent(own[f'hit.{name}'])} ± {100 * own[f'hit.{name}.se']:.0f}" if f"hit.{name}" in own else "–"
    rows = [[own["truth"], f"{own['firms']:,}", own["learner"], own["surveys"], found(own, "balanced"), percent(own["hit.both"]),
             percent(own["hit.min"]), found(own, "ridge"), found(own, "bound"), percent(own["gain.balanced"]),
             " / ".join(f"{100 * own['covered.' + name]:.0f}" for name in ("innovation", "export", "both")) + " %",
             " / ".join(f"{100 * own['coveredNonzero.' + name]:.0f}" for name in ("innovation", "export", "both")) + " %",
             percent(own["rankCoveredUntied"])] for own in load("truth.json")["results"]]
    return table(["truth", "firms", "learner", "surveys", "found by `balanced`", "`both`", "`min`", "ridge", "bound", "gained by `balanced`",
                  "intervals hold", "of true effects", "places hold"], rows)


def rank_intervals():
    rows = [[own["truth"], f"{own['firms']:,}", own["seeds"], f"{100 * own['intervalCoverage']:.1f} % ± {100 * own['intervalStandardError']:.1f}",
             percent(own["intervalCoverageUntied"]) if "intervalCoverageUntied" in own else "–",
             f"{own['meanIntervalWidth']:.1f}", percent(own["setCoverage"]), f"{own['meanSetWidth']:.1f}", percent(own["upliftCoverage"])]
            for own in load("rank_intervals.json")["results"]]
    return table(["truth", "firms", "surveys", "intervals of places hold", "of places shared with none", "width", "confidence sets hold", "width", "intervals of uplifts hold"],
                 rows)


def priorities():
    results = load("priorities_peers.json")["results"]
    methods = list(dict.fromkeys(own["method"] for own in results))
    cases = list(dict.fromkeys((own["truth"], own["firms"]) for own in results))
    cells = {(own["truth"], own["firms"], own["method"]): own for own in results}
    def cell(own):
        if own is None:
            return "–"
        spread = own.get("ours-hit.se")
        if own["method"] == "ours" or spread is None or spread != spread:
            return f"{percent(own['hit'])} ({percent(own['gain'])})"
        return f"{percent(own['hit'])} ({percent(own['gain'])}), {-100 * own['ours-hit']:+.0f} ± {165 * spread:.0f}"
    rows = [[method.replace("|", "\\|")] + [cell(cells.get((truth, firms, method))) for truth, firms in cases] for method in methods]
    return table(["chosen by"] + [f"{truth}, {firms:,}" for truth, firms in cases], rows)


def transfer():
    rows = []
    for own in load("transfer.json")["results"]:
        if own["candidate"] in ("index-equal", "ridge", "blend"):
            rows.append([own["study"], own["outcome"], own["candidate"], f"{own['aucWithinLeftOut']:.3f}",
                         f"{own['aucWithinRandom']:.3f}", f"{own['logLossLeftOut']:.3f}", f"{own['logLossRandom']:.3f}",
                         f"{own['largestLevelErrorLeftOut']:.1f}"])
    return table(["left out", "outcome", "candidate", "AUC within, left out", "AUC within, learned from", "log-loss, left out",
                  "log-loss, learned from", "largest error of level, left out (log-odds)"], rows)


def trees_speed():
    """Medians of ours and of the fastest peer, and how many times faster we are."""
    own = load("boosted_trees_speed.json")
    rows = []
    def row(what, cases, field, unit, scale, quality=True):
        ours = cases["ours"]
        peers = {name: case for name, case in cases.items() if not name.startswith("ours") and isinstance(case, dict)}
        best = min(peers, key=lambda name: peers[name][field])
        loss = (f"{ours['log_loss']:.3f} ({peers[best]['log_loss']:.3f})" if quality else "same trees or like them")
        rows.append([what, f"{scale * ours[field]:.3g} {unit}", f"{scale * peers[best][field]:.3g} {unit}, {best}",
                     f"{peers[best][field] / ours[field]:.2f}", loss])
    for name, cases in own["small"]["cases"].items():
        row(f"{name}, 100 trees of 31 leaves, one thread", cases, "seconds", "ms", 1000)
    for name, cases in own["batch"]["cases"].items():
        row(f"{name}, preset, each", cases, "processor_seconds_per_fit", "ms", 1000)
    for name, cases in own["large"]["cases"].items():
        row(f"{name}, 100 trees, two threads", cases, "seconds", "s", 1)
    row("score 20,000 rows, one thread", own["predict"]["cases"], "batch_seconds", "ms", 1000, False)
    row("score one row", own["predict"]["cases"], "row_seconds", "µs", 1e6, False)
    return table(["what", "ours", "fastest peer", "times faster", "log-loss (theirs)"], rows)


def trees_accuracy():
    """Log-loss of defaults on simulated surveys and real tables, or root mean squared error, beside every peer."""
    rows, peers = [], ["LightGBM", "LightGBM small x 8", "XGBoost", "CatBoost", "scikit-learn"]
    for part in ("few", "simulated", "tables", "others"):
        for name, own in load(f"boosted_trees_accuracy_{part}.json")["cells"].items():
            if name.startswith("agaricus"):
                continue  # All tools are within rounding of 0.
            best = min(value for peer, value in own["mean"].items() if peer != "ours")
            digits = 4 if best < 10 else 1
            rows.append([name, f"{own['mean']['ours']:.{digits}f}", f"{100 * (own['mean']['ours'] / best - 1):+.1f} %"]
                        + [f"{own['mean'][peer]:.{digits}f}" if peer in own["mean"] else "–" for peer in peers])
    return table(["data", "ours", "beside the best peer", "LightGBM", "its small preset × 8"] + peers[2:], rows)


TABLES = dict(trees_speed=trees_speed, trees_accuracy=trees_accuracy, heldout=heldout, benchmark_protocol=benchmark_protocol, transfer=transfer, truth=truth,
              priorities=priorities, rank_intervals=rank_intervals)


# The page of all results.


def cell(value):
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ""}[value]
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    if isinstance(value, list):
        return ", ".join(cell(item) for item in value) if len(value) <= 6 else f"{len(value)} values"
    return str(value).replace("|", "\\|")


def flat(value, prefix=""):
    """A dictionary's leaves by their path."""
    leaves = {}
    for key, item in value.items():
        name = f"{prefix}{key}"
        if isinstance(item, dict):
            leaves.update(flat(item, name + "."))
        elif not (isinstance(item, list) and item and isinstance(item[0], dict)):
            leaves[name] = item
    return leaves


def tables(value, title=""):
    """Every list of dictionaries below a value as a table; every other leaf as a line of a two-column table."""
    text = []
    if isinstance(value, list):
        # Rows with the same figures share a table.
        kinds = {}
        for item in value:
            if isinstance(item, dict):
                row = flat(item)
                kinds.setdefault(tuple(row), []).append(row)
        for header, rows in kinds.items():
            if header:
                name = f"**{title}**\n\n" if title else ""
                text.append(name + table(header, [[cell(row[key]) for key in header] for row in rows]))
        return text
    leaves = flat(value)
    if leaves:
        text.append((f"**{title}**\n\n" if title else "") + table(["figure", "value"], [[k, cell(v)] for k, v in leaves.items()]))
    for key, item in value.items():
        if isinstance(item, list) and item and isinstance(item[0], dict):
            text += tables(item, f"{title}.{key}" if title else key)
        elif isinstance(item, dict):
            for inner, part in item.items():
                if isinstance(part, list) and part and isinstance(part[0], dict):
                    text += tables(part, f"{key}.{inner}")
    return text


def page():
    parts = ["# Results of the benchmarks\n\nWritten by `Scripts/results_page.py` from `Results/`; do not edit. Times are seconds of the "
             "machine that each section names: ratios travel, seconds do not."]
    for path in sorted(RESULTS.glob("*.json*")):
        value = load(path.name)
        parts.append(f"## {path.stem}")
        if isinstance(value, dict):
            about = {key: value[key] for key in PROVENANCE if key in value}
            leaves = flat(about)
            if leaves:
                parts.append("; ".join(f"{key}: {cell(item)}" for key, item in leaves.items()))
            value = {key: item for key, item in value.items() if key not in PROVENANCE}
        parts += tables(value)
    return "\n\n".join(parts) + "\n"


# README.

FIGURE = re.compile(r"<!-- figure: (\S+) (.+?) (\S+) -->(.*?)<!-- /figure -->", re.S)
TABLE = re.compile(r"<!-- table: (\S+) -->\n(.*?)<!-- /table -->", re.S)


def quoted(text):
    """README with every quoted figure and table as the results have them."""

    def figure(match):
        file, path, form, _ = match.groups()
        scale = 1
        if form.endswith("%"):
            form, scale = form[:-1], 100
        value = format(scale * find(load(file), path), form)
        return f"<!-- figure: {file} {path} {match.group(3)} -->{value}<!-- /figure -->"

    def block(match):
        if match.group(1) not in TABLES:
            raise Disagreement(f"README quotes a table '{match.group(1)}' that results_page.py does not know")
        return f"<!-- table: {match.group(1)} -->\n{TABLES[match.group(1)]()}\n<!-- /table -->"

    return TABLE.sub(block, FIGURE.sub(figure, text))


def main():
    wanted = {README: quoted(README.read_text())}
    if "--readme" not in sys.argv:
        wanted[PAGE] = page()
    if "--check" not in sys.argv:
        for path, text in wanted.items():
            path.write_text(text)
        return 0
    failures = 0
    for path, text in wanted.items():
        have = path.read_text().splitlines() if path.exists() else []
        for number, (a, b) in enumerate(zip(have + [""] * 10_000, text.splitlines()), 1):
            if a != b:
                print(f"{path.name}:{number}: has '{a}', the results say '{b}'")
                failures += 1
                break
        else:
            if len(have) != len(text.splitlines()):
                print(f"{path.name}: has {len(have)} lines, the results make {len(text.splitlines())}")
                failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Disagreement as error:
        print(error)
        sys.exit(1)

"""Speed and accuracy of LinearModels against glmnet, scikit-learn, skglm, adelie and statsmodels.

Runs ours and the peers in turn on the same data, takes medians, checks every objective against the best known, and
writes Benchmarks/Results/linear_models.json. All on one thread. Seconds are of the processor where ratios are made, so
that other work on the machine disturbs them less; those of the clock stand beside them. Build the executable first:

    swift build -c release --package-path Benchmarks --product LinearModelsBenchmark
    python Benchmarks/Scripts/linear_models.py [--quick] [--executable FILE] [--peers glmnet,skglm,...] [--only path,...]

Cases that are run again replace those of the same name in the results; the others stay.
"""

import argparse, json, os, platform, subprocess, sys, tempfile, time, warnings

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import linear_models_peers

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--quick", action="store_true", help="fewer rounds, replicates and peers' tolerances")
parser.add_argument("--executable", default=os.path.join(ROOT, "Benchmarks/.build/release/LinearModelsBenchmark"))
parser.add_argument("--rscript", default="Rscript")
parser.add_argument("--peers", default="glmnet,skglm,adelie,scikit-learn,statsmodels")
TASKS = "path,one-hot,cross-validation,bootstrap,ordinal,ordinal-cross-validation,ridge-replicates,coverage"
CASES = "0,1,2,3,4"
parser.add_argument("--only", default=TASKS)
parser.add_argument("--cases", default=CASES, help="which of the path cases")
parser.add_argument("--budget", type=float, default=15, help="seconds after which a peer is not made more exact")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--output", default=os.path.join(ROOT, "Benchmarks/Results/linear_models.json"))
options = parser.parse_args()
peers, tasks = options.peers.split(","), options.only.split(",")
rounds = 3 if options.quick else 7


def simulate(n, p, correlation, seed):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, p)) * np.sqrt(1 - correlation)
    x += np.sqrt(correlation) * generator.normal(size=(n, 1))
    truth = np.zeros(p)
    truth[: min(p, 20)] = np.resize([1, -0.8, 0.6, -0.4, 0.2], min(p, 20))
    y = (generator.uniform(size=n) < 1 / (1 + np.exp(-x @ truth))).astype(float)
    return x, y


def ordered(n, p):
    """Five classes of equal size that follow proportional odds."""
    generator = np.random.default_rng(options.seed)
    x = generator.normal(size=(n, p)) * np.sqrt(0.5) + np.sqrt(0.5) * generator.normal(size=(n, 1))
    score = x @ np.resize([0.6, -0.4, 0.2, 0], p) + generator.logistic(size=n)
    return x, np.searchsorted(np.quantile(score, [0.2, 0.4, 0.6, 0.8]), score).astype(float)


def call(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def ours(task, folder="", n=0, p=0, **settings):
    command = [options.executable, task]
    if folder:
        command += ["--x", f"{folder}/x", "--y", f"{folder}/y", "--rows", str(n), "--columns", str(p)]
    for name, value in settings.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    return call(command)


def glmnet(task, folder, n, p, threshold=0, *more):
    script = os.path.join(HERE, "linear_models.R")
    return call([options.rscript, script, task, folder, str(n), str(p), "1", str(threshold)] + [str(m) for m in more])


def objective(x, y, intercept, coefficients, strength):
    eta = intercept + x @ coefficients
    return np.mean(np.logaddexp(0, eta) - y * eta) + strength * np.sum(np.abs(coefficients) * x.std(axis=0))


class Times:
    """Seconds of the runs of one tool."""

    def __init__(self):
        self.processor, self.clock = [], []

    def add(self, output, skip=0):
        self.processor += output["processorSeconds"][skip:]
        self.clock += output["seconds"][skip:]

    def measure(self, run):
        start, used = time.perf_counter(), time.process_time()
        value = run()
        self.processor.append(time.process_time() - used)
        self.clock.append(time.perf_counter() - start)
        return value

    def summary(self, **more):
        return {"processorSeconds": float(np.median(self.processor)), "clockSeconds": float(np.median(self.clock)),
                "smallest": float(np.min(self.processor)), "runs": len(self.processor)} | more

    def over(self, other):
        return float(np.median(self.processor) / np.median(other.processor))


def write(folder, **arrays):
    for name, array in arrays.items():
        np.asarray(array, float).ravel(order="F").tofile(f"{folder}/{name}")


def machine():
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as lines:
            name = next(l.split(":")[1].strip() for l in lines if l.startswith("model name"))
    except OSError:
        pass
    return {"processor": name, "cores": os.cpu_count()}


def versions():
    found = {"python": platform.python_version()}
    for name in ("numpy", "sklearn", "skglm", "adelie", "statsmodels"):
        try:
            found[name] = __import__(name).__version__
        except Exception:
            pass
    return found


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT] + list(arguments), capture_output=True, text=True).stdout.strip()


commit = git("rev-parse", "HEAD")
if git("status", "--porcelain", "--", "Sources", "Package.swift", "Benchmarks/Sources", "Benchmarks/Scripts"):
    commit += ", and changes not committed"
results = {"suite": "linear_models", "cases": []}
# A run of everything stands alone; one of some cases replaces those.
if (options.only, options.cases) != (TASKS, CASES) and os.path.exists(options.output):
    with open(options.output) as file:
        results["cases"] = json.load(file)["cases"]


def record(case):
    """Keeps what was measured so far, so that a run that is stopped is not lost."""
    case |= {"machine": machine() | {"load": os.getloadavg()}, "versions": versions() | r_versions, "seed": options.seed,
             "threads": 1, "quick": options.quick, "commit": commit, "date": time.strftime("%Y-%m-%d")}
    key = lambda c: [c["task"]] + [c.get(name) for name in ("rows", "columns", "correlation")]
    results["cases"] = [other for other in results["cases"] if key(other) != key(case)] + [case]
    print(json.dumps(case), flush=True)
    os.makedirs(os.path.dirname(os.path.abspath(options.output)), exist_ok=True)
    with open(options.output, "w") as file:
        json.dump(results, file, indent=1)
        file.write("\n")


def tuned(path, z, y, strengths, best, budget):
    """The loosest tolerance at which a peer's path comes within 1e-8 of the best objectives, and how close it comes.

    Gives up once a path takes longer than `budget` seconds; one that takes twice as long is broken off, so that its time
    is that of the strengths it reached."""
    for exponent in (4, 5, 6, 7, 8, 9, 10, 11, 12, 14):
        tolerance = 10.0**-exponent
        start, fits = time.process_time(), []
        for fit in path(z, y, strengths, tolerance):
            fits.append(fit)
            if time.process_time() - start > 2 * budget:
                break
        used = time.process_time() - start
        excess = [objective(z, y, b, w, s) / o - 1 for (b, w), s, o in zip(fits, strengths, best)]
        reached = len(fits) == len(strengths) and max(excess) <= 1e-8
        if reached or used > budget:
            break
    return {"tolerance": tolerance, "largestExcess": float(max(excess)), "isAccurate": bool(reached),
            "strengths": len(fits), "processorSecondsOnce": used}


r_versions = {}
warnings.simplefilter("ignore")
if "path" in tasks:
    cases = ((1000, 100, 0), (1000, 100, 0.95), (2000, 60, 0.5), (100, 1000, 0), (20000, 60, 0.5))
    for n, p, correlation in (cases[int(c)] for c in options.cases.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            x, y = simulate(n, p, correlation, options.seed)
            write(folder, x=x, y=y)
            case = {"task": "lasso path", "rows": n, "columns": p, "correlation": correlation}
            first = glmnet("path", folder, n, p)  # Also writes the strengths.
            r_versions = {"glmnet": first["glmnet"], "R": first["R"]}
            strengths = np.fromfile(f"{folder}/lambda")
            exact = ours("path", folder, n, p, strengths=f"{folder}/lambda", tolerance=1e-13)
            best = [objective(x, y, w[0], np.array(w[1:]), s) for w, s in zip(exact["coefficients"], strengths)]
            # Standardised features, as ours and glmnet use inside, so that all solve the same problem.
            z = np.asfortranarray((x - x.mean(axis=0)) / x.std(axis=0))
            chosen = {}
            for name, path in linear_models_peers.PATHS.items():
                if name not in peers:
                    continue
                try:
                    list(path(z, y, strengths[:3], 1e-2))  # Compilation and imports stay outside the clock.
                    chosen[name] = tuned(path, z, y, strengths, best, options.budget)
                except Exception as error:  # A peer that fails is reported, not hidden.
                    chosen[name] = {"error": f"{type(error).__name__}: {error}"[:300]}
            times = {name: Times() for name in ["ours", "glmnet"] + list(chosen)}
            for _ in range(rounds):
                times["glmnet"].add(glmnet("path", folder, n, p))
                mine = ours("path", folder, n, p, strengths=f"{folder}/lambda", tolerance=1e-8, repeats=2)
                times["ours"].add(mine, skip=1)
                for name, setting in chosen.items():
                    # A path that takes seconds needs no median to show how far it is.
                    if "error" not in setting and setting["processorSecondsOnce"] < 0.7:
                        path = linear_models_peers.PATHS[name]
                        times[name].measure(lambda: list(path(z, y, strengths, setting["tolerance"])))
            case["strengths"] = len(strengths)
            case["ours"] = times["ours"].summary(
                certifiedStrengths=len(mine["strengths"]), largestReportedGap=max(mine["relativeDualityGaps"]),
                largestExcess=max(
                    objective(x, y, w[0], np.array(w[1:]), s) / o - 1
                    for w, s, o in zip(mine["coefficients"], strengths, best)))
            theirs = np.fromfile(f"{folder}/glmnet-0").reshape(len(strengths), p + 1)
            excess = [objective(x, y, w[0], w[1:], s) / o - 1 for w, s, o in zip(theirs, strengths, best)]
            case["glmnet"] = times["glmnet"].summary(
                largestExcess=max(excess), timesOurs=times["glmnet"].over(times["ours"]))
            if correlation < 0.9 or not options.quick:
                tight = Times()
                tight.add(glmnet("path", folder, n, p, 1e-14))
                theirs = np.fromfile(f"{folder}/glmnet-1e-14").reshape(-1, p + 1)
                excess = [objective(x, y, w[0], w[1:], s) / o - 1 for w, s, o in zip(theirs, strengths, best)]
                case["glmnetAt1e-14"] = tight.summary(largestExcess=max(excess), timesOurs=tight.over(times["ours"]))
            case["peers"] = {}
            for name, setting in chosen.items():
                if "error" not in setting:
                    if not times[name].processor:
                        once = setting["processorSecondsOnce"]
                        times[name].add({"processorSeconds": [once], "seconds": [once]})
                    setting = setting | times[name].summary(timesOurs=times[name].over(times["ours"]))
                case["peers"][name] = setting
            record(case)

if "one-hot" in tasks and "glmnet" in peers:
    # A few answers beside three questions of hundreds of levels, such as branches, regions and products.
    n, p, levels = 20000, 10, (300, 200, 100)
    with tempfile.TemporaryDirectory() as folder:
        generator = np.random.default_rng(options.seed)
        x = generator.normal(size=(n, p))
        # Level sizes fall like 1 / rank, as those of branches do.
        codes = [generator.choice(k, size=n, p=1 / np.arange(1, k + 1) / np.sum(1 / np.arange(1, k + 1))) for k in levels]
        values = [generator.normal(size=k) * 0.5 * (generator.uniform(size=k) < 0.3) for k in levels]
        eta = x @ np.resize([0.6, -0.4, 0.2, 0], p) + sum(v[c] for v, c in zip(values, codes)) - 0.3
        y = (generator.uniform(size=n) < 1 / (1 + np.exp(-eta))).astype(float)
        write(folder, x=x, y=y, codes=np.stack(codes, axis=1))
        wide = np.concatenate([x] + [np.eye(k)[c] for k, c in zip(levels, codes)], axis=1)
        names = ",".join(str(k) for k in levels)
        more = dict(codes=f"{folder}/codes", levels=names, strengths=f"{folder}/lambda")
        times = {"ours": Times(), "zeros written out": Times(), "glmnet": Times()}
        for _ in range(3):
            theirs = glmnet("one-hot", folder, n, p, 0, names)
            times["glmnet"].add(theirs)
            mine = ours("one-hot", folder, n, p, tolerance=1e-8, **more)
            times["ours"].add(mine)
        times["zeros written out"].add(ours("one-hot-expanded", folder, n, p, tolerance=1e-8, **more))
        strengths = np.fromfile(f"{folder}/lambda")
        exact = ours("one-hot", folder, n, p, tolerance=1e-13, **more)
        best = [objective(wide, y, w[0], np.array(w[1:]), s) for w, s in zip(exact["coefficients"], strengths)]
        excess = lambda fits: max(objective(wide, y, w[0], np.array(w[1:]), s) / o - 1 for w, s, o in zip(fits, strengths, best))
        theirs_fit = np.fromfile(f"{folder}/glmnet-0").reshape(len(strengths), -1)
        r_versions = {"glmnet": theirs["glmnet"], "R": theirs["R"]}
        record({
            "task": "lasso path of one-hot blocks", "rows": n, "columns": p + sum(levels), "dense": p, "levels": list(levels),
            "strengths": len(strengths),
            "ours": times["ours"].summary(
                certifiedStrengths=len(mine["strengths"]), largestReportedGap=max(mine["relativeDualityGaps"]),
                largestExcess=excess(mine["coefficients"])),
            "ours, zeros written out": times["zeros written out"].summary(
                timesOurs=times["zeros written out"].over(times["ours"])),
            "glmnet, sparse": times["glmnet"].summary(
                largestExcess=excess(theirs_fit), timesOurs=times["glmnet"].over(times["ours"]))})

if "cross-validation" in tasks and "glmnet" in peers:
    n, p = 2000, 60
    with tempfile.TemporaryDirectory() as folder:
        x, y = simulate(n, p, 0.5, options.seed)
        write(folder, x=x, y=y, folds=np.random.default_rng(options.seed).permutation(np.arange(n) % 10))
        times = {"ours": Times(), "glmnet": Times()}
        for _ in range(3 if options.quick else 5):
            theirs = glmnet("cross-validation", folder, n, p)
            times["glmnet"].add(theirs)
            mine = ours("cross-validation", folder, n, p, strengths=f"{folder}/lambda", folds=f"{folder}/folds")
            times["ours"].add(mine)
        r_versions = {"glmnet": theirs["glmnet"], "R": theirs["R"]}
        record({
            "task": "10-fold cross-validated lasso path", "rows": n, "columns": p,
            "ours": times["ours"].summary(chosen=mine["chosenStrength"], tolerance=1e-8),
            "cv.glmnet": times["glmnet"].summary(
                chosen=float(np.fromfile(f"{folder}/chosen")[0]), timesOurs=times["glmnet"].over(times["ours"]))})

if "bootstrap" in tasks and "glmnet" in peers:
    n, p, replicates = 500, 60, 50 if options.quick else 500
    with tempfile.TemporaryDirectory() as folder:
        x, y = simulate(n, p, 0.5, options.seed)
        generator = np.random.default_rng(options.seed)
        counts = np.stack([np.bincount(generator.integers(0, n, n), minlength=n) for _ in range(replicates)], axis=1)
        write(folder, x=x, y=y, counts=counts)
        times = {"gap 1e-8": Times(), "gap 1e-6": Times(), "glmnet": Times()}
        for _ in range(3):
            theirs = glmnet("bootstrap", folder, n, p, 0, replicates)
            times["glmnet"].add(theirs)
            for gap in ("1e-8", "1e-6"):
                times["gap " + gap].add(ours(
                    "bootstrap", folder, n, p, counts=f"{folder}/counts", replicates=replicates, count=50, tolerance=gap))
        r_versions = {"glmnet": theirs["glmnet"], "R": theirs["R"]}
        record({
            "task": "bootstraps of a lasso path of 50 strengths", "rows": n, "columns": p, "replicates": replicates,
            "ours, gap 1e-8": times["gap 1e-8"].summary(), "ours, gap 1e-6": times["gap 1e-6"].summary(),
            "glmnet": times["glmnet"].summary(
                timesOurs=times["glmnet"].over(times["gap 1e-8"]), timesOursAt1e6=times["glmnet"].over(times["gap 1e-6"]))})

if "ordinal" in tasks and "statsmodels" in peers:
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    n, p = 2000, 40
    with tempfile.TemporaryDirectory() as folder:
        x, y = ordered(n, p)
        write(folder, x=x, y=y)
        times = {"ours": Times(), "statsmodels": Times()}
        for _ in range(3):
            model = OrderedModel(y, x, distr="logit")
            fit = times["statsmodels"].measure(lambda: model.fit(method="bfgs", disp=False, maxiter=1000))
            mine = ours("ordinal", folder, n, p, repeats=3)
            times["ours"].add(mine, skip=1)
        tight = model.fit(start_params=fit.params, method="bfgs", disp=False, maxiter=2000, gtol=1e-7)
        record({
            "task": "proportional odds, five classes", "rows": n, "columns": p,
            "ours": times["ours"].summary(logLikelihood=mine["logLikelihood"]),
            "statsmodels": times["statsmodels"].summary(
                logLikelihood=float(fit.llf), timesOurs=times["statsmodels"].over(times["ours"])),
            "statsmodelsTight": {"logLikelihood": float(tight.llf)},
            "relativeDifferenceOfOptima": abs(mine["logLikelihood"] / float(tight.llf) - 1),
            "largestCoefficientDifference": float(np.max(np.abs(np.array(mine["coefficients"][0]) - tight.params[:p])))})

if "ordinal-cross-validation" in tasks:
    n, p = 2000, 40
    with tempfile.TemporaryDirectory() as folder:
        x, y = ordered(n, p)
        write(folder, x=x, y=y)
        times = Times()
        mine = ours("ordinal-cross-validation", folder, n, p, count=50, repeats=3, **{"l1-ratio": 1})
        times.add(mine)
        record({"task": "proportional odds, lasso path of 50 strengths by 10 folds", "rows": n, "columns": p,
                "ours": times.summary(chosen=mine["chosenStrength"], strengths=len(mine["strengths"]),
                                      largestReportedGap=max(mine["relativeDualityGaps"]))})

if "ridge-replicates" in tasks:
    for n, p in ((500, 40), (1500, 30)) + (() if options.quick else ((3100, 100),)):
        with tempfile.TemporaryDirectory() as folder:
            x, y = simulate(n, p, 0.5, options.seed)
            write(folder, x=x, y=y)
            replicates, times = 40 if options.quick else 200, Times()
            times.add(ours("ridge-replicates", folder, n, p, replicates=replicates, repeats=2))
            record({"task": "ridge, strength chosen by 5 folds, two outcomes", "rows": n, "columns": p,
                    "replicates": replicates, "ours": times.summary()})

if "coverage" in tasks:
    surveys = 100 if options.quick else 1000
    record({"task": "coverage of 95 % intervals", "bar": [0.93, 0.97]} | ours("coverage", surveys=surveys))

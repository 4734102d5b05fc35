"""Speed and accuracy of LinearModels against glmnet, scikit-learn, skglm, adelie and statsmodels.

Runs ours and the peer in turn on the same data, takes medians, checks every objective against the best known, and
writes Benchmarks/Results/linear_models.json. All on one thread. Build the executable first:

    swift build -c release --package-path Benchmarks --product LinearModelsBenchmark
    python Benchmarks/Scripts/linear_models.py [--quick] [--executable FILE] [--peers glmnet,scikit-learn,...]
"""

import argparse, json, os, platform, subprocess, tempfile, time, warnings

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--quick", action="store_true", help="fewer rounds, replicates and peers' tolerances")
parser.add_argument("--executable", default=os.path.join(ROOT, "Benchmarks/.build/release/LinearModelsBenchmark"))
parser.add_argument("--rscript", default="Rscript")
parser.add_argument("--peers", default="glmnet,scikit-learn,skglm,adelie,statsmodels")
parser.add_argument("--only", default="path,cross-validation,bootstrap,ordinal,ridge-replicates")
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


def ours(task, folder, n, p, **settings):
    command = [options.executable, task, "--x", f"{folder}/x", "--y", f"{folder}/y", "--rows", str(n), "--columns", str(p)]
    for name, value in settings.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def glmnet(task, folder, n, p, threshold=0, *more):
    command = [options.rscript, os.path.join(HERE, "linear_models.R"), task, folder, str(n), str(p), "1", str(threshold)]
    return json.loads(subprocess.run(command + [str(m) for m in more], check=True, capture_output=True, text=True).stdout)


def objective(x, y, intercept, coefficients, strength):
    eta = intercept + x @ coefficients
    return np.mean(np.logaddexp(0, eta) - y * eta) + strength * np.sum(np.abs(coefficients) * x.std(axis=0))


def summary(seconds):
    return {"median": float(np.median(seconds)), "smallest": float(np.min(seconds)), "runs": len(seconds)}


def write(folder, **arrays):
    for name, array in arrays.items():
        np.asarray(array, float).ravel(order="F").tofile(f"{folder}/{name}")


results = {
    "suite": "linear_models",
    "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()},
    "python": platform.python_version(), "seed": options.seed, "threads": 1, "rounds": rounds, "quick": options.quick,
    "commit": subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip(),
    "cases": [],
}
try:
    with open("/proc/cpuinfo") as lines:
        results["machine"]["processor"] = next(l.split(":")[1].strip() for l in lines if l.startswith("model name"))
except OSError:
    pass


def record(case):
    """Keeps what was measured so far, so that a run that is stopped is not lost."""
    results["cases"].append(case)
    results["machine"]["loadAtEnd"] = os.getloadavg()
    print(json.dumps(case), flush=True)
    os.makedirs(os.path.dirname(options.output), exist_ok=True)
    with open(options.output, "w") as file:
        json.dump(results, file, indent=1)
        file.write("\n")


def python_peers(x, y, strengths, best):
    """The time of each peer's path at its loosest tolerance that comes within 1e-8 of the best objectives."""
    # Standardised features, as ours and glmnet use inside, so that all solve the same problem.
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    n = len(y)
    tolerances = (1e-6, 1e-9) if options.quick else (1e-4, 1e-6, 1e-8, 1e-10, 1e-12)

    def scikit(tolerance):
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(
            penalty="l1", solver="saga", warm_start=True, tol=tolerance, max_iter=20000 if options.quick else 200000)
        for strength in strengths:
            model.set_params(C=1 / (strength * n)).fit(z, y)
            yield model.intercept_[0], model.coef_[0]

    def skglm(tolerance):
        from skglm import GeneralizedLinearEstimator
        from skglm.datafits import Logistic
        from skglm.penalties import L1
        from skglm.solvers import ProxNewton

        model = GeneralizedLinearEstimator(
            Logistic(), L1(strengths[0]), ProxNewton(tol=tolerance, fit_intercept=True, warm_start=True, max_iter=100))
        for strength in strengths:
            model.penalty.alpha = strength
            model.fit(z, 2 * y - 1)
            yield float(np.ravel(model.intercept_)[0]), np.ravel(model.coef_)

    def adelie(tolerance):
        import adelie

        state = adelie.grpnet(
            X=np.asfortranarray(z), glm=adelie.glm.binomial(y=y, dtype=np.float64), lmda_path=strengths, tol=tolerance,
            irls_tol=tolerance, intercept=True, early_exit=False, progress_bar=False, n_threads=1,
            max_iters=10**7, irls_max_iters=10**6)
        for intercept, coefficients in zip(state.intercepts, state.betas.toarray()):
            yield intercept, coefficients

    out = {}
    for name, path in (("scikit-learn", scikit), ("skglm", skglm), ("adelie", adelie)):
        if name not in peers:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                list(path(1e-2))  # Compilation and imports stay outside the clock.
                for tolerance in tolerances:
                    start = time.perf_counter()
                    fits = list(path(tolerance))
                    seconds = time.perf_counter() - start
                    excess = max(
                        objective(z, y, b, w, s) / o - 1 for (b, w), s, o in zip(fits, strengths, best))
                    out[name] = {"seconds": seconds, "tolerance": tolerance, "largestExcess": float(excess),
                                 "strengths": len(fits)}
                    if excess <= 1e-8 and len(fits) == len(strengths) or seconds > (5 if options.quick else 120):
                        break
        except Exception as error:  # A peer that fails is reported, not hidden.
            out[name] = {"error": f"{type(error).__name__}: {error}"[:300]}
    return out


if "path" in tasks:
    for n, p, correlation in ((1000, 100, 0), (1000, 100, 0.95), (2000, 60, 0.5), (100, 1000, 0), (20000, 60, 0.5)):
        with tempfile.TemporaryDirectory() as folder:
            x, y = simulate(n, p, correlation, options.seed)
            write(folder, x=x, y=y)
            case = {"task": "lasso path", "rows": n, "columns": p, "correlation": correlation}
            times = {"ours": [], "glmnet": []}
            glmnet("path", folder, n, p)  # Also writes the strengths.
            strengths = np.fromfile(f"{folder}/lambda")
            for _ in range(rounds):
                times["glmnet"] += glmnet("path", folder, n, p)["seconds"]
                mine = ours("path", folder, n, p, strengths=f"{folder}/lambda", tolerance=1e-8, repeats=2)
                times["ours"] += mine["seconds"][1:]
            exact = ours("path", folder, n, p, strengths=f"{folder}/lambda", tolerance=1e-13)
            count = len(exact["strengths"])
            best = [objective(x, y, w[0], np.array(w[1:]), s) for w, s in zip(exact["coefficients"], strengths)]
            theirs = np.fromfile(f"{folder}/glmnet-0").reshape(len(strengths), p + 1)
            case["strengths"] = len(strengths)
            case["ours"] = summary(times["ours"]) | {
                "certifiedStrengths": len(mine["strengths"]),
                "largestReportedGap": max(mine["relativeDualityGaps"]),
                "largestExcess": max(
                    objective(x, y, w[0], np.array(w[1:]), s) / o - 1
                    for w, s, o in zip(mine["coefficients"], strengths, best)),
            }
            excess = [objective(x, y, w[0], w[1:], s) / o - 1 for w, s, o in zip(theirs, strengths, best)]
            case["glmnet"] = summary(times["glmnet"]) | {"largestExcess": max(excess)}
            case["timesFasterThanGlmnet"] = case["glmnet"]["median"] / case["ours"]["median"]
            if correlation < 0.9 or not options.quick:
                tight = glmnet("path", folder, n, p, 1e-14)
                theirs = np.fromfile(f"{folder}/glmnet-1e-14").reshape(-1, p + 1)
                excess = [objective(x, y, w[0], w[1:], s) / o - 1 for w, s, o in zip(theirs, strengths, best)]
                case["glmnetAt1e-14"] = summary(tight["seconds"]) | {"largestExcess": max(excess)}
                results["glmnet"], results["R"] = tight["glmnet"], tight["R"]
            if n <= 2000:
                # Peers' time grows with the number of strengths: every tenth is enough for a ratio, in quick runs.
                chosen = slice(0, count, 10 if options.quick else 1)
                case["peers"] = python_peers(x, y, strengths[:count][chosen], best[chosen])
                case["peers"]["strengths"] = len(strengths[:count][chosen])
            record(case)

if "cross-validation" in tasks and "glmnet" in peers:
    n, p = 2000, 60
    with tempfile.TemporaryDirectory() as folder:
        x, y = simulate(n, p, 0.5, options.seed)
        write(folder, x=x, y=y, folds=np.random.default_rng(options.seed).permutation(np.arange(n) % 10))
        times = {"ours": [], "glmnet": []}
        for _ in range(rounds):
            times["glmnet"] += glmnet("cross-validation", folder, n, p)["seconds"]
            mine = ours("cross-validation", folder, n, p, strengths=f"{folder}/lambda", folds=f"{folder}/folds")
            times["ours"] += mine["seconds"]
        case = {"task": "10-fold cross-validated lasso path", "rows": n, "columns": p,
                "ours": summary(times["ours"]) | {"chosen": mine["chosenStrength"]},
                "cv.glmnet": summary(times["glmnet"]) | {"chosen": float(np.fromfile(f"{folder}/chosen")[0])}}
        case["timesFaster"] = case["cv.glmnet"]["median"] / case["ours"]["median"]
        record(case)

if "bootstrap" in tasks and "glmnet" in peers:
    n, p, replicates = 500, 60, 50 if options.quick else 500
    with tempfile.TemporaryDirectory() as folder:
        x, y = simulate(n, p, 0.5, options.seed)
        generator = np.random.default_rng(options.seed)
        counts = np.stack([np.bincount(generator.integers(0, n, n), minlength=n) for _ in range(replicates)], axis=1)
        write(folder, x=x, y=y, counts=counts)
        times = {"ours": [], "glmnet": []}
        for _ in range(rounds if options.quick else 3):
            times["glmnet"] += glmnet("bootstrap", folder, n, p, 0, replicates)["seconds"]
            mine = ours("bootstrap", folder, n, p, counts=f"{folder}/counts", replicates=replicates, count=50)
            times["ours"] += mine["seconds"]
        case = {"task": "bootstraps of a lasso path of 50 strengths", "rows": n, "columns": p, "replicates": replicates,
                "ours": summary(times["ours"]), "glmnet": summary(times["glmnet"])}
        case["timesFaster"] = case["glmnet"]["median"] / case["ours"]["median"]
        record(case)

if "ordinal" in tasks and "statsmodels" in peers:
    n, p = 2000, 40
    with tempfile.TemporaryDirectory() as folder:
        generator = np.random.default_rng(options.seed)
        x = generator.normal(size=(n, p)) * np.sqrt(0.5) + np.sqrt(0.5) * generator.normal(size=(n, 1))
        score = x @ np.resize([0.6, -0.4, 0.2, 0], p) + generator.logistic(size=n)
        y = np.searchsorted(np.quantile(score, [0.2, 0.4, 0.6, 0.8]), score).astype(float)
        write(folder, x=x, y=y)
        from statsmodels.miscmodels.ordinal_model import OrderedModel

        times = {"ours": [], "statsmodels": []}
        for _ in range(rounds):
            start = time.perf_counter()
            fit = OrderedModel(y, x, distr="logit").fit(method="bfgs", disp=False, maxiter=1000)
            times["statsmodels"].append(time.perf_counter() - start)
            mine = ours("ordinal", folder, n, p, repeats=3)
            times["ours"] += mine["seconds"][1:]
        case = {"task": "proportional odds, five classes", "rows": n, "columns": p,
                "ours": summary(times["ours"]) | {"logLikelihood": mine["logLikelihood"]},
                "statsmodels": summary(times["statsmodels"]) | {"logLikelihood": float(fit.llf)},
                "largestCoefficientDifference": float(np.max(np.abs(np.array(mine["coefficients"][0]) - fit.params[:p])))}
        case["timesFaster"] = case["statsmodels"]["median"] / case["ours"]["median"]
        record(case)

if "ridge-replicates" in tasks:
    for n, p in ((500, 40), (1500, 30)) + (() if options.quick else ((3100, 100),)):
        with tempfile.TemporaryDirectory() as folder:
            x, y = simulate(n, p, 0.5, options.seed)
            write(folder, x=x, y=y)
            replicates = 40 if options.quick else 200
            mine = ours("ridge-replicates", folder, n, p, replicates=replicates, repeats=2 if options.quick else 3)
            case = {"task": "ridge, strength chosen by 5 folds, two outcomes", "rows": n, "columns": p,
                    "replicates": replicates, "ours": summary(mine["seconds"])}
            record(case)

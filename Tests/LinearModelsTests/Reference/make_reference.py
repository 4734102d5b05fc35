"""Prints StatsmodelsReference.swift: unpenalised fits by statsmodels, Newton to a gradient below 1e-10.

    python make_reference.py ../../../../shared/data/vectors/glm | swift format - > ../StatsmodelsReference.swift

Standard errors are from the observed information: by formula for the binary and nominal models, for the ordered one by
a numerical Hessian of the log-likelihood (Richardson extrapolation, about 1e-8).
"""

import sys, warnings
import numpy as np, pandas as pd, statsmodels
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

warnings.simplefilter("ignore")
folder = sys.argv[1]


def read(name):
    return pd.read_csv(f"{folder}/{name}.csv")


def binary(table, target, names):
    fit = sm.Logit(target, sm.add_constant(table[names])).fit(method="newton", disp=0, maxiter=100, tol=1e-14)
    return names, fit.params.values, fit.bse.values, fit.llf, 2 * fit.df_model + 2 - 2 * fit.llf


def numbers(values):
    return "[" + ", ".join(f"{v:.14g}" for v in values) + "]"


spector, fair, constrict, lbw = read("data_spector"), read("data_fair"), read("stats__tests__results__binary_constrict"), read(
    "genmod__tests__results__stata_lbw_glm")
cases = [
    ("data_spector", "GRADE > 0", *binary(spector, spector.GRADE, ["GPA", "TUCE", "PSI"])),
    ("data_fair", "affairs > 0", *binary(
        fair, (fair.affairs > 0) * 1.0,
        ["rate_marriage", "age", "yrs_married", "children", "religious", "educ", "occupation", "occupation_husb"])),
    ("stats__tests__results__binary_constrict", "constrict > 0", *binary(
        constrict, constrict.constrict, ["log_rate", "log_volumne"])),
    ("genmod__tests__results__stata_lbw_glm", "low > 0", *binary(
        lbw, lbw.low, ["age", "lwt", "smoke", "ptl", "ht", "ui"])),
]
print(f"// Made by Reference/make_reference.py with statsmodels {statsmodels.__version__}, numpy {np.__version__}.\n")
print("/// Fits by another tool: the intercept first, then one number per feature.\nenum StatsmodelsReference {")
print("struct Binary: Sendable { let file: String; let target: String; let features: [String]; let coefficients: [Double];"
      " let standardErrors: [Double]; let logLikelihood: Double; let akaikeCriterion: Double }")
print("static let binary: [Binary] = [")
for file, rule, names, params, errors, llf, aic in cases:
    print(f'Binary(file: "{file}", target: "{rule.split()[0]}", features: {names!r}, coefficients: {numbers(params)}, '
          f"standardErrors: {numbers(errors)}, logLikelihood: {llf:.15g}, akaikeCriterion: {aic:.15g}),".replace("'", '"'))
print("]")

ologit = read("miscmodels__tests__results__ologit_ucla")
levels = ["unlikely", "somewhat likely", "very likely"]
y = ologit["apply"].map(levels.index).values
x = ologit[["pared", "public", "gpa"]].values.astype(float)
model = OrderedModel(y, x, distr="logit")
fit = model.fit(method="bfgs", disp=0, maxiter=1000, gtol=1e-10)
fit = model.fit(start_params=fit.params, method="newton", disp=0, maxiter=50)
steps = 1e-3 * np.maximum(1, np.abs(fit.params))


def hessian(scale):
    k, h = len(fit.params), steps * scale
    out = np.zeros((k, k))
    for a in range(k):
        for b in range(k):
            total = 0
            for i in (1, -1):
                for j in (1, -1):
                    point = fit.params.copy()
                    point[a] += i * h[a]
                    point[b] += j * h[b]
                    total += i * j * model.loglike(point)
            out[a, b] = total / (4 * h[a] * h[b])
    return out


# The second threshold is kept as the logarithm of its distance from the first.
errors = np.sqrt(np.diag(np.linalg.inv(-(4 * hessian(1) - hessian(2)) / 3)))
thresholds = model.transform_threshold_params(fit.params)[1:-1]
print("/// apply ~ pared + public + gpa of ologit_ucla, slopes and then thresholds.")
print(f"static let orderedSlopes: [Double] = {numbers(fit.params[:3])}")
print(f"static let orderedSlopeErrors: [Double] = {numbers(errors[:3])}")
print(f"static let orderedThresholds: [Double] = {numbers(thresholds)}")
print(f"static let orderedLogLikelihood = {fit.llf:.15g}")

anes = read("data_anes96")
names = ["logpopul", "selfLR", "age", "educ", "income"]
fit = sm.MNLogit(anes.PID, sm.add_constant(anes[names])).fit(method="newton", disp=0, maxiter=100, tol=1e-14)
print("/// PID ~ logpopul + selfLR + age + educ + income of anes96: one row per class after the first, against it.")
print("static let nominalContrasts: [[Double]] = [" + ", ".join(numbers(c) for c in fit.params.values.T) + "]")
print(f"static let nominalLogLikelihood = {fit.llf:.15g}\n}}")

"""Reference values for ModelEvaluation from scikit-learn, SciPy and statsmodels.

Run: python metrics.py > metrics.json      (then: Rscript delong.R metrics.json > delong.json)
The data are drawn here and written with the expected values, so that the tests need neither this script nor the packages.
"""
import json
import sys

import numpy as np
import scipy
import scipy.special
import scipy.stats
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn import metrics as m
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression

cases = []
for seed, n, levels, weighted in [(1, 40, None, False), (2, 60, 6, False), (3, 120, None, True), (4, 250, 12, True),
                                  (5, 15, 3, False)]:
    g = np.random.default_rng(seed)
    f = g.normal(size=n) * 1.3
    if levels:
        f = np.round(f * levels / 4) * 4 / levels
    second = f * 0.5 + g.normal(size=n)
    if levels:
        second = np.round(second * levels / 4) * 4 / levels
    y = (g.uniform(size=n) < scipy.special.expit(f * 0.8 + 0.3)).astype(float)
    y[0], y[1] = 1, 0
    w = g.integers(0, 5, size=n).astype(float) if weighted else np.ones(n)
    w[:2] = 1
    p = scipy.special.expit(f)
    keep = w > 0
    glm = sm.GLM(y, sm.add_constant(f), family=sm.families.Binomial(), freq_weights=w).fit(tol=1e-15, maxiter=200)
    large = sm.GLM(y, np.ones(n), family=sm.families.Binomial(), freq_weights=w, offset=f).fit(tol=1e-15, maxiter=200)
    # Once more from the solution: the covariance is otherwise that of the last step but one.
    glm = sm.GLM(y, sm.add_constant(f), family=sm.families.Binomial(), freq_weights=w).fit(start_params=glm.params)
    large = sm.GLM(y, np.ones(n), family=sm.families.Binomial(), freq_weights=w, offset=f).fit(start_params=large.params)
    iso = IsotonicRegression(out_of_bounds="clip").fit(f, y, sample_weight=w)
    grid = np.linspace(-4, 4, 33)
    sigmoid = _SigmoidCalibration().fit(f, y, sample_weight=w)
    # Platt's smoothed targets; the same maximum as scikit-learn's, to the precision of Newton's method.
    positive, negative = w[y == 1].sum(), w[y == 0].sum()
    target = np.where(y == 1, (positive + 1) / (positive + 2), 1 / (negative + 2))
    binomial = sm.families.Binomial()
    with np.errstate(all="ignore"):
        platt = sm.GLM(target, sm.add_constant(f), family=binomial, freq_weights=w).fit(tol=1e-15, maxiter=200)
        temperature = sm.GLM(y, f, family=binomial, freq_weights=w).fit(tol=1e-15, maxiter=200)
        sides = np.column_stack([np.log(p), -np.log1p(-p), np.ones(n)])
        beta = sm.GLM(y, sides, family=binomial, freq_weights=w).fit(tol=1e-15, maxiter=200)
    fpr, tpr, _ = m.roc_curve(y, f, sample_weight=w, drop_intermediate=False)
    tn, fp, fn, tp = m.confusion_matrix(y, p >= 0.4, sample_weight=w).ravel()
    continuous = f + 0.7 * g.normal(size=n)
    # Brier decomposition without bins, from scikit-learn's isotonic regression.
    recalibrated = np.clip(iso.predict(f), 0, 1)
    rate = np.average(y, weights=w)
    score = np.average((p - y) ** 2, weights=w)
    best = np.average((recalibrated - y) ** 2, weights=w)
    cases.append(dict(
        logOdds=f.tolist(), second=second.tolist(), outcomes=y.tolist(), weights=w.tolist(),
        continuousOutcomes=continuous.tolist(),
        expected=dict(
            areaUnderROC=m.roc_auc_score(y, f, sample_weight=w),
            logLoss=m.log_loss(y, p, sample_weight=w),
            brierScore=m.brier_score_loss(y, p, sample_weight=w),
            devianceExplained=m.d2_log_loss_score(y, np.column_stack([1 - p, p]), sample_weight=w),
            accuracy=m.accuracy_score(y, p >= 0.4, sample_weight=w),
            sensitivity=m.recall_score(y, p >= 0.4, sample_weight=w),
            precision=m.precision_score(y, p >= 0.4, sample_weight=w),
            f1=m.f1_score(y, p >= 0.4, sample_weight=w),
            balancedAccuracy=m.balanced_accuracy_score(y, p >= 0.4, sample_weight=w),
            matthews=m.matthews_corrcoef(y, p >= 0.4, sample_weight=w),
            netBenefit=tp / w.sum() - fp / w.sum() * 0.4 / 0.6,
            intercept=glm.params[0], slope=glm.params[1],
            interceptStandardError=glm.bse[0], slopeStandardError=glm.bse[1],
            calibrationCovariance=np.asarray(glm.cov_params())[0, 1],
            inTheLarge=large.params[0], inTheLargeStandardError=large.bse[0],
            miscalibration=score - best, discrimination=rate * (1 - rate) - best, uncertainty=rate * (1 - rate),
            falsePositiveRates=fpr.tolist(), truePositiveRates=tpr.tolist(),
            isotonic=iso.predict(grid).tolist(),
            sklearnPlattSlope=-sigmoid.a_, sklearnPlattIntercept=-sigmoid.b_,
            plattSlope=platt.params[1], plattIntercept=platt.params[0], temperatureSlope=temperature.params[0],
            beta=beta.params.tolist(),
            rSquared=m.r2_score(continuous, f, sample_weight=w),
            meanSquaredError=m.mean_squared_error(continuous, f, sample_weight=w),
            meanAbsoluteError=m.mean_absolute_error(continuous, f, sample_weight=w),
            lineSlope=sm.WLS(continuous, sm.add_constant(f), weights=w).fit().params[1],
            lineIntercept=sm.WLS(continuous, sm.add_constant(f), weights=w).fit().params[0],
            kendall=scipy.stats.kendalltau(f, second).statistic,
            spearman=scipy.stats.spearmanr(f, second).statistic,
        )))

t = [[float(df), float(x), float(scipy.stats.t.cdf(x, df))] for df in (1, 2.5, 9, 49, 1e4)
     for x in (-30, -3, -0.4, 0, 0.01, 2, 8)]
tq = [[float(df), q, float(scipy.stats.t.ppf(q, df))] for df in (1, 2.5, 9, 49, 1e4)
      for q in (1e-6, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9999)]
beta = [[a, b, x, float(scipy.special.betainc(a, b, x))] for a in (0.5, 2, 30) for b in (0.5, 3, 80)
        for x in (0.001, 0.2, 0.5, 0.97)]

# Ranked probability score, by its definition with numpy.
g = np.random.default_rng(9)
dist = g.dirichlet(np.ones(4), size=20)
klass = g.integers(0, 4, size=20)
wc = g.integers(0, 3, size=20).astype(float)
cumulative = np.cumsum(dist, axis=1)[:, :-1]
target = (klass[:, None] <= np.arange(3)[None, :]).astype(float)
rps = np.average(((cumulative - target) ** 2).sum(axis=1) / 3, weights=wc)

json.dump(dict(
    versions=dict(python=sys.version.split()[0], numpy=np.__version__, scipy=scipy.__version__,
                  sklearn=sklearn.__version__, statsmodels=statsmodels.__version__),
    cases=cases, grid=np.linspace(-4, 4, 33).tolist(), studentCumulative=t, studentQuantile=tq, beta=beta,
    classes=dict(probabilities=dist.ravel().tolist(), outcomes=klass.tolist(), weights=wc.tolist(), rps=rps,
                 logLoss=m.log_loss(klass, dist, sample_weight=wc, labels=[0, 1, 2, 3]),
                 accuracy=m.accuracy_score(klass, dist.argmax(axis=1), sample_weight=wc))),
    sys.stdout, indent=0)

"""Lasso paths of a logistic model by the peers that Python has: each a generator of (intercept, coefficients).

All take standardised features `z`, 0/1 targets `y`, the strengths of the path from strong to weak, and a tolerance in
the peer's own sense.
"""

import numpy as np


def scikit_saga(z, y, strengths, tolerance):
    """The one of scikit-learn's solvers with an l1 penalty that leaves the intercept unpenalised, as all others here."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(l1_ratio=1, solver="saga", warm_start=True, tol=tolerance, max_iter=5_000)
    for strength in strengths:
        model.set_params(C=1 / (strength * len(y))).fit(z, y)
        yield model.intercept_[0], model.coef_[0]


def skglm(z, y, strengths, tolerance):
    from skglm import GeneralizedLinearEstimator
    from skglm.datafits import Logistic
    from skglm.penalties import L1
    from skglm.solvers import ProxNewton

    model = GeneralizedLinearEstimator(
        Logistic(), L1(strengths[0]), ProxNewton(tol=tolerance, fit_intercept=True, warm_start=True, max_iter=100))
    signs = 2 * y - 1
    for strength in strengths:
        model.penalty.alpha = strength
        model.fit(z, signs)
        yield float(np.ravel(model.intercept_)[0]), np.ravel(model.coef_)


def adelie(z, y, strengths, tolerance):
    import adelie

    state = adelie.grpnet(
        X=z, glm=adelie.glm.binomial(y=y, dtype=np.float64), lmda_path=strengths, tol=tolerance, irls_tol=tolerance,
        intercept=True, early_exit=False, progress_bar=False, n_threads=1, max_iters=10**7, irls_max_iters=10**6)
    for intercept, coefficients in zip(state.intercepts, state.betas.toarray()):
        yield intercept, coefficients


PATHS = {"skglm": skglm, "adelie": adelie, "scikit-learn": scikit_saga}

"""Reference values of CapabilityMapTests. scipy 1.17.1, numpy 2.4.6. Run: python common_space.py"""
import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import squareform
from scipy.stats import multivariate_normal, norm


def polychoric(table):
    t = np.asarray(table, float)
    n = t.sum()
    a = np.r_[-9, norm.ppf(np.cumsum(t.sum(1))[:-1] / n), 9]
    b = np.r_[-9, norm.ppf(np.cumsum(t.sum(0))[:-1] / n), 9]

    def f(r):
        c = [[multivariate_normal.cdf([x, y], cov=[[1, r], [r, 1]], abseps=1e-12, releps=1e-12) for y in b] for x in a]
        p = np.diff(np.diff(np.array(c), axis=0), axis=1)
        return -(t * np.log(np.maximum(p, 1e-15))).sum()

    return minimize_scalar(f, bounds=(-0.999, 0.999), method="bounded", options={"xatol": 1e-10}).x


print(repr(polychoric([[13, 6, 2], [8, 15, 9], [1, 7, 14]])), repr(polychoric([[40, 10], [12, 38]])))
d = np.array([[0, 2, 6, 10, 9], [2, 0, 5, 9, 8], [6, 5, 0, 4, 5], [10, 9, 4, 0, 3], [9, 8, 5, 3, 0]], float)
print(linkage(squareform(d), "average").tolist())

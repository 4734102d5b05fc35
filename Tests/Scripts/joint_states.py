"""Reference values of JointTests: bivariate normal probabilities, and maximum-likelihood cross-ratio and correlation.

Python 3.11: Phi2 by scipy.integrate.quad of Plackett's identity (tolerance 2e-14); likelihoods by
scipy.optimize.minimize_scalar. Versions: scipy 1.17.1, numpy 2.4.6. Run: python joint.py
"""
import numpy as np
from scipy import integrate, optimize, stats


def phi2(x, y, r):
    """P(X <= x, Y <= y) by integration of the conditional probability, split where the integrand turns."""
    s = np.sqrt((1 - r) * (1 + r))
    f = lambda t: stats.norm.pdf(t) * stats.norm.cdf((y - r * t) / s)
    turn = y / r if r else 0.0
    points = sorted({p for p in (turn - 8 * s, turn, turn + 8 * s, -9.0, -3.0, 0.0) if -38 < p < x})
    edges = [-38.0] + points + [x]
    return sum(integrate.quad(f, a, b, epsabs=0, epsrel=2e-14, limit=500)[0] for a, b in zip(edges, edges[1:]) if b > a)


def plackett(p, q, psi):
    if psi == 1:
        return p * q
    a = 1 + (p + q) * (psi - 1)
    return (a - np.sqrt(a * a + 4 * psi * (1 - psi) * p * q)) / (2 * (psi - 1))


def cell(b, p, q, i, e):
    return np.where(i & e, b, np.where(i & ~e, p - b, np.where(~i & e, q - b, 1 - p - q + b)))


def rows():
    """20 rows without a generator: probabilities on a lattice, outcomes by a rule."""
    k = np.arange(20)
    p = 0.1 + 0.8 * ((7 * k + 3) % 20) / 20
    q = 0.15 + 0.7 * ((11 * k + 5) % 20) / 20
    i = (k * k + 3 * k) % 7 < 3
    e = (k * k + 5 * k + 1) % 5 < 2
    return p, q, i, e


for x, y, r in [(0, 0, 0.5), (1, -1, 0.3), (-2, -3, 0.2), (0.5, 0.7, 0.9), (0.5, 0.7, 0.95), (0.5, -0.7, -0.97),
                (-1, -1.1, 0.999), (2, -2.1, -0.99), (-4, -4, 0.6), (1.5, 0.2, -0.8)]:
    print(f"({x}, {y}, {r}, {phi2(x, y, r)!r}),")
p, q, i, e = rows()
f = lambda t: -np.sum(np.log(cell(plackett(p, q, np.exp(t)), p, q, i, e)))
m = optimize.minimize_scalar(f, bounds=(-8, 8), method="bounded", options={"xatol": 1e-12})
print("log psi", repr(m.x), "loglik", -m.fun, "independent", -f(0.0))
crit = stats.chi2.ppf(0.95, 1) / 2
print("interval", [optimize.brentq(lambda t: f(t) - m.fun - crit, a, b, xtol=1e-13) for a, b in ((-15, m.x), (m.x, 15))])
print("p", stats.chi2.sf(2 * (f(0.0) - m.fun), 1))
g = lambda t: -np.sum(np.log(cell(np.array([phi2(stats.norm.ppf(a), stats.norm.ppf(b), t) for a, b in zip(p, q)]), p, q, i, e)))
m = optimize.minimize_scalar(g, bounds=(-0.99, 0.99), method="bounded", options={"xatol": 1e-11})
print("rho", repr(m.x), "loglik", -m.fun)

"""What looking at results again and again does to chance."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

#: Nodes of the integration between two looks.
_NODES = 64


@lru_cache(maxsize=256)
def looked_critical(fractions: tuple[float, ...], level: float = 0.95) -> float:
    r"""Value that \|z\| exceeds at any of several looks with probability 1 − level, if nothing changed.

    The same value at every look (Pocock), by the recursion of Armitage, McPherson & Rowe; the sums
    behind the looks have independent increments.

    Parameters
    ----------
    fractions
        Share of the final information at each look, rising, the last one 1.
    level
        Level that all looks keep together.

    References
    ----------
    Armitage, McPherson & Rowe (1969), Journal of the Royal Statistical Society A 132:235-244,
    doi:10.2307/2343787; Pocock (1977), Biometrika 64:191-199, doi:10.1093/biomet/64.2.191.

    Examples
    --------
    Pocock's constants for one, two and five looks are 1.960, 2.178 and 2.413:

    >>> [round(looked_critical(tuple(k / n for k in range(1, n + 1))), 3) for n in (1, 2, 5)]
    [1.96, 2.178, 2.413]
    """
    from scipy.optimize import brentq

    return float(brentq(lambda c: _inside(c, fractions) - level, 0.5, 8.0, xtol=1e-6))


def _inside(critical: float, fractions: tuple[float, ...]) -> float:
    """Probability to stay inside ± critical at every look."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    points, mass, seen = np.zeros(1), np.ones(1), 0.0
    for fraction in fractions:
        edge, step = critical * np.sqrt(fraction), np.sqrt(fraction - seen)
        at = edge * nodes
        away = (at[:, None] - points) / step
        density = np.exp(-(away**2) / 2) @ mass / (step * np.sqrt(2 * np.pi))
        points, mass, seen = at, density * edge * weights, fraction
    return float(mass.sum())

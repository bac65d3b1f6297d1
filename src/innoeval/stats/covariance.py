"""Covariance of least-squares coefficients when observations are unlike or alike each other.

Everything here takes regressors X (n, k) of full column rank and residuals (n, K) of K outcomes
that share them, and gives covariances (K, k, k).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer]

Kind = Literal["HC0", "HC1", "HC2", "HC3"]
Convention = Literal[
    "none", "groups", "slopes", "two_windows", "nonnested", "all", "observations",
    "clubSandwich", "diff-diff", "fixest", "plm", "pyfixest", "sandwich", "statsmodels",
]  # fmt: skip

#: What a library does by default, in our words; clubSandwich's default (CR1) where it has one.
LIBRARIES: dict[str, str] = {
    "clubSandwich": "groups", "diff-diff": "two_windows", "fixest": "nonnested", "plm": "none",
    "pyfixest": "nonnested", "sandwich": "all", "statsmodels": "all",
}  # fmt: skip
CONVENTIONS = (
    "none", "groups", "slopes", "two_windows", "nonnested", "all", "observations", *LIBRARIES,
)  # fmt: skip


class Counts(NamedTuple):
    """What small-sample factors count.

    Parameters
    ----------
    n
        Observations.
    slopes
        Coefficients without intercept and fixed effects.
    nested
        Levels of the fixed effects whose levels lie within clusters.
    other
        Further coefficients: levels of the other fixed effects, or 1 for the intercept.
    """

    n: int
    slopes: int
    nested: int = 0
    other: int = 0


def small_sample(convention: str, counts: Counts, n_groups: int) -> float:
    """Factor on a clustered variance with G clusters, n observations and K coefficients.

    "none": 1 (CR0; plm's default). "groups": G/(G − 1) (clubSandwich's CR1). "slopes",
    "two_windows", "nonnested", "all": G/(G − 1) × (n − 1)/(n − K), with K the slopes alone (plm's
    "sss", statsmodels on demeaned data), the slopes and a before and an after (diff-diff's two-way
    fixed effects), all but the fixed effects within clusters (fixest, pyfixest, Stata's xtreg), or
    every coefficient (statsmodels and R's sandwich with dummies, Stata's regress).
    "observations": n/(n − slopes) alone (plm's "HC1"). The name of a library gives its default.

    Parameters
    ----------
    convention
        One of the names above.
    counts
        Observations and coefficients.
    n_groups
        Number of clusters, G.

    Examples
    --------
    60 units × 12 periods, one slope: pyfixest counts 1 + 12 coefficients, statsmodels 72.

    >>> counts = Counts(n=720, slopes=1, nested=60, other=12)
    >>> [round(small_sample(name, counts, 60), 6) for name in ("plm", "pyfixest", "statsmodels")]
    [1.0, 1.03421, 1.128374]
    """
    rule = LIBRARIES.get(convention, convention)
    if rule == "none":
        return 1.0
    if rule == "observations":
        return counts.n / (counts.n - counts.slopes)
    # A fixed effect is one coefficient short of its levels once an intercept is among the others.
    both = counts.nested - 1 if counts.other and counts.nested else counts.nested
    size = {
        "groups": 1,
        "slopes": counts.slopes,
        "two_windows": counts.slopes + 2,
        "nonnested": counts.slopes + max(counts.other, 1),
        "all": counts.slopes + counts.other + both,
    }[rule]
    return n_groups / (n_groups - 1) * (counts.n - 1) / (counts.n - size)


def bread(X: Floats) -> Floats:
    """(X'X)⁻¹, (k, k)."""
    return np.asarray(np.linalg.inv(X.T @ X), dtype=np.float64)


def group_sums(values: Floats, codes: Codes) -> Floats:
    """Sum of the rows of each group: (n, ...) and codes 0 … G − 1 give (G, ...).

    Examples
    --------
    >>> group_sums(np.array([1.0, 2.0, 4.0]), np.array([1, 0, 1])).tolist()
    [2.0, 5.0]
    """
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    sums: Floats = np.add.reduceat(values[order], starts, axis=0)
    return sums


def robust(X: Floats, residuals: Floats, kind: Kind = "HC1") -> Floats:
    """Covariance that is robust to unequal variances, (K, k, k).

    Parameters
    ----------
    X
        Regressors, (n, k).
    residuals
        Of K outcomes, (n, K).
    kind
        "HC0": squared residuals as they are; "HC1": times n/(n − k); "HC2", "HC3": divided by
        1 − h and (1 − h)², with h the leverage of the observation.

    References
    ----------
    MacKinnon & White (1985), Journal of Econometrics 29:305-325,
    doi:10.1016/0304-4076(85)90158-7.

    Examples
    --------
    A mean of 0 and 2: (1² + 1²)/2² = .5; leverages 1/2, so .5/(1/2) = 1 and .5/(1/2)² = 2.

    >>> X, residuals = np.ones((2, 1)), np.array([[-1.0], [1.0]])
    >>> [round(robust(X, residuals, kind).item(), 9) for kind in ("HC0", "HC1", "HC2", "HC3")]
    [0.5, 1.0, 1.0, 2.0]
    """
    n, k = X.shape
    inverse = bread(X)
    left = 1 - ((X @ inverse) * X).sum(axis=1)[:, None]
    scaled = {
        "HC0": residuals,
        "HC1": residuals * np.sqrt(n / (n - k)),
        "HC2": residuals / np.sqrt(left),
        "HC3": residuals / left,
    }[kind]
    return _around(inverse, X[:, :, None] * scaled[:, None, :])


def clustered(X: Floats, residuals: Floats, codes: Codes) -> Floats:
    """Covariance with observations of one group alike in any way, (K, k, k), without a factor.

    Parameters
    ----------
    X
        Regressors, (n, k).
    residuals
        Of K outcomes, (n, K).
    codes
        Group of each observation, 0 … G − 1.

    References
    ----------
    Liang & Zeger (1986), Biometrika 73:13-22, doi:10.1093/biomet/73.1.13.

    Examples
    --------
    A mean over two pairs with residuals 1, 1 and −1, −1: (2² + 2²)/4² = .5.

    >>> residuals = np.array([[1.0], [1.0], [-1.0], [-1.0]])
    >>> clustered(np.ones((4, 1)), residuals, np.array([0, 0, 1, 1])).item()
    0.5
    """
    return _around(bread(X), group_sums(X[:, :, None] * residuals[:, None, :], codes))


def weighted(X: Floats, residuals: Floats, codes: Codes, likeness: Floats) -> Floats:
    """Covariance with groups alike to a known degree, (K, k, k): by distance or lag.

    Parameters
    ----------
    X
        Regressors, (n, k).
    residuals
        Of K outcomes, (n, K).
    codes
        Group of each observation, 0 … G − 1: a place or a period.
    likeness
        Weight of each pair of groups, (G, G), 1 on the diagonal (`bartlett`, `nearby`).

    References
    ----------
    Driscoll & Kraay (1998), Review of Economics and Statistics 80:549-560,
    doi:10.1162/003465398557825; Conley (1999), Journal of Econometrics 92:1-45,
    doi:10.1016/S0304-4076(98)00084-0.
    """
    sums = group_sums(X[:, :, None] * residuals[:, None, :], codes)
    meat = np.einsum("gaK,gh,hbK->Kab", sums, likeness, sums, optimize=True)
    inverse = bread(X)
    return np.asarray(inverse @ meat @ inverse)


def bartlett(length: int, lags: int) -> Floats:
    """Weights 1 − d/(lags + 1) of pairs of periods d apart, (T, T).

    Examples
    --------
    >>> bartlett(3, 1).tolist()
    [[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]]
    """
    apart = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
    return np.clip(1 - apart / (lags + 1), 0, None)


def nearby(distances: Floats, cutoff: float, *, fading: bool) -> Floats:
    """Weights of pairs of places, (G, G): 1 up to the cutoff, or fading out towards it.

    Parameters
    ----------
    distances
        (G, G).
    cutoff
        Places farther apart are taken to be unlike.
    fading
        Whether weights fall to 0 in a straight line (Bartlett); then the variance is rarely, but
        may be, negative in two dimensions.

    Examples
    --------
    >>> nearby(np.array([[0.0, 3], [3, 0]]), 4.0, fading=True).tolist()
    [[1.0, 0.25], [0.25, 1.0]]
    """
    if fading:
        return np.clip(1 - distances / cutoff, 0, None)
    return np.where(distances <= cutoff, 1.0, 0.0)


def kilometres(latitude: Floats, longitude: Floats) -> Floats:
    """Distances along great circles, (G, G), from degrees.

    Examples
    --------
    A quarter of the way round the Earth:

    >>> kilometres(np.array([0.0, 0.0]), np.array([0.0, 90.0])).round().tolist()
    [[0.0, 10008.0], [10008.0, 0.0]]
    """
    up, along = np.radians(latitude), np.radians(longitude)
    half = np.sin((up[:, None] - up) / 2) ** 2
    half = half + np.outer(np.cos(up), np.cos(up)) * np.sin((along[:, None] - along) / 2) ** 2
    return np.asarray(2 * 6371.01 * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def _around(inverse: Floats, sums: Floats) -> Floats:
    """Bread, the sum of squared scores (G, k, K), bread."""
    meat = np.einsum("gaK,gbK->Kab", sums, sums, optimize=True)
    return np.asarray(inverse @ meat @ inverse)

"""Shapes of serial correlation that a series' errors may have: a grid to average over."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.arma import autocovariances

Floats = npt.NDArray[np.float64]


class Shape(NamedTuple):
    """An AR(2) under noise: two partial autocorrelations, and the share of the variance that is noise."""

    first: float
    second: float = 0.0
    noise: float = 0.0


class Family(NamedTuple):
    """Shapes to average over, and those at which chance is simulated."""

    grid: tuple[Shape, ...]
    truths: tuple[Shape, ...]


#: Persistent shapes beyond this sum of autoregressive coefficients are no longer simulated: in a few
#: dozen periods they cannot be told from a trend.
_MOST = 0.86


def _second_order() -> Family:
    firsts, seconds = (
        (-0.4, -0.1, 0.2, 0.4, 0.6, 0.75, 0.87, 0.96),
        (-0.6, -0.35, -0.1, 0.15, 0.4, 0.6),
    )
    truths = product((0.0, 0.3, 0.6, 0.75, 0.85), (-0.45, 0.0, 0.2, 0.4))
    return Family(
        grid=tuple(Shape(a, b) for a, b in product(firsts, seconds)),
        truths=tuple(Shape(a, b) for a, b in truths if a * (1 - b) + b <= _MOST),
    )


def _under_noise() -> Family:
    grid = [Shape(a) for a in (-0.3, 0)]
    grid += [
        Shape(a, noise=share)
        for a, share in product((0.2, 0.4, 0.6, 0.75, 0.85, 0.92, 0.97, 0.99), (0, 0.25, 0.5, 0.7))
    ]
    truths = [Shape(a) for a in (0, 0.2)]
    truths += [Shape(a, noise=s) for a, s in product((0.4, 0.6, 0.8, 0.85), (0, 0.25, 0.5))]
    return Family(grid=tuple(grid), truths=tuple(truths))


FAMILIES = {"AR(2)": _second_order(), "AR(1) and noise": _under_noise()}


def correlations(shape: Shape, apart: npt.NDArray[np.int64]) -> Floats:
    """Correlations of errors that are so many periods apart, in the form of `apart`.

    Examples
    --------
    >>> correlations(Shape(0.5, noise=0.2), np.array([0, 1, 2])).round(2).tolist()
    [1.0, 0.4, 0.2]
    """
    a, b, share = shape
    gamma = autocovariances(np.array([a * (1 - b), b]), np.empty(0), int(apart.max()) + 1)
    found = (1 - share) * gamma / gamma[0]
    found[0] = 1.0
    return np.asarray(found[apart])


def persistence(shape: Shape) -> tuple[float, float]:
    """Log of the long-run variance over that of one error, and the first autocorrelation.

    Examples
    --------
    >>> persistence(Shape(0.0)), round(persistence(Shape(0.5))[0], 3)
    ((0.0, 0.0), 1.099)
    """
    a, b, share = shape
    # Spectrum at zero of an AR(2) over its variance: (1 + a)(1 + b) / ((1 − a)(1 − b)).
    long = (1 + a) * (1 + b) / ((1 - a) * (1 - b))
    return float(np.log((1 - share) * long + share)), (1 - share) * a


class Grid(NamedTuple):
    """G shapes on n positions.

    `roots` (G, n, n), inverse Cholesky factors of the correlations; `logs` (G,) of the correlations'
    determinants; `persistence` (2, G), both measures of each.
    """

    roots: Floats
    logs: Floats
    persistence: Floats


@lru_cache(maxsize=4)
def grid_on(model: str, time: bytes) -> Grid:
    """The shapes of a model on positions, given as the bytes of an array of integers."""
    at = np.frombuffer(time, dtype=np.int64)
    apart, shapes = np.abs(at[:, None] - at[None, :]), FAMILIES[model].grid
    lower = np.linalg.cholesky(np.stack([correlations(shape, apart) for shape in shapes]))
    return Grid(
        roots=np.asarray(np.linalg.inv(lower), dtype=np.float64),
        logs=2 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1),
        persistence=np.array([persistence(shape) for shape in shapes]).T,
    )

"""What moves a service's numbers when no innovation does: noise, shocks and seasons."""

from __future__ import annotations

import numpy as np

from innoeval.records.freeze import Floats


def autoregressive(
    rng: np.random.Generator, shape: tuple[int, int], rho: float, sd: float
) -> Floats:
    """Gaussian AR(1) noise, each row a series of its own, stationary from its first period on.

    Parameters
    ----------
    rng
        Source of random numbers.
    shape
        (series, periods).
    rho
        Correlation of one period with the next, above −1 and below 1.
    sd
        Standard deviation of every value.

    Examples
    --------
    >>> autoregressive(np.random.default_rng(1), (2, 3), rho=0.3, sd=1.0).shape
    (2, 3)
    """
    noise: Floats = rng.standard_normal(shape)
    noise[:, 1:] *= np.sqrt(1 - rho * rho)
    if rho:
        for t in range(1, shape[1]):
            noise[:, t] += rho * noise[:, t - 1]
    return noise * sd


def seasons(positions: Floats, cycle: int, peak: float = 0.0) -> Floats:
    """A smooth season between −1 and 1.

    Parameters
    ----------
    positions
        Place of each period in its cycle.
    cycle
        Periods in a cycle; at 1 there is no season and the result is zero.
    peak
        Place in the cycle at which the season is highest.

    Examples
    --------
    >>> seasons(np.arange(4.0), cycle=4).round(6).tolist()
    [1.0, 0.0, -1.0, -0.0]
    """
    if cycle == 1:
        return np.zeros_like(positions)
    return np.cos(2 * np.pi * (positions - peak) / cycle)

"""Looking again and again without turning noise into a win."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Spending = Literal["obrien_fleming", "pocock"]

#: Points of the grid on which the law of a path that has not crossed yet is carried on.
_POINTS, _FAR = 1201, 9.0


def spent(
    fractions: npt.ArrayLike, alpha: float = 0.05, kind: Spending = "obrien_fleming"
) -> Floats:
    """Error rate that may be spent by each share of the final information.

    Parameters
    ----------
    fractions
        Shares of the information at the last look, rising, (K,).
    alpha
        Error rate of all looks together, two-sided.
    kind
        "obrien_fleming": next to nothing at early looks; "pocock": about the same at each.

    References
    ----------
    Lan & DeMets (1983), Biometrika 70:659-663, doi:10.1093/biomet/70.3.659.

    Examples
    --------
    >>> spent([0.5, 1.0]).round(4).tolist(), spent([0.5, 1.0], kind="pocock").round(4).tolist()
    ([0.0031, 0.05], [0.031, 0.05])
    """
    from scipy.special import ndtr, ndtri

    t = np.minimum(np.asarray(fractions, dtype=np.float64), 1.0)
    if kind == "pocock":
        return np.asarray(alpha * np.log1p((np.e - 1) * t))
    return np.asarray(4 * ndtr(-ndtri(1 - alpha / 4) / np.sqrt(t)))


def boundaries(
    fractions: npt.ArrayLike, alpha: float = 0.05, kind: Spending = "obrien_fleming"
) -> Floats:
    """Critical values of |z| at each look, so that all looks together reject a null at `alpha`.

    Estimates at successive looks are taken to be those of a growing sample: independent
    increments on the scale of information.

    Parameters
    ----------
    fractions, alpha, kind
        As in `spent`.

    References
    ----------
    Lan & DeMets (1983), doi:10.1093/biomet/70.3.659; Armitage, McPherson & Rowe (1969), Journal of
    the Royal Statistical Society A 132:235-244, doi:10.2307/2343787 (the recursion).

    Examples
    --------
    The published values for five equal looks are 4.88, 3.36, 2.68, 2.29 and 2.03:

    >>> boundaries(np.arange(1, 6) / 5).round(2).tolist()
    [4.88, 3.36, 2.68, 2.29, 2.03]
    """
    from scipy.special import ndtr, ndtri

    t = np.asarray(fractions, dtype=np.float64)
    steps = np.diff(spent(t, alpha, kind), prepend=0.0)
    found = np.empty(len(t))
    grid, density, last = np.zeros(1), np.ones(1), 0.0
    for k, (now, step) in enumerate(zip(t, steps, strict=True)):
        # On the scale of the score: z √t, whose increments are independent with variance Δt.
        scale = np.sqrt(now - last)

        def crossed(z: float, at: Floats = grid, mass: Floats = density, sd: float = scale,
                    end: float = float(np.sqrt(now))) -> float:  # fmt: skip
            out = ndtr((-z * end - at) / sd) + ndtr((at - z * end) / sd)
            return float((mass * out).sum())

        low, high = 0.0, _FAR
        for _ in range(70):
            middle = (low + high) / 2
            low, high = (middle, high) if crossed(middle) > step else (low, middle)
        found[k] = high if step > 0 else float(ndtri(1 - 1e-16))
        edge = found[k] * np.sqrt(now)
        new = np.linspace(-edge, edge, _POINTS)
        width = new[1] - new[0]
        weights = np.full(_POINTS, width)
        weights[1:-1:2], weights[2:-1:2] = 4 * width / 3, 2 * width / 3
        weights[[0, -1]] = width / 3
        away = (new[:, None] - grid[None]) / scale
        density = weights * ((np.exp(-(away**2) / 2) / (scale * np.sqrt(2 * np.pi))) @ density)
        grid, last = new, float(now)
    return found


def always_valid(std_error: npt.ArrayLike, planned: float, alpha: float = 0.05) -> Floats:
    """Half-width of an interval that covers at every look at once, however many there are.

    The normal mixture of Robbins: it is narrowest where the standard error is the planned one, and
    needs no plan of looks.

    Parameters
    ----------
    std_error
        Of the estimate at each look, (K,).
    planned
        Standard error at the look that matters most, fixed beforehand.
    alpha
        Probability that the interval ever misses.

    References
    ----------
    Robbins (1970), Annals of Mathematical Statistics 41:1397-1409, doi:10.1214/aoms/1177696786;
    Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), Annals of Statistics 52:2613-2640,
    doi:10.1214/24-AOS2408.

    Examples
    --------
    Where it matters most it is 1.55 times as wide as the interval of a single look:

    >>> (always_valid([1.0], planned=1.0) / 1.96).round(2).tolist()
    [1.55]
    """
    from scipy.special import lambertw

    information = 1 / np.asarray(std_error, dtype=np.float64) ** 2
    # The mixing precision for which the width at the planned information is least.
    peak = 1 / planned**2
    prior = peak / (-np.real(lambertw(-(alpha**2) / np.e, -1)) - 1)
    inside = (information + prior) * (np.log((information + prior) / prior) - 2 * np.log(alpha))
    return np.asarray(np.sqrt(inside) / information)


def share_of_version(version: int, planned: int | None = None) -> float:
    """Share of the error rate that a version of an innovation may spend.

    Versions may share units, periods and noise; that shares add up to at most 1 is enough.

    Parameters
    ----------
    version
        1 for the first.
    planned
        Number of versions fixed beforehand: each gets the same. None: there may be any number, and
        the k-th gets 1 / (k (k + 1)): a half, a sixth, a twelfth ...

    Examples
    --------
    >>> share_of_version(1), share_of_version(2, planned=4), share_of_version(5, planned=4)
    (0.5, 0.25, 0.0)
    """
    if planned is None:
        return 1 / (version * (version + 1))
    return 1 / planned if version <= planned else 0.0

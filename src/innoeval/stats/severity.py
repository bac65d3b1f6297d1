"""How much an interval says against any size of effect: tail areas, severity, surprise, exaggeration."""

from __future__ import annotations

from math import exp, isfinite, log2, pi, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr, stdtridf, stdtrit

Floats = npt.NDArray[np.float64]

#: From so many degrees of freedom on a t distribution is taken for the normal one.
NORMAL = 1e6
#: Below this the probability of a significant estimate is too small to divide by.
_RARE = 1e-12
#: The smallest p-value that is told apart from 0.
_TINY = 2.0**-1022


def implied_df(critical: float, level: float = 0.95) -> float:
    """Degrees of freedom of the t distribution whose critical value this is.

    An interval that was found without a distribution (by randomisation, by simulation) is read as
    that of the t distribution which gives as wide a one: between 1 and a million degrees of freedom.

    Parameters
    ----------
    critical
        Half the interval in standard errors.
    level
        Level of the interval.

    Examples
    --------
    >>> round(implied_df(2.086), 1), implied_df(1.9), implied_df(20.0)
    (20.0, 1000000.0, 1.0)
    """
    tail = (1 + level) / 2
    if critical <= stdtrit(NORMAL, tail):
        return NORMAL
    if critical >= stdtrit(1.0, tail):
        return 1.0
    return float(stdtridf(tail, critical))


def tail_areas(
    at: Floats,
    centre: float,
    low: float,
    high: float,
    df: tuple[float, float],
    *,
    level: float = 0.95,
    least: float = 0.0,
) -> tuple[Floats, Floats]:
    """P-values of "the effect is at most this" and of "it is at least this", for many sizes.

    Each is below (1 − level)/2 exactly where the interval lies wholly beyond the size, because
    either half of the interval is read as a critical value times its own standard error.

    Parameters
    ----------
    at
        Sizes of effect, (K,).
    centre, low, high
        Estimate and interval; with an infinite end that side shows nothing.
    df
        Degrees of freedom of the lower and the upper half.
    level
        Level of the interval.
    least
        No p-value is below this: what so many draws can show.

    Examples
    --------
    At the ends of the interval the p-values are 0.025:

    >>> at_most, at_least = tail_areas(np.array([2.0, 6.0]), 4.0, 2.0, 6.0, (20.0, 20.0))
    >>> at_most.round(3).tolist(), at_least.round(3).tolist()
    ([0.025, 0.975], [0.975, 0.025])
    """
    tail, found = (1 + level) / 2, []
    for half, nu, beyond in (
        (centre - low, df[0], at - centre),
        (high - centre, df[1], centre - at),
    ):
        if isfinite(half) and half > 0:
            area = stdtr(nu, beyond * (float(stdtrit(nu, tail)) / half))
            found.append(np.maximum(area, least) if least else area)
        else:
            found.append(np.ones(np.shape(at)))
    return found[0], found[1]


def severity_curve(
    at: Floats,
    centre: float,
    low: float,
    high: float,
    df: tuple[float, float],
    *,
    level: float = 0.95,
    least: float = 0.0,
) -> Floats:
    """How severely "the effect is larger than this" was tested, for many sizes.

    The probability that an estimate no larger than the one found would have come out, were the
    effect just this large: near 1 where the claim has passed a hard test, 1/2 at the estimate,
    (1 − level)/2 and its complement at the ends of the interval. It falls with the size.

    Parameters
    ----------
    at, centre, low, high, df, level, least
        As in `tail_areas`.

    References
    ----------
    Mayo & Spanos (2006), British Journal for the Philosophy of Science 57:323-357,
    doi:10.1093/bjps/axl003.

    Examples
    --------
    >>> severity_curve(np.array([2.0, 4.0, 6.0]), 4.0, 2.0, 6.0, (20.0, 20.0)).round(3).tolist()
    [0.975, 0.5, 0.025]
    """
    return 1 - tail_areas(at, centre, low, high, df, level=level, least=least)[0]


def surprise(p_value: float) -> float:
    """Shannon information of a p-value in bits: so many heads in a row would surprise as much.

    References
    ----------
    Greenland (2019), The American Statistician 73(S1):106-114,
    doi:10.1080/00031305.2018.1529625.

    Examples
    --------
    >>> surprise(0.5), round(surprise(0.05), 2), surprise(1.0)
    (1.0, 4.32, 0.0)
    """
    return max(0.0, -log2(max(p_value, _TINY)))


class Retrodesign(NamedTuple):
    """Of a true effect: the chance to be shown, how much it is then overrated, and turned round."""

    power: float
    exaggeration: float
    wrong_sign: float


def retrodesign(
    effect: float, std_error: float, critical: float = 1.959963984540054
) -> Retrodesign:
    r"""Type M and type S error of a study: what it says of a small true effect, where it says anything.

    With :math:`\lambda = \theta / s` and the critical value z, an estimate is significant with
    probability :math:`\Phi(\lambda - z) + \Phi(-\lambda - z)`; among those, the expected absolute
    value in units of θ is the exaggeration, and the share with the wrong sign the type S error.

    Parameters
    ----------
    effect
        True effect θ, above 0.
    std_error
        Standard error of the estimate, assumed normal.
    critical
        Critical value of the test.

    References
    ----------
    Gelman & Carlin (2014), Perspectives on Psychological Science 9:641-651,
    doi:10.1177/1745691614551642; in closed form Lu, Qiu & Deng (2019), British Journal of
    Mathematical and Statistical Psychology 72:1-17, doi:10.1111/bmsp.12132.

    Examples
    --------
    A true effect of a quarter of a standard error is hardly ever shown, and never as it is:

    >>> found = retrodesign(0.25, 1.0)
    >>> [round(float(x), 3) for x in found]
    [0.057, 9.42, 0.237]
    """
    ratio = effect / std_error
    right, wrong = float(ndtr(ratio - critical)), float(ndtr(-ratio - critical))
    power = right + wrong
    if power < _RARE or effect <= 0:
        return Retrodesign(power, float("inf"), wrong / power if power > 0 else 0.5)
    # E|Z| over both tails, Z ~ N(λ, 1): the density at the cuts, and λ times the tails' difference.
    density = exp(-((critical - ratio) ** 2) / 2) + exp(-((critical + ratio) ** 2) / 2)
    mean = density / sqrt(2 * pi) + ratio * (right - wrong)
    return Retrodesign(power, mean / (power * ratio), wrong / power)


def flat_posterior(edges: Floats, low: float, high: float, *, level: float = 0.95) -> Floats:
    """Probability of each region between edges, under a flat prior.

    The interval is read as that of a normal distribution around its middle, which is the posterior
    where the estimate is normal and nothing was known beforehand.

    Parameters
    ----------
    edges
        Edges of the regions in rising order, (K,); the outer regions have no end.
    low, high
        Interval, both ends finite.
    level
        Level of the interval.

    Returns
    -------
    Array (K + 1,) that sums to one.

    Examples
    --------
    >>> flat_posterior(np.array([0.0]), 0.0, 4.0).round(3).tolist()
    [0.025, 0.975]
    """
    spread = (high - low) / 2 / float(ndtri((1 + level) / 2))
    below = ndtr((np.asarray(edges) - (low + high) / 2) / spread)
    return np.diff(np.concatenate([[0.0], below, [1.0]]))

"""What a test of earlier trends can see, and what is left once it has been passed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri, chndtr, ndtr, ndtri

Floats = npt.NDArray[np.float64]

#: Points of the lattice on which probabilities of boxes are integrated; half mirror the other half.
_POINTS = 8192
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


class PreTest(NamedTuple):
    """What a test of the earlier coefficients does if trends part in S given ways.

    `power` (S,) is the probability that it finds something, `expected` (S, n) what all coefficients
    are expected to be in studies that pass it. Less the `trend` itself, `expected` is what testing
    first adds to the bias.
    """

    power: Floats
    expected: Floats


def pretest(covariance: Floats, n_pre: int, trend: Floats, *, level: float = 0.95) -> PreTest:
    """Power of the usual test, any earlier coefficient significant, and what it leaves behind.

    A test with low power does not show that trends are parallel; and the studies that pass it by
    chance are a selected lot, in which the bias of later coefficients may even be larger.

    Parameters
    ----------
    covariance
        Of the coefficients, (n, n), the n_pre earlier ones first.
    n_pre
        Number of earlier coefficients.
    trend
        Differences in trends to be seen, (S, n) or (n,), against the reference period.
    level
        Level of each coefficient's interval.

    Raises
    ------
    ValueError
        Where the earlier coefficients' covariance is not positive definite.

    References
    ----------
    Roth (2022), American Economic Review: Insights 4:305-322, doi:10.1257/aeri.20210236.

    Examples
    --------
    Two independent coefficients with standard error 1, a slope of 1 per period: the test sees it in
    60 % of studies. The later coefficient does not depend on them, and keeps its bias of 1:

    >>> found = pretest(np.eye(3), 2, np.array([-2., -1, 1]))
    >>> found.power.round(3).tolist(), found.expected.round(2).tolist()
    ([0.598], [[-1.18, -0.7, 1.0]])
    """
    trends = np.atleast_2d(trend)
    early = covariance[:n_pre, :n_pre]
    half = ndtri((1 + level) / 2) * np.sqrt(np.diag(early))
    chance, mean = _box(trends[:, :n_pre], early, half)
    carried = np.linalg.solve(early, covariance[:n_pre])
    return PreTest(power=1 - chance, expected=trends + (mean - trends[:, :n_pre]) @ carried)


def joint_power(covariance: Floats, trend: Floats, *, level: float = 0.95) -> Floats:
    """Power of the joint (Wald) test of all earlier coefficients.

    Parameters
    ----------
    covariance
        Of the earlier coefficients, (n, n).
    trend
        Differences in trends, (S, n) or (n,), against the reference period.
    level
        One less the size of the test.

    Examples
    --------
    >>> joint_power(np.eye(2), np.array([[0., 0], [-2, -1]])).round(3).tolist()
    [0.05, 0.504]
    """
    trends = np.atleast_2d(trend)
    shift = np.einsum("si,si->s", trends, np.linalg.solve(covariance, trends.T).T)
    n = len(covariance)
    power: Floats = 1 - chndtr(chdtri(n, 1 - level), n, shift)
    return power


def detectable_slope(
    covariance: Floats, periods: Floats, power: float, *, level: float = 0.95
) -> float:
    """Slope per period of a linear difference in trends that is found with a given power.

    The test is the usual one: any earlier coefficient significant.

    Parameters
    ----------
    covariance
        Of the earlier coefficients, (n, n).
    periods
        Periods from the reference period to each, (n,): below zero.
    power
        Between the test's size and 1, such as .5 or .8.
    level
        Level of each coefficient's interval.

    Raises
    ------
    ValueError
        Where the power is not above the size of the test.

    References
    ----------
    Roth (2022), American Economic Review: Insights 4:305-322, doi:10.1257/aeri.20210236.

    Examples
    --------
    One coefficient: it is found with power 1/2 where it is expected to be just significant.

    >>> round(detectable_slope(np.array([[4.0]]), np.array([-1.0]), .5), 3)
    3.92
    """
    se = np.sqrt(np.diag(covariance))
    half = ndtri((1 + level) / 2) * se

    def reached(slopes: Floats) -> Floats:
        return 1 - _box(slopes[:, None] * periods, covariance, half)[0]

    # With this slope the coefficient that shows it best is found with more than that power alone.
    most = float(((half + ndtri((1 + power) / 2) * se) / np.abs(periods)).min())
    slopes = np.linspace(0, most, 17)
    for _ in range(6):
        found = reached(slopes)
        if found[0] >= power:
            raise ValueError(f"the test finds something in {found[0]:.0%} of studies anyway")
        above = int((found >= power).argmax())
        slopes = np.linspace(slopes[above - 1], slopes[above], 9)
    return float(slopes.mean())


class Equivalence(NamedTuple):
    """Smallest bounds that two one-sided tests put on earlier differences in trends."""

    average: float
    maximum: float


def equivalence_bounds(beta: Floats, covariance: Floats, *, level: float = 0.95) -> Equivalence:
    """Differences in earlier trends larger than this can be ruled out.

    The bound for the average of the earlier coefficients is its absolute value and z standard
    errors. The bound for the largest one is the largest such bound of a single coefficient: that
    test is conservative, as all of its parts have to reject.

    Parameters
    ----------
    beta
        Earlier coefficients, (n,).
    covariance
        Their covariance.
    level
        One less the size of each one-sided test.

    References
    ----------
    Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15:657-680,
    doi:10.1007/BF01068419; Hartman & Hidalgo (2018), American Journal of Political Science
    62:1000-1013, doi:10.1111/ajps.12387; Dette & Schumann (2024), Journal of Business & Economic
    Statistics 42, doi:10.1080/07350015.2024.2308121.

    Examples
    --------
    >>> found = equivalence_bounds(np.array([.1, -.3]), np.diag([.01, .01]))
    >>> round(found.average, 3), round(found.maximum, 3)
    (0.216, 0.464)
    """
    z = float(ndtri(level))
    se = np.sqrt(np.diag(covariance))
    return Equivalence(
        average=float(abs(beta.mean()) + z * np.sqrt(covariance.mean())),
        maximum=float((np.abs(beta) + z * se).max()),
    )


def _box(mean: Floats, covariance: Floats, half: Floats) -> tuple[Floats, Floats]:
    """Probability that normals with S means (S, n) all lie within ± half, and their means there.

    One coefficient after the other is drawn between its bounds given the earlier ones, on a
    lattice instead of at random: no seed, and errors of a few 1e-5.

    References
    ----------
    Genz (1992), Journal of Computational and Graphical Statistics 1:141-149,
    doi:10.1080/10618600.1992.10477010.
    """
    try:
        root = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError as error:
        raise ValueError("the covariance of the earlier coefficients has no full rank") from error
    S, n = mean.shape
    steps = np.sqrt(np.resize(_PRIMES, n) + np.arange(n) // len(_PRIMES))
    lattice = np.abs(2 * (np.outer(np.arange(1, _POINTS // 2 + 1), steps) % 1) - 1)
    lattice = np.concatenate([lattice, 1 - lattice])
    weight = np.ones((S, _POINTS))
    drawn = np.zeros((S, _POINTS, n))
    for j in range(n):
        known = mean[:, [j]] + drawn[:, :, :j] @ root[j, :j]
        # The side with the smaller probabilities keeps all digits far out.
        low, high = (-half[j] - known) / root[j, j], (half[j] - known) / root[j, j]
        turned = low > 0
        low, high = np.where(turned, -high, low), np.where(turned, -low, high)
        below = ndtr(low)
        inside = ndtr(high) - below
        at = ndtri(np.clip(below + lattice[:, j] * inside, 1e-300, 1 - 1e-16))
        drawn[:, :, j] = np.where(turned, -at, at)
        weight *= inside
    chance = weight.mean(axis=1)
    share = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    return chance, mean + np.einsum("sp,spn->sn", share, drawn) @ root.T

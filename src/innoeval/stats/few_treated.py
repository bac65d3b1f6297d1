"""Few treated units: the comparison units' changes as a sample of what chance does."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from innoeval.stats.contrast import Compared, Floats, Masks, student


def donald_lang(contrasts: Floats, treated: Masks, level: float) -> Compared:
    """Difference in mean contrasts with Student's t on N − 2 degrees of freedom.

    Exact for any number of treated units, even one, if contrasts are normal and equally noisy in
    both groups.

    Parameters
    ----------
    contrasts
        Array (N, K), at least three units.
    treated
        Mask (N,).
    level
        Level of the interval.

    References
    ----------
    Donald & Lang (2007), Review of Economics and Statistics 89:221-233, doi:10.1162/rest.89.2.221.

    Examples
    --------
    2 against 0, 2 and 4: mean 2, pooled variance 8/2 = 4, error √(4 + 4/3):

    >>> found = donald_lang(np.array([[2.0], [0], [2], [4]]), np.arange(4) == 0, .95)
    >>> found.effect.item(), round(found.std_error.item() ** 2, 9), found.df.item()
    (0.0, 5.333333333, 2.0)
    """
    ours, theirs = contrasts[treated], contrasts[~treated]
    effect = ours.mean(axis=0) - theirs.mean(axis=0)
    df = len(contrasts) - 2
    pooled = sum(((group - group.mean(axis=0)) ** 2).sum(axis=0) for group in (ours, theirs)) / df
    error = np.sqrt(pooled * (1 / len(ours) + 1 / len(theirs)))
    return student(effect, error, np.full(len(effect), float(df)), level)


def placebo_residuals(
    contrasts: Floats,
    treated: Masks,
    level: float,
    *,
    noise: Floats | None = None,
    draws: int = 4999,
    seed: int = 20260101,
) -> Compared:
    """Difference in mean contrasts against what the comparison units' residuals would make of it.

    The noise of the treated units' mean is taken to be a mean of as many residuals of comparison
    units, drawn independently (Conley & Taber); with `noise`, each residual is first brought to the noise of the treated
    unit that it stands for (Ferman & Pinto). Consistent for many comparison units, however few are
    treated; the comparison's own mean is taken as known.

    Parameters
    ----------
    contrasts
        Array (N, K).
    treated
        Mask (N,).
    level
        Level of the interval; it is unbounded where there are too few comparison units.
    noise
        Noise of each unit up to a common factor, (N,) or (N, K).
    draws
        Ways to draw comparison units for the treated ones; all of them where so many exist.
    seed
        Seed of the draws.

    Returns
    -------
    The real units are counted among the draws, so that p is never 0.

    References
    ----------
    Conley & Taber (2011), Review of Economics and Statistics 93:113-125,
    doi:10.1162/REST_a_00049; Ferman & Pinto (2019), Review of Economics and Statistics
    101:452-467, doi:10.1162/rest_a_00759.

    Examples
    --------
    Residuals −1, 0, 1 against an effect of 1: two of three are as large, p = (1 + 2)/4. If the
    treated unit is half as noisy none is, p = 1/4; the second largest, 0.5, bounds a 50 % interval.

    >>> changes, treated = np.array([[1.0], [-1], [0], [1]]), np.arange(4) == 0
    >>> placebo_residuals(changes, treated, .5).p_value.item()
    0.75
    >>> found = placebo_residuals(changes, treated, .5, noise=np.array([1.0, 2, 2, 2]))
    >>> found.p_value.item(), found.low.item(), found.high.item()
    (0.25, 0.5, 1.5)
    """
    ours, theirs = contrasts[treated], contrasts[~treated]
    effect = ours.mean(axis=0) - theirs.mean(axis=0)
    scale = (
        np.ones_like(contrasts) if noise is None else np.broadcast_to(noise.T, contrasts.T.shape).T
    )
    units = (theirs - theirs.mean(axis=0)) / scale[~treated]
    places = _places(len(theirs), len(ours), draws, seed)
    by_chance = np.einsum("kK,bkK->bK", scale[treated], units[places], optimize=True) / len(ours)
    reach = np.abs(by_chance)
    tolerance = 1e-10 * reach.max(axis=0)
    count = 1 + (reach >= np.abs(effect) - tolerance).sum(axis=0)
    rank = int(np.floor((1 - level) * (len(reach) + 1) * (1 + 1e-10)))
    bound = -np.sort(-reach, axis=0)[rank - 1] if rank > 0 else np.full(len(effect), np.inf)
    return Compared(
        effect=effect,
        std_error=np.sqrt((by_chance**2).mean(axis=0)),
        df=np.full(len(effect), np.nan),
        p_value=count / (len(reach) + 1),
        low=effect - bound,
        high=effect + bound,
    )


def noise_by_size(contrasts: Floats, treated: Masks, sizes: Floats) -> Floats:
    """Noise of each unit as its size makes it: variance a + b/size, fitted to the comparison units.

    Parameters
    ----------
    contrasts
        Array (N, K).
    treated
        Mask (N,).
    sizes
        Number of people or cases behind each unit's outcome, (N,).

    Returns
    -------
    Array (N, K); a and b are at least 0, so that no unit has a negative variance.

    References
    ----------
    Ferman & Pinto (2019), section III, doi:10.1162/rest_a_00759.

    Examples
    --------
    Variances 4/1, 4/4 and 4/16 around a mean of 0 follow b = 4 exactly:

    >>> changes = np.array([[9.0], [2], [-2], [1], [-1], [.5], [-.5]])
    >>> noise_by_size(changes, np.arange(7) == 0, np.array([1.0, 1, 1, 4, 4, 16, 16]))[:, 0].round(6)
    array([2. , 2. , 2. , 1. , 1. , 0.5, 0.5])
    """
    theirs = contrasts[~treated]
    squares = (theirs - theirs.mean(axis=0)) ** 2
    design = np.column_stack([np.ones(len(sizes)), 1 / sizes])
    found = np.linalg.lstsq(design[~treated], squares, rcond=None)[0]
    shape = design[~treated, 1:]
    only_size = (shape * squares).sum(axis=0) / (shape**2).sum(axis=0)
    level = np.where(found[1] < 0, squares.mean(axis=0), np.where(found[0] < 0, 0.0, found[0]))
    slope = np.where(found[1] < 0, 0.0, np.where(found[0] < 0, only_size, found[1]))
    return np.asarray(np.sqrt(level + design[:, 1:] * slope))


def _places(n: int, k: int, draws: int, seed: int) -> npt.NDArray[np.int64]:
    """Which of n comparison units stand for the k treated ones, repeats allowed, (B, k)."""
    if n**k <= draws:
        return np.array(list(product(range(n), repeat=k)), dtype=np.int64)
    return np.random.default_rng(seed).integers(n, size=(draws, k))

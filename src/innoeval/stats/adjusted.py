"""Changes compared between groups that differ in covariates: regression, weighting, and both."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]
Method = Literal["dr", "ipw", "reg"]

#: Comparison units that are as good as sure to be treated carry no information; R's DRDID drops
#: them from this propensity on.
TRIM = 0.995
#: A covariate of which less than this share is left, given the others, is a combination of them.
_COLLINEAR = 1e-10
_STEPS = 50


class Adjusted(NamedTuple):
    """An average effect on the treated, and what each unit adds to it.

    `effect`; `added` (n,): squares sum to the variance; `trimmed`: comparison units left out for a
    propensity of `TRIM` or more.
    """

    effect: float
    added: Floats
    trimmed: int


class SeparationError(ValueError):
    """Covariates tell treated from comparison units without error: there is nobody to compare."""


def independent_columns(X: Floats, weights: Floats) -> list[int]:
    """Columns that are no combination of earlier ones.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0], [1.0, 2.0, 4.0]])
    >>> independent_columns(X, np.ones(3))
    [0, 2]
    """
    kept: list[int] = []
    root = np.sqrt(weights)[:, None]
    basis = np.empty((len(X), 0))
    for j in range(X.shape[1]):
        column = X[:, j : j + 1] * root
        size = float((column**2).sum())
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        left = float((rest**2).sum())
        if size > 0 and left > _COLLINEAR * size:
            kept.append(j)
            basis = np.concatenate([basis, rest / np.sqrt(left)], axis=1)
    return kept


def adjusted(
    change: Floats, treated: Masks, X: Floats, weights: Floats, method: Method
) -> Adjusted:
    r"""Effect on the treated, given that only covariates tell the groups' trends apart.

    "reg" predicts the treated units' change by a regression among the comparison units; "ipw"
    weights these by the odds :math:`p/(1-p)` of a logit; "dr" does both, and is right if either
    model is.

    Parameters
    ----------
    change
        Change of each unit, (n,).
    treated
        Mask (n,).
    X
        Covariates with a first column of ones, (n, p), of full rank in the comparison group.
    weights
        Weight of each unit, (n,).
    method
        "dr", "ipw" or "reg".

    Raises
    ------
    SeparationError
        Where the logit has no finite solution.

    References
    ----------
    Sant'Anna & Zhao (2020), Journal of Econometrics 219:101-122,
    doi:10.1016/j.jeconom.2020.06.003; Heckman, Ichimura & Todd (1997), doi:10.2307/2971733;
    Abadie (2005), doi:10.1111/0034-6527.00321.

    Examples
    --------
    Changes are twice the covariate, and 3 more for the treated:

    >>> x = np.array([0.0, 1, 2, 3, 1, 2])
    >>> treated = np.array([False, False, False, False, True, True])
    >>> found = adjusted(2 * x + 3 * treated, treated, np.column_stack([np.ones(6), x]),
    ...                  np.ones(6), "dr")
    >>> round(found.effect, 9)
    3.0
    """
    n = len(change)
    w = weights / weights.mean()
    d = treated.astype(np.float64)
    ours = w * d
    if method == "reg":
        line, wobble = _outcome_line(change, d, X, w)
        theirs, rest, trimmed = ours, X @ line, 0
        eta_ours = float(ours @ change / ours.sum())
        eta_theirs = float(theirs @ rest / theirs.sum())
        added = ours * (change - eta_ours) - theirs * (rest - eta_theirs)
        added = added - wobble @ (ours @ X / n)
        return Adjusted(eta_ours - eta_theirs, added / ours.sum(), trimmed)
    p, score = _propensity(d, X, w)
    used = treated | (p < TRIM)
    theirs = np.where(used, w * (1 - d) * p / np.where(used, 1 - p, 1.0), 0.0)
    left, wobble = change, np.zeros_like(X)
    if method == "dr":
        line, wobble = _outcome_line(change, d, X, w)
        left = change - X @ line
    eta_ours, eta_theirs = float(ours @ left / ours.sum()), float(theirs @ left / theirs.sum())
    mine = ours * (left - eta_ours) / ours.sum()
    other = theirs * (left - eta_theirs) / theirs.sum()
    other = other + score @ ((theirs * (left - eta_theirs)) @ X) / theirs.sum() / n
    mine = mine - wobble @ (ours @ X) / ours.sum() / n
    other = other - wobble @ (theirs @ X) / theirs.sum() / n
    return Adjusted(eta_ours - eta_theirs, mine - other, int((~used).sum()))


def _outcome_line(change: Floats, d: Floats, X: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Regression among comparison units (p,), and each unit's influence on it, (n, p)."""
    mass = w * (1 - d)
    gram = (X * mass[:, None]).T @ X
    inverse = np.asarray(np.linalg.inv(gram), dtype=np.float64)
    line = inverse @ ((mass * change) @ X)
    residual = mass * (change - X @ line)
    return line, (residual[:, None] * X) @ inverse * len(d)


def _propensity(d: Floats, X: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Probabilities of treatment by logit (n,), and each unit's influence on its line, (n, p)."""
    line = np.zeros(X.shape[1])
    share = float(w @ d / w.sum())
    line[0] = np.log(share / (1 - share))
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(X @ line, -35, 35)))
        gram = (X * (w * p * (1 - p))[:, None]).T @ X
        try:
            step = np.linalg.solve(gram, (w * (d - p)) @ X)
        except np.linalg.LinAlgError:
            break
        line = line + step
        if np.abs(X @ step).max() < 1e-10:
            p = 1 / (1 + np.exp(-(X @ line)))
            gram = (X * (w * p * (1 - p))[:, None]).T @ X
            score = (w * (d - p))[:, None] * X
            return p, np.asarray(score @ np.linalg.inv(gram) * len(d), dtype=np.float64)
    raise SeparationError("the covariates tell treated from comparison units without error")

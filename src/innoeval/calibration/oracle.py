"""What could be known at most: judges that know the truth but for the effect and what chance did."""

from __future__ import annotations

import numpy as np

from innoeval.calibration.answer import Answer
from innoeval.records.claim import Claim
from innoeval.records.freeze import Floats
from innoeval.records.policy import Policy
from innoeval.simulate import Scenario

#: Faults that choose by what chance did before the launch: a trend fitted to it is bent.
_BENT = {"bad_spell", "worst_sites"}
#: Less of a step than this share is left where it cannot be told from trend, levels and shocks.
_TOLD = 1e-8


def oracle(scenario: Scenario) -> Answer | None:
    """Generalised least squares with the true levels, shocks, faults and covariance of the noise.

    Nobody can have its power; how far a judge falls short of it is the price of not knowing.

    Parameters
    ----------
    scenario
        With what a judge does not see.

    Returns
    -------
    The answer by the same rule as all judges; None where chance itself was chosen.
    """
    known, claim = scenario.known, scenario.claim
    if known is None or claim.scale != "absolute":
        return None
    left = scenario.panel.matrix(claim.outcome) - known.expected
    weight = total = 0.0
    for unit in np.flatnonzero(known.reached.any(axis=1)):
        seen = np.isfinite(left[unit])
        if not seen.any():
            continue
        shape = known.reached[unit, seen]
        solved = np.linalg.solve(known.covariance[np.ix_(seen, seen)], shape)
        weight += float(solved @ shape)
        total += float(solved @ left[unit, seen])
    return _answer(claim, total / weight, 1 / np.sqrt(weight))


def oracle_trend(scenario: Scenario) -> Answer | None:
    """The most that a careful judge could know: the oracle without levels, shocks and trend.

    It knows what the fault did and the covariance of the noise. Each unit has a level that it has
    to estimate, each period a shock, and the treated units have a linear trend of their own, which
    no judge can rule out by looking. Where all units are treated, shocks are known to it.

    Parameters
    ----------
    scenario
        With what a judge does not see.

    Returns
    -------
    The answer by the same rule as all judges; None where chance itself was chosen, before the launch
    too, or the step cannot be told from the rest.
    """
    known, claim = scenario.known, scenario.claim
    chosen = _BENT & set(scenario.truth.fault.split("+"))
    if known is None or claim.scale != "absolute" or chosen:
        return None
    left = scenario.panel.matrix(claim.outcome) - known.expected
    treated = np.asarray(known.reached.any(axis=1))
    n_units, n_periods = left.shape
    time = np.arange(n_periods) / n_periods
    shocks = np.zeros((n_periods, 0)) if treated.all() else np.eye(n_periods)[:, 1:]
    size = shocks.shape[1] + 2
    normal, right = np.zeros((size, size)), np.zeros(size)
    for unit in range(n_units):
        seen = np.isfinite(left[unit])
        if seen.sum() < 2:
            continue
        columns = np.column_stack([known.reached[unit], treated[unit] * time, shocks])[seen]
        weights = _without_level(known.covariance[np.ix_(seen, seen)])
        normal += columns.T @ weights @ columns
        right += columns.T @ weights @ left[unit, seen]
    rest = np.linalg.pinv(normal[1:, 1:], hermitian=True) @ normal[1:, 0]
    weight = float(normal[0, 0] - normal[0, 1:] @ rest)
    if weight <= _TOLD * normal[0, 0]:
        return None
    return _answer(claim, float(right[0] - rest @ right[1:]) / weight, 1 / np.sqrt(weight))


def _without_level(covariance: Floats) -> Floats:
    """Inverse of a covariance with the unit's level projected out."""
    inverse = np.linalg.inv(covariance)
    row = inverse.sum(axis=0)
    return np.asarray(inverse - np.outer(row, row) / row.sum())


def _answer(claim: Claim, effect: float, std_error: float) -> Answer:
    """By the rule of all judges, with a known standard error."""
    from scipy.special import ndtri

    from innoeval.decide import bar, status_of
    from innoeval.records.estimate import Interval

    policy = Policy()
    reach = float(ndtri(0.5 + policy.level / 2)) * std_error
    middle = effect * (-1 if claim.better == "lower" else 1)
    interval = Interval(middle - reach, middle + reach)
    return Answer(status=status_of(interval, bar(claim, policy)), interval=interval)

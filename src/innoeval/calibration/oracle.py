"""What could be known at most: a judge that knows everything but the effect and what chance did."""

from __future__ import annotations

import numpy as np

from innoeval.calibration.answer import Answer
from innoeval.records.policy import Policy
from innoeval.simulate import Scenario


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
    from scipy.special import ndtri

    from innoeval.decide import bar, status_of
    from innoeval.records.estimate import Interval

    known, claim, policy = scenario.known, scenario.claim, Policy()
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
    effect = total / weight * (-1 if claim.better == "lower" else 1)
    reach = float(ndtri(0.5 + policy.level / 2)) / np.sqrt(weight)
    interval = Interval(effect - reach, effect + reach)
    return Answer(status=status_of(interval, bar(claim, policy)), interval=interval)

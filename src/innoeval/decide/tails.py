"""How far in the tail a size lies: one-sided p-values that agree with an analysis' interval."""

from __future__ import annotations

from math import comb, inf, isclose, isfinite

import numpy as np

from innoeval.records.claim import Claim
from innoeval.records.companions import Reading
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.policy import Policy
from innoeval.stats.severity import NORMAL, implied_df


def one_sided(
    estimate: Estimate | None, claim: Claim, edge: float, policy: Policy
) -> tuple[float, float]:
    """P-values of "the improvement is at most `edge`" and of "it is at least `edge`".

    With a t distribution they are exact; otherwise the interval is read as that of the t
    distribution whose critical value it used, and no p-value is below what the number of
    assignments or draws can show. Apart from that, p < (1 - level) / 2 exactly where the interval
    lies wholly beyond the edge.

    Parameters
    ----------
    estimate
        None where an analysis could not be made: it shows nothing.
    claim
        Its scale is that of `edge`.
    edge
        Improvement on the claim's scale.
    policy
        Holds the number of draws.

    Examples
    --------
    An improvement of 4 with a standard error of 1 and 20 degrees of freedom, against 2:

    >>> from innoeval.records import Interval
    >>> found = Estimate(design="D", estimand="", effect=4, std_error=1, df=20, p_value=None,
    ...     conf_int=Interval(4 - 2.086, 4 + 2.086), better="higher", baseline=10, observed=14,
    ...     n_units=22, n_treated=11, n_clusters=22, n_obs=44, inference="")
    >>> claim = Claim(id="c", innovation="i", outcome="o", better="higher", treated=["A"],
    ...               start="2021", size=4, scale="absolute")
    >>> [round(p, 3) for p in one_sided(found, claim, 2, Policy())]
    [0.03, 0.97]
    """
    at_most, at_least = reading_of("", estimate, claim, policy).tails(np.array([edge]))
    return float(at_most[0]), float(at_least[0])


def reading_of(analysis: str, estimate: Estimate | None, claim: Claim, policy: Policy) -> Reading:
    """An analysis as its tails are read; one that could not be made shows nothing.

    Parameters
    ----------
    analysis
        Its name.
    estimate
        None where it could not be made.
    claim
        Its scale.
    policy
        Holds the number of draws.
    """
    if estimate is None or estimate.off_scale(claim.scale):
        return Reading(
            analysis=analysis, improvement=0.0, interval=Interval(-inf, inf), df=(1.0, 1.0),
            level=policy.level, least=0.0, unit=1.0, bend=0.0,
        )  # fmt: skip
    unit, bend = 1.0, 0.0
    if claim.scale == "percentage_points":
        unit = estimate.whole / 100
    elif claim.scale == "relative":
        unit, bend = estimate.observed, -1.0 if claim.better == "lower" else 1.0
    low, high = estimate.improvement_int
    centre = estimate.improvement
    if not low < centre < high and isfinite(low + high):
        centre = (low + high) / 2
    return Reading(
        analysis=analysis,
        improvement=centre,
        interval=Interval(low, high),
        df=_shapes(estimate, centre - low, high - centre),
        level=estimate.level,
        least=_least(estimate, policy),
        unit=unit,
        bend=bend,
    )


def _shapes(estimate: Estimate, below: float, above: float) -> tuple[float, float]:
    """Degrees of freedom of both halves: declared, or those whose critical value they used."""
    if estimate.df is not None:
        return estimate.df, estimate.df
    first = _shape(estimate, below)
    return first, first if isclose(below, above, rel_tol=1e-12) else _shape(estimate, above)


def _shape(estimate: Estimate, half: float) -> float:
    if not (estimate.std_error and isfinite(half)):
        return NORMAL
    return implied_df(half / estimate.std_error, estimate.level)


def _least(estimate: Estimate, policy: Policy) -> float:
    """The smallest p-value that so many assignments, or draws, can give; 0 with a distribution."""
    if estimate.df is not None:
        return 0.0
    ours, units = estimate.n_treated, estimate.n_units
    ways = comb(units, ours) if 0 < ours < units else policy.draws + 1
    return 1 / min(ways, policy.draws + 1)

"""How far in the tail a claim's bar lies: one-sided p-values that agree with the deciding interval."""

from __future__ import annotations

from collections.abc import Mapping
from math import comb, inf, isfinite

from innoeval.decide.gates import Opened, joined
from innoeval.decide.regions import Bar
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.policy import Policy


def tails(
    claim: Claim,
    base: Estimate,
    stressed: Mapping[Assumption, Estimate],
    opened: tuple[Opened, ...],
    held: Bar,
    policy: Policy,
) -> tuple[float | None, float | None]:
    """P-values of "at most what must be shown" and of "at least the bar of an overstated claim".

    Every analysis that decides must reject, so the largest p-value of them counts.

    Parameters
    ----------
    claim, base, stressed, opened, held, policy
        As in `deciding_interval`, and the bar.
    """
    let_in = joined(base, stressed, opened)
    replaced = any(item.replaces for item in opened) and not policy.strict
    short = max(
        one_sided(member, claim, held.overstated, policy)[1]
        for member in (let_in if replaced else [base, *let_in])
    )
    if not isfinite(held.shown):
        return None, short
    # A relaxed analysis never lends a claim support, so the base one counts here in any case.
    holds = max(one_sided(member, claim, held.shown, policy)[0] for member in (base, *let_in))
    return holds, short


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
    from scipy.special import stdtr, stdtrit

    if estimate is None or estimate.off_scale(claim.scale):
        return 1.0, 1.0
    bar = _in_units(estimate, claim, edge)
    low, high = estimate.improvement_int
    centre = estimate.improvement
    if not low < centre < high and isfinite(low + high):
        centre = (low + high) / 2
    tail, p_values = (1 + estimate.level) / 2, []
    for half, above in ((centre - low, centre - bar), (high - centre, bar - centre)):
        if not (isfinite(half) and half > 0):
            p_values.append(1.0)
            continue
        df = _shape(estimate, half, tail)
        p = float(stdtr(df, -above / half * float(stdtrit(df, tail))))
        p_values.append(max(p, _least(estimate, policy)))
    return p_values[0], p_values[1]


def _in_units(estimate: Estimate, claim: Claim, edge: float) -> float:
    """An edge on the claim's scale as an improvement in outcome units."""
    if claim.scale == "percentage_points":
        return edge * estimate.whole / 100
    if claim.scale == "absolute":
        return edge
    raw = -edge if claim.better == "lower" else edge
    effect = estimate.observed * raw / (1 + raw) if raw > -1 else -inf
    return -effect if claim.better == "lower" else effect


def _shape(estimate: Estimate, half: float, tail: float) -> float:
    """Degrees of freedom, declared or those whose critical value the interval used."""
    from scipy.special import stdtrit

    if estimate.df is not None:
        return estimate.df
    used = half / estimate.std_error if estimate.std_error else 0.0
    low, high = 1.0, 1e6
    if used <= stdtrit(high, tail):
        return high
    if used >= stdtrit(low, tail):
        return low
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if stdtrit(middle, tail) > used else (low, middle)
    return high


def _least(estimate: Estimate, policy: Policy) -> float:
    """The smallest p-value that so many assignments, or draws, can give; 0 with a distribution."""
    if estimate.df is not None:
        return 0.0
    ours, units = estimate.n_treated, estimate.n_units
    ways = comb(units, ours) if 0 < ours < units else policy.draws + 1
    return 1 / min(ways, policy.draws + 1)

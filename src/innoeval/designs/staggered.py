"""Callaway and Sant'Anna's difference-in-differences for staggered starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.designs.base import Arrangement, arrange
from innoeval.designs.cohorts import Base, Cohorts, Comparison, Pairs, pair_periods, sort_units
from innoeval.designs.group_times import Found, Spans, group_times
from innoeval.errors import DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval
from innoeval.records.freeze import Floats
from innoeval.records.group_times import GroupTimes, lower_triangle
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.aggregation import combine
from innoeval.stats.contrast import Compared, student


@dataclass(frozen=True, slots=True, kw_only=True)
class CallawaySantAnna:
    r"""Effects by cohort and period, each against units that are untreated at the time.

    Estimand: :math:`ATT(g,t)=E[Y_t(g)-Y_t(\infty)\mid G=g]`, and `effect` its average over all
    treated units and periods from the start. It is identified by
    :math:`E[Y_t-Y_b\mid G=g]-E[Y_t-Y_b\mid C]` if, without the innovation, cohort g and the
    comparison C would have moved together from the base period b to t (parallel trends), and
    nothing was anticipated more than `anticipation` periods ahead. Units that are already treated
    are never a comparison, which is what biases two-way fixed effects when effects grow.

    Without covariates and missing cells everything follows from each cohort's means and one
    T × T cross-product. Where cells are missing, each effect takes the units seen in both of its
    periods.

    Parameters
    ----------
    comparison
        "never_treated", or "not_yet_treated" for all units untreated in both periods.
    anticipation
        Periods before the start in which an effect may already show; they are no base.
    base
        "universal": every period is held against the last one before the start; "varying": a
        period before the start is held against the one before it.
    weights
        Column with unit weights (a covariate of the panel); each unit's mean over time counts.

    References
    ----------
    Callaway & Sant'Anna (2021), Journal of Econometrics 225:200-230,
    doi:10.1016/j.jeconom.2020.12.001.

    Examples
    --------
    A starts in 2021 and falls by 4, then by 6; B and C fall by 1 a year:

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("AAABBBCCC"), "year": [2020, 2021, 2022] * 3,
    ...                       "days": [10., 6, 4, 9, 8, 7, 5, 4, 3]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower",
    ...               treated={"A": "2021"}, size=3, scale="absolute")
    >>> found = CallawaySantAnna().fit(panel, claim)
    >>> found.effect, [part.estimate for part in found.components]
    (-3.5, [-3.0, -4.0])
    """

    assumptions: ClassVar[tuple[Assumption, ...]] = (
        Assumption.parallel_trends,
        Assumption.no_mean_reversion,
        Assumption.no_concurrent_change,
        Assumption.stable_measure,
        Assumption.not_one_unit,
        Assumption.prespecified_window,
        Assumption.no_anticipation,
        Assumption.no_spillover,
        Assumption.stable_composition,
        Assumption.all_sites_reported,
        Assumption.prespecified_outcome,
        Assumption.no_harm_elsewhere,
    )
    relaxes: ClassVar[Assumption] = Assumption.parallel_trends
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = (
        "average effect on the treated over all their periods from the start, each treated unit "
        "and period counted once"
    )

    comparison: Comparison = "never_treated"
    anticipation: int = 0
    base: Base = "universal"
    weights: str | None = None

    def __post_init__(self) -> None:
        if self.comparison not in {"never_treated", "not_yet_treated"}:
            raise DesignError(
                f"comparison='{self.comparison}' is not known; write 'never_treated' or "
                "'not_yet_treated'"
            )
        if self.base not in {"universal", "varying"}:
            raise DesignError(f"base='{self.base}' is not known; write 'universal' or 'varying'")
        if self.anticipation < 0:
            raise DesignError("anticipation counts periods before the start; write 0 or more")

    def objections(
        self,
        panel: Panel,
        claim: Claim,
        policy: Policy,  # noqa: ARG002 - every design's door
    ) -> tuple[str, ...]:
        """Why the design does not fit; empty if it does."""
        case = arrange(panel, claim)
        found = list(self._obstacles(case))
        if len(case.launches) == 1:
            found.append(
                "all treated units start at one date; difference-in-differences then rests on all "
                "earlier periods instead of a single one"
            )
        return tuple(found)

    def fit(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Estimate:
        """The estimate with parallel trends at face value.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where no cohort can be compared with anybody.
        """
        case = arrange(panel, claim)
        if against := self._obstacles(case):
            raise DesignError("Callaway-Sant'Anna does not fit: " + "; ".join(against))
        cohorts = sort_units(panel, case, self.weights)
        pairs = pair_periods(cohorts, panel.periods, self.comparison, self.anticipation, self.base)
        found = group_times(cohorts, _spans(pairs, case.n_periods))
        return _estimate(panel, claim, policy, cohorts, found, (*cohorts.notes, *pairs.notes))

    def _obstacles(self, case: Arrangement) -> tuple[str, ...]:
        """What makes a fit impossible."""
        if not case.treated.all():
            return ()
        if len(case.launches) == 1:
            return ("every unit is treated from the same date: there is nobody to compare with",)
        if self.comparison == "never_treated":
            said = (
                "every unit is treated at some time; with comparison='not_yet_treated' those that "
            )
            return (said + "are not treated yet are the comparison",)
        return ()


def _spans(pairs: Pairs, T: int) -> Spans:
    before = np.arange(T) == pairs.base[:, None]
    return Spans(pairs.cohort, pairs.period, before, pairs.compare)


def _estimate(
    panel: Panel,
    claim: Claim,
    policy: Policy,
    cohorts: Cohorts,
    found: Found,
    notes: tuple[str, ...],
) -> Estimate:
    spans = found.spans
    start = cohorts.starts[spans.cohort]
    post = (spans.period >= start).astype(np.float64)
    if not post.any():
        raise DesignError(
            "Callaway-Sant'Anna does not fit: no treated period can be compared; "
            + "; ".join(notes)
        )
    overall = combine(post[None], found.effect, found.share, spans.cohort)
    added = found.units(overall.jacobian)[:, 0]
    variance, df = _two_sides(added, cohorts)
    effect = overall.effect
    tested = student(effect, np.sqrt([variance]), np.array([df]), policy.level)
    observed = float(overall.jacobian[0, : len(post)] @ found.observed)
    record = GroupTimes(
        cohorts=tuple(panel.periods[s] for s in cohorts.starts),
        starts=tuple(cohorts.starts.tolist()),
        periods=panel.periods,
        cohort=tuple(spans.cohort.tolist()),
        period=tuple(spans.period.tolist()),
        estimate=found.effect,
        observed=found.observed,
        share=found.share,
        covariance=lower_triangle(found.covariance),
        seed=policy.seed,
        units=found.units,
    )
    each = student(
        found.effect,
        np.sqrt(np.clip(np.diag(found.covariance)[: len(post)], 0, None)),
        np.full(len(post), df),
        policy.level,
    )
    return Estimate(
        design="CallawaySantAnna",
        estimand=CallawaySantAnna.estimand,
        effect=float(effect[0]),
        std_error=float(np.sqrt(variance)),
        conf_int=Interval(float(tested.low[0]), float(tested.high[0])),
        p_value=float(tested.p_value[0]),
        df=df,
        better=claim.better,
        baseline=observed - float(effect[0]),
        observed=observed,
        n_units=len(cohorts.group),
        n_treated=int(cohorts.treated.sum()),
        n_clusters=len(cohorts.group),
        n_obs=int(np.isfinite(cohorts.outcomes).sum()),
        inference="clustered by unit: influence functions without a small-sample factor (as R's did), "
        "Student's t with Welch's degrees of freedom",
        components=_components(record, each),
        influence=added * len(added),
        group_times=record,
        assumptions=CallawaySantAnna.assumptions,
        warnings=notes,
        level=policy.level,
        whole=share_unit(panel, claim.outcome) if claim.scale == "percentage_points" else 1.0,
    )


def _two_sides(added: Floats, cohorts: Cohorts) -> tuple[float, float]:
    """Variance, and Welch's degrees of freedom of treated against never-treated units."""
    squares = added**2
    parts = [(squares[side].sum(), side.sum() - 1) for side in (cohorts.treated, ~cohorts.treated)]
    total = float(sum(part for part, _ in parts))
    below = sum(part**2 / max(freedom, 1) for part, freedom in parts)
    return total, float(total**2 / below) if below > 0 else np.inf


def _components(record: GroupTimes, each: Compared) -> tuple[Component, ...]:
    """One component for each group-time effect."""
    found = []
    for k, since in enumerate(record.event_time):
        cohort, period = record.cohorts[record.cohort[k]], record.periods[record.period[k]]
        error = float(each.std_error[k])
        found.append(
            Component(
                term=f"cohort {cohort} in {period}",
                estimate=float(each.effect[k]),
                std_error=error,
                statistic=float(each.effect[k]) / error if error > 0 else None,
                p_value=float(each.p_value[k]),
                conf_low=float(each.low[k]),
                conf_high=float(each.high[k]),
                event_time=since,
                cohort=cohort,
                period=period,
            )
        )
    return tuple(found)

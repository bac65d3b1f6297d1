"""Callaway and Sant'Anna's difference-in-differences for staggered starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.designs.base import COMPARISON_OF_CHANGES, FEWEST_FOR_SPELL, Arrangement, arrange
from innoeval.designs.staggered.cohorts import (
    Base,
    Comparison,
    Rule,
    base_spans,
    behind,
    refuse_negative,
    refuse_unknown,
    sort_units,
)
from innoeval.designs.staggered.covariates import read_covariates
from innoeval.designs.staggered.errors import settle
from innoeval.designs.staggered.kernel import StaggeredKernel
from innoeval.designs.staggered.record import ESTIMAND, averaged, full_estimate
from innoeval.errors import DesignError
from innoeval.inference import Choice
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.adjusted import Method


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
        "universal": every period is held against the last one before the start. "varying": a
        period before the start is held against the one before it. "average": every period is held
        against the mean of all periods before the start (Lee & Wooldridge 2023); that asks for
        parallel trends over all of them, is far less noisy, and gives the same as
        `DifferenceInDifferences` where there is one start.
    covariates
        Columns that treated and comparison units may differ in: their trends need only be parallel
        among units that are alike in these, as they were in the last period of the baseline.
    method
        With covariates: "dr" (doubly robust), "ipw" or "reg"; see `innoeval.stats.adjusted`.
    weights
        Column with unit weights (a covariate of the panel); each unit's mean over time counts.

    References
    ----------
    Callaway & Sant'Anna (2021), Journal of Econometrics 225:200-230,
    doi:10.1016/j.jeconom.2020.12.001; Lee & Wooldridge (2023), A simple transformation approach
    to difference-in-differences estimation for panel data, doi:10.2139/ssrn.4516518.

    Inference: clustered by unit, from influence functions. With up to `policy.few_treated` treated
    units by randomisation: what the same dates, given to any other units, would have shown.

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

    assumptions: ClassVar[tuple[Assumption, ...]] = COMPARISON_OF_CHANGES
    relaxes: ClassVar[Assumption] = Assumption.parallel_trends
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = ESTIMAND

    comparison: Comparison = "never_treated"
    anticipation: int = 0
    base: Base = "universal"
    covariates: tuple[str, ...] = ()
    method: Method = "dr"
    weights: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", tuple(self.covariates))
        if self.method not in {"dr", "ipw", "reg"}:
            raise DesignError(f"method='{self.method}' is not known; write 'dr', 'ipw' or 'reg'")
        refuse_unknown(self.comparison)
        if self.base not in {"universal", "varying", "average"}:
            raise DesignError(
                f"base='{self.base}' is not known; write 'universal', 'varying' or 'average'"
            )
        refuse_negative(self.anticipation)

    def objections(
        self,
        panel: Panel,
        claim: Claim,
        policy: Policy,  # noqa: ARG002 - every design's door
    ) -> tuple[str, ...]:
        """Why the design does not fit; empty if it does."""
        case = arrange(panel, claim)
        if len(case.launches) == 1:
            said = "all treated units start at one date, for which difference-in-differences is "
            return (said + "the same and simpler",)
        return self._obstacles(case)

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Choice | None = None,
    ) -> Estimate:
        """The estimate with parallel trends at face value.

        Parameters
        ----------
        panel, claim, policy
            What is estimated, and by which thresholds.
        inference
            `Clustered`, `Multiplier` or `Randomization`; None lets the number of treated units
            decide.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where no cohort can be compared with anybody.
        """
        ready = self._ready(panel, claim, policy, inference)
        spans, notes = base_spans(ready.cohorts, ready.rule, self.base, panel.periods)
        return full_estimate(panel, claim, ready, spans, (*ready.cohorts.notes, *notes))

    def stressed(
        self, panel: Panel, claim: Claim, *, policy: Policy = Policy()
    ) -> dict[Assumption, Estimate]:
        """The estimate with earlier trends going on, and with the spell before the start left out.

        As for `DifferenceInDifferences`, by cohort: each unit's linear trend before its start is
        taken to go on; or the last periods before each start are left out of the baseline.
        """
        ready = self.kernel(panel, claim, policy=policy)
        time = np.arange(ready.length)
        said = "each unit's linear trend before its start is taken to go on after it"
        if ready.spell:
            said += f", the unusual last {ready.spell} periods left out"
        wanted = {Assumption.parallel_trends: (ready.trending("extrapolated"), said)}
        if ready.launch >= FEWEST_FOR_SPELL:
            aside = max(ready.set_aside, self.anticipation)
            early = time < ready.launch - aside
            wanted[Assumption.no_mean_reversion] = (
                ready.spans(early, time >= ready.launch),
                f"the last {aside} periods before each start are left out of the baseline",
            )
        found = {}
        for assumption, (spans, note) in wanted.items():
            if (answer := ready.answer(spans, policy.level)) is not None:
                kept = set(answer.found.spans.cohort.tolist())
                lost = [
                    panel.periods[s] for g, s in enumerate(ready.cohorts.starts) if g not in kept
                ]
                notes = (*ready.cohorts.notes, note)
                if lost:
                    notes += (f"too few earlier periods for the cohorts of {', '.join(lost)}",)
                found[assumption] = averaged(panel, claim, ready, answer, notes)
        return found

    def kernel(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> StaggeredKernel:
        """The design made ready for many windows of event time.

        Raises
        ------
        DesignError
            Where the design does not fit.
        """
        return self._ready(panel, claim, policy, None)

    def _ready(
        self, panel: Panel, claim: Claim, policy: Policy, inference: Choice | None
    ) -> StaggeredKernel:
        case = arrange(panel, claim)
        if against := self._obstacles(case):
            raise DesignError("Callaway-Sant'Anna does not fit: " + "; ".join(against))
        rule = Rule(self.comparison, self.anticipation)
        cohorts = sort_units(panel, case, rule, self.weights)
        spans = base_spans(cohorts, rule, self.base, panel.periods)[0]
        borne = behind(cohorts, spans)
        errors = settle(panel, cohorts, borne, policy, inference)
        adjustment = read_covariates(panel, self.covariates, self.method, cohorts.kept)
        if errors.randomised is not None and (adjustment or self.weights):
            raise DesignError(
                f"{int(borne.sum())} treated units: inference is then by randomisation, "
                "which takes no covariates or weights; leave them out"
            )
        return StaggeredKernel(
            cohorts=cohorts,
            rule=rule,
            base=self.base,
            policy=policy,
            better=claim.better,
            errors=errors,
            adjustment=adjustment,
        )

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

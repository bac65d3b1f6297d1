"""Two-way regressions with effects of each cohort in each period: Sun-Abraham and extended TWFE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from innoeval.designs.base import COMPARISON_OF_CHANGES
from innoeval.designs.fixed_effects.by_cohort import (
    ALONE,
    Cells,
    adds_nothing,
    alone,
    both_sides,
    counts_of,
    estimate_of,
    few,
    make_ready,
)
from innoeval.designs.fixed_effects.linear import Named, take_as_one
from innoeval.designs.staggered.cohorts import refuse_negative, refuse_unknown
from innoeval.errors import DesignError
from innoeval.inference import Choice, Clustered
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.cohort_effects import CohortEffects, cohort_codes
from innoeval.stats.imputation import CollinearError
from innoeval.stats.interactions import Form, lags, leads_and_lags
from innoeval.stats.saturated import saturated

_OVERALL = (
    "average effect on the treated over all their periods from the start, each treated unit "
    "and period counted once"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SunAbraham:
    r"""Event-study regression with effects of each cohort, averaged by the cohorts' shares.

    Estimand: :math:`\sum_{g,t\ge g}\omega_{gt}\,CATT_{gt}` with
    :math:`CATT_{gt}=E[Y_t-Y_t(\infty)\mid G=g]` and :math:`\omega_{gt}` the share of cohort g's cells
    in period t among all treated cells. It is identified if cohorts would have moved together from
    the last period before the start (less `anticipation`) on, and effects of other cohorts and
    periods do not leak in, as they do into a plain event study. Every cohort is compared with
    never-treated units; where there are none, with the last cohort before it starts.

    On complete data without covariates this equals Callaway-Sant'Anna with never-treated
    comparison and universal base. Where cells are missing, unit effects are fitted exactly.

    Parameters
    ----------
    anticipation
        Periods before the start in which an effect may already show.
    weights
        Column of cell weights.
    covariates
        Columns that change over time and that the innovation does not change.

    References
    ----------
    Sun & Abraham (2021), Journal of Econometrics 225:175-199, doi:10.1016/j.jeconom.2020.09.006.

    Examples
    --------
    A and B start in 2021: from 2020 on they fall by 4, then by 5; C and D fall by 1 a year. So 2021
    shows −4 + 1 and 2022 shows −5 + 2:

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("AAABBBCCCDDD"), "year": [2020, 2021, 2022] * 4,
    ...                       "days": [10., 6, 5, 9, 5, 4, 9, 8, 7, 5, 4, 3]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower",
    ...               treated=["A", "B"], start="2021", size=3, scale="absolute")
    >>> by_hand = Policy(few_treated=1)  # so few units have no clustered error otherwise
    >>> found = SunAbraham().fit(panel, claim, policy=by_hand)
    >>> round(found.effect, 9), [round(part.estimate, 9) for part in found.components]
    (-3.0, [-3.0, -3.0])
    """

    assumptions: ClassVar[tuple[Assumption, ...]] = COMPARISON_OF_CHANGES
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = _OVERALL

    anticipation: int = 0
    weights: str | None = None
    covariates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_negative(self.anticipation)

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the design does not fit this claim and panel; empty if it does."""
        cells = make_ready(panel, claim, self.weights, self.covariates)
        return _nobody(cells) or few(cells, policy, both_sides(cells))

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
            `Clustered` by unit or by a column; None: by unit, as pyfixest.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where no cohort can be compared, or a covariate adds nothing.
        """
        cells = make_ready(panel, claim, self.weights, self.covariates)
        cells, notes = _until_the_last(panel, cells, self.anticipation)
        starts, code = cohort_codes(cells.starts)
        form = leads_and_lags(starts, cells.outcomes.shape[1], len(starts) - 1, self.anticipation)
        return _regress(
            self, panel, claim, policy, cells, form, code, self.covariates, inference=inference,
            notes=notes,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedTWFE:
    r"""Two-way fixed effects with an effect of each cohort in each of its treated periods.

    Estimand: :math:`\sum_{g,t\ge g}\omega_{gt}\,\tau_{gt}`,
    :math:`\tau_{gt}=E[Y_t(g)-Y_t(\infty)\mid G=g]`, averaged over treated cells; its error follows by
    the delta method from the regression's. Identified if all cohorts would have moved together in
    all periods and nothing was anticipated more than `anticipation` periods ahead. On complete
    data without covariates the effects equal those of imputation, and with one start date the
    average equals plain two-way fixed effects.

    Parameters
    ----------
    comparison
        "not_yet_treated": all untreated cells. "never_treated": cohorts have effects before their
        start, too, as in `SunAbraham`.
    anticipation
        Periods before the start in which an effect may already show.
    weights
        Column of cell weights, such as the number of people behind each cell.
    covariates
        Columns that change over time and that the innovation does not change.
    cross_sections
        Units differ from period to period (each is one case, or one interview): a level for each
        cohort then takes the place of one for each unit.

    References
    ----------
    Wooldridge (2025), Empirical Economics 69:2545-2587, doi:10.1007/s00181-025-02807-z.

    Examples
    --------
    C and D fall by 1 a year. A (10, 6, 5) and B (9, 5, 4) start in 2021: −4 + 1 = −3 and −5 + 2 = −3:

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("AAABBBCCCDDD"), "year": [2020, 2021, 2022] * 4,
    ...                       "days": [10., 6, 5, 9, 5, 4, 8, 7, 6, 5, 4, 3]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower",
    ...               treated=["A", "B"], start="2021", size=3, scale="absolute")
    >>> by_hand = Policy(few_treated=1)  # so few units have no clustered error otherwise
    >>> round(ExtendedTWFE().fit(panel, claim, policy=by_hand).effect, 9)
    -3.0

    Interviews: two in each city and year, each with another person. The treated city goes from 5
    and 7 to 2 and 4 (−3), the other one from 4 and 6 to 3 and 5 (−1):

    >>> people = pd.DataFrame({"person": list("abcdefgh"), "year": [2020, 2020, 2021, 2021] * 2,
    ...                        "days": [5., 7, 2, 4, 4, 6, 3, 5]})
    >>> panel = Panel(frame=people, unit="person", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower",
    ...               treated=["a", "b", "c", "d"], start="2021", size=1, scale="absolute")
    >>> round(ExtendedTWFE(cross_sections=True).fit(panel, claim, policy=by_hand).effect, 9)
    -2.0
    """

    assumptions: ClassVar[tuple[Assumption, ...]] = COMPARISON_OF_CHANGES
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = _OVERALL

    comparison: Literal["not_yet_treated", "never_treated"] = "not_yet_treated"
    anticipation: int = 0
    weights: str | None = None
    covariates: tuple[str, ...] = ()
    cross_sections: bool = False

    def __post_init__(self) -> None:
        refuse_negative(self.anticipation)
        refuse_unknown(self.comparison)

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the design does not fit this claim and panel; empty if it does."""
        cells = make_ready(panel, claim, self.weights, self.covariates)
        known = None if self.cross_sections else both_sides(cells)
        return _nobody(cells) or few(cells, policy, known)

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Choice | None = None,
    ) -> Estimate:
        """The estimate with parallel trends in all periods at face value.

        Parameters
        ----------
        panel, claim, policy
            What is estimated, and by which thresholds.
        inference
            `Clustered` by unit or by a column; None: by unit, as pyfixest.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where no effect is identified, or a covariate adds nothing.
        """
        cells = make_ready(panel, claim, self.weights, self.covariates, cases=self.cross_sections)
        notes: tuple[str, ...] = ()
        if self.comparison == "never_treated":
            cells, notes = _until_the_last(panel, cells, self.anticipation)
        starts, code = cohort_codes(cells.starts)
        n_periods = cells.outcomes.shape[1]
        if self.comparison == "never_treated":
            form = leads_and_lags(starts, n_periods, len(starts) - 1, self.anticipation)
        else:
            form = lags(starts, n_periods, self.anticipation)
        return _regress(
            self, panel, claim, policy, cells, form, code, self.covariates,
            inference=inference, notes=notes, pooled=self.cross_sections,
        )  # fmt: skip


def _regress(
    design: Named,
    panel: Panel,
    claim: Claim,
    policy: Policy,
    cells: Cells,
    form: Form,
    code: np.ndarray,
    covariates: tuple[str, ...],
    *,
    inference: Choice | None,
    notes: tuple[str, ...],
    pooled: bool = False,
) -> Estimate:
    """Fit a form and average its effects over the treated cells."""
    name = type(design).__name__
    if against := _nobody(cells):
        raise DesignError(f"{name} does not fit: " + "; ".join(against))
    try:
        fitted = saturated(
            cells.outcomes, cells.weights, code, form.parameters, form.targets, cells.covariates,
            pooled=pooled,
        )  # fmt: skip
    except CollinearError as error:
        raise adds_nothing(covariates[error.which]) from None
    size = _sizes(cells, form)
    kept = fitted.identified & (size > 0)
    if (lost := ~kept & (form.period >= form.start) & (size > 0)).any():
        cohorts = [panel.periods[start] for start in np.unique(form.start[lost])]
        notes = (
            *notes,
            (
                f"{int(lost.sum())} effects of cohorts {', '.join(cohorts)} cannot be told from "
                "the untreated cells that are there; the effect is that on the other treated cells"
            ),
        )
    found = CohortEffects(
        start=form.start[kept], period=form.period[kept], effect=fitted.effect[kept],
        size=size[kept], code=code, scores=fitted.scores, loadings=fitted.loadings[:, :, kept],
    )  # fmt: skip
    periods = int(np.isfinite(cells.outcomes).any(axis=0).sum())
    counts = counts_of(cells, fitted.rank - periods + 1, len(form.parameters) if pooled else None)
    clusters = take_as_one(
        design, panel, cells.kept, counts, inference, default=Clustered(small_sample="pyfixest"),
        said="; cohort shares taken as given",
    )  # fmt: skip
    if not pooled:
        notes = (*notes, *alone(panel, cells.starts, ALONE))
    return estimate_of(
        design, panel, claim, policy, cells, found, clusters, notes=notes, pooled=pooled
    )


def _sizes(cells: Cells, form: Form) -> np.ndarray:
    """Weight of the cells behind each effect, (K,)."""
    mass = np.where(np.isfinite(cells.outcomes), cells.weights, 0.0)
    starts, place = np.unique(form.start, return_inverse=True)
    held = (starts[:, None] == cells.starts).astype(np.float64) @ mass
    return np.asarray(held[place, form.period])


def _until_the_last(panel: Panel, cells: Cells, lead: int) -> tuple[Cells, tuple[str, ...]]:
    """Without never-treated units the last cohort stands for them, until it starts."""
    if not cells.treated.all():
        return cells, ()
    last = int(cells.starts.max())
    until = np.arange(cells.outcomes.shape[1]) < last - lead
    starts = np.where(cells.starts == last, cells.outcomes.shape[1], cells.starts)
    return cells._replace(outcomes=np.where(until, cells.outcomes, np.nan), starts=starts), (
        (
            f"no unit is never treated: the cohort of {panel.periods[last]} stands for comparison and "
            "is itself left out, and so are all periods from its start"
        ),
    )


def _nobody(cells: Cells) -> tuple[str, ...]:
    """What makes a fit impossible."""
    if len(np.unique(cells.starts)) < 2:
        return ("every unit is treated from the same date: there is nobody to compare with",)
    return ()

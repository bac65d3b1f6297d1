"""Imputation: what treated units would have shown, from a fit to all untreated cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.designs.base import COMPARISON_OF_CHANGES, Mask
from innoeval.designs.fixed_effects.by_cohort import (
    Cells,
    adds_nothing,
    alone,
    counts_of,
    estimate_of,
    few,
    make_ready,
)
from innoeval.designs.fixed_effects.linear import names, take_as_one
from innoeval.designs.staggered.cohorts import refuse_negative
from innoeval.errors import DesignError
from innoeval.inference import Choice, Clustered
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.cohort_effects import CohortEffects, complete_effects, imputed_effects
from innoeval.stats.imputation import CollinearError, impute, linked

_TOGETHER = "in the error its effects are held against those of all cohorts as long after the start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imputation:
    r"""Outcomes of treated cells less what unit and period effects of untreated cells predict.

    Estimand: :math:`\tau_w=\sum_{it:D_{it}=1}w_{it}\,E[Y_{it}(1)-Y_{it}(0)]` with equal weights over
    the treated cells (or in proportion to `weights`). It is identified if
    :math:`E[Y_{it}(0)]=\alpha_i+\lambda_t+x_{it}'\beta` for all cells (parallel trends in all
    periods, not only from the last one before the start) and nothing was anticipated more than
    `anticipation` periods ahead. Under equal independent errors no linear unbiased estimator is
    more precise.

    The standard error is the paper's conservative one, clustered by unit: differences between the
    effects of units in one cohort and period count as noise. Each unit's own effect is taken out of
    the average that it is held against (`leave_out`), so that small cohorts do not look too sure.

    Parameters
    ----------
    anticipation
        Periods before the start in which an effect may already show: they are imputed, too.
    leave_out
        Use leave-one-out averages in the variance; without them it is the one that most programs
        print.
    weights
        Column of cell weights, such as the number of people behind each cell.
    covariates
        Columns that change over time and that the innovation does not change.

    References
    ----------
    Borusyak, Jaravel & Spiess (2024), Review of Economic Studies 91:3253-3285,
    doi:10.1093/restud/rdae007.

    Examples
    --------
    C and D fall by 1 a year and are never treated. A (10, 6, 5) starts in 2021; without it 9 and 8
    were expected: effects −3 and −3. B (9, 8, 3) starts in 2022; the fit to its two earlier years
    expects 7: −4. The average of the three treated cells is (−3 − 3 − 4) / 3:

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("AAABBBCCCDDD"), "year": [2020, 2021, 2022] * 4,
    ...                       "days": [10., 6, 5, 9, 8, 3, 8, 7, 6, 5, 4, 3]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower",
    ...               treated={"A": "2021", "B": "2022"}, size=3, scale="absolute")
    >>> by_hand = Policy(few_treated=1)  # so few units have no clustered error otherwise
    >>> found = Imputation().fit(panel, claim, policy=by_hand)
    >>> round(found.effect, 9), [round(part.estimate, 9) for part in found.components]
    (-3.333333333, [-3.0, -3.0, -4.0])
    """

    assumptions: ClassVar[tuple[Assumption, ...]] = COMPARISON_OF_CHANGES
    accompanies: ClassVar[str] = "CallawaySantAnna"
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = (
        "average effect on the treated over all their periods from the start, each treated unit "
        "and period counted once"
    )

    anticipation: int = 0
    leave_out: bool = True
    weights: str | None = None
    covariates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_negative(self.anticipation)

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why imputation does not fit this claim and panel; empty if it does."""
        cells = make_ready(panel, claim, self.weights, self.covariates)
        known = self._linked(cells)
        if against := _obstacles(cells, known) or few(cells, policy, known):
            return against
        if len(np.unique(cells.starts[cells.treated])) == 1:
            return (
                (
                    "all treated units start at one date, where imputation says the same as "
                    "difference-in-differences"
                ),
            )
        return ()

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
            `Clustered` by unit or by a column; None: by unit, without a small-sample factor.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where no treated cell can be imputed, or a covariate adds nothing.
        """
        cells = make_ready(panel, claim, self.weights, self.covariates)
        known = self._linked(cells)
        if against := _obstacles(cells, known):
            raise DesignError("imputation does not fit: " + "; ".join(against))
        found = self._effects(cells)
        said = ", conservative (Borusyak, Jaravel and Spiess, averages by cohort and period" + (
            ", leave-one-out)" if self.leave_out else ")"
        )
        clusters = take_as_one(
            self, panel, cells.kept, counts_of(cells, len(found.effect)), inference,
            default=Clustered(small_sample="none"), said=said,
        )  # fmt: skip
        notes = (*self._not_imputed(panel, cells, known), *alone(panel, cells.starts, _TOGETHER))
        return estimate_of(self, panel, claim, policy, cells, found, clusters, notes=notes)

    def _effects(self, cells: Cells) -> CohortEffects:
        """Effects by cohort and period: in closed form where the data allow it."""
        _, count = np.unique(cells.starts, return_counts=True)
        whole = bool(np.isfinite(cells.outcomes).all()) and count.min() > 1
        if whole and self.weights is None and not self.covariates:
            return complete_effects(
                cells.outcomes, cells.starts, lead=self.anticipation, leave_out=self.leave_out
            )
        treated = cells.reached(self.anticipation)
        try:
            filled = impute(cells.outcomes, treated, cells.weights, cells.covariates)
        except CollinearError as error:
            raise adds_nothing(self.covariates[error.which]) from None
        return imputed_effects(
            filled, cells.starts, cells.weights, lead=self.anticipation, leave_out=self.leave_out
        )

    def _linked(self, cells: Cells) -> Mask:
        """Cells that the untreated ones tell something of, (N, T)."""
        return linked(np.isfinite(cells.outcomes) & ~cells.reached(self.anticipation))

    def _not_imputed(self, panel: Panel, cells: Cells, known: Mask) -> list[str]:
        """What had to be left out because nothing tells what it would have been."""
        treated = cells.reached(self.anticipation)
        lost = np.isfinite(cells.outcomes) & treated & ~known
        if not lost.any():
            return []
        untreated = np.isfinite(cells.outcomes) & ~treated
        kept = np.flatnonzero(cells.kept)
        rows = np.zeros(len(cells.kept), dtype=bool)
        rows[kept[lost.any(axis=1) & ~untreated.any(axis=1)]] = True
        reasons = []
        if rows.any():
            reasons.append(f"{names(panel, rows)} without any value from before the start")
        if (empty := lost.any(axis=0) & ~untreated.any(axis=0)).any():
            at = [panel.periods[t] for t in np.flatnonzero(empty)]
            reasons.append(
                f"no untreated unit in {at[0]}" + (f" … {at[-1]}" if len(at) > 1 else "")
            )
        because = " and ".join(reasons) or "no chain of untreated cells ties them to the others"
        return [
            (
                f"{int(lost.sum())} treated cells cannot be imputed ({because}); the effect is "
                "that on the other treated cells"
            )
        ]


def _obstacles(cells: Cells, known: Mask) -> tuple[str, ...]:
    """What makes a fit impossible; `known`: cells that the untreated ones tell something of."""
    if (known & np.isfinite(cells.outcomes) & cells.reached(0)).any():
        return ()
    if cells.treated.all():
        return ("every unit is treated, and never while another one is not treated yet",)
    return ("no treated unit has a value both before its start and after it",)

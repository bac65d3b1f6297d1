"""Exposure as a dose: a share of the year, of the desks, of the cases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from innoeval.designs.base import COMPARISON_OF_CHANGES, Mask
from innoeval.designs.fixed_effects.by_cohort import adds_nothing, make_ready
from innoeval.designs.fixed_effects.exposure import read_exposure
from innoeval.designs.fixed_effects.linear import (
    Part,
    Sums,
    linear_estimate,
    names,
    take_as_one,
    too_few,
)
from innoeval.errors import DesignError
from innoeval.inference import Choice, Clustered
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.covariance import Counts
from innoeval.stats.dose import Slope, common_slope, imputed_slope
from innoeval.stats.imputation import CollinearError, impute


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    r"""Effect of a unit of exposure, such as of being open all year or in all offices.

    Estimand, with `method` "imputation":
    :math:`\sum_{D_{it}>0}\tau_{it}\big/\sum_{D_{it}>0}D_{it}`, with
    :math:`\tau_{it}=E[Y_{it}(D_{it})-Y_{it}(0)]`: the average effect per unit of exposure, weighted by
    exposure. It is identified if :math:`E[Y_{it}(0)]=\alpha_i+\lambda_t`: parallel trends of what
    would have been without exposure; the effect need be neither linear in the dose nor equal
    everywhere. With "two_way" the coefficient of exposure beside unit and period effects, as many
    papers print it; that is an average of effects only if the effect per unit is the same in all
    cells; a warning tells how much of the weight on exposed cells is negative.

    Parameters
    ----------
    exposure
        Column with each unit's exposure by period, 0 for none.
    method
        "imputation" or "two_way".
    lasting
        Whether past exposure may still matter where exposure went back to 0: then such cells are
        left out of what the comparison is made of. Only for "imputation".
    weights
        Column of cell weights, such as population.
    covariates
        Columns that change over time and that the innovation does not change.

    References
    ----------
    Borusyak, Jaravel & Spiess (2024), Review of Economic Studies 91:3253-3285,
    doi:10.1093/restud/rdae007; de Chaisemartin & D'Haultfœuille (2020), American Economic Review
    110:2964-2996, doi:10.1257/aer.20181169.

    Examples
    --------
    A and B open in the middle of 2021, so their exposure is ½, then 1. C and D rise by 1 a year, so
    A would have gone 10, 11, 12; it shows 10, 9, 8, and B the like: −2 and −4 over 1½ years, −4.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("AAABBBCCCDDD"), "year": [2020, 2021, 2022] * 4,
    ...                       "days": [10., 9, 8, 7, 6, 5, 4, 5, 6, 1, 2, 3],
    ...                       "open": [0, .5, 1] * 2 + [0, 0, 0] * 2})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",),
    ...               covariates=("open",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower",
    ...               treated=["A", "B"], start="2021", size=3, scale="absolute")
    >>> by_hand = Policy(few_treated=1)  # so few units have no clustered error otherwise
    >>> round(Dose(exposure="open").fit(panel, claim, policy=by_hand).effect, 9)
    -4.0
    """

    assumptions: ClassVar[tuple[Assumption, ...]] = COMPARISON_OF_CHANGES
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = (
        "average effect of one unit of exposure on the exposed units, weighted by their exposure"
    )

    exposure: str
    method: Literal["imputation", "two_way"] = "imputation"
    lasting: bool = False
    weights: str | None = None
    covariates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.method not in {"imputation", "two_way"}:
            raise DesignError(
                f"method='{self.method}' is not known; write 'imputation' or 'two_way'"
            )
        if self.lasting and self.method == "two_way":
            raise DesignError("lasting=True needs method='imputation'; two_way uses all cells")

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the design does not fit this claim and panel; empty if it does."""
        ready = self._ready(panel, claim)
        return self._obstacles(ready) or ready.few(policy)

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Choice | None = None,
    ) -> Estimate:
        """The estimate with parallel trends without exposure at face value.

        Parameters
        ----------
        panel, claim, policy
            What is estimated, and by which thresholds.
        inference
            `Clustered` by unit or by a column; None: by unit; for "two_way" as pyfixest.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where exposure is unknown or never changes, or a covariate adds nothing.
        """
        ready = self._ready(panel, claim)
        if against := self._obstacles(ready):
            raise DesignError("a dose design does not fit: " + "; ".join(against))
        try:
            found = (
                _two_way(ready)
                if self.method == "two_way"
                else _imputed(ready, lasting=self.lasting)
            )
        except CollinearError as error:
            which = error.which - (self.method == "two_way")
            if which < 0:
                raise DesignError(
                    f"the exposure '{self.exposure}' is the same for all units in every period, up "
                    "to a constant for each; there is nothing to compare"
                ) from None
            raise adds_nothing(self.covariates[which]) from None
        seen = np.isfinite(ready.outcomes)
        held = np.where(seen & (ready.dose > 0), ready.weights, 0.0)
        held /= held.sum()
        without = float((held * np.nan_to_num(ready.outcomes)).sum())
        without -= found.slope.effect * float((held * ready.dose).sum())
        two_way = self.method == "two_way"
        counts = Counts(
            n=int(seen.sum()), slopes=found.slope.rank, nested=len(seen),
            other=int(seen.any(axis=0).sum()),
        )  # fmt: skip
        clusters = take_as_one(
            self, panel, ready.kept, counts, inference,
            default=Clustered(small_sample="pyfixest" if two_way else "none"),
            said="" if two_way else ", conservative: cells' own effects per unit of exposure count "
            "as noise",
        )  # fmt: skip
        parts = [
            Part(f"event time {e}", part.effect, clusters.error(part.added), event_time=e)
            for e, part in found.parts.items()
        ]
        return linear_estimate(
            self, panel, claim, policy,
            Sums(
                effect=found.slope.effect, added=found.slope.added, treated=ready.exposed,
                # What would be seen at an exposure of 1: so that effects are relative to none.
                observed=without + found.slope.effect, n_obs=int(seen.sum()), behind=found.behind,
            ),
            parts, clusters, added=partial(_of_parts, found),
            warnings=(*ready.notes, *found.notes),
        )  # fmt: skip

    def _ready(self, panel: Panel, claim: Claim) -> _Ready:
        cells = make_ready(panel, claim, self.weights, self.covariates)
        exposure = read_exposure(panel, cells, self.exposure, dated=False)
        return _Ready(
            outcomes=cells.outcomes, dose=exposure.values, weights=cells.weights,
            covariates=cells.covariates, panel=panel, kept=cells.kept,
            notes=(*cells.notes, *exposure.notes),
        )  # fmt: skip

    def _obstacles(self, ready: _Ready) -> tuple[str, ...]:
        """What makes a fit impossible."""
        if not ready.exposed.any():
            return (f"no unit is ever exposed: '{self.exposure}' is 0 throughout",)
        if self.method == "two_way":
            return ()
        untreated = np.isfinite(ready.outcomes) & ready.clean(lasting=self.lasting)
        if not (ready.exposed & untreated.any(axis=1)).any():
            return (("no exposed unit is seen without exposure; method='two_way' uses differences "
                    "in dose alone"),)  # fmt: skip
        if not (untreated.sum(axis=0) > 0)[(ready.dose > 0).any(axis=0)].any():
            return ("no unit is without exposure while another one is exposed",)
        return ()


class _Ready(NamedTuple):
    """Outcomes, dose, weights (N, T) and covariates (p, N, T) of the units that are used."""

    outcomes: Floats
    dose: Floats
    weights: Floats
    covariates: Floats
    panel: Panel
    kept: Mask
    notes: tuple[str, ...]

    @property
    def exposed(self) -> Mask:
        """Units that are ever exposed, (N,)."""
        return np.asarray((self.dose > 0).any(axis=1))

    def clean(self, *, lasting: bool) -> Mask:
        """Cells without exposure (and, where it may last, without any before), (N, T)."""
        gone = np.maximum.accumulate(self.dose, axis=1) if lasting else self.dose
        return np.asarray(gone == 0)

    def few(self, policy: Policy) -> tuple[str, ...]:
        """Why clustered errors cannot be trusted; empty if they can."""
        ours = int(self.exposed.sum())
        return too_few(ours, len(self.dose) - ours, policy)


class _Found(NamedTuple):
    """The slope, that of each period since the first exposure, and what a reader must know.

    `behind` (N,): exposed units whose own change is part of the slope.
    """

    slope: Slope
    parts: dict[int, Slope]
    notes: tuple[str, ...]
    behind: Mask


def _of_parts(found: _Found) -> Floats:
    """What each unit adds to the slope of each period since the first exposure, (N, parts)."""
    none = np.empty((len(found.slope.added), 0))
    return np.column_stack([none, *(part.added for part in found.parts.values())])


def _two_way(ready: _Ready) -> _Found:
    slope = common_slope(ready.outcomes, ready.dose, ready.weights, ready.covariates)
    notes: tuple[str, ...] = ()
    if slope.against > 0:
        share = f"{100 * slope.against:.0f} %"
        notes = (
            (
                f"{share} of the weight on exposed cells is negative: where the effect per unit of "
                "exposure differs or grows, this number is no average of effects; method='imputation' is"
            ),
        )
    seen = np.isfinite(ready.outcomes)
    least = np.where(seen, ready.dose, np.inf).min(axis=1)
    most = np.where(seen, ready.dose, -np.inf).max(axis=1)
    behind = ready.exposed & (most > least)
    if (steady := ready.exposed & ~behind).any():
        rows = np.zeros(len(ready.kept), dtype=bool)
        rows[np.flatnonzero(ready.kept)[steady]] = True
        notes += (
            (
                f"exposed alike in all their periods: {names(ready.panel, rows)}; they serve as "
                "comparison only"
            ),
        )
    return _Found(slope, {}, notes, behind)


def _imputed(ready: _Ready, *, lasting: bool) -> _Found:
    treated = ~ready.clean(lasting=lasting)
    filled = impute(ready.outcomes, treated, ready.weights, ready.covariates)
    exposed = ready.dose > 0
    slope = imputed_slope(filled, ready.dose, ready.weights, exposed)
    since = np.arange(ready.dose.shape[1]) - exposed.argmax(axis=1)[:, None]
    known = exposed & np.isfinite(filled.effects)
    parts = {
        int(e): imputed_slope(filled, ready.dose, ready.weights, exposed & (since == e))
        for e in np.unique(since[known])
    }
    lost = np.isfinite(ready.outcomes) & exposed & ~known
    notes: tuple[str, ...] = ()
    if lost.any():
        rows = np.zeros(len(ready.kept), dtype=bool)
        rows[np.flatnonzero(ready.kept)[lost.any(axis=1)]] = True
        notes = (
            (
                f"{int(lost.sum())} exposed cells have nothing without exposure to compare with "
                f"({names(ready.panel, rows)}); the effect is that on the others"
            ),
        )
    return _Found(slope, parts, notes, np.asarray(known.any(axis=1)))

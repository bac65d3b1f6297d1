"""Triple differences: eligible and other units in the same places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.designs.base import COMPARISON_OF_CHANGES, Positions
from innoeval.designs.fixed_effects.by_cohort import (
    ALONE,
    Cells,
    alone,
    counts_of,
    estimate_of,
    make_ready,
)
from innoeval.designs.fixed_effects.linear import names, of_units, take_as_one, too_few
from innoeval.designs.staggered.cohorts import refuse_negative
from innoeval.errors import DesignError
from innoeval.inference import Choice, Clustered
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.cohort_effects import CohortEffects
from innoeval.stats.interactions import triple
from innoeval.stats.saturated import saturated


@dataclass(frozen=True, slots=True, kw_only=True)
class TripleDifference:
    r"""What changed more for eligible than for other units, in places with the innovation.

    A unit is a kind of case in a place, such as elderly people in Leeds; the claim names the
    eligible units of the places that introduced the innovation. Estimand: the average effect on
    these, :math:`E[Y_t(g)-Y_t(\infty)\mid G=g,E=1]` over treated cells. It is the difference of two
    differences-in-differences,

    .. math:: \left(\Delta_{g,E=1}-\Delta_{g,E=0}\right)-\left(\Delta_{\infty,E=1}-\Delta_{\infty,E=0}\right),

    so that neither what happened to a place as a whole nor what happened to a kind of case
    everywhere counts. It is identified if the gap between the two kinds would have changed alike in
    all places; the kinds and the places need not have moved together.

    The regression has a level for each unit, period effects for each kind, period effects for each
    cohort of places, and an effect of each cohort in each treated period; missing cells are exact.
    Errors are clustered by place.

    Parameters
    ----------
    within
        Column that is 1 for eligible units and 0 for the others, constant within units.
    place
        Column that says which units belong together, constant within units.
    anticipation
        Periods before the start in which an effect may already show.
    weights
        Column of cell weights.

    References
    ----------
    Olden & Møen (2022), Econometrics Journal 25:531-553, doi:10.1093/ectj/utac010; Ortiz-Villavicencio
    & Sant'Anna (2025), arXiv:2505.09942.

    Examples
    --------
    In Leeds and York the old go 10 → 4 (−6), the young 5 → 3 (−2); in Hull and Bath 9 → 8 (−1) and
    6 → 6 (0). So (−6 + 2) − (−1 − 0) = −3:

    >>> import pandas as pd
    >>> towns = ["Leeds", "York", "Hull", "Bath"]
    >>> frame = pd.DataFrame([
    ...     {"unit": f"{town} {kind}", "town": town, "old": int(kind == "old"), "year": year}
    ...     for town in towns for kind in ("old", "young") for year in (2020, 2021)])
    >>> frame["days"] = [10., 4, 5, 3] * 2 + [9, 8, 6, 6] * 2
    >>> panel = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("days",),
    ...               covariates=("town", "old"))
    >>> claim = Claim(id="c", innovation="desk for the old", outcome="days", better="lower",
    ...               treated=["Leeds old", "York old"], start="2021", size=3, scale="absolute")
    >>> by_hand = Policy(few_treated=1)  # so few units have no clustered error otherwise
    >>> round(TripleDifference(within="old", place="town").fit(panel, claim, policy=by_hand).effect, 9)
    -3.0
    """

    assumptions: ClassVar[tuple[Assumption, ...]] = COMPARISON_OF_CHANGES
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = (
        "average effect on the eligible units of treated places over all their periods from the "
        "start, each unit and period counted once"
    )

    within: str
    place: str
    anticipation: int = 0
    weights: str | None = None

    def __post_init__(self) -> None:
        refuse_negative(self.anticipation)

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the design does not fit this claim and panel; empty if it does."""
        ready = self._ready(panel, claim)
        if ready.obstacles:
            return ready.obstacles
        ours = np.bincount(ready.place, weights=ready.cells.treated) > 0
        return too_few(int(ours.sum()), int((~ours).sum()), policy)

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Choice | None = None,
    ) -> Estimate:
        """The estimate with parallel gaps between the kinds at face value.

        Parameters
        ----------
        panel, claim, policy
            What is estimated, and by which thresholds.
        inference
            `Clustered` by unit or by a column; None: by place, as pyfixest.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where kinds or places are not told, or a kind is missing.
        """
        ready = self._ready(panel, claim)
        if ready.obstacles:
            raise DesignError("triple differences do not fit: " + "; ".join(ready.obstacles))
        cells = ready.cells
        groups, code = np.unique(
            np.stack([ready.starts, ready.eligible], axis=1), axis=0, return_inverse=True
        )
        code = code.reshape(-1)
        n_periods = cells.outcomes.shape[1]
        form = triple(groups[:, 0], groups[:, 1], n_periods, self.anticipation)
        fitted = saturated(
            cells.outcomes, cells.weights, code, form.parameters, form.targets, cells.covariates
        )
        ours = cells.starts[:, None] == np.arange(n_periods + 1)
        mass = ours.T @ np.where(np.isfinite(cells.outcomes), cells.weights, 0.0)
        size = mass[form.start, form.period]
        kept = fitted.identified & (size > 0)
        notes = []
        if (lost := ~kept & (form.period >= form.start) & (size > 0)).any():
            cohorts = [panel.periods[start] for start in np.unique(form.start[lost])]
            notes.append(
                f"{int(lost.sum())} effects of cohorts {', '.join(cohorts)} cannot be told from the "
                "cells that are there; the effect is that on the other treated cells"
            )
        begun = np.unique(np.stack([ready.place, ready.starts], axis=1), axis=0)[:, 1]
        notes += [*alone(panel, begun, ALONE.replace("unit", "place")), *_unpaired(ready)]
        found = CohortEffects(
            start=form.start[kept], period=form.period[kept], effect=fitted.effect[kept],
            size=size[kept], code=code, scores=fitted.scores, loadings=fitted.loadings[:, :, kept],
        )  # fmt: skip
        slopes = fitted.rank + 1 - int(np.isfinite(cells.outcomes).any(axis=0).sum())
        clusters = take_as_one(
            self, panel, cells.kept, counts_of(cells, slopes), inference,
            default=Clustered(by=self.place, small_sample="pyfixest"),
        )  # fmt: skip
        return estimate_of(self, panel, claim, policy, cells, found, clusters, notes=tuple(notes))

    def _ready(self, panel: Panel, claim: Claim) -> _Ready:
        cells = make_ready(panel, claim, self.weights)
        eligible, place = of_units(panel, self.within), of_units(panel, self.place)
        kind = eligible.astype(str)[cells.kept]
        if odd := set(kind) - set(_KINDS):
            raise DesignError(
                f"the column '{self.within}' holds {', '.join(sorted(odd)[:3])}; write 1 for "
                "eligible units and 0 for the others"
            )
        ours = np.array([_KINDS[value] for value in kind], dtype=np.int64)
        _, where = np.unique(place.astype(str)[cells.kept], return_inverse=True)
        starts, faults = _place_starts(panel, cells, ours, where.astype(np.int64))
        return _Ready(
            cells,
            ours,
            starts,
            where.astype(np.int64),
            (*faults, *_missing_kinds(cells, ours, starts)),
        )


class _Ready(NamedTuple):
    """Cells; 1 for eligible units, start of each unit's place, and its number, (N,)."""

    cells: Cells
    eligible: Positions
    starts: Positions
    place: Positions
    obstacles: tuple[str, ...]


_KINDS = {"1": 1, "1.0": 1, "True": 1, "0": 0, "0.0": 0, "False": 0}


def _place_starts(
    panel: Panel, cells: Cells, eligible: Positions, place: Positions
) -> tuple[Positions, list[str]]:
    """Start of each unit's place, and what in the claim does not fit triple differences."""
    never = cells.outcomes.shape[1]
    first = np.full(int(place.max()) + 1, never)
    np.minimum.at(first, place, cells.starts)
    starts = first[place]
    known = np.flatnonzero(cells.kept)
    faults = []
    for wrong, said in (
        (cells.treated & (eligible == 0), "treated in the claim but not eligible"),
        (cells.treated & (cells.starts != starts), "start later than others of the same place"),
        (
            ~cells.treated & (eligible == 1) & (starts < never),
            "eligible in a treated place but not treated in the claim",
        ),
    ):
        if wrong.any():
            rows = np.zeros(len(cells.kept), dtype=bool)
            rows[known[wrong]] = True
            faults.append(f"{names(panel, rows)}: {said}")
    return starts.astype(np.int64), faults


def _unpaired(ready: _Ready) -> list[str]:
    """Cells of a place in a period in which it shows one kind only."""
    seen = np.isfinite(ready.cells.outcomes)
    kinds = np.zeros((2, int(ready.place.max()) + 1, seen.shape[1]), dtype=bool)
    for kind in (0, 1):
        np.logical_or.at(
            kinds[kind], ready.place[ready.eligible == kind], seen[ready.eligible == kind]
        )
    other = kinds[1 - ready.eligible, ready.place]
    if not (single := seen & ~other).any():
        return []
    places = len(np.unique(ready.place[single.any(axis=1)]))
    return [
        (
            f"{int(single.sum())} cells of {places} place{'s' if places > 1 else ''} have no cell of the "
            "other kind beside them: what happened to the place as a whole then counts, too"
        )
    ]


def _missing_kinds(cells: Cells, eligible: Positions, starts: Positions) -> list[str]:
    """Which of the four corners of a triple difference has no unit."""
    reached = starts < cells.outcomes.shape[1]
    found = []
    if not (reached & (eligible == 0)).any():
        found.append("no treated place has a unit that is not eligible")
    if len(np.unique(starts)) < 2:
        found.append("every place starts at the same date: there is no place to compare with")
    elif not reached.all():
        for kind, said in ((1, "an eligible unit"), (0, "a unit that is not eligible")):
            if not (~reached & (eligible == kind)).any():
                found.append(f"no untreated place has {said}")
    return found

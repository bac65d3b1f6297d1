"""Stacked difference-in-differences: one clean experiment for each start date, pooled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

import numpy as np

from innoeval.designs.base import COMPARISON_OF_CHANGES
from innoeval.designs.fixed_effects.by_cohort import ALONE, Cells, alone, few, make_ready
from innoeval.designs.fixed_effects.linear import Part, Sums, linear_estimate, take_as_one
from innoeval.designs.staggered.cohorts import refuse_unknown
from innoeval.errors import DesignError
from innoeval.inference import Choice, Clustered
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.covariance import Counts
from innoeval.stats.saturated import Saturated
from innoeval.stats.stacks import Form, Stacked, corrective_weights, fit_stacked, stack

_FORMS: dict[str, Form] = {"shares": "apart", "pooled": "pooled", "precision": "common"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedDiD:
    r"""One experiment for each start date, with clean comparison units and one common window.

    Estimand: :math:`\sum_a\frac{N_a}{N}ATT(a,a+e)`, the effect e periods after the start on all units
    that are treated in an experiment, and `effect` its mean over :math:`e=0,\dots,` `after`. Every
    experiment is seen over the whole window, so that the mix of cohorts is the same at all e. The
    comparison units of an experiment start after its window, or never. Identified if within each
    experiment both groups would have moved together, and nothing was anticipated.

    Parameters
    ----------
    before, after
        Periods before the start, and after the first treated one, in the window. By default as
        many as all cohorts have; with more, cohorts that lack them are left out, which is told.
    weighting
        "shares": each experiment's effects are averaged by its share of the treated units.
        "pooled": the same, from one regression for all experiments with corrective weights, as in
        Wing and others; a shock to the periods of one experiment then counts as noise, so errors
        are longer. "precision": one regression with period effects of each experiment's own and no
        corrective weights, as in Cengiz and others; weights experiments by their precision, too.
    comparison
        "not_yet_treated": units that start after the window, too. "never_treated".
    weights
        Column with unit weights; the mean over an experiment's window counts.

    References
    ----------
    Wing, Freedman & Hollingsworth (2024), NBER Working Paper 32054, doi:10.3386/w32054; Cengiz,
    Dube, Lindner & Zipperer (2019), Quarterly Journal of Economics 134:1405-1454,
    doi:10.1093/qje/qjz014.

    Examples
    --------
    C and D fall by 1 a year. A starts in 2021: 10 → 6, so −4 + 1 = −3. B starts in 2022: 8 → 2, so
    −6 + 1 = −5. Both experiments have one treated unit: −4.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("AAABBBCCCDDD"), "year": [2020, 2021, 2022] * 4,
    ...                       "days": [10., 6, 5, 9, 8, 2, 8, 7, 6, 5, 4, 3]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower",
    ...               treated={"A": "2021", "B": "2022"}, size=3, scale="absolute")
    >>> by_hand = Policy(few_treated=1)  # so few units have no clustered error otherwise
    >>> found = StackedDiD(comparison="never_treated").fit(panel, claim, policy=by_hand)
    >>> round(found.effect, 9)
    -4.0
    """

    assumptions: ClassVar[tuple[Assumption, ...]] = COMPARISON_OF_CHANGES
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = (
        "average effect on the treated units over the window after the start that all of them are "
        "seen in, each period since the start counted once"
    )

    before: int | None = None
    after: int | None = None
    weighting: Literal["shares", "pooled", "precision"] = "shares"
    comparison: Literal["not_yet_treated", "never_treated"] = "not_yet_treated"
    weights: str | None = None

    def __post_init__(self) -> None:
        if self.before is not None and self.before < 1:
            raise DesignError("before counts periods before the start; write 1 or more")
        if self.after is not None and self.after < 0:
            raise DesignError("after counts periods after the first treated one; write 0 or more")
        if self.weighting not in _FORMS:
            raise DesignError(
                f"weighting='{self.weighting}' is not known; write 'shares', 'pooled' or 'precision'"
            )
        refuse_unknown(self.comparison)

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the design does not fit this claim and panel; empty if it does."""
        cells = make_ready(panel, claim, self.weights)
        return self._obstacles(cells) or few(cells, policy)

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Choice | None = None,
    ) -> Estimate:
        """The estimate with parallel trends within each experiment at face value.

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
            Where no cohort has the window and a comparison unit.
        """
        cells = make_ready(panel, claim, self.weights)
        if against := self._obstacles(cells):
            raise DesignError("stacking does not fit: " + "; ".join(against))
        before, after = self._window(cells)
        stacked = self._stack(cells)
        held = _row_weights(cells, stacked)
        fitted = fit_stacked(
            stacked, corrective_weights(stacked, held) if self.weighting == "pooled" else held,
            before, _FORMS[self.weighting],
        )  # fmt: skip
        if not fitted.identified.all():
            raise DesignError(
                "stacking does not fit: cells are missing so that the effect in some period of the "
                "window cannot be told in some experiment; choose a shorter window"
            )
        since = np.delete(np.arange(-before, after + 1), before - 1)
        post = (since >= 0) / (after + 1)
        ours = np.flatnonzero(stacked.treated)
        notes = [] if not stacked.left_out else [
            (f"the cohorts of {', '.join(panel.periods[start] for start in stacked.left_out)} lack "
            f"the window of {before} periods before and {after + 1} from the start, or comparison "
            "units in it; they are not part of the effect")
        ]  # fmt: skip
        seen = np.isfinite(stacked.outcomes[ours])
        both = ours[seen[:, :before].any(axis=1) & seen[:, before:].any(axis=1)]
        if self.weighting == "shares":
            notes += alone(panel, cells.starts[np.unique(stacked.unit[ours])], ALONE)
        observed = stacked.outcomes[ours, before:]
        mass = np.where(seen[:, before:], held[ours, None], 0.0)
        units = np.arange(len(cells.starts))
        used = np.isin(units, stacked.unit)
        added = _by_unit(cells, stacked, fitted)[used]
        in_panel = np.zeros(len(panel.units), dtype=bool)
        in_panel[np.flatnonzero(cells.kept)[used]] = True
        clusters = take_as_one(
            self, panel, in_panel, self._counts(stacked, fitted), inference,
            default=Clustered(small_sample="pyfixest"),
            said="; a unit stands in several experiments",
        )  # fmt: skip
        spread = clusters.sums(added)
        errors = np.sqrt((spread**2).sum(axis=0))
        return linear_estimate(
            self, panel, claim, policy,
            Sums(
                effect=float(post @ fitted.effect), added=added @ post,
                treated=np.isin(units, stacked.unit[ours])[used],
                observed=float((mass * np.nan_to_num(observed)).sum() / mass.sum()),
                n_obs=int(np.isfinite(stacked.outcomes).sum()),
                behind=np.isin(units, stacked.unit[both])[used],
            ),
            [
                Part(f"event time {e}", float(fitted.effect[k]), float(errors[k]), event_time=int(e))
                for k, e in enumerate(since)
            ],
            clusters, added=partial(np.asarray, added), covariance=spread.T @ spread, warnings=(*cells.notes, *notes),
        )  # fmt: skip

    def _counts(self, stacked: Stacked, fitted: Saturated) -> Counts:
        """What small-sample factors count: a level for each side of each set of periods."""
        sides = 2 if self.weighting == "pooled" else len(fitted.loadings)
        n = int(np.isfinite(stacked.outcomes).sum())
        return Counts(n=n, slopes=fitted.rank, nested=len(stacked.unit) - sides, other=sides)

    def _window(self, cells: Cells) -> tuple[int, int]:
        """Periods before and after that are asked for, or that all cohorts have."""
        starts = cells.starts[cells.treated]
        most = int(starts.min()), int(cells.outcomes.shape[1] - 1 - starts.max())
        return (
            most[0] if self.before is None else self.before,
            most[1] if self.after is None else self.after,
        )

    def _stack(self, cells: Cells) -> Stacked:
        before, after = self._window(cells)
        return stack(
            cells.outcomes, cells.starts, before, after,
            never_only=self.comparison == "never_treated",
        )  # fmt: skip

    def _obstacles(self, cells: Cells) -> tuple[str, ...]:
        """What makes a fit impossible."""
        if len(self._stack(cells).starts):
            return ()
        before, after = self._window(cells)
        return (
            (
                f"no cohort is seen over {before} periods before and {after + 1} from its start together "
                "with units that are untreated all the while; choose a shorter window"
            ),
        )


def _row_weights(cells: Cells, stacked: Stacked) -> Floats:
    """Weight of each row of the stack, (R,): its unit's mean weight."""
    seen = np.isfinite(cells.outcomes)
    mean = np.where(seen, cells.weights, 0.0).sum(axis=1) / seen.sum(axis=1)
    return np.asarray(mean[stacked.unit])


def _by_unit(cells: Cells, stacked: Stacked, fitted: Saturated) -> Floats:
    """What each unit adds to each event time over all its experiments, (N, E)."""
    added = np.zeros((len(cells.starts), len(fitted.effect)))
    code = 2 * stacked.stack + stacked.treated
    for group, loading in enumerate(fitted.loadings):
        rows = code == group
        np.add.at(added, stacked.unit[rows], fitted.scores[rows] @ loading)
    return added

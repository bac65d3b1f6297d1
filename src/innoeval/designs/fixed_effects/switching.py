"""Treatment that switches on and off: de Chaisemartin and D'Haultfœuille's estimators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.designs.base import COMPARISON_OF_CHANGES, Mask
from innoeval.designs.fixed_effects.by_cohort import Cells, make_ready
from innoeval.designs.fixed_effects.exposure import read_exposure
from innoeval.designs.fixed_effects.linear import (
    Clusters,
    Part,
    Sums,
    linear_estimate,
    names,
    take_as_one,
    too_few,
    used_in,
)
from innoeval.errors import DesignError
from innoeval.inference import Choice, Clustered
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.contrast import student
from innoeval.stats.covariance import Counts
from innoeval.stats.switching import (
    Cell,
    Summed,
    instant_cells,
    lasting_cells,
    sum_cells,
    switches,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchingDiD:
    r"""Units whose exposure changes, against units with the same exposure so far that keep it.

    Estimand, with `lasting` effects: the total effect of the first switch per unit of exposure,

    .. math:: \frac{\sum_g\sum_\ell S_g\,E[Y_{g,F_g+\ell}-Y_{g,F_g+\ell}(D_{g1},\dots,D_{g1})]}
              {\sum_g\sum_\ell|D_{g,F_g+\ell}-D_{g1}|},

    with :math:`F_g` the period of unit g's first switch, :math:`S_g` its sign and
    :math:`\ell=0,\dots,` `horizon` − 1. Without: the effect of every switch in the period in which it
    happens (:math:`DID_M`), which needs that exposure in the past no longer matters. Identified if
    units with the same first exposure (the same exposure in the period before) would have moved
    together had they kept it. Exposure may be 0 and 1, a share or a dose, and may go back.

    Switching on and switching off are estimated apart, too: both say what more exposure does, and
    if they contradict each other a warning says so.

    The error is clustered by unit and conservative. With lasting effects each unit's contribution
    is centred among units of the same first exposure, switch date and direction, as in the paper;
    else among those that switch, and those that stay, in the same period. The error of the total
    takes into account that one unit counts at several horizons.

    Parameters
    ----------
    exposure
        Column with each unit's exposure by period.
    lasting
        Whether past exposure may still matter.
    horizon
        Periods from the switch on that count; by default all that have units to compare with.
        Only with `lasting`.
    weights
        Column with unit weights; each unit's mean counts.
    small_sample
        Whether contributions that are centred on the mean of n units are stretched by
        √(n/(n − 1)); without it, the error is the one that most programs print.

    References
    ----------
    de Chaisemartin & D'Haultfœuille (2024), Review of Economics and Statistics,
    doi:10.1162/rest_a_01414; (2020), American Economic Review 110:2964-2996,
    doi:10.1257/aer.20181169.

    Examples
    --------
    A and B are open in 2021 and shut again in 2022: 10 → 6 → 9 and 12 → 8 → 11. C and D never open
    and fall by 1 a year. So A and B change by −4 + 1 = −3, then by −1 + 2 = 1 from 2020: the sum is
    −2 for a year of opening.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("AAABBBCCCDDD"), "year": [2020, 2021, 2022] * 4,
    ...                       "days": [10., 6, 9, 12, 8, 11, 8, 7, 6, 5, 4, 3],
    ...                       "open": [0., 1, 0] * 2 + [0, 0, 0] * 2})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",),
    ...               covariates=("open",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower",
    ...               treated=["A", "B"], start="2021", size=3, scale="absolute")
    >>> by_hand = Policy(few_treated=1)  # so few units have no clustered error otherwise
    >>> SwitchingDiD(exposure="open").fit(panel, claim, policy=by_hand).effect
    -2.0

    If only the current year counts, opening shows −4 + 1 = −3. Nobody stays open to compare
    shutting with, so that is all:

    >>> SwitchingDiD(exposure="open", lasting=False).fit(panel, claim, policy=by_hand).effect
    -3.0
    """

    assumptions: ClassVar[tuple[Assumption, ...]] = COMPARISON_OF_CHANGES
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = (
        "effect of one unit of exposure on the units whose exposure changes, averaged over the "
        "periods from their change on"
    )

    exposure: str
    lasting: bool = True
    horizon: int | None = None
    weights: str | None = None
    small_sample: bool = True

    def __post_init__(self) -> None:
        if self.horizon is not None and self.horizon < 1:
            raise DesignError("horizon counts periods from the switch on; write 1 or more")
        if self.horizon is not None and not self.lasting:
            raise DesignError("without lasting effects only the period of a switch counts; leave "
                              "horizon= out")  # fmt: skip

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the design does not fit this claim and panel; empty if it does."""
        ready = _ready(self, panel, claim)
        return ready.obstacles or _few(ready, policy)

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Choice | None = None,
    ) -> Estimate:
        """The estimate with parallel trends at unchanged exposure at face value.

        Parameters
        ----------
        panel, claim, policy
            What is estimated, and by which thresholds.
        inference
            `Clustered` by unit or by a column; None: by unit.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where no unit switches, none stays, or exposure is not known.
        """
        ready = _ready(self, panel, claim)
        if ready.obstacles:
            raise DesignError("switching designs do not fit: " + "; ".join(ready.obstacles))
        post = [cell for cells in ready.post for cell in cells]
        reached = np.concatenate([cell.switchers for cell in post])
        at = np.concatenate([np.full(len(cell.switchers), cell.period) for cell in post])
        held = ready.mass[reached]
        among = (
            "among units of the same first exposure, switch date and direction"
            if self.lasting
            else "among those that switch and those that stay in a period"
        )
        stretched = ", times √(n/(n − 1)) each" if self.small_sample else ""
        counts = Counts(n=int(np.isfinite(ready.outcomes).sum()), slopes=1, nested=0, other=0)
        clusters = take_as_one(
            self, panel, ready.kept, counts, inference, default=Clustered(small_sample="none"),
            said=f", conservative: contributions centred {among}{stretched}",
        )  # fmt: skip
        parts, own = _parts(ready, clusters)
        spread = clusters.sums(own)
        return linear_estimate(
            self, panel, claim, policy,
            Sums(
                effect=ready.overall.total / ready.overall.dose,
                added=ready.overall.influence / ready.overall.dose, treated=ready.moving,
                observed=float(held @ ready.outcomes[reached, at] / held.sum()),
                n_obs=int(np.isfinite(ready.outcomes).sum()), behind=ready.behind,
            ),
            parts, clusters, added=partial(np.asarray, own), covariance=spread.T @ spread,
            warnings=(*ready.notes, *_without(panel, ready), *_contradiction(ready, policy)),
        )  # fmt: skip


class _Ready(NamedTuple):
    """Everything about the switches: `post` and `pre` hold the cells of each horizon."""

    outcomes: Floats
    values: Floats
    mass: Floats
    moving: np.ndarray
    cohort: np.ndarray | None
    small_sample: bool
    kept: Mask
    post: list[list[Cell]]
    pre: list[list[Cell]]
    overall: Summed
    notes: tuple[str, ...]
    obstacles: tuple[str, ...]

    @property
    def behind(self) -> Mask:
        """Units whose change counts, (N,)."""
        used = np.zeros(len(self.outcomes), dtype=bool)
        for cells in self.post:
            for cell in cells:
                used[cell.switchers] = True
        return used

    @property
    def without_stayers(self) -> int:
        """Cells of these units since their first switch, within the horizon, that do not count."""
        used = sum(len(cell.switchers) for cells in self.post for cell in cells)
        first, n_periods = switches(self.values)[0], self.outcomes.shape[1]
        since = np.arange(n_periods) - first[:, None]
        reached = (since >= 0) & (since < len(self.post)) & np.isfinite(self.outcomes)
        return int(reached[self.behind].sum()) - used

    def summed(self, cells: list[Cell]) -> Summed:
        """Sum of some cells, contributions centred."""
        return sum_cells(
            iter(cells), self.outcomes, self.values, self.mass, from_start=self.cohort is not None,
            cohort=self.cohort, small_sample=self.small_sample,
        )  # fmt: skip


def _ready(design: SwitchingDiD, panel: Panel, claim: Claim) -> _Ready:
    cells = make_ready(panel, claim, design.weights)
    exposure = read_exposure(panel, cells, design.exposure, dated=True)
    outcomes, values = cells.outcomes[exposure.known], exposure.values
    first, sign = switches(values)
    cohort = None
    if design.lasting:
        keys = np.stack([values[:, 0], first, sign], axis=1)
        cohort = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
        last = outcomes.shape[1] if design.horizon is None else design.horizon
        post = [_usable(lasting_cells(outcomes, values, since)) for since in range(last)]
        pre = [_usable(lasting_cells(outcomes, values, -since)) for since in range(2, last + 2)]
    else:
        post, pre = [_usable(instant_cells(outcomes, values))], []
    mass = _unit_weights(cells)[exposure.known]
    moving = first < outcomes.shape[1]
    ready = _Ready(
        outcomes, values, mass, moving, cohort, design.small_sample,
        used_in(panel, cells.kept, exposure.known), post, pre,
        Summed(0.0, 0.0, 0.0, np.zeros(len(values))), (*cells.notes, *exposure.notes), (),
    )  # fmt: skip
    if not moving.any():
        return ready._replace(obstacles=(f"'{design.exposure}' never changes in any unit",))
    if not any(post):
        return ready._replace(obstacles=(
            "no unit that switches has another one beside it that has the same exposure and keeps it",
        ))  # fmt: skip
    return ready._replace(overall=ready.summed([cell for cells in post for cell in cells]))


def _usable(cells: Iterator[Cell]) -> list[Cell]:
    return [cell for cell in cells if len(cell.switchers) and len(cell.stayers)]


def _unit_weights(cells: Cells) -> Floats:
    seen = np.isfinite(cells.outcomes)
    mean = np.where(seen, cells.weights, 0.0).sum(axis=1) / seen.sum(axis=1)
    return np.asarray(mean)


def _few(ready: _Ready, policy: Policy) -> tuple[str, ...]:
    return too_few(int(ready.behind.sum()), int((~ready.moving).sum()), policy)


def _without(panel: Panel, ready: _Ready) -> tuple[str, ...]:
    """Units that switch without a value on both sides, or anybody beside them that does not."""
    notes: tuple[str, ...] = ()
    if (lost := ready.moving & ~ready.behind).any():
        rows = np.zeros(len(ready.kept), dtype=bool)
        rows[np.flatnonzero(ready.kept)[lost]] = True
        notes += (
            (
                "left out for lack of values on both sides of a switch, or of units that keep the "
                f"same exposure: {names(panel, rows)}"
            ),
        )
    if ready.cohort is not None and (alone := ready.without_stayers):
        notes += (
            (
                f"{alone} cells since a switch have nobody beside them who keeps the same exposure; the "
                "effect is that on the other cells"
            ),
        )
    return notes


def _parts(ready: _Ready, clusters: Clusters) -> tuple[list[Part], Floats]:
    """Effects by periods since the switch, placebos before it, and switching on and off apart.

    Gives them, and what each unit adds to each, (N, parts).
    """
    found: list[tuple[str, int | None, float, Floats]] = []
    for k, cells in reversed(list(enumerate(ready.pre, 2))):
        if cells:
            summed = ready.summed(cells)
            found.append((f"event time {-k}", -k, *_scaled(summed, summed.size)))
    if ready.cohort is not None:
        for since, cells in enumerate(ready.post):
            if cells:
                summed = ready.summed(cells)
                found.append((f"event time {since}", since, *_scaled(summed, summed.size)))
    for name, side in (("switching on", 1), ("switching off", -1)):
        if summed_side := _side(ready, side):
            found.append((name, None, *_scaled(summed_side, summed_side.dose)))
    added = np.stack([own for *_, own in found], axis=1)
    errors = np.sqrt((clusters.sums(added) ** 2).sum(axis=0))
    parts = [
        Part(name, estimate, float(error), event_time=since)
        for (name, since, estimate, _), error in zip(found, errors, strict=True)
    ]
    return parts, added


def _scaled(summed: Summed, by: float) -> tuple[float, Floats]:
    return summed.total / by, summed.influence / by


def _side(ready: _Ready, sign: int) -> Summed | None:
    """Switches towards more (1) or less (−1) exposure alone."""
    cells = [cell for cells in ready.post for cell in cells if cell.sign == sign]
    return ready.summed(cells) if cells else None


def _contradiction(ready: _Ready, policy: Policy) -> tuple[str, ...]:
    """Whether switching on and off say different things of the same exposure."""
    on, off = _side(ready, 1), _side(ready, -1)
    if on is None or off is None:
        return ()
    one, own = _scaled(on, on.dose)
    other, theirs = _scaled(off, off.dose)
    error = float(np.sqrt(((own - theirs) ** 2).sum()))
    test = student(np.array([one - other]), np.array([error]), np.array([np.inf]), policy.level)
    if test.p_value[0] > policy.check_level:
        return ()
    return (
        (
            f"switching on shows {one:.4g} and switching off {other:.4g} for a unit of exposure: they "
            "should agree"
        ),
    )

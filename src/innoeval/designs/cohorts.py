"""Units sorted into cohorts, and the pairs of periods that group-time effects compare."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from innoeval.designs.base import Arrangement, Mask, Positions
from innoeval.errors import DesignError
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel

Comparison = Literal["never_treated", "not_yet_treated"]
Base = Literal["universal", "varying"]


class Cohorts(NamedTuple):
    """A claim and a panel as a staggered design sees them.

    `outcomes` (N, T); `group` (N,): index of the unit's cohort, or G for units never treated;
    `starts` (G,): first treated period of each cohort; `seen` (T,): periods in which some unit has
    a value; `weights` (N,) or None; `kept` (units of the panel,); `notes`: what was left out.
    """

    outcomes: Floats
    group: Positions
    starts: Positions
    seen: Mask
    weights: Floats | None
    kept: Mask
    notes: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every unit has a value in every period that was seen at all."""
        return bool(np.isfinite(self.outcomes[:, self.seen]).all())

    @property
    def treated(self) -> Mask:
        """Units that are treated at some time, (N,)."""
        return self.group < len(self.starts)


class Pairs(NamedTuple):
    """K comparisons of a period with a base period.

    `cohort`, `period` and `base` are positions, (K,); `compare` (K, G + 1) says which groups are
    the comparison, never-treated units last; `notes` what could not be compared.
    """

    cohort: Positions
    period: Positions
    base: Positions
    compare: Mask
    notes: tuple[str, ...]


def sort_units(panel: Panel, case: Arrangement, weights: str | None) -> Cohorts:
    """Units by cohort, without those that have no value or no weight.

    Raises
    ------
    DesignError
        Where weights are missing or negative.
    """
    finite: Mask = np.isfinite(case.outcomes)
    kept = np.asarray(finite.any(axis=1))
    notes = []
    if not kept.all():
        notes.append(f"left out for lack of any value: {_names(panel, ~kept)}")
    mass = None if weights is None else unit_weights(panel, weights)
    if mass is not None:
        if not (mass[kept] >= 0).all():
            raise DesignError(
                f"the weights '{weights}' are missing or negative for {_names(panel, ~(mass >= 0))}; "
                "give every unit a weight of 0 or more"
            )
        if (mass[kept] == 0).any():
            notes.append(f"left out for a weight of 0: {_names(panel, kept & (mass == 0))}")
        kept = kept & (mass > 0)
        mass = mass[kept] / mass[kept].mean()
    starts, group = case.launches, np.full(len(kept), len(case.launches))
    group[case.treated] = np.searchsorted(starts, case.starts[case.treated])
    whole = bool(kept.all())
    return Cohorts(
        outcomes=case.outcomes if whole else case.outcomes[kept],
        group=group if whole else group[kept],
        starts=starts,
        seen=np.asarray(finite.any(axis=0)),
        weights=mass,
        kept=kept,
        notes=tuple(notes),
    )


def unit_weights(panel: Panel, column: str) -> Floats:
    """A unit's weight: the mean of a column over its periods, (units,)."""
    values = panel.matrix(column)
    seen = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(seen, values, 0.0).sum(axis=1) / seen.sum(axis=1))


def pair_periods(
    cohorts: Cohorts,
    periods: tuple[str, ...],
    comparison: Comparison,
    anticipation: int,
    base: Base,
) -> Pairs:
    """Every period of every cohort with its base period and comparison groups.

    The base is the last period with data before the start (less the anticipation); with `base`
    "varying", of a period before the start it is the period before. Not-yet-treated units are
    untreated, and not about to be, in both periods.
    """
    G = len(cohorts.starts)
    count = np.bincount(cohorts.group, minlength=G + 1)
    begins = np.append(cohorts.starts, np.iinfo(np.int64).max)
    known = np.flatnonzero(cohorts.seen)
    found: list[tuple[int, int, int]] = []
    groups, notes = [], []
    for g, start in enumerate(cohorts.starts):
        before = known[known < start - anticipation]
        if not count[g]:
            continue
        if not len(before):
            notes.append(
                f"the cohort of {periods[start]} has no base period before its start; left out"
            )
            continue
        alone = []
        for t in known:
            earlier = known[known < t] if base == "varying" and t < start else before
            if not len(earlier) or t == earlier[-1]:
                continue
            b = earlier[-1]
            compare = np.zeros(G + 1, dtype=bool)
            compare[G] = True
            if comparison == "not_yet_treated":
                compare = begins > max(t, b) + anticipation
                compare[g] = False
            if not count[compare].sum():
                alone.append(int(t))
                continue
            found.append((g, int(t), int(b)))
            groups.append(compare)
        if alone:
            lost = [periods[t] for t in alone if t >= start] or [periods[t] for t in alone]
            notes.append(
                f"the cohort of {periods[start]} has no comparison units in {_listed(lost)}; "
                "these periods are not part of the estimate"
            )
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Pairs(
        cohort=table[:, 0], period=table[:, 1], base=table[:, 2],
        compare=np.array(groups, dtype=bool).reshape(-1, G + 1), notes=tuple(notes),
    )  # fmt: skip


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} periods from {names[0]} to {names[-1]}"


def _names(panel: Panel, rows: Mask) -> str:
    names = [panel.units[i] for i in np.flatnonzero(rows)[:5]]
    rest = int(rows.sum()) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest > 0 else "")

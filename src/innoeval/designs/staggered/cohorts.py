"""Units sorted into cohorts, and the spans of time that group-time effects compare."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

import numpy as np

from innoeval.designs.base import Arrangement, Mask, Positions
from innoeval.errors import DesignError
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.stats.contrast import period_effects

Comparison = Literal["never_treated", "not_yet_treated"]
Base = Literal["universal", "varying", "average"]


def refuse_unknown(comparison: str) -> None:
    """Raise a DesignError for a comparison group that no design knows."""
    if comparison not in get_args(Comparison):
        raise DesignError(
            f"comparison='{comparison}' is not known; write 'not_yet_treated' or 'never_treated'"
        )


def refuse_negative(anticipation: int) -> None:
    """Raise a DesignError for a number of periods before the start below zero."""
    if anticipation < 0:
        raise DesignError("anticipation counts periods before the start; write 0 or more")


class Cohorts(NamedTuple):
    """A claim and a panel as a staggered design sees them.

    `raw` (N, T) are the outcomes as recorded, `outcomes` those that are compared: where cells are
    missing, what each period did to all untreated units is taken off, so that a unit that misses a
    bad period does not look better for it (differences of two periods stay as they are); `group` (N,): index of the unit's cohort, or G for units never treated;
    `starts` (G,): first treated period of each cohort; `seen` (T,): periods in which some unit has
    a value; `weights` (N,) or None; `kept` (units of the panel,); `notes`: what was left out; `complete`: whether every unit has a value
    in every period that was seen at all.
    """

    raw: Floats
    outcomes: Floats
    group: Positions
    starts: Positions
    seen: Mask
    weights: Floats | None
    kept: Mask
    notes: tuple[str, ...]
    complete: bool

    @property
    def treated(self) -> Mask:
        """Units that are treated at some time, (N,)."""
        return self.group < len(self.starts)


class Spans(NamedTuple):
    """K contrasts of a period with a baseline, each of one cohort with its comparison groups.

    `cohort`, `period` (K,); `before` (K, T) is the baseline. With `trend` "none" its mean is
    expected to go on, with "extrapolated" its linear trend; "carried" is not a change at all but
    what that trend adds from the last baseline period of the design (`base`) on. `compare`
    (K, G + 1) says which groups are the comparison, never-treated units last.
    """

    cohort: Positions
    period: Positions
    before: Mask
    compare: Mask
    trend: Literal["none", "extrapolated", "carried"] = "none"
    base: Floats | None = None

    def keep(self, rows: Mask) -> Spans:
        """Some of the contrasts."""
        base = None if self.base is None else self.base[rows]
        return self._replace(
            cohort=self.cohort[rows], period=self.period[rows], before=self.before[rows],
            compare=self.compare[rows], base=base,
        )  # fmt: skip


class Rule(NamedTuple):
    """Who is compared with whom: the comparison group, and how early an effect may show."""

    comparison: Comparison
    anticipation: int


def sort_units(panel: Panel, case: Arrangement, rule: Rule, weights: str | None) -> Cohorts:
    """Units by cohort, without those that have no value or no weight.

    Raises
    ------
    DesignError
        Where weights are missing or negative.
    """
    finite = np.isfinite(case.outcomes)
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
        if not (mass[kept] > 0).any():
            raise DesignError(f"all weights '{weights}' are 0; give some units a positive weight")
        if (mass[kept] == 0).any():
            notes.append(f"left out for a weight of 0: {_names(panel, kept & (mass == 0))}")
        kept = kept & (mass > 0)
        mass = mass[kept] / mass[kept].mean()
    starts, group = case.launches, np.full(len(kept), len(case.launches))
    group[case.treated] = np.searchsorted(starts, case.starts[case.treated])
    raw, begins = case.outcomes, case.starts
    if not kept.all():
        raw, group, finite, begins = raw[kept], group[kept], finite[kept], begins[kept]
    seen, outcomes = np.asarray(finite.any(axis=0)), raw
    complete = bool(finite.all() if seen.all() else finite[:, seen].all())
    if not complete:
        early = np.arange(raw.shape[1]) < (begins - rule.anticipation)[:, None]
        outcomes = raw - period_effects(np.where(early, raw, np.nan))
        share = f"{1 - finite[:, seen].mean():.1%}".replace("%", " %")
        notes.append(
            f"{share} of the cells are missing; each effect takes the units that are seen on both "
            "sides of it"
        )
    return Cohorts(
        raw=raw,
        outcomes=outcomes,
        group=group,
        starts=starts,
        seen=seen,
        weights=mass,
        kept=kept,
        notes=tuple(notes),
        complete=complete,
    )


def unit_weights(panel: Panel, column: str) -> Floats:
    """A unit's weight: the mean of a column over its periods, (units,)."""
    values = panel.matrix(column)
    seen = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(seen, values, 0.0).sum(axis=1) / seen.sum(axis=1))


def lay_spans(
    cohorts: Cohorts, rule: Rule, wanted: Iterable[tuple[int, int, Mask]]
) -> tuple[Spans, dict[int, list[int]]]:
    """Contrasts that have somebody to compare with, and by cohort the periods that have nobody.

    Not-yet-treated units are untreated, and not about to be, in the period and in the baseline.

    Parameters
    ----------
    cohorts, rule
        The units, and who is compared with whom.
    wanted
        Cohort, period and baseline (T,) of each contrast.
    """
    G = len(cohorts.starts)
    count = np.bincount(cohorts.group, minlength=G + 1)
    begins = np.append(cohorts.starts, np.iinfo(np.int64).max)
    rows, before, groups = [], [], []
    alone: dict[int, list[int]] = {}
    for g, t, mask in wanted:
        if not count[g]:
            continue
        if rule.comparison == "never_treated":
            compare = np.arange(G + 1) == G
        else:
            compare = begins > max(t, int(np.flatnonzero(mask)[-1])) + rule.anticipation
            compare[g] = False
        if count[compare].any():
            rows.append((g, t))
            before.append(mask)
            groups.append(compare)
        else:
            alone.setdefault(g, []).append(t)
    T = cohorts.outcomes.shape[1]
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    spans = Spans(
        table[:, 0], table[:, 1], np.array(before, dtype=bool).reshape(-1, T),
        np.array(groups, dtype=bool).reshape(-1, G + 1),
    )  # fmt: skip
    return spans, alone


def base_spans(
    cohorts: Cohorts, rule: Rule, base: Base, periods: tuple[str, ...]
) -> tuple[Spans, tuple[str, ...]]:
    """Every period of every cohort against its base, and what could not be compared.

    Parameters
    ----------
    cohorts, rule
        The units, and who is compared with whom.
    base
        "universal": the last period with data before the start, less the anticipation. "varying":
        of a period before the start, the period before it. "average": all periods before.
    periods
        Labels, for what is told.
    """
    wanted, notes = [], []
    known = np.flatnonzero(cohorts.seen)
    time = np.arange(len(cohorts.seen))
    for g, start in enumerate(cohorts.starts):
        before = known[known < start - rule.anticipation]
        if not len(before):
            notes.append(
                f"the cohort of {periods[start]} has no base period before its start; left out"
            )
            continue
        for t in known:
            earlier = known[known < t] if base == "varying" and t < start else before
            if base == "average":
                if len(before) > 1 or t != before[0]:
                    wanted.append((g, int(t), cohorts.seen & (time <= before[-1])))
            elif len(earlier) and t != earlier[-1]:
                wanted.append((g, int(t), time == earlier[-1]))
    spans, alone = lay_spans(cohorts, rule, wanted)
    for g, without in alone.items():
        start = cohorts.starts[g]
        lost = [periods[t] for t in without if t >= start] or [periods[t] for t in without]
        notes.append(
            f"the cohort of {periods[start]} has no comparison units in {_listed(lost)}; "
            "these periods are not part of the estimate"
        )
    return spans, tuple(notes)


def behind(cohorts: Cohorts, spans: Spans) -> Mask:
    """Treated units that have a part in the contrasts of treated periods, (N,).

    Parameters
    ----------
    cohorts, spans
        The units, and the contrasts.
    """
    G, T = len(cohorts.starts), len(cohorts.seen)
    after, before = (np.zeros((G + 1, T), dtype=bool) for _ in range(2))
    post = spans.period >= cohorts.starts[spans.cohort]
    after[spans.cohort[post], spans.period[post]] = True
    np.logical_or.at(before, spans.cohort[post], spans.before[post])
    if cohorts.complete:
        return np.asarray(after.any(axis=1))[cohorts.group]
    seen = np.isfinite(cohorts.raw)
    both = (seen & after[cohorts.group]).any(axis=1) & (seen & before[cohorts.group]).any(axis=1)
    return np.asarray(both)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} periods from {names[0]} to {names[-1]}"


def _names(panel: Panel, rows: Mask) -> str:
    names = [panel.units[i] for i in np.flatnonzero(rows)[:5]]
    rest = int(rows.sum()) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest > 0 else "")

"""Arrays of a regression with unit and period effects, and what must be said of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from innoeval.designs.base import LARGEST_KEPT, Arrangement, Mask, Positions
from innoeval.errors import DesignError
from innoeval.records.freeze import Floats, read_only
from innoeval.records.panel import Panel
from innoeval.stats.twoway import Fit, Normal, demeaned_table, normal_equations


class Settings(NamedTuple):
    """How a regression is fitted; see `TwoWayFixedEffects`."""

    covariates: tuple[str, ...]
    weights: str | None
    trend: bool


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Regressors of interest by cohort, units never treated last, (G + 1, T, k).

    `event_times` (k,) names them; None for a single treatment, whose cells may come from the column
    `exposure` instead.
    """

    table: Floats
    event_times: tuple[int, ...] | None
    exposure: str | None = None

    def normal(self, group: Positions, *, trend: bool) -> Normal:
        """What the regressors alone say where no cell is missing; kept, as panels share shapes."""
        count = tuple(np.bincount(group, minlength=len(self.table)).tolist())
        make = _normal if self.table.size <= LARGEST_KEPT else _normal.__wrapped__
        return make(self, count, trend=trend)


@lru_cache(maxsize=8)
def treatment(launches: tuple[int, ...], n_periods: int, exposure: str | None) -> Question:
    """The one regressor that says whether a cell is treated, or the column that says how much."""
    post = np.arange(n_periods) >= np.array([*launches, n_periods])[:, None]
    return Question(read_only(post[:, :, None]), None, exposure)


@lru_cache(maxsize=8)
def since_start(
    launches: tuple[int, ...], n_periods: int, reference: int, window: tuple[int, int] | None
) -> Question:
    """A regressor for each event time but the reference.

    Raises
    ------
    DesignError
        Where the reference is not seen, or the window does not hold it.
    """
    since = np.arange(n_periods) - np.array(launches)[:, None]
    if window is not None:
        low, high = window
        if not low <= reference <= high or high < 0:
            raise DesignError(
                f"the window {window} must hold the reference {reference} and reach the start; widen it"
            )
        since = np.clip(since, low, high)
    times = [e for e in np.unique(since).tolist() if e != reference]
    if reference not in since:
        raise DesignError(
            f"no treated unit is seen at event time {reference}; choose a reference that is"
        )
    cohorts = np.stack([since == e for e in times], axis=2)
    never = np.zeros((1, *cohorts.shape[1:]))
    return Question(read_only(np.concatenate([cohorts, never])), tuple(times))


@lru_cache(maxsize=8)
def _normal(question: Question, count: tuple[int, ...], *, trend: bool) -> Normal:
    return normal_equations(question.table, np.array(count, dtype=np.float64), trend=trend)


class Data(NamedTuple):
    """Arrays of one regression.

    `outcomes` (N, T) with `nan` for unused cells; `group` (N,); the `table` of regressors by group;
    `further` regressors (N, T, p); `weights` (N, T) or None; `notes` of what was left out.
    """

    outcomes: Floats
    group: Positions
    table: Floats
    further: Floats
    weights: Floats | None
    notes: list[str]

    def regressors(self, rows: slice) -> Floats:
        """Regressors of some units, (n, T, k)."""
        if not self.further.shape[2]:
            return self.table[self.group[rows]]
        if not self.table.shape[2]:
            return self.further[rows]
        return np.concatenate([self.table[self.group[rows]], self.further[rows]], axis=2)


def gather(panel: Panel, case: Arrangement, settings: Settings, question: Question) -> Data:
    """Outcomes and regressors as arrays; cells that lack one of them are not used."""
    notes: list[str] = []
    group = np.full(len(case.starts), len(case.launches))
    group[case.treated] = np.searchsorted(case.launches, case.starts[case.treated])
    columns = [*([question.exposure] if question.exposure else []), *settings.covariates]
    outcomes, weights = case.outcomes, None
    further = np.empty((*outcomes.shape, 0))
    usable = seen = np.isfinite(outcomes)
    if columns:
        further = np.stack([panel.matrix(column) for column in columns], axis=2)
        further = further - np.nanmean(further, axis=(0, 1))
        usable = seen & np.isfinite(further).all(axis=2)
    if settings.weights is not None:
        weights = panel.matrix(settings.weights)
        if (weights < 0).any():
            raise DesignError(
                f"the weights '{settings.weights}' hold negative numbers; give 0 or more"
            )
        if (weightless := seen & (weights == 0)).any():
            if not (seen & (weights > 0)).any():
                raise DesignError(
                    f"all weights '{settings.weights}' are 0; give some cells a positive weight"
                )
            notes.append(f"{int(weightless.sum())} cells are left out for a weight of 0")
            outcomes, seen = np.where(weightless, np.nan, outcomes), seen & ~weightless
            usable = usable & ~weightless
        usable = usable & np.isfinite(weights)
    if lost := np.count_nonzero(seen) - np.count_nonzero(usable):
        said = ", ".join([*columns, *([settings.weights] if settings.weights else [])])
        notes.append(f"{lost} cells are left out for lack of a value of {said}")
        outcomes, seen = np.where(usable, outcomes, np.nan), usable
    if question.exposure is not None:
        dose = further[:, :, 0]
        falls = (np.diff(dose, axis=1) < 0).any(axis=1)
        if falls.any():
            notes.append(
                f"'{question.exposure}' falls again in {int(falls.sum())} units: the effect is taken "
                "to end with it"
            )
    if empty := int((~seen.any(axis=1)).sum()):
        notes.append(f"{empty} units have no cell that can be used")
    outcomes, alone = _without_singletons(outcomes, seen)
    if alone:
        notes.append(
            f"{alone} cells are the only one of their unit or period, which its effect fits exactly; "
            "they are not counted"
        )
    table = question.table if question.exposure is None else question.table[:, :, :0]
    further = np.nan_to_num(further) if columns else further
    return Data(outcomes, group, table, further, weights, notes)


def _without_singletons(outcomes: Floats, seen: Mask) -> tuple[Floats, int]:
    """Outcomes without cells that are alone in their row or column, and how many these were."""
    before = int(np.count_nonzero(seen))
    while before < seen.size or min(seen.shape) == 1:
        rows, columns = seen.sum(axis=1, keepdims=True) == 1, seen.sum(axis=0) == 1
        if not (rows.any() or columns.any()):
            break
        seen = seen & ~rows & ~columns
    count = before - int(np.count_nonzero(seen))
    return (np.where(seen, outcomes, np.nan) if count else outcomes), count


def dropped(fit: Fit, asked: int, settings: Settings, question: Question) -> list[str]:
    """What the effects explain: an error for a treatment, a warning for a covariate."""
    gone = set(range(asked + len(settings.covariates))) - set(fit.kept.tolist())
    if question.event_times is None and 0 in gone:
        raise DesignError(
            "unit and period effects explain the treatment, so that its effect cannot be told; "
            "units that are not treated in the same periods are needed"
        )
    if lost := [
        question.event_times[j] for j in sorted(gone) if j < asked and question.event_times
    ]:
        raise DesignError(
            f"unit and period effects explain the event time{'s' if len(lost) > 1 else ''} "
            f"{', '.join(map(str, lost))}; units that are never treated, or bins at the ends "
            "(window=), are needed"
        )
    return [
        f"the covariate '{settings.covariates[j - asked]}' is left out: the effects and the other "
        "covariates explain it"
        for j in sorted(gone)
    ]


def seen_both_ways(data: Data, case: Arrangement) -> tuple[Mask, Mask]:
    """Treated units seen before and after their start, and those seen only after it, each (N,)."""
    seen = np.isfinite(data.outcomes)
    early = np.arange(case.n_periods) < case.starts[:, None]
    before, after = (seen & early).any(axis=1), (seen & ~early).any(axis=1)
    return np.asarray(case.treated & before & after), np.asarray(case.treated & ~before & after)


def staggered_notes(case: Arrangement, data: Data, question: Question) -> list[str]:
    """What differing starts do to such a regression."""
    if len(case.launches) == 1:
        return []
    said = (
        f"treated units start at {len(case.launches)} different dates: units that already started "
        "serve as comparison for later ones"
    )
    if question.exposure is not None:
        return [
            f"{said}; where effects grow or differ the number is no average effect; Dose gives one"
        ]
    if question.event_times is not None:
        return [
            f"{said}; coefficients of one event time mix in effects at others where they differ"
        ]
    count = np.bincount(data.group, minlength=len(data.table)).astype(np.float64)
    weight = demeaned_table(data.table, count, trend=False)[:, :, 0]
    cells = count[:, None] * (data.table[:, :, 0] > 0)
    share = float(cells[weight < 0].sum() / cells.sum())
    said += (
        f", and {100 * share:.0f} % of the treated cells count negatively; where effects grow or "
    )
    return [said + "differ the number is no average effect; CallawaySantAnna gives one"]


def group_cells(data: Data) -> tuple[Floats, Floats]:
    """Weight of the used cells, and their weighted outcomes, by group and period, each (G + 1, T)."""
    seen = np.isfinite(data.outcomes)
    belongs = (np.arange(len(data.table))[:, None] == data.group).astype(np.float64)
    if data.weights is None and seen.all():
        count = belongs.sum(axis=1, keepdims=True)
        return np.repeat(count, seen.shape[1], axis=1), belongs @ data.outcomes
    mass = seen if data.weights is None else np.where(seen, data.weights, 0.0)
    return belongs @ mass, belongs @ (mass * np.where(seen, data.outcomes, 0.0))


def cell_weights(mass: Floats, question: Question, fit: Fit) -> Floats:
    """What makes the overall effect of the kept coefficients, (k,); `mass` from `group_cells`."""
    weights = np.zeros(len(fit.kept))
    if question.event_times is None:
        weights[0] = 1.0
        return weights
    cells = np.einsum("ht,htj->j", mass, question.table)
    cells[np.array(question.event_times) < 0] = 0.0
    if not cells.any():
        raise DesignError("no treated cell lies after the start; choose another reference")
    weights[: len(cells)] = cells / cells.sum()
    return weights


def observed(mass: Floats, total: Floats, case: Arrangement) -> float:
    """What the outcome of the treated averaged from the start on; arrays from `group_cells`."""
    post = np.arange(mass.shape[1]) >= np.append(case.launches, mass.shape[1])[:, None]
    return float(total[post].sum() / mass[post].sum())

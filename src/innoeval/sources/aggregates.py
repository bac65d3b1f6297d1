"""Each metric as columns of one query, and as a value for each unit and period afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from innoeval.errors import Fault, SourceError, nearest
from innoeval.records.freeze import Floats
from innoeval.sources.metrics import (
    DURATIONS,
    Cost,
    Count,
    Distinct,
    Mean,
    Median,
    Metric,
    Quantile,
    Rate,
    Share,
    ShareWithin,
    Where,
)
from innoeval.sources.moments import MICROSECONDS

if TYPE_CHECKING:
    import ibis
    import numpy.typing as npt
    import pandas as pd

#: A duration longer than any: that of a case still open. Whole numbers up to here are exact.
OPEN = 2**52
_BEYOND = OPEN / 4
#: Column of the query with a duration, and how many of its units make a day.
DURATION = {"duration": ("_took", MICROSECONDS), "business_days": ("_worked", 1)}


def condition(table: ibis.Table, where: Where | None, origin: str) -> Any:
    """A condition on a table; None where there is none."""
    if where is None:
        return None
    if not isinstance(where, Mapping):
        return table.bind(where)[0]
    found: Any = None
    for column, value in where.items():
        need_column(table, column, origin)
        here = _meets(table[column], value)
        found = here if found is None else found & here
    return found


def _meets(column: Any, value: object) -> Any:
    """Where a column has a value, one of several, or none."""
    if value is None:
        return column.isnull()
    if isinstance(value, Collection) and not isinstance(value, str):
        return column.isin(list(value))
    return column == value


def need_column(table: ibis.Table, column: str, origin: str) -> None:
    """Refuse a column that is not there."""
    if column not in table.columns:
        known = [name for name in table.columns if not name.startswith("_")]
        raise SourceError([Fault(found=f"there is no column '{column}'", origin=origin,
                                 remedy=nearest(column, known, "the columns are"))])  # fmt: skip


def columns(
    name: str, metric: Metric, table: ibis.Table, origin: str, *, timed: bool
) -> dict[str, Any]:
    """What a metric asks of the query: columns whose names begin with the metric's place.

    Parameters
    ----------
    name
        Beginning of their names, such as "m0".
    metric
        The metric.
    table
        Records with `_took`, `_worked`, `_open` and `_started` where they have durations.
    origin
        Where they are, for errors.
    timed
        Whether they have a column of closings.
    """
    t: Any = table
    where = condition(table, metric.among if isinstance(metric, Share) else metric.where, origin)
    out: dict[str, Any] = {}
    match metric:
        case Count() | Rate():
            out = {} if where is None else {"n": t.count(where=where)}
        case Share():
            yes = condition(table, metric.where, origin)
            out = {"yes": t.count(where=_both(yes, where)), "n": t.count(where=where)}
        case Distinct():
            need_column(table, metric.of, origin)
            out = {"n": t[metric.of].nunique(where=where)}
        case Cost():
            values = _numbers(table, metric.of, origin)
            out = {"sum": values.sum(where=where), "n": values.count(where=where)}
        case Mean() if metric.of not in DURATIONS:
            values = _numbers(table, metric.of, origin)
            out = {"value": values.mean(where=where), "rests": values.count(where=where)}
        case Median() | Quantile() if metric.of not in DURATIONS:
            values = _numbers(table, metric.of, origin)
            out = {
                "value": values.quantile(_share(metric), where=where),
                "rests": values.count(where=where),
            }
        case _ if not timed:
            found = f"{metric} needs to know when a case was closed"
            remedy = "name the column of closings: closed="
            raise SourceError([Fault(found=found, remedy=remedy, origin=origin)])
        case _:
            out = _of_durations(metric, t, where)
    return {f"{name}_{part}": column for part, column in out.items()}


def _of_durations(
    metric: Median | Quantile | Mean | ShareWithin, t: Any, where: Any
) -> dict[str, Any]:
    """Columns of a metric of durations: its plain answer, and how young its open cases are."""
    column, day = DURATION[metric.of]
    took = t[column]
    out: dict[str, Any] = {}
    if where is not None:
        under_way = (t["_open"] == 1) & where
        out |= {"open": t.count(where=under_way), "youngest": t["_started"].max(where=under_way),
                "rests": t.count(where=where)}  # fmt: skip
    if isinstance(metric, ShareWithin):
        limit = int(np.floor(metric.days * day + 1e-6))
        out["n"] = took.count(where=where)
        return out | {"yes": t.count(where=_both(took <= limit, where))}
    if isinstance(metric, Mean):
        return out | {"value": took.cast("float64").mean(where=_both(took < OPEN, where))}
    return out | {"value": took.quantile(_share(metric), where=where)}


def _both(one: Any, other: Any) -> Any:
    return one if other is None else one & other


def _share(metric: Median | Quantile) -> float:
    return metric.q if isinstance(metric, Quantile) else 0.5


def _numbers(table: ibis.Table, column: str, origin: str) -> Any:
    need_column(table, column, origin)
    values: Any = table[column]
    if not values.type().is_numeric():
        raise SourceError([Fault(found=f"it holds {values.type()} values, not numbers", origin=origin,
                                 remedy="name a column of numbers", column=column)])  # fmt: skip
    return values if values.type().is_floating() else values.cast("float64")


@dataclass(slots=True, kw_only=True)
class Answer:
    """A metric's value in each cell of the query's result, and how far it is to be relied on.

    Parameters
    ----------
    values
        The values, shape (cells,); missing where the records do not show them.
    provisional
        Cells whose value may still change as open cases are closed.
    curve
        Cells whose value has to be read from a Kaplan-Meier curve.
    parts
        What a rate or share is made of: "numerator" and "denominator".
    few
        The smallest number of records, above nought, that a value would give away, shape (cells,).
    """

    values: Floats
    provisional: npt.NDArray[np.bool_]
    curve: npt.NDArray[np.bool_]
    parts: dict[str, Floats] = field(default_factory=dict)
    few: Floats = field(default_factory=lambda: np.empty(0))


def answer(name: str, metric: Metric, cells: pd.DataFrame, now: np.datetime64) -> Answer:
    """A metric's values from the columns of the query.

    Parameters
    ----------
    name
        Beginning of its columns' names.
    metric
        The metric.
    cells
        The query's result, a row for each unit and period.
    now
        When the records were taken out, as their instants count it.
    """

    def part(column: str) -> Floats:
        at = f"{name}_{column}" if f"{name}_{column}" in cells else f"_{column}"
        return cells[at].to_numpy(dtype=np.float64, na_value=np.nan)

    def fewest(*numbers: Floats) -> Floats:
        least: Floats = np.min([np.where(n > 0, n, np.inf) for n in numbers], axis=0)
        return least

    nowhere = np.zeros(len(cells), dtype=bool)
    out = Answer(values=np.full(len(cells), np.nan), provisional=nowhere, curve=nowhere)
    match metric:
        case Count() | Rate() | Distinct():
            out.values, out.few = part("n"), fewest(part("n"))
            return out
        case Share():
            out.parts = {"numerator": part("yes"), "denominator": part("n")}
            out.values = _ratio(part("yes"), part("n"))
            out.few = fewest(part("n"), part("yes"), part("n") - part("yes"))
            return out
        case Cost():
            out.values, out.few = np.where(part("n") > 0, part("sum"), np.nan), fewest(part("n"))
            if metric.per == "case":
                out.values = _ratio(part("sum"), part("n"))
            return out
        case Median() | Quantile() | Mean() if metric.of not in DURATIONS:
            out.values, out.few = part("value"), fewest(part("rests"))
            return out
    out.few = fewest(part("rests" if f"{name}_rests" in cells else "n"))
    some_open = part("open") > 0
    day = DURATION[metric.of][1]
    if isinstance(metric, Mean):
        out.values = in_days(part("value"), metric.of)
        out.provisional = some_open
        if metric.open_cases == "missing":
            out.values[some_open] = np.nan
        return out
    reached: Floats = np.full(len(cells), getattr(metric, "days", np.inf), dtype=np.float64)
    if isinstance(metric, ShareWithin):
        out.values = _ratio(part("yes"), part("n"))
        out.parts = {"numerator": part("yes"), "denominator": part("n")}
        out.few = fewest(part("n"), part("yes"), part("n") - part("yes"))
    else:
        found = part("value")
        out.values = np.where(found < _BEYOND, in_days(found, metric.of), np.nan)
        # Of the two cases next to a median the later may be twice as long as their middle.
        twice = 1 if isinstance(metric, Quantile) else 2
        reached = np.where(found < _BEYOND, twice * found / day, np.inf)
    if metric.of == "business_days":  # so many days hold at least so many working days
        reached = 3 * reached + 14
    out.curve = some_open & (_ages(name, cells, now) < reached)
    out.provisional = out.curve
    return out


def in_days(values: Floats, of: str) -> Floats:
    """Durations as a query gives them in days; databases interpolate with other last digits."""
    _, day = DURATION[of]
    return np.round(values, 6 if day == 1 else 0) / day


def _ages(name: str, cells: pd.DataFrame, now: np.datetime64) -> Floats:
    """Age of each cell's youngest open case, in days; infinite where none is open."""
    column = f"{name}_youngest" if f"{name}_youngest" in cells else "_youngest"
    youngest = cells[column].to_numpy(dtype="datetime64[us]")
    age = (now - youngest).astype(np.float64) / MICROSECONDS
    return np.where(np.isnat(youngest), np.inf, age)


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)

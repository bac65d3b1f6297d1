"""The query: records of a service to a row for each unit and period, in the database itself."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from innoeval.errors import Fault, SourceError
from innoeval.records.calendar import Frequency, ordinal
from innoeval.sources.aggregates import (
    DURATION,
    OPEN,
    Answer,
    answer,
    columns,
    condition,
    in_days,
    need_column,
)
from innoeval.sources.metrics import Median, Metric, Quantile, ShareWithin
from innoeval.sources.moments import (
    Moment,
    Terms,
    as_instant,
    as_local,
    moment,
    number_of,
    period_of,
    span_of,
    workdays,
)
from innoeval.sources.place import Place, fetched, one_view, refusing
from innoeval.sources.survival import curve_answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the columns of a table of records are, and how its moments are read."""

    unit: str
    opened: str
    closed: str | None
    recorded: str | None
    version: str | None
    time_zone: str | None
    date_format: str | None
    as_of: datetime | None
    holidays: tuple[date, ...]
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Result:
    """What the query gave: its rows, each metric's answer, and what made them."""

    cells: pd.DataFrame
    answers: dict[str, Answer]
    now: datetime
    asked: bool
    queries: list[str]
    read_at: str
    seconds: float


def run(
    place: Place,
    layout: Layout,
    period: Frequency | Terms,
    metrics: Mapping[str, Metric],
    window: tuple[str, str] | None,
) -> Result:
    """Ask the database once, and once more where cases are too young for a plain answer.

    Parameters
    ----------
    place
        Where the records are.
    layout
        What their columns are.
    period
        Frequency of the panel, or terms.
    metrics
        Name -> metric.
    window
        First and last period, if records of others are left out.

    Raises
    ------
    SourceError
        For a missing column, a type that does not fit, or anything the driver reports.
    """
    begun, read_at = time.perf_counter(), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    with refusing(place.origin, place.hidden, "be asked"), one_view(place.table):
        cases, opened = _cases(place, layout, period, metrics, window)
        query = _cells(cases, layout, metrics, place.origin)
        cells = fetched(query).to_pandas()
        queries = [_text(query)]
        latest = _latest(cells)
        now = (
            as_instant(layout.as_of, layout.time_zone, aware=opened.aware)
            if layout.as_of
            else latest
        )
        if now is None:
            raise SourceError([Fault(found="no record has a date", origin=place.origin, column=layout.opened,
                                     remedy="name the column of dates with opened=")])  # fmt: skip
        answers = {
            name: answer(f"m{i}", metric, cells, np.datetime64(now, "us"))
            for i, (name, metric) in enumerate(metrics.items())
        }
        young = {name: a for name, a in answers.items() if a.curve.any()}
        if young:
            today = as_local(now, layout.time_zone, aware=opened.aware).date()
            recent = _recent(cases, cells, young, period, aware=opened.aware)
            queries += _read_curves(recent, cells, metrics, young, now, today, layout, place.origin)
    if layout.as_of is None and now > datetime.now() + timedelta(days=1):  # noqa: DTZ005 - a day covers any zone
        raise SourceError([Fault(found=f"the last moment in the records is {now:%Y-%m-%d}, which is still to come",
                                 remedy="say when they were drawn: as_of=", origin=place.origin)])  # fmt: skip
    return Result(
        cells=cells, answers=answers, asked=layout.as_of is not None, queries=queries,
        now=layout.as_of or as_local(now, layout.time_zone, aware=opened.aware),
        read_at=read_at, seconds=time.perf_counter() - begun,
    )  # fmt: skip


def _cases(
    place: Place,
    layout: Layout,
    period: Frequency | Terms,
    metrics: Mapping[str, Metric],
    window: tuple[str, str] | None,
) -> tuple[Any, Moment]:
    """Records with their unit, period and duration under names of ours."""
    import ibis

    table: Any = place.table
    for column in (layout.unit, layout.opened, layout.closed, layout.version):
        if column is not None:
            need_column(table, column, place.origin)
    read: dict[str, Moment] = {
        name: moment(table, column, zone=layout.time_zone, date_format=layout.date_format,
                     origin=place.origin)
        for name, column in (("opened", layout.opened), ("closed", layout.closed))
        if column is not None
    }  # fmt: skip
    opened, closed = read["opened"], read.get("closed")
    if closed is not None and closed.aware != opened.aware:
        raise SourceError([Fault(found=f"'{layout.opened}' and '{layout.closed}' do not both name a time zone",
                                 remedy="write both in one way", origin=place.origin)])  # fmt: skip
    unit = _as_text(table[layout.unit])
    if layout.units:
        unit = ibis.cases(*((unit == old, new) for old, new in layout.units.items()), else_=unit)
    held = period_of(opened.local, period)
    if layout.as_of is not None:  # what was opened later is of no period
        limit = as_instant(layout.as_of, layout.time_zone, aware=opened.aware)
        held = ibis.ifelse(opened.instant <= limit, held, ibis.null(held.type()))
    ours = {"_unit": unit, "_period": held, "_started": opened.instant}
    if closed is not None:
        ours |= _durations(opened, closed, layout, metrics)
    if taken := [name for name in table.columns if name.lower() in ours]:
        raise SourceError([Fault(found=f"there is a column '{taken[0]}', a name that the query needs",
                                 remedy="give it another name", origin=place.origin)])  # fmt: skip
    cases = table.mutate(**ours)
    if window is not None and not isinstance(period, Mapping):
        first, last = (ordinal(end, period) for end in window)
        low, high = span_of(first, period)[0], span_of(last, period)[1]
        inside = (opened.local >= low) & (opened.local < high)
        cases = cases.filter(opened.local.isnull() | inside)  # what has no date is told
    return cases, opened


def _as_text(unit: Any) -> Any:
    """Names of units; numbers that pandas holds with an empty decimal place lose it."""
    if unit.type().is_string():
        return unit
    if unit.type().is_floating():
        import ibis

        whole = unit == unit.floor()
        return ibis.ifelse(whole, unit.cast("int64").cast("string"), unit.cast("string"))
    return unit.cast("string")


def _durations(
    opened: Moment, closed: Moment, layout: Layout, metrics: Mapping[str, Metric]
) -> dict[str, Any]:
    """Time to closing; an open case's is longer than any, an impossible one is missing."""
    import ibis

    open_still = closed.instant.isnull()
    if layout.as_of is not None:
        open_still |= closed.instant > as_instant(
            layout.as_of, layout.time_zone, aware=opened.aware
        )
    took = closed.instant.delta(opened.instant, unit="microsecond")
    out = {
        "_open": ibis.ifelse(open_still, 1, 0),
        "_took": ibis.cases((open_still, OPEN), (took >= 0, took)),
        "_ended": closed.instant,
    }
    if any(getattr(metric, "of", "") == "business_days" for metric in metrics.values()):
        worked = workdays(opened.local.date(), closed.local.date(), layout.holidays)
        out["_day"] = opened.local.date()
        out["_worked"] = ibis.cases((open_still, OPEN), (took >= 0, worked))
    return out


def _cells(cases: Any, layout: Layout, metrics: Mapping[str, Metric], origin: str) -> Any:
    """One row for each unit and period: counts of rows and cases, and every metric's columns."""
    timed = layout.closed is not None
    asked = {"_n": cases.count()}
    if layout.as_of is None:
        asked["_last_opened"] = cases["_started"].max()
    if timed:
        asked |= {
            "_open": cases["_open"].sum(),
            "_youngest": cases["_started"].max(where=cases["_open"] == 1),
            "_impossible": cases.count(where=cases["_took"].isnull() & cases["_started"].notnull()),
        }
        if layout.as_of is None:
            asked["_last_closed"] = cases["_ended"].max()
    if layout.version is not None:
        version = cases[layout.version].cast("string")
        asked |= {
            "_version_low": version.min(),
            "_version_high": version.max(),
            "_versions": version.nunique(),
        }
    for i, metric in enumerate(metrics.values()):
        asked |= columns(f"m{i}", metric, cases, origin, timed=timed)
    return cases.group_by(["_unit", "_period"]).aggregate(**asked)


def _latest(cells: pd.DataFrame) -> datetime | None:
    """Last moment in the records: they were taken out no sooner."""
    last = [cells[name].max() for name in ("_last_opened", "_last_closed") if name in cells]
    known = [stamp for stamp in last if not pd.isna(stamp)]
    return pd.Timestamp(max(known)).ceil("us").to_pydatetime() if known else None


def _recent(
    cases: Any,
    cells: pd.DataFrame,
    young: Mapping[str, Answer],
    period: Frequency | Terms,
    *,
    aware: bool,
) -> Any:
    """Cases of the periods that need a curve; their span first, by which files are skipped."""
    periods = sorted({p for a in young.values() for p in cells["_period"][a.curve].dropna()})
    first, last = (number_of(item, period) for item in (periods[0], periods[-1]))
    slack = timedelta(days=1 if aware else 0)  # so far a place's clock may be from the column's
    begin, end = span_of(first, period)[0] - slack, span_of(last, period)[1] + slack
    recent = cases.filter(cases["_started"] >= begin, cases["_started"] < end)
    # Cells that are read besides are cut at their ends, and never asked for.
    return recent if last - first < len(periods) else recent.filter(recent["_period"].isin(periods))


def _read_curves(
    recent: Any,
    cells: pd.DataFrame,
    metrics: Mapping[str, Metric],
    young: Mapping[str, Answer],
    now: datetime,
    today: date,
    layout: Layout,
    origin: str,
) -> list[str]:
    """Read cells whose cases are too young from Kaplan-Meier curves; gives the queries.

    Metrics of the same cases share a curve. Only the periods in question are asked for.
    """
    import ibis

    key = ["_unit", "_period"]
    groups: dict[tuple[str, int], dict[str, Median | Quantile | ShareWithin]] = {}
    for name, metric in metrics.items():
        if name in young and isinstance(metric, Median | Quantile | ShareWithin):
            groups.setdefault((metric.of, id(metric.where)), {})[name] = metric
    queries = []
    for (of, _), named in groups.items():
        where = condition(recent, next(iter(named.values())).where, origin)
        some = recent if where is None else recent.filter(where)
        column, day = DURATION[of]
        places = {n: f"c{i}" for i, n in enumerate(named)}  # databases cut long names short
        age = (
            ibis.literal(now).delta(some["_started"], unit="microsecond")
            if of == "duration"
            else workdays(some["_day"], ibis.literal(today), layout.holidays)
        )
        under_way = some["_open"] == 1
        query = curve_answers(
            some.select(*key, _time=ibis.ifelse(under_way, age, some[column]), _closed=1 - some["_open"]),
            quantiles={places[n]: m.q if isinstance(m, Quantile) else 0.5
                       for n, m in named.items() if not isinstance(m, ShareWithin)},
            limits={places[n]: m.days * day for n, m in named.items() if isinstance(m, ShareWithin)},
        )  # fmt: skip
        queries.append(_text(query))
        found = cells[key].merge(fetched(query).to_pandas(), how="left", on=key)
        for name, metric in named.items():
            read = found[places[name]].to_numpy(dtype=np.float64, na_value=np.nan)
            read = read if isinstance(metric, ShareWithin) else in_days(read, of)
            one = young[name]
            one.values = np.where(one.curve, read, one.values)
            one.parts = {k: np.where(one.curve, np.nan, v) for k, v in one.parts.items()}
    return queries


def _text(query: Any) -> str:
    """A query as its database reads it."""
    return " ".join(query.get_backend().compile(query).split())


def digest(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()

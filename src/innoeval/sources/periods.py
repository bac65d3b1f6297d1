"""A column of periods, or a pair such as year and month, as labels of one frequency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innoeval.errors import Fault
from innoeval.records.calendar import Frequency, label, ordinal
from innoeval.sources.labels import WORDS, Kind, Readings, has_time, readings
from innoeval.tables import Table, distinct, is_blank, quoted, squash

if TYPE_CHECKING:
    import numpy.typing as npt

#: Excel's numbers of the days from 1982 to 2064.
_EXCEL_DAYS = (30000, 60000)
_SHORT_DAYS: tuple[Kind, ...] = ("short_day_first", "short_month_first")
_DAYS: tuple[Kind, ...] = ("date", "day_first", "month_first", *_SHORT_DAYS)
#: Kinds in the order in which a column is read, where all its labels can be read as several.
_PREFERRED: tuple[Kind, ...] = (
    "date", "day_first", "month_first", "quarter", "week", "year", "month", "financial_year",
    "integer", "short_month", *_SHORT_DAYS,
)  # fmt: skip
#: Kinds between which a column cannot be told, and what to say.
_DOUBTS: tuple[tuple[Kind, Kind, str], ...] = (
    ("month", "financial_year", 'say freq="month" or freq="financial_year"'),
    ("day_first", "month_first", "say dayfirst=True or dayfirst=False"),
    ("month", "integer", 'say freq="month" or freq="integer"'),
)
#: How the second column of a pair is named, and how the two are joined.
_PARTS: tuple[tuple[Frequency, str, str], ...] = (
    ("month", r"mon|mth", "{}-{:02d}"),
    ("quarter", r"qu?a?r?te?r", "{}-Q{}"),
    ("week", r"week|wk", "{}-W{:02d}"),
)


@dataclass(slots=True, kw_only=True)
class PeriodReading:
    """Periods as labels of one frequency, one for each row; None where a cell has none."""

    labels: list[str | None] = field(default_factory=list)
    freq: Frequency = "integer"
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Column:
    """Distinct cells, what each can be read as, and the rows that hold them."""

    table: Table
    name: str
    cells: list[str]
    codes: npt.NDArray[np.int64]
    found: list[Readings]

    def fault(self, found: str, remedy: str, which: Sequence[int] | None = None) -> Fault:
        """A fault at the rows that hold some of the cells; at all of them where none are named."""
        here = self.codes >= 0 if which is None else np.isin(self.codes, which)
        rows = tuple(self.table.rows[here].tolist())
        return Fault(found=found, remedy=remedy, origin=self.table.origin, rows=rows,
                     column=self.name)  # fmt: skip


def read_periods(
    table: Table,
    period: tuple[str, ...],
    *,
    freq: Frequency | None = None,
    dayfirst: bool | None = None,
) -> PeriodReading:
    """Periods of a table, all of one frequency.

    Parameters
    ----------
    table
        The table.
    period
        One column, or two such as ("year", "month").
    freq
        Frequency, where the labels leave it open.
    dayfirst
        Whether "01/02/2023" is the first of February, where no other date of the column shows it.

    Returns
    -------
    A `PeriodReading`; its faults name rows, or the argument to give.
    """
    out = PeriodReading()
    cells = table.frame[period[0]] if len(period) == 1 else _joined(table, period, freq, out)
    column = _distinct(table, " and ".join(period), cells)
    kind = None if out.faults else _kind_of_all(column, freq, out, dayfirst=dayfirst)
    if kind is None:
        return out
    texts = [found[kind] for found in column.found]
    if kind in _DAYS:
        out.freq = freq or _freq_of_days(column, texts, out)
        if any(map(has_time, column.cells)):
            out.notes.append(f"The times of day in '{column.name}' were left out.")
    else:
        out.freq = freq or kind  # type: ignore[assignment]  # short months need freq
        if kind == "month" and out.freq != "month":
            # Of a longer period a month is given by its first day: 2001-02 alone is 2001/02 too.
            texts = [f"{text}-01" for text in texts]
    texts = [label(ordinal(text, out.freq), out.freq) for text in texts]
    out.labels = [None if code < 0 else texts[code] for code in column.codes]
    return out


def _distinct(table: Table, name: str, cells: pd.Series) -> _Column:
    codes, values = distinct(cells)
    return _Column(table=table, name=name, cells=[squash(value) for value in values], codes=codes,
                   found=[readings(value) for value in values])  # fmt: skip


def _joined(
    table: Table, pair: tuple[str, ...], freq: Frequency | None, out: PeriodReading
) -> pd.Series:
    """A year and a part of it as one column of text."""
    years, parts = (
        table.frame[name].map(lambda c: "" if is_blank(c) else re.sub(r"\.0+$", "", squash(c)))
        for name in pair
    )
    form = "{} {}"
    if parts.str.fullmatch("[0-9]+").any():
        by_name = [f for f, pattern, _ in _PARTS if re.search(pattern, pair[1], re.IGNORECASE)]
        part = freq or (by_name[0] if len(by_name) == 1 else None)
        forms = {f: shape for f, _, shape in _PARTS}
        if part not in forms:
            out.faults.append(
                Fault(
                    found="it does not show whether its numbers are months, quarters or weeks",
                    remedy='say freq="month", freq="quarter" or freq="week"',
                    origin=table.origin,
                    column=pair[1],
                )
            )
            return years
        form = forms[part]
    joined = {
        (year, part): form.format(year, int(part)) if part.isdecimal() else f"{year} {part}"
        for year, part in set(zip(years, parts, strict=True))
        if year and part
    }
    return pd.Series([joined.get(both) for both in zip(years, parts, strict=True)], dtype=object)


def _kind_of_all(
    column: _Column, freq: Frequency | None, out: PeriodReading, *, dayfirst: bool | None
) -> Kind | None:
    """The one kind that every cell can be read as; None, with faults, where there is none."""
    kinds = _PREFERRED if freq is None else _fitting(freq)
    if dayfirst is not None:
        other = "month_first" if dayfirst else "day_first"
        kinds = tuple(kind for kind in kinds if not kind.endswith(other))
    rows = np.bincount(column.codes[column.codes >= 0], minlength=len(column.cells))
    weights = {
        kind: sum(int(n) for n, found in zip(rows, column.found, strict=True) if kind in found)
        for kind in kinds
    }
    kind = max(kinds, key=lambda k: weights[k])
    outliers = [i for i, found in enumerate(column.found) if kind not in found]
    if outliers or not column.cells:
        wanted = WORDS[kind] if weights[kind] else WORDS[kinds[0]] if freq else "a period"
        out.faults += _unreadable(column, wanted, outliers, weights[kind])
        return None
    if freq is not None and kind not in _DAYS:
        return kind
    for one, other, remedy in _DOUBTS:
        if kind not in {one, other} or not {one, other} <= set(kinds):
            continue
        both = [i for i, found in enumerate(column.found) if found.get(one) and found.get(other)]
        unlike = [i for i in both if column.found[i][one] != column.found[i][other]]
        if len(both) == len(column.cells) and unlike:
            found = column.found[unlike[0]]
            seen = f"{quoted(column.cells[unlike[0]])} can be {WORDS[one]} ({found[one]}) or {WORDS[other]} ({found[other]})"
            out.faults.append(column.fault(seen, remedy))
            return None
    doubt = _asked(column, kind, named=freq is not None, ordered=dayfirst is not None)
    if doubt is not None:
        out.faults.append(doubt)
    return kind if doubt is None else None


def _fitting(freq: Frequency) -> tuple[Kind, ...]:
    """Kinds that can be read as a frequency that was named."""
    if freq == "integer":
        return ("integer",)
    if freq == "day":
        return _DAYS
    months: dict[Frequency, tuple[Kind, ...]] = {
        "month": ("short_month",), "year": ("month",), "quarter": ("month",),
        "financial_year": ("month",),
    }  # fmt: skip
    return (freq, *_DAYS, *months.get(freq, ()))


def _unreadable(column: _Column, wanted: str, which: list[int], others: int) -> list[Fault]:
    """Cells that are no period, or not one like the others."""
    remedy = "write periods such as 2023-01, 2023-Q1, 2022/23, 2023-W05, 2023-01-15 or 2023"
    if not column.cells:
        return [Fault(found="every period is missing", remedy=remedy, origin=column.table.origin,
                      column=column.name)]  # fmt: skip
    like = f" like those of the other {others} rows" if others else ""
    if len(which) > 5:
        some = ", ".join(quoted(column.cells[i]) for i in which[:3])
        n = int(np.isin(column.codes, which).sum())
        return [column.fault(f"{n} cells ({some} ...) are not {wanted}{like}", remedy, which)]
    return [
        column.fault(f"{quoted(column.cells[i])} is not {wanted}{like}", remedy, [i]) for i in which
    ]


def _asked(column: _Column, kind: Kind, *, named: bool, ordered: bool) -> Fault | None:
    """What to ask of labels that look plain, unless the frequency is named or the order is said."""
    example = column.cells[0]
    if kind in _SHORT_DAYS and not ordered:
        return column.fault(
            f"{quoted(example)} has a year of two digits, and its place does not show",
            "say dayfirst=True or dayfirst=False if the year stands last",
        )
    if named:
        return None
    if kind == "short_month":
        return column.fault(
            f"{quoted(example)} can be a month of a year or a day of a month",
            'say freq="month", or write the year with four digits',
        )
    numbers = [int(found["integer"]) for found in column.found if kind == "integer"]
    if len(numbers) > 1 and all(_EXCEL_DAYS[0] < n < _EXCEL_DAYS[1] for n in numbers):
        day = date(1899, 12, 30) + timedelta(days=numbers[0])
        return column.fault(
            f"{quoted(example)} looks like Excel's number of the day {day.isoformat()}",
            'export the column as dates, or say freq="integer" if these are plain numbers',
        )
    return None


def _freq_of_days(column: _Column, texts: Sequence[str], out: PeriodReading) -> Frequency:
    """Frequency of dates: of first or last days of periods, of one weekday, or of days."""
    days = [date.fromisoformat(text) for text in sorted(set(texts))]
    months = {day.month for day in days}
    first = all(day.day == 1 for day in days)
    last = all((day + timedelta(days=1)).day == 1 for day in days)
    end = "first" if first else "last"

    def read_as(freq: Frequency, what: str) -> Frequency:
        out.notes.append(
            f"The dates in '{column.name}' are all {what}: each was read as its {freq}."
        )
        return freq

    if first or last:
        if len(days) > 1 and months == {1 if first else 12}:
            return read_as("year", f"{end} days of years")
        if len(days) > 2 and len(months) > 1 and all(m % 3 == first for m in months):
            return read_as("quarter", f"{end} days of quarters")
        return read_as("month", f"{end} days of months")
    if len(days) > 2 and len({day.weekday() for day in days}) == 1:
        return read_as("week", f"{days[0]:%A}s")
    if len(days) > 2 and len({day.day for day in days}) == 1:
        found = f"all dates are the {days[0].day}th of a month"
        out.faults.append(column.fault(found, 'say freq="month" or freq="day"'))
    return "day"

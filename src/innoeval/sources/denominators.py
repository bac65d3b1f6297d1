"""Denominators of rates, joined from another table: residents, staff, places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innoeval.errors import Fault, SourceError, nearest
from innoeval.records.calendar import FREQUENCIES, Frequency, first_day, ordinal
from innoeval.sources.connect import open_place
from innoeval.sources.periods import read_periods
from innoeval.sources.place import fetched, refusing
from innoeval.tables import Table

if TYPE_CHECKING:
    from innoeval.records.freeze import Floats
    from innoeval.sources.metrics import Rate
    from innoeval.sources.query import Layout

#: Names of a column of periods.
_PERIODS = ("period", "date", *FREQUENCIES)


def joined(
    frame: pd.DataFrame,
    rates: Mapping[str, Rate],
    source: Any,
    freq: Frequency,
    layout: Layout,
    notes: list[str],
) -> dict[str, Floats]:
    """Each rate's denominator for the rows of a frame.

    Parameters
    ----------
    frame
        Rows with the unit and `_number`, the period's place.
    rates
        Name -> rate.
    source
        Table with the unit's column, a column of numbers for each denominator, and perhaps a
        column of periods: those of the panel or longer ones, such as the year.
    freq
        Frequency of the panel.
    layout
        Names of the records' columns, and which units were merged.
    notes
        What was done is added.

    Raises
    ------
    SourceError
        For a rate without a table, a column that is not there, or units without a denominator.
    """
    if not rates:
        return {}
    if source is None:
        raise SourceError([Fault(found=f"the rate '{next(iter(rates))}' has nothing to divide by",
                                 remedy="give the table of denominators: denominators=")])  # fmt: skip
    if isinstance(source, pd.DataFrame):
        table, origin = source, "a data frame"
    else:
        place = open_place(source, texts=[layout.unit])
        with refusing(place.origin, place.hidden):
            table, origin = fetched(place.table).to_pandas(), place.origin
    if layout.unit not in table:
        raise _fault(
            f"there is no column '{layout.unit}'",
            nearest(layout.unit, map(str, table.columns), "the columns are"),
            origin,
        )
    when = next((name for name in table.columns if str(name).casefold() in _PERIODS), None)
    units = table[layout.unit].astype(str).map(lambda name: layout.units.get(name, name))
    numbers = [str(name) for name in table.columns
               if name not in {layout.unit, when} and pd.api.types.is_numeric_dtype(table[name])]  # fmt: skip
    own, asked = _periods(table, when, freq, frame["_number"], origin)
    out = {}
    for name, rate in rates.items():
        over = rate.over or (numbers[0] if len(numbers) == 1 else None)
        if over is None or over not in numbers:
            found = (
                f"there is no column of numbers '{over}'"
                if over
                else f"it has {len(numbers)} columns of numbers"
            )
            raise _fault(
                found,
                f"say Rate(over=...): {nearest(over or '', numbers, 'the columns are')}"
                if numbers
                else "write its numbers as numbers: 1200, not '1,200'",
                origin,
            )
        values = table[over].to_numpy(dtype=np.float64, na_value=np.nan)
        rows = pd.Series(values).groupby([units.to_numpy(), own])
        known = rows.sum(min_count=1).where(rows.count() == rows.size())  # no part, no whole
        _refuse_twice(table[layout.unit], own, origin)
        keys = pd.MultiIndex.from_arrays([frame[layout.unit].to_numpy(), asked])
        found_values = known.reindex(keys).to_numpy(dtype=np.float64)
        out[name] = np.where(found_values > 0, found_values, np.nan)
        lost = sorted(set(frame[layout.unit]) - set(units))
        if lost:
            some = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
            raise _fault(
                f"there is no denominator for {some}",
                "add their rows, or say crosswalk= if they have another name there",
                origin,
            )
        if n := int(np.isnan(out[name]).sum()):
            notes.append(
                f"'{name}' has no denominator in {n:,} of {len(frame):,} cells: missing, not carried forward."
            )
    notes.append(f"Denominators came from {origin}.")
    notes += _parts(table[layout.unit].astype(str), own, layout, set(frame[layout.unit]))
    return out


def _parts(names: pd.Series, own: Any, layout: Layout, there: set[str]) -> list[str]:
    """Which names a merged unit's denominators add up: after a merger they may be fewer."""
    notes = []
    for unit in sorted(there & set(layout.units.values())):
        mine = names.map(lambda name, unit=unit: layout.units.get(name, name) == unit).to_numpy()
        sets = names[mine].groupby(own[mine]).agg(lambda some: " + ".join(sorted(set(some))))
        said = [
            f"{parts} ({n:,} of its periods)" for parts, n in sets.value_counts(sort=False).items()
        ]
        notes.append(f"Denominators of '{unit}' are those of {'; of '.join(said)}.")
    return notes


def _periods(
    table: pd.DataFrame, when: str | None, freq: Frequency, numbers: pd.Series, origin: str
) -> tuple[Any, Any]:
    """Periods of the table, and of the panel on the table's axis."""
    if when is None:
        return np.zeros(len(table), dtype=np.int64), np.zeros(len(numbers), dtype=np.int64)
    named = str(when).casefold()
    cells = Table(frame=table.reset_index(drop=True), rows=np.arange(len(table)) + 2, origin=origin)
    known = [f for f in FREQUENCIES if f == named]
    read = read_periods(cells, (when,), freq=known[0] if known else None)
    if read.faults:
        raise SourceError(read.faults)
    own = np.array([ordinal(text, read.freq) for text in read.labels], dtype=np.int64)
    if read.freq == freq:
        return own, numbers.to_numpy()
    if freq == "integer":
        raise _fault(
            f"its periods are {read.freq.replace('_', ' ')}s and the panel's are terms",
            "number its periods as the terms are",
            origin,
        )
    days = {number: first_day(int(number), freq) for number in numbers.unique()}
    return own, numbers.map(lambda number: ordinal(days[number].isoformat(), read.freq)).to_numpy()


def _refuse_twice(names: pd.Series, own: Any, origin: str) -> None:
    """A unit under one name has one row in a period; merged units have one for each old name."""
    keys = pd.DataFrame({"unit": names.astype(str), "period": own})
    if keys.duplicated().any():
        one = keys[keys.duplicated()].iloc[0]
        raise _fault(
            f"'{one['unit']}' has two rows in one period",
            "keep one row for each unit and period",
            origin,
        )


def _fault(found: str, remedy: str, origin: str) -> SourceError:
    return SourceError([Fault(found=found, remedy=remedy, origin=origin)])

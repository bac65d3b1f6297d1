"""The door for panels: any source in, one validated panel out, every doubt asked about."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from innoeval.errors import Fault, SourceError
from innoeval.records.calendar import FREQUENCIES, Frequency
from innoeval.records.claim import Better
from innoeval.records.panel import Panel
from innoeval.records.schema import panel_schema, schema_faults
from innoeval.sources.bounds import bounded_marks, bounds_of
from innoeval.sources.keys import read_units, without_margins
from innoeval.sources.labels import readings
from innoeval.sources.periods import read_periods
from innoeval.tables import (
    Decimal,
    Suppressed,
    Table,
    distinct,
    read_figures,
    read_table,
    squash,
    table_of_frame,
)

if TYPE_CHECKING:
    import numpy.typing as npt


def read_panel(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    unit: str,
    period: str | tuple[str, str],
    outcomes: Sequence[str] | str,
    balancing: Mapping[str, Better] | None = None,
    numerator: str | None = None,
    denominator: str | None = None,
    version: str | None = None,
    neighbour: str | None = None,
    provisional: str | None = None,
    covariates: Sequence[str] = (),
    negative_controls: Sequence[str] | str = (),
    case_mix: Mapping[str, str] | None = None,
    near_target: Sequence[str] | None = None,
    freq: Frequency | None = None,
    dayfirst: bool | None = None,
    decimal: Decimal | None = None,
    suppressed: Suppressed | Literal["bounds"] | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Panel:
    """Read a panel: one row per unit and period, one column per metric.

    What can be read in one way only is read; what can be read in two is asked for, by an error
    that names the argument to give. What was left out or changed stands in `panel.notes`.

    Parameters
    ----------
    source
        Path of a .csv, .tsv, .txt, .xlsx or .parquet file, a pandas DataFrame, or any table that
        speaks Arrow, as those of pyarrow, ibis and DuckDB do.
    unit
        Column with the unit's name: a district, a school, an office.
    period
        Column with the period; or two columns such as ("year", "month"), joined as "year_month".
    outcomes
        Every recorded metric of the service, not only the claimed one.
    balancing
        Metric -> "lower" or "higher", whichever is better: what must not get worse in exchange.
    numerator, denominator
        Columns behind a rate or a share.
    version
        Column with the version of the definition under which a row was recorded.
    neighbour
        Column that is 1 for units next to a treated unit.
    provisional
        Column that is 1 where a row's values may still change.
    covariates
        Further columns to keep.
    near_target
        Two columns: cases that met a target narrowly, and cases that missed it narrowly.
    negative_controls
        Metrics that the innovation cannot have moved, and that other changes would.
    case_mix
        Outcome of each kind of case -> number (or share) of cases of that kind.
    freq
        "year", "financial_year" (from April), "quarter", "month", "week", "day" or "integer",
        where the labels leave it open: "2009-10" can be a month or a financial year.
    dayfirst
        Whether "01/02/2023" is the first of February; needed where no date of the column shows it.
    decimal
        "." or ",", where "1,234" can be 1234 or 1.234 and no other cell shows which.
    suppressed
        How to read marks such as "*", "<5", "[c]" or "-": "missing"; a mapping from mark to value
        such as {"*": None, "-": 0}; or "bounds", which keeps what a number behind "<5" can be in
        columns NAME_low and NAME_high, and asks about other marks.
    sheet
        Sheet of a workbook, where several fit.
    encoding
        Encoding of a text file that is not UTF-8, such as "cp1252".

    Returns
    -------
    Panel

    Raises
    ------
    SourceError
        Listing every fault at once: file, rows as a spreadsheet shows them, column, what was found
        and what to do.

    Examples
    --------
    >>> frame = pd.DataFrame({"ward": ["A ", "A", "B", "B", "Total"],
    ...                       "month": ["Jan 2023", "Feb 2023", "Jan 2023", "Feb 2023", ""],
    ...                       "cases": ["1,204", "n/a", "1,310.5", "998", "4,000"]})
    >>> panel = read_panel(frame, unit="ward", period="month", outcomes=["cases"])
    >>> panel.matrix("cases")
    array([[1204. ,    nan],
           [1310.5,  998. ]])
    >>> for note in panel.notes:
    ...     print(note)
    Row 6 with totals ('Total') was left out.
    1 name in 'ward' had stray spaces or an empty decimal place, such as 'A '; 'A' was read.
    1 of 4 cells of 'cases' has no value: missing, not zero.
    """
    outcomes = (outcomes,) if isinstance(outcomes, str) else tuple(outcomes)
    covariates = (covariates,) if isinstance(covariates, str) else tuple(covariates)
    keys = (period,) if isinstance(period, str) else tuple(period)
    balancing = dict(balancing or {})
    controls = (
        (negative_controls,) if isinstance(negative_controls, str) else tuple(negative_controls)
    )
    kinds = dict(case_mix or {})
    named = (
        *outcomes, *balancing, numerator, denominator, neighbour, provisional, *controls, *kinds,
        *kinds.values(), *(near_target or ()),
    )  # fmt: skip
    metrics = tuple(dict.fromkeys(name for name in named if name is not None))
    _refuse(
        [*_argument_faults(unit, keys, outcomes, metrics, balancing, freq, decimal, suppressed),
         *_near_faults(near_target)]
    )  # fmt: skip
    further = tuple(name for name in covariates if name not in metrics)
    wanted = (unit, *keys, *metrics, *further, *([] if version is None else [version]))
    table = _table(source, wanted, encoding, sheet)
    _refuse([*table.faults_of_columns(wanted), *_side_by_side(table, keys)])
    table = without_margins(table, unit, keys, metrics)
    units = read_units(table, unit)
    periods = read_periods(table, keys, freq=freq, dayfirst=dayfirst)
    kept = suppressed == "bounds"
    marks = bounded_marks(table, metrics) if suppressed == "bounds" else suppressed
    figures = read_figures(table, metrics, decimal=decimal, suppressed=marks)
    time = "_".join(keys)
    frame = pd.DataFrame({unit: units.names, **figures.columns})
    frame[time] = periods.labels or ""
    for name in further:
        frame[name] = _as_found(table, name, decimal, marks, figures.notes)
    for name in metrics if kept else ():
        if (bounds := bounds_of(table, name, figures.columns[name])) is not None:
            ends = (f"{name}_low", f"{name}_high")
            frame[ends[0]], frame[ends[1]] = bounds
            covariates = (*covariates, *(end for end in ends if end not in covariates))
    if version is not None:
        frame[version] = _texts(table, version)
    faults = [*_overlong(table), *units.faults, *periods.faults, *figures.faults]
    faulty = {fault.column for fault in faults}
    schema = panel_schema(unit, time, [name for name in outcomes if name not in faulty], metrics)
    if periods.faults:
        frame[time] = np.arange(len(frame))
    faults += schema_faults(schema, frame, table.rows, table.origin)
    _refuse(faults)
    return Panel(
        frame=frame,
        unit=unit,
        period=time,
        freq=periods.freq,
        outcomes=outcomes,
        balancing=balancing,
        numerator=numerator,
        denominator=denominator,
        version=version,
        neighbour=neighbour,
        provisional=provisional,
        covariates=covariates,
        negative_controls=controls,
        case_mix=kinds,
        near_target=None if near_target is None else (near_target[0], near_target[1]),
        origin=table.origin,
        notes=(*table.notes, *units.notes, *periods.notes, *figures.notes),
    )


def _table(source: object, wanted: Sequence[str], encoding: str | None, sheet: str | None) -> Table:
    """A source as a table: one line for each kind of source."""
    if isinstance(source, pd.DataFrame):
        return table_of_frame(source, wanted, "the data frame")
    if isinstance(source, (str, os.PathLike)):
        return read_table(Path(source), wanted=wanted, encoding=encoding, sheet=sheet)
    if hasattr(source, "__arrow_c_stream__"):
        import pyarrow as pa

        return table_of_frame(pa.table(source).to_pandas(), wanted, "the table")
    raise SourceError(
        f"a panel cannot be read from a {type(source).__name__}; give a path, a pandas DataFrame, or a table of Arrow, ibis or DuckDB"
    )


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise SourceError(tuple(faults))


def _argument_faults(
    unit: str,
    keys: tuple[str, ...],
    outcomes: tuple[str, ...],
    metrics: tuple[str, ...],
    balancing: Mapping[str, Better],
    freq: str | None,
    decimal: str | None,
    suppressed: object,
) -> list[Fault]:
    """Arguments that no file could satisfy."""
    faults = []
    if not outcomes:
        faults.append(Fault(found="no outcome is named", remedy="name one with outcomes="))
    if len(keys) not in {1, 2} or unit in keys or {unit, *keys} & set(metrics):
        faults.append(
            Fault(found=f"unit= is {unit!r} and period= is {keys!r}",
                  remedy="name one column of units, another (or a year and its part) of periods, and no metric")
        )  # fmt: skip
    for metric, better in balancing.items():
        if better not in get_args(Better):
            faults.append(Fault(found=f"balancing= says {better!r} of '{metric}'",
                                remedy="say 'lower' or 'higher'"))  # fmt: skip
    if freq is not None and freq not in FREQUENCIES:
        faults.append(
            Fault(found=f"freq= is {freq!r}", remedy=f"say one of {', '.join(FREQUENCIES)}")
        )
    if decimal not in {None, ".", ","}:
        faults.append(Fault(found=f"decimal= is {decimal!r}", remedy="say '.' or ','"))
    if suppressed not in (None, "missing", "bounds") and not isinstance(suppressed, Mapping):
        faults.append(Fault(found=f"suppressed= is {suppressed!r}",
                            remedy="say 'missing' or 'bounds', or give a mapping from mark to value"))  # fmt: skip
    return faults


def _near_faults(near_target: Sequence[str] | None) -> list[Fault]:
    if near_target is None or (not isinstance(near_target, str) and len(near_target) == 2):
        return []
    remedy = (
        "name two columns: cases that met the target narrowly, and cases that missed it narrowly"
    )
    return [Fault(found=f"near_target= is {near_target!r}", remedy=remedy)]


def _side_by_side(table: Table, keys: tuple[str, ...]) -> list[Fault]:
    """Periods that head columns, where no column holds them."""
    names = [str(name) for name in table.frame.columns]
    dated = [name for name in names if readings(name).keys() - {"integer"}]
    if len(dated) < 2 or set(keys) <= set(names):
        return []
    found = f"periods head the columns ({', '.join(dated[:3])} ...)"
    remedy = "give one row for each unit and period; pandas.melt turns such a table round"
    return [Fault(found=found, remedy=remedy, origin=table.origin)]


def _overlong(table: Table) -> list[Fault]:
    if not table.overlong:
        return []
    return [
        Fault(
            found="there are more cells than columns in the header",
            remedy="put quotation marks round cells that hold the delimiter "
            f"({table.delimiter!r}), such as decimal commas",
            origin=table.origin,
            rows=tuple(int(table.rows[i]) for i in table.overlong),
        )
    ]


def _as_found(
    table: Table,
    name: str,
    decimal: Decimal | None,
    suppressed: Suppressed | None,
    notes: list[str],
) -> npt.NDArray[np.float64] | list[str | None]:
    """A further column: numbers if all of it can be read as such, else text."""
    reading = read_figures(table, [name], decimal=decimal, suppressed=suppressed)
    if not reading.faults:
        notes += reading.notes
        return reading.columns[name]
    if np.isfinite(reading.columns[name]).any():
        notes.append(f"'{name}' was kept as text: {reading.faults[0].found}.")
    return _texts(table, name)


def _texts(table: Table, name: str) -> list[str | None]:
    """Cells as text with their spaces put right; None where there is none."""
    codes, cells = distinct(table.frame[name])
    texts = [squash(cell) for cell in cells]
    return [None if code < 0 else texts[code] for code in codes]

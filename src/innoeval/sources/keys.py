"""Names of units as exports write them, and rows that are no data: totals and footnotes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from innoeval.errors import Fault
from innoeval.sources.labels import readings
from innoeval.tables import Table, figure_like, squash
from innoeval.tables.table import is_blank

#: What a row of totals is called.
TOTALS = frozenset({"total", "totals", "grand total", "overall total", "subtotal", "sub-total",
                    "sub total", "sum", "average", "overall"})  # fmt: skip


@dataclass(slots=True, kw_only=True)
class UnitReading:
    """Names of units, one for each row; None where a row has none."""

    names: list[str | None]
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_units(table: Table, unit: str) -> UnitReading:
    """Units by name: spaces trimmed; names that differ by case or spaces only are asked about.

    Parameters
    ----------
    table
        The table.
    unit
        Its column of units.

    Returns
    -------
    A `UnitReading`; numbers become whole numbers as text.
    """
    codes, distinct = pd.factorize(table.frame[unit].astype(object))
    names = ["" if is_blank(cell) else _name(cell) for cell in distinct]
    out = UnitReading(names=[])
    if names and all(re.fullmatch(r"[0-9]+\.0+", name) for name in names if name):
        names = [name.split(".")[0] for name in names]
    changed = [i for i, (cell, name) in enumerate(zip(distinct, names, strict=True))
               if isinstance(cell, str) and name and cell != name]  # fmt: skip
    if changed:
        n = int(np.isin(codes, changed).sum())
        out.notes.append(
            f"{n} name{'s' * (n > 1)} in '{unit}' had stray spaces or an empty decimal place, "
            f"such as '{distinct[changed[0]]}'; '{names[changed[0]]}' was read."
        )
    alike: dict[str, set[str]] = {}
    for name in filter(None, names):
        key = "".join(unicodedata.normalize("NFKC", name).casefold().split())
        alike.setdefault(key, set()).add(name)
    rows_of = [None if code < 0 else names[code] or None for code in codes]
    for group in alike.values():
        if len(group) > 1:
            *rare, common = sorted(group, key=rows_of.count)
            at = [
                row for row, name in zip(table.rows.tolist(), rows_of, strict=True) if name in rare
            ]
            out.faults.append(
                Fault(
                    found=f"{' and '.join(repr(name) for name in rare)} and {common!r} differ by "
                    "case or spaces only",
                    remedy="write one name for one unit",
                    origin=table.origin,
                    rows=tuple(at),
                    column=unit,
                )
            )
    out.names = rows_of
    return out


def _name(cell: object) -> str:
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return squash(cell)


def without_margins(
    table: Table, unit: str, period: Sequence[str], metrics: Sequence[str]
) -> Table:
    """The table without rows of totals and without the footnotes below the data.

    A row of totals says so in its unit or period ("Total"); a footnote is a row at the end that
    has no figure, no known unit and no readable period. What was left out becomes a note.
    """
    units = [_plain(cell) for cell in table.frame[unit]]
    totals = np.array([text in TOTALS for text in units], dtype=bool)
    if totals.all():
        totals[:] = False  # a single series may well be called "Total"
    for column in period:
        totals |= table.frame[column].map(_plain).isin(TOTALS).to_numpy(dtype=bool)
    if totals.any() and not totals.all():
        table = table.keep(~totals, _left_out(table, totals, "with totals"))
        units = [text for text, total in zip(units, totals, strict=True) if not total]
    notes = np.zeros(len(units), dtype=bool)
    for i in range(len(units) - 1, 0, -1):
        row = table.frame.iloc[i]
        known = bool(units[i]) and units[i] in units[:i]
        if known or any(_has_figure(row[name]) for name in metrics):
            break
        if units[i] and all(readings(row[name]) for name in period):
            break
        notes[i] = True
    if notes.any():
        table = table.keep(~notes, _left_out(table, notes, "below the data"))
    return table


def _plain(cell: object) -> str:
    return "" if is_blank(cell) else squash(cell).rstrip(" :.").casefold()


def _has_figure(cell: object) -> bool:
    return not is_blank(cell) and figure_like(squash(cell).rstrip(" %"))


def _left_out(table: Table, rows: np.ndarray, what: str) -> str:
    at = table.rows[rows].tolist()
    shown = ", ".join(map(str, at[:5])) + (f" and {len(at) - 5} more" if len(at) > 5 else "")
    cells = table.frame[rows].iloc[0]
    text = next((squash(cell) for cell in cells if not is_blank(cell)), "")
    text = text if len(text) <= 60 else text[:57] + "..."
    if len(at) == 1:
        return f"Row {shown} {what} ('{text}') was left out."
    return f"Rows {shown} {what} (such as '{text}') were left out."

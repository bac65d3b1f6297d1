"""Names of units as exports write them, and rows that are no data: totals and footnotes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import Fault
from innoeval.sources.labels import readings
from innoeval.tables import Table, distinct, figure_like, is_blank, quoted, squash

if TYPE_CHECKING:
    import numpy.typing as npt

#: What a row of totals is called; words that are also names of places are left out.
TOTALS = (
    "total", "totals", "grand total", "overall total", "subtotal", "sub-total", "sub total", "sum",
    "average", "overall", "summe", "gesamt", "gesamtsumme", "gesamtergebnis", "insgesamt",
    "durchschnitt", "total général", "total general", "totale", "totaal",
)  # fmt: skip


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
    out = UnitReading(names=[])
    codes, cells = distinct(table.frame[unit])
    names = [_name(cell) for cell in cells]
    if all(re.fullmatch(r"[0-9]+\.0+", name) for name in names):
        names = [name.split(".")[0] for name in names]
    changed = [i for i, (cell, name) in enumerate(zip(cells, names, strict=True))
               if isinstance(cell, str) and cell != name]  # fmt: skip
    if changed:
        n = int(np.isin(codes, changed).sum())
        out.notes.append(
            f"{n} name{'s' * (n > 1)} in '{unit}' had stray spaces or an empty decimal place, "
            f"such as '{cells[changed[0]]}'; '{names[changed[0]]}' was read."
        )
    out.names = [None if code < 0 else names[code] for code in codes]
    alike: dict[str, set[str]] = {}
    for name in names:
        alike.setdefault(without_case(name), set()).add(name)
    for group in alike.values():
        if len(group) > 1:
            *rare, common = sorted(group, key=lambda name: (out.names.count(name), name))
            found = f"{' and '.join(map(quoted, rare))} and {quoted(common)} differ by case or spaces only"
            rows = table.rows[[name in rare for name in out.names]]
            out.faults.append(
                Fault(found=found, remedy="write one name for one unit", origin=table.origin,
                      rows=tuple(rows.tolist()), column=unit)
            )  # fmt: skip
    out.faults += [
        Fault(
            found=f"{quoted(name)} reads like a total of the other units",
            remedy="drop its rows if it is one, or give the unit another name",
            origin=table.origin,
            rows=tuple(table.rows[[name == given for given in out.names]].tolist()),
            column=unit,
        )
        for name in names
        if len(names) > 1 and _reads_like_total(name, unit)
    ]
    return out


def _reads_like_total(name: str, unit: str) -> bool:
    """Whether a name may be that of a row of totals: "All wards", "Total England", "All"."""
    plain = name.casefold()
    kind = unit.casefold().rstrip("s")
    kinds = f"units?|areas?|sites?|teams?|districts?|wards?|regions?|others?|{re.escape(kind)}s?"
    return bool(re.fullmatch(rf"all|all (the )?({kinds})|total .*|.* total|.* \(total\)", plain))


def without_case(name: str) -> str:
    """What two spellings of one name have in common."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


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
    units = _plain(table, unit)
    totals = np.isin(units, TOTALS)
    if totals.all():
        totals[:] = False  # a single series may well be called "Total"
    unkeyed = units == ""
    for column in period:
        dates = _plain(table, column)
        totals |= np.isin(dates, TOTALS)
        unkeyed |= dates == ""
    if unkeyed.any():  # in a row without a key the word may stand in any other column
        names = table.frame.columns
        for column in names[~names.duplicated(keep=False)]:
            totals |= unkeyed & np.isin(_plain(table, column), TOTALS)
    if totals.any() and not totals.all():
        table = table.keep(~totals, _left_out(table, totals, "with totals"))
        units = units[~totals]
    notes = np.zeros(len(units), dtype=bool)
    for i in range(len(units) - 1, 0, -1):
        row = table.frame.iloc[i]
        known = units[i] != "" and (units[:i] == units[i]).any()
        dated = units[i] != "" and all(readings(row[name]) for name in period)
        if known or dated or any(_has_figure(row[name]) for name in metrics):
            break
        notes[i] = True
    if notes.any():
        table = table.keep(~notes, _left_out(table, notes, "below the data"))
    return table


def _plain(table: Table, column: str) -> npt.NDArray[np.str_]:
    """Cells of a column without case, spaces around them or closing points."""
    codes, cells = distinct(table.frame[column])
    return np.array([*(squash(cell).rstrip(" :.").casefold() for cell in cells), ""])[codes]


def _has_figure(cell: object) -> bool:
    return not is_blank(cell) and figure_like(squash(cell).rstrip(" %"))


def _left_out(table: Table, rows: npt.NDArray[np.bool_], what: str) -> str:
    at = table.rows[rows].tolist()
    shown = ", ".join(map(str, at[:5])) + (f" and {len(at) - 5} more" if len(at) > 5 else "")
    cells = table.frame[rows].iloc[0]
    text = quoted(next((cell for cell in cells if not is_blank(cell)), ""))
    if len(at) == 1:
        return f"Row {shown} {what} ({text}) was left out."
    return f"Rows {shown} {what} (such as {text}) were left out."

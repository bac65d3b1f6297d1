"""Which columns hold units and periods, read off the file where only one fits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from innoeval.errors import Fault, SourceError
from innoeval.records.claim import Claim
from innoeval.sources.labels import readings
from innoeval.tables import Table, read_table, squash

#: Share of a column's filled cells that must be dated periods; a row of totals is none.
_MOSTLY = 0.9


def with_keys(said: dict[str, Any], path: Path, claims: Sequence[Claim]) -> dict[str, Any]:
    """Arguments of `read_panel` with unit, period and outcomes filled in where they were not said.

    Parameters
    ----------
    said
        What the options say.
    path
        The panel's file.
    claims
        Their outcomes and treated units tell the columns apart.

    Raises
    ------
    SourceError
        Naming the options to give, where no column or several would fit.
    """
    outcomes = said.get("outcomes") or list(dict.fromkeys(claim.outcome for claim in claims))
    complete = {**said, "outcomes": outcomes}
    if "unit" in said and "period" in said:
        return complete
    how = {name: said[name] for name in ("encoding", "sheet") if name in said}
    table = read_table(path, wanted=outcomes, **how)
    faults: list[Fault] = []
    if "unit" not in said:
        fitting = _unit_columns(table, claims)
        complete["unit"] = _only(fitting, "unit", "the treated units", table, faults)
    if "period" not in said:
        fitting = _period_columns(table, complete["unit"])
        complete["period"] = _only(fitting, "period", "periods", table, faults)
    if faults:
        raise SourceError(faults)
    return complete


def _only(
    fitting: list[str], role: str, holds: str, table: Table, faults: list[Fault]
) -> str | None:
    """The one column that fits; otherwise a fault that names the option to give."""
    if len(fitting) == 1:
        return fitting[0]
    columns = [str(name) for name in table.frame.columns]
    found = (
        f"{len(fitting)} columns could be the {role}: {', '.join(fitting)}"
        if fitting
        else f"no column holds {holds}, so the {role} is not known"
    )
    example = (fitting or columns)[0]
    choices = "" if fitting else f"; the columns are {', '.join(columns)}"
    remedy = f"say which with --{role} {example}{choices}"
    faults.append(Fault(found=found, remedy=remedy, origin=table.origin))
    return None


def _unit_columns(table: Table, claims: Sequence[Claim]) -> list[str]:
    """Columns that hold every treated unit; where none does, those that hold some."""
    texts = {
        str(name): {squash(cell) for cell in table.frame.iloc[:, i]}
        for i, name in enumerate(table.frame.columns)
    }
    treated = {unit for claim in claims for unit in claim.units}
    whole = [name for name, cells in texts.items() if treated <= cells]
    return whole or [name for name, cells in texts.items() if treated & cells]


def _period_columns(table: Table, unit: str | None) -> list[str]:
    """Columns whose cells are written as dated periods."""
    fitting = []
    for i, name in enumerate(table.frame.columns):
        filled = [cell for cell in table.frame.iloc[:, i].dropna() if squash(cell)]
        if str(name) != unit and filled and sum(map(_dated, filled)) >= _MOSTLY * len(filled):
            fitting.append(str(name))
    return fitting


def _dated(cell: object) -> bool:
    """Whether a cell is a period that nobody would take for a measurement."""
    found = readings(cell)
    year = int(found["year"]) if "year" in found else 2000
    return bool(set(found) - {"integer"}) and 1900 <= year <= 2100

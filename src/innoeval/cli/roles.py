"""What each column of a panel's file is for: said by options, or read off where only one fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from innoeval.errors import Fault, SourceError
from innoeval.records.claim import Claim
from innoeval.sources.labels import readings
from innoeval.tables import Table, read_table, squash

#: Share of a column's filled cells that must be dated periods; a row of totals is none.
_MOSTLY = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Columns of a panel's file, as the options of the command line name them.

    Parameters
    ----------
    unit, period
        Key columns; None to be read off the file.
    outcomes
        Metrics; empty for those that the claims name.
    balancing
        Texts such as "reopened=lower".
    numerator, denominator, version, neighbour
        As in `read_panel`.
    """

    unit: str | None = None
    period: str | None = None
    outcomes: tuple[str, ...] = ()
    balancing: tuple[str, ...] = ()
    numerator: str | None = None
    denominator: str | None = None
    version: str | None = None
    neighbour: str | None = None

    def arguments(self) -> dict[str, Any]:
        """The roles as `read_panel` takes them."""
        named = {"numerator": self.numerator, "denominator": self.denominator,
                 "version": self.version, "neighbour": self.neighbour}  # fmt: skip
        return {
            "unit": self.unit,
            "period": self.period,
            "outcomes": list(self.outcomes),
            "balancing": directions(self.balancing),
            **{role: column for role, column in named.items() if column is not None},
        }


def directions(balancing: Sequence[str]) -> dict[str, str]:
    """Balancing measures and which way is better.

    Raises
    ------
    SourceError
        For a text that is not of the form "metric=lower" or "metric=higher".

    Examples
    --------
    >>> directions(["reopened=lower", "satisfaction=higher"])
    {'reopened': 'lower', 'satisfaction': 'higher'}
    """
    pairs = [(text, *map(str.strip, text.rpartition("=")[::2])) for text in balancing]
    faults = [
        Fault(
            found=f"--balancing {text}",
            remedy="write metric=lower or metric=higher, whichever is better",
        )
        for text, metric, better in pairs
        if not metric or better not in {"lower", "higher"}
    ]
    if faults:
        raise SourceError(faults)
    return {metric: better for _, metric, better in pairs}


def settled(roles: Roles, path: Path, claims: Sequence[Claim]) -> Roles:
    """The roles with what was left out filled in, where the file allows one reading only.

    Parameters
    ----------
    roles
        What the options say.
    path
        The panel's file.
    claims
        Their outcomes and treated units tell the columns apart.

    Raises
    ------
    SourceError
        Naming the options to give, where none or several columns would fit.
    """
    outcomes = roles.outcomes or tuple(dict.fromkeys(claim.outcome for claim in claims))
    if roles.unit is not None and roles.period is not None:
        return replace(roles, outcomes=outcomes)
    table = read_table(path, wanted=outcomes)
    faults: list[Fault] = []
    unit = roles.unit or _only(_unit_columns(table, claims), "unit", "the treated units",
                               table, faults)  # fmt: skip
    period = roles.period or _only(_period_columns(table, unit), "period", "periods",
                                   table, faults)  # fmt: skip
    if faults:
        raise SourceError(faults)
    return replace(roles, unit=unit, period=period, outcomes=outcomes)


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
    faults.append(
        Fault(
            found=found, remedy=f"say which with --{role} {example}{choices}", origin=table.origin
        )
    )
    return None


def _unit_columns(table: Table, claims: Sequence[Claim]) -> list[str]:
    """Columns that hold every treated unit; a single claim's, where no column holds them all."""
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

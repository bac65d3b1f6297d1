"""The errors that innoeval raises: what was found, what is needed, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

#: So many faults of one message are written out; the rest are counted.
SHOWN = 20
#: Letters of a name that a list of names shows.
LONGEST = 60


class InnoevalError(Exception):
    """Root of every error that innoeval raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with an input, and where it stands.

    Parameters
    ----------
    found
        What stands there, in plain words.
    remedy
        What to do about it.
    origin
        File (or "the data frame") that holds it.
    rows
        Row numbers as a spreadsheet shows them; the header is row 1.
    column
        Column that holds it.

    Examples
    --------
    >>> print(Fault(found="'3O' is not a number", remedy="write 30", origin="a.csv",
    ...             rows=(7,), column="days"))
    a.csv, row 7, column 'days': '3O' is not a number; write 30
    """

    found: str
    remedy: str
    origin: str = ""
    rows: tuple[int, ...] = ()
    column: str = ""

    def __str__(self) -> str:
        places = [self.origin] if self.origin else []
        if self.rows:
            shown = ", ".join(str(row) for row in self.rows[:5])
            rest = f" and {len(self.rows) - 5} more" if len(self.rows) > 5 else ""
            places.append(f"row{'s' if len(self.rows) > 1 else ''} {shown}{rest}")
        if self.column:
            places.append(f"column '{self.column}'")
        where = ", ".join(places)
        return f"{where}: {self.found}; {self.remedy}" if where else f"{self.found}; {self.remedy}"


class FaultsError(InnoevalError):
    """An input with one or more faults, all of them listed at once.

    Parameters
    ----------
    faults
        Every fault that was found.
    """

    def __init__(self, faults: tuple[Fault, ...] | list[Fault] | str) -> None:
        self.faults: tuple[Fault, ...] = () if isinstance(faults, str) else tuple(faults)
        self._text = faults if isinstance(faults, str) else _listed(self.faults)
        super().__init__(self._text)

    def __reduce__(self) -> tuple[type[FaultsError], tuple[tuple[Fault, ...] | str]]:
        return type(self), (self.faults or self._text,)


class SourceError(FaultsError):
    """A file or table that cannot be read as what it is said to be."""


class PanelError(FaultsError):
    """A panel that breaks a rule that every panel keeps."""


class ClaimError(FaultsError):
    """A claim that contradicts itself, or the panel that it is held against."""


class DesignError(InnoevalError):
    """A design that was asked to fit data that it cannot fit."""


class BriefError(InnoevalError):
    """A brief or a figure that cannot be written."""


class RecordError(InnoevalError):
    """A saved record that cannot be read back."""


class RunError(FaultsError):
    """A run over many claims that cannot begin, or cannot go on; what is done is kept."""


def nearest(name: str, known: Iterable[str], otherwise: str, most: int = 12) -> str:
    """A near miss for a name, or the list of what is there: the remedy for a name that is not.

    Parameters
    ----------
    name
        The name that was not found.
    known
        The names that are there.
    otherwise
        How the list of them begins.
    most
        So many are listed; the rest are counted.

    Examples
    --------
    >>> nearest("Median days", ["ward", "median_days"], "the columns are")
    "did you mean 'median_days'?"
    >>> nearest("cost", ["ward", "days"], "the columns are")
    'the columns are ward, days'
    """
    names = list(known)
    by_lower = {item.casefold(): item for item in reversed(names)}
    near = difflib.get_close_matches(name.casefold(), by_lower, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{by_lower[near[0]]}'?"
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{otherwise} {', '.join(map(_cut, names[:most]))}{rest}"


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}..."


def _listed(faults: tuple[Fault, ...]) -> str:
    """One fault on one line; several as a counted list, capped."""
    if len(faults) == 1:
        return str(faults[0])
    lines = [f"{len(faults)} faults:"] + [f"  - {fault}" for fault in faults[:SHOWN]]
    if len(faults) > SHOWN:
        lines.append(f"  ... and {len(faults) - SHOWN} more")
    return "\n".join(lines)

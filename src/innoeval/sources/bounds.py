"""Small numbers that a table hides behind a mark such as "<5": missing, with what they can be."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from innoeval.records.freeze import Floats
from innoeval.tables import Table, distinct, squash

_BOUND = re.compile(r"(?P<sign><=?|≤|=<) ?(?P<most>[0-9]+(?:\.[0-9]+)?)")


def bounded_marks(table: Table, names: Iterable[str]) -> dict[str, None]:
    """Every mark of some columns that says how large the hidden number can be.

    Parameters
    ----------
    table
        The table.
    names
        Its columns of figures.
    """
    cells = (squash(cell) for name in names for cell in distinct(table.frame[name])[1])
    return {cell: None for cell in cells if _BOUND.fullmatch(cell)}


def bounds_of(table: Table, name: str, values: Floats) -> tuple[Floats, Floats] | None:
    """What each cell of a column can be at least and at most; None where nothing is hidden.

    A number hidden behind "<5" is from 0 to 4 where the column holds whole numbers, and below 5
    where it does not: whether noughts are hidden too, such a mark does not say.

    Parameters
    ----------
    table
        The table.
    name
        The column.
    values
        Its numbers, `nan` where hidden or missing, shape (rows,).
    """
    codes, cells = distinct(table.frame[name])
    found = [_BOUND.fullmatch(squash(cell)) for cell in cells]
    if not any(found):
        return None
    known = values[np.isfinite(values)]
    whole = bool((known == np.round(known)).all())
    most = np.array([np.nan if match is None else _most(match, whole=whole) for match in found])
    hidden = np.append(most, np.nan)[codes]
    marked = np.isfinite(hidden)
    return np.where(marked, 0.0, values), np.where(marked, hidden, values)


def _most(match: re.Match[str], *, whole: bool) -> float:
    most = float(match["most"])
    return most - 1 if match["sign"] == "<" and whole and most >= 1 else most

"""The table: columns of cells as they were found, before anything is read into them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innoeval.errors import Fault, SourceError, nearest

if TYPE_CHECKING:
    import numpy.typing as npt

#: The header is looked for in so many rows.
_HEADER_WITHIN = 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Cells as a file holds them, and where each row stands in it.

    Parameters
    ----------
    frame
        One column per named column; cells of a text file are text, those of other files keep
        their type. Blank rows are gone.
    rows
        Row number of each row as a spreadsheet shows it, shape (rows,).
    origin
        The file's name, or "the data frame".
    delimiter
        What separates cells in a text file; None for other sources.
    overlong
        Positions of rows that have more filled cells than the header.
    notes
        What was left out so far, in plain sentences.
    """

    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    origin: str
    delimiter: str | None = None
    overlong: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def faults_of_columns(self, needed: Iterable[str]) -> list[Fault]:
        """What is wrong with the columns that are needed: absent, or there more than once."""
        have = [str(name) for name in self.frame.columns]
        faults = []
        for name in dict.fromkeys(needed):
            if have.count(name) > 1:
                found = f"the column '{name}' stands there {have.count(name)} times"
                faults.append(Fault(found=found, remedy="rename all but one", origin=self.origin))
            elif name not in have:
                found = f"there is no column '{name}'"
                remedy = nearest(name, have, "the columns are")
                faults.append(Fault(found=found, remedy=remedy, origin=self.origin))
        return faults

    def keep(self, rows: npt.NDArray[np.bool_], note: str) -> Table:
        """The table with some rows only, and a note that says which others were left out."""
        return Table(
            frame=self.frame[rows].reset_index(drop=True),
            rows=self.rows[rows],
            origin=self.origin,
            delimiter=self.delimiter,
            overlong=tuple(np.flatnonzero(np.isin(np.flatnonzero(rows), self.overlong)).tolist()),
            notes=(*self.notes, note),
        )


def squash(cell: object) -> str:
    r"""A cell's text with every run of spaces, no-break and thin ones too, as one space.

    Examples
    --------
    >>> squash(" North\u00a0 East\u2009")
    'North East'
    """
    return " ".join(str(cell).replace("\u200b", "").replace("\ufeff", "").split())


def quoted(cell: object) -> str:
    """A cell in quotation marks, for a message; a long one is cut.

    Examples
    --------
    >>> quoted(" x"), quoted("a" * 50)
    ("'x'", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'")
    """
    text = squash(cell)
    return f"'{text}'" if len(text) <= 40 else f"'{text[:40]}...'"


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing."""
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return True
    if isinstance(cell, str):
        return not cell.strip() if cell.isascii() else not squash(cell)
    return isinstance(cell, float) and cell != cell  # noqa: PLR0124 - the test for "not a number"


def distinct(cells: pd.Series) -> tuple[npt.NDArray[np.int64], list[Any]]:
    """Place of each cell among the distinct ones, −1 where it is blank; and the distinct ones."""
    plain = cells.astype(object).where(cells.notna(), None)
    try:
        codes, values = pd.factorize(plain)
    except TypeError:  # a data frame may hold lists, which cannot be told apart by hash
        codes, values = pd.factorize(plain.map(lambda cell: cell if cell is None else str(cell)))
    kept = np.array([not is_blank(value) for value in values], dtype=bool)
    place = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
    return place[codes], [value for value, keep in zip(values, kept, strict=True) if keep]


def table_of_frame(frame: pd.DataFrame, wanted: Collection[str], origin: str) -> Table:
    """A data frame as a table; named index levels that are wanted become columns.

    Parameters
    ----------
    frame
        Any data frame; it is not changed.
    wanted
        Names of the columns that will be asked for.
    origin
        What to call it.

    Raises
    ------
    SourceError
        Where there is no row.
    """
    names = [str(column) for column in frame.columns]
    levels = [i for i, level in enumerate(frame.index.names)
              if level is not None and str(level) in wanted and str(level) not in names]  # fmt: skip
    columns = [pd.Series(frame.index.get_level_values(i).to_numpy()) for i in levels]
    names = [str(frame.index.names[i]) for i in levels] + names
    columns += [frame.iloc[:, i].reset_index(drop=True) for i in range(frame.shape[1])]
    plain = pd.concat(columns, axis=1) if columns else pd.DataFrame()
    plain.columns = pd.Index(names, dtype=object)
    if plain.empty:
        raise SourceError([Fault(found="there is no row of data", remedy="give at least one",
                                 origin=origin)])  # fmt: skip
    filled = plain.notna().any(axis=1).to_numpy(dtype=bool)
    table = Table(frame=plain, rows=np.arange(len(plain), dtype=np.int64) + 2, origin=origin)
    return table if filled.all() else table.keep(filled, _counted(int((~filled).sum())))


def table_of_cells(
    cells: Sequence[Sequence[object]],
    wanted: Collection[str],
    origin: str,
    delimiter: str | None = None,
) -> Table:
    """Rows of cells as a table: the header found, blank rows left out.

    Parameters
    ----------
    cells
        Every row of a file from its first on, the empty ones too.
    wanted
        Names by which the header is known: the row that holds most of them, among the first few.
    origin
        The file's name.
    delimiter
        What separated the cells, in a text file.

    Raises
    ------
    SourceError
        Where there is no header, or nothing below it.
    """
    header = _header(cells, wanted)
    if header is None:
        raise SourceError([Fault(found="there is nothing in it", origin=origin,
                                 remedy="give a file with a header and rows of data")])  # fmt: skip
    names = [squash("" if is_blank(cell) else cell) for cell in cells[header]]
    while names and not names[-1]:
        names.pop()
    width = len(names)
    body = cells[header + 1 :]
    at = [i for i, row in enumerate(body) if not all(is_blank(cell) for cell in row)]
    if not at:
        raise SourceError([Fault(found="there is a header and no row of data below it",
                                 remedy="give at least one row", origin=origin)])  # fmt: skip
    overlong = tuple(
        place for place, i in enumerate(at)
        if len(body[i]) > width and not all(is_blank(cell) for cell in body[i][width:])
    )  # fmt: skip
    blank = "" if delimiter else None
    rows = [body[i] if len(body[i]) == width else _fitted(body[i], width, blank) for i in at]
    columns = [
        pd.Series(column, dtype="str" if delimiter else object)
        for column in zip(*rows, strict=True)
    ]
    frame = pd.concat(columns, axis=1)
    frame.columns = pd.Index(names, dtype=object)
    notes = []
    if above := sum(not all(is_blank(cell) for cell in row) for row in cells[:header]):
        notes.append(
            f"The header stands in row {header + 1}; {above} row{'s' * (above > 1)} above it "
            f"{'were' if above > 1 else 'was'} left out."
        )
    if between := sum(i < at[-1] for i in range(len(body))) + 1 - len(at):
        notes.append(_counted(between))
    return Table(
        frame=frame.loc[:, [bool(name) for name in names]],
        rows=np.array(at, dtype=np.int64) + header + 2,
        origin=origin,
        delimiter=delimiter,
        overlong=overlong,
        notes=tuple(notes),
    )


def _header(cells: Sequence[Sequence[object]], wanted: Collection[str]) -> int | None:
    """Position of the row that names most of the wanted columns; else of the first filled row."""
    names = set(wanted)
    filled = [i for i, row in enumerate(cells[:_HEADER_WITHIN]) if not all(map(is_blank, row))]
    if not filled:
        filled = [i for i, row in enumerate(cells) if not all(map(is_blank, row))][:1]
    if not filled:
        return None
    return max(filled, key=lambda i: (hits(cells[i], names), -i))


def hits(row: Sequence[object], names: Collection[str]) -> int:
    """How many of some names a row holds as cells."""
    return len({squash(cell) for cell in row if not is_blank(cell)} & set(names))


def _fitted(row: Sequence[object], width: int, blank: str | None) -> list[object]:
    return [*row[:width], *[blank] * (width - len(row))]


def _counted(n: int) -> str:
    return f"{n} blank row{'s were' if n > 1 else ' was'} left out."

"""Figures as people write them: thousands, decimal commas, per cent, marks for hidden cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from innoeval.errors import Fault
from innoeval.tables.table import Table, squash

if TYPE_CHECKING:
    import numpy.typing as npt

Decimal = Literal[".", ","]
Suppressed = Literal["missing"] | Mapping[str, float | None]

#: Words that say "no value here" and nothing else.
MISSING = frozenset({"", "na", "n/a", "n.a.", "#n/a", "nan", "null", "none", "<na>", "missing"})

_INFINITE = re.compile(r"[+-]?(?:inf|infinity|∞)", re.IGNORECASE)
#: Marks that official tables put where a value is hidden, too small, nil or not known: which of
#: these is meant, only their author can say.
_MARK = re.compile(r"\*+|-+|–|—|\.{1,3}|…|:|#|\?+|\[\w{1,4}\]|\([a-z]{1,2}\)|[<>≤≥]=? ?[0-9.,]+")
_WORDS = frozenset({"x", "c", "suppressed", "redacted", "hidden"})
_PLAIN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_SPACED = re.compile(r"[+-]?[0-9]{1,3}(?:[ '’][0-9]{3})+(?:[.,][0-9]*)?")
_GROUPED = {
    ".": re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?"),
    ",": re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]*)?(?:[eE][+-]?[0-9]+)?"),
}  # fmt: skip


@dataclass(slots=True)
class Reading:
    """Columns read as numbers, what could not be read, and what was done to read the rest."""

    columns: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def decimal_sign(text: str) -> Decimal | Literal["either", "none"]:
    """Which decimal sign a figure shows: "." or ",", "none" where it has none, "either" in doubt.

    Examples
    --------
    >>> [decimal_sign(t) for t in ("12,5", "1.234,5", "1,234,567", "0,125", "1,234", "12")]
    [',', ',', '.', ',', 'either', 'none']
    """
    bare = text.lstrip("+-")
    points, commas = bare.count("."), bare.count(",")
    if points and commas:
        return "." if bare.rfind(".") > bare.rfind(",") else ","
    if not points and not commas:
        return "none"
    if points > 1 or commas > 1:
        return "," if points else "."
    if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", bare):
        return "either"
    return "." if points else ","


def figure(text: str, decimal: Decimal) -> float | None:
    """One figure under a decimal sign; None where it is not one.

    Examples
    --------
    >>> figure("1.234,5", ","), figure("1 234", "."), figure("12 34", ".")
    (1234.5, 1234.0, None)
    """
    plain = text.replace("−", "-")
    if _SPACED.fullmatch(plain):
        plain = re.sub(r"[ '’]", "", plain)
    if not _GROUPED[decimal].fullmatch(plain):
        leading = re.fullmatch(r"([+-]?)([.,])([0-9]+)", plain)
        if leading is None or leading[2] != decimal:
            return None
        plain = f"{leading[1]}0{decimal}{leading[3]}"
    thousands = "," if decimal == "." else "."
    return float(plain.replace(thousands, "").replace(decimal, "."))


@dataclass(slots=True, eq=False)
class _Column:
    """One column on its way: its distinct texts, what each was read as, and which are left."""

    name: str
    table: Table
    values: npt.NDArray[np.float64]  # of cells that are numbers already
    codes: npt.NDArray[np.int64]  # cell -> its text; −1 where it is a number already
    texts: list[str]
    left: npt.NDArray[np.bool_]  # texts that no rule has taken yet
    read: npt.NDArray[np.float64]
    percent: bool = False

    def rows(self, wanted: Iterable[int]) -> tuple[int, ...]:
        """Row numbers of the cells that hold some of the texts."""
        return tuple(self.table.rows[np.isin(self.codes, list(wanted))].tolist())

    def take(self, at: int, value: float) -> None:
        """Read one text as a value."""
        self.left[at], self.read[at] = False, value

    def fault(self, found: str, remedy: str, wanted: Iterable[int]) -> Fault:
        """A fault at the cells that hold some of the texts."""
        return Fault(found=found, remedy=remedy, origin=self.table.origin, column=self.name,
                     rows=self.rows(wanted))  # fmt: skip

    def remaining(self) -> list[int]:
        """Texts that no rule has taken yet."""
        return [int(i) for i in np.flatnonzero(self.left)]

    @property
    def numbers(self) -> npt.NDArray[np.float64]:
        """The cells as numbers."""
        return np.where(self.codes < 0, self.values, np.append(self.read, np.nan)[self.codes])


def read_figures(
    table: Table,
    names: Iterable[str],
    *,
    decimal: Decimal | None = None,
    suppressed: Suppressed | None = None,
) -> Reading:
    """Columns of a table as numbers.

    Read without asking: plain figures; thousands set off by spaces, thin spaces or apostrophes;
    points and commas where another cell of the column (or else of the other columns) shows which
    is the decimal sign, or where commas separate the cells of the file; a column in per cent
    throughout ("15 %" is 15). Empty cells and words such as "n/a" are missing, never zero.

    Parameters
    ----------
    table
        The table.
    names
        Its columns to read.
    decimal
        The decimal sign, where the file does not show it.
    suppressed
        What marks such as "*" or "<5" stand for: "missing", or a mapping from mark to value.

    Returns
    -------
    A `Reading`; faults name the rows and the argument to give.
    """
    out = Reading()
    columns = [_distinct(table, name) for name in names]
    shown: dict[str, set[str]] = {}
    for column in columns:
        _take_missing(column, suppressed, out)
        _take_percent(column, out)
        shown[column.name] = {_sign_of(column.texts[i]) for i in column.remaining()}
    elsewhere = set().union(*shown.values()) & {".", ","}
    for column in columns:
        sign = decimal or _settled(column, shown[column.name], elsewhere, out)
        if sign is not None:
            _convert(column, sign, out)
        out.columns[column.name] = column.numbers
        if empty := int(np.isnan(column.numbers).sum()):
            out.notes.append(
                f"{empty} of {len(column.numbers)} cells of '{column.name}' have no value and "
                "count as missing, not as zero."
            )
    return out


def figure_like(text: str) -> bool:
    """Whether a text is a figure under one decimal sign or the other."""
    return figure(text, ".") is not None or figure(text, ",") is not None


def _sign_of(text: str) -> str:
    return decimal_sign(text) if figure_like(text) else "none"


def _distinct(table: Table, name: str) -> _Column:
    """Numbers taken as they are, and the distinct texts of the rest."""
    series = table.frame[name]
    n = len(series)
    if pd.api.types.is_numeric_dtype(series.dtype):
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return _Column(name, table, values, np.full(n, -1), [], np.zeros(0, bool), np.zeros(0))
    values = np.full(n, np.nan)
    codes = np.full(n, -1, dtype=np.int64)
    cells = series.astype(object).where(series.notna(), "").to_numpy(dtype=object)
    known = np.zeros(n, dtype=bool)
    if not isinstance(series.dtype, pd.StringDtype):
        known = np.array([isinstance(c, (int, float, np.number)) for c in cells], dtype=bool)
        values[known] = [float(cell) for cell in cells[known]]
    codes[~known], distinct = pd.factorize(cells[~known])
    texts = [text if isinstance(text, str) and text.isascii() and text.isalnum() else squash(text)
             for text in distinct]  # fmt: skip
    return _Column(name, table, values, codes, texts, np.ones(len(texts), bool),
                   np.full(len(texts), np.nan))  # fmt: skip


def _take_missing(column: _Column, suppressed: Suppressed | None, out: Reading) -> None:
    """Empty cells and words for them; marks as the reader was told to read them."""
    given = {} if suppressed is None or isinstance(suppressed, str) else {
        squash(mark): np.nan if value is None else float(value)
        for mark, value in suppressed.items()
    }  # fmt: skip
    asked: dict[str, int] = {}
    for at in column.remaining():
        text = column.texts[at]
        if text in given:
            column.take(at, given[text])
            value = "missing" if np.isnan(given[text]) else f"{given[text]:g}"
            out.notes.append(
                f"'{text}' in '{column.name}' was read as {value} "
                f"({len(column.rows([at]))} cells), as suppressed= says."
            )
        elif text.casefold() in MISSING:
            column.take(at, np.nan)
        elif (not text[0].isalnum() and _MARK.fullmatch(text)) or text.casefold() in _WORDS:
            column.take(at, np.nan)
            asked[text] = at
    if not asked:
        return
    marks = ", ".join(f"'{text}' {len(column.rows([at]))}" for text, at in asked.items())
    n = len(column.rows(asked.values()))
    if suppressed == "missing":
        out.notes.append(
            f"{n} cells of '{column.name}' hold marks ({marks}) and were read as missing."
        )
        return
    first, last = next(iter(asked)), list(asked)[-1]
    one = f'suppressed={{"{first}": None' + (f', "{last}": 0' if last != first else "") + "}"
    out.faults.append(
        column.fault(
            f"{n} cell{'s hold' if n > 1 else ' holds'} marks instead of numbers ({marks})",
            f'say suppressed="missing" to read them as missing, or mark by mark, such as {one}',
            asked.values(),
        )
    )


def _take_percent(column: _Column, out: Reading) -> None:
    """Signs of per cent dropped where every figure has one."""
    left = column.remaining()
    signed = [at for at in left if column.texts[at].endswith("%")]
    if not signed:
        return
    bare = [at for at in left if at not in set(signed) and _sign_of(column.texts[at]) != "none"]
    bare += [at for at in left if column.texts[at].isdecimal()]
    if bare or np.isfinite(column.values).any():
        out.faults.append(
            column.fault(
                f"some figures are in per cent ('{column.texts[signed[0]]}') and others are not",
                "write all of them in one way",
                signed,
            )
        )
        for at in left:
            column.take(at, np.nan)
        return
    for at in signed:
        column.texts[at] = column.texts[at][:-1].rstrip()
    out.notes.append(f"'{column.name}' is in per cent: 15 % was read as 15.")


def _settled(column: _Column, own: set[str], elsewhere: set[str], out: Reading) -> Decimal | None:
    """The decimal sign of a column, if anything settles it; else a fault that asks for it."""
    signs = own & {".", ","}
    if len(signs) == 2:
        at = [i for i in column.remaining() if _sign_of(column.texts[i]) == ","]
        other = next(i for i in column.remaining() if _sign_of(column.texts[i]) == ".")
        out.faults.append(
            column.fault(
                f"'{column.texts[at[0]]}' has a decimal comma and '{column.texts[other]}' a point",
                "write all figures in one way",
                at,
            )
        )
        return None
    if signs:
        return "," if "," in signs else "."
    if "either" not in own:
        return "."
    if len(elsewhere) == 1:
        return "," if "," in elsewhere else "."
    doubtful = [i for i in column.remaining() if _sign_of(column.texts[i]) == "either"]
    example = column.texts[doubtful[0]]
    if column.table.delimiter == ",":
        out.notes.append(
            f"'{example}' in '{column.name}' was read as {figure(example, '.'):g}: "
            "commas separate the cells of this file, so that they are no decimal signs."
        )
        return "."
    out.faults.append(
        column.fault(
            f"'{example}' can be {figure(example, '.'):g} or {figure(example, ','):g}",
            'say which sign comes before decimals: decimal="." or decimal=","',
            doubtful,
        )
    )
    return None


def _convert(column: _Column, sign: Decimal, out: Reading) -> None:
    """Every text that is left as a number; those that are none become faults."""
    left = column.remaining()
    texts = pd.Series([column.texts[i] for i in left], dtype="str")
    plain = texts.str.fullmatch(_PLAIN if sign == "." else r"[+-]?[0-9]+").to_numpy(dtype=bool)
    easy = np.array(left, dtype=np.int64)[plain]
    column.read[easy] = texts[plain].astype("float64").to_numpy()
    column.left[easy] = False
    unreadable = []
    for at in column.remaining():
        value = figure(column.texts[at], sign)
        if value is None and _INFINITE.fullmatch(column.texts[at]):
            value = np.inf
        column.take(at, np.nan if value is None else value)
        if value is None:
            unreadable.append(at)
    remedy = "write a number, or leave the cell empty where there is none"
    if len(unreadable) > 5:
        some = ", ".join(f"'{column.texts[at]}'" for at in unreadable[:3])
        n = len(column.rows(unreadable))
        out.faults.append(
            column.fault(f"{n} cells are not numbers ({some} ...)", remedy, unreadable)
        )
        return
    for at in unreadable:
        text = column.texts[at]
        hint = f'{remedy}; if it marks a hidden value, say suppressed={{"{text}": None}}'
        out.faults.append(column.fault(f"'{text}' is not a number", hint, [at]))

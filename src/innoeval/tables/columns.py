"""Columns of figures: one decimal sign for all, per cent, and marks for hidden cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from innoeval.errors import Fault
from innoeval.tables.figures import GRAMMAR, Decimal, figure, unspaced
from innoeval.tables.table import Table, distinct, quoted, squash

if TYPE_CHECKING:
    import numpy.typing as npt

Suppressed = Literal["missing"] | Mapping[str, float | None]


#: Words that say "no value here" and nothing else.
_MISSING = frozenset({"", "na", "n/a", "n.a.", "#n/a", "nan", "null", "none", "<na>", "missing"})
_INFINITE = re.compile(r"[+-]?(?:inf|infinity|∞)", re.IGNORECASE)
#: Marks that official tables put where a value is hidden, too small, nil or not known: which of
#: these is meant, only their author can say.
_MARK = re.compile(
    r"\*+|-+|–|—|\.{1,3}|…|:|#|\?+|\[\w{1,4}\]|\([a-z]{1,2}\)|[<>≤≥]=? ?[0-9.,]+|x|c"
    r"|suppressed|redacted|hidden",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Reading:
    """Columns read as numbers, what could not be read, and what was done to read the rest."""

    columns: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Column:
    """One column on its way: its distinct texts, what each was read as, and which are left."""

    name: str
    table: Table
    values: npt.NDArray[np.float64]  # of cells that are numbers already
    codes: npt.NDArray[np.int64]  # cell -> its text; −1 where it is a number already
    texts: npt.NDArray[np.object_]
    left: npt.NDArray[np.bool_] = field(init=False)  # texts that no rule has taken yet
    read: npt.NDArray[np.float64] = field(init=False)
    point: npt.NDArray[np.bool_] = field(init=False)  # texts that are figures with a point ...
    comma: npt.NDArray[np.bool_] = field(init=False)  # ... or with a decimal comma
    plain: npt.NDArray[np.bool_] = field(init=False)  # texts with neither sign

    def __post_init__(self) -> None:
        self.left = np.ones(len(self.texts), dtype=bool)
        self.read = np.full(len(self.texts), np.nan)
        self.fit()

    def fit(self) -> None:
        """Which texts are figures, and under which decimal sign."""
        texts = pd.Series(self.texts, dtype="str")
        self.point, self.comma = (
            texts.str.fullmatch(GRAMMAR[sign]).to_numpy(dtype=bool) for sign in GRAMMAR
        )
        self.plain = ~texts.str.contains("[.,]").to_numpy(dtype=bool)

    def showing(self, sign: Literal[".", ",", "either"]) -> npt.NDArray[np.int64]:
        """Texts that show a decimal sign, or leave it open."""
        mask = {
            ".": self.point & ~self.comma,
            ",": self.comma & ~self.point,
            "either": self.point & self.comma & ~self.plain,
        }[sign]
        return np.flatnonzero(mask & self.left)

    def words(self) -> list[int]:
        """Texts that are left and no figures."""
        return [int(i) for i in np.flatnonzero(self.left & ~self.point & ~self.comma)]

    def take(self, at: int, value: float) -> None:
        """Read one text as a value."""
        self.left[at], self.read[at] = False, value

    def count(self, which: Iterable[int]) -> int:
        """How many cells hold some of the texts."""
        return int(np.isin(self.codes, list(which)).sum())

    def fault(self, found: str, remedy: str, which: Iterable[int]) -> Fault:
        """A fault at the cells that hold some of the texts."""
        rows = tuple(self.table.rows[np.isin(self.codes, list(which))].tolist())
        return Fault(found=found, remedy=remedy, origin=self.table.origin, column=self.name,
                     rows=rows)  # fmt: skip

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
    for column in columns:
        if isinstance(suppressed, Mapping):
            _take_given(column, suppressed, out)
        _take_missing(column, suppressed == "missing", out)
        _take_percent(column, out)
    shown = {sign for sign in GRAMMAR if any(len(column.showing(sign)) for column in columns)}
    for column in columns:
        sign = decimal or _settled(column, shown, out)
        if sign is not None:
            _convert(column, sign, out)
        numbers = out.columns[column.name] = column.numbers
        if empty := int(np.isnan(numbers).sum()):
            out.notes.append(
                f"{empty} of {len(numbers)} cells of '{column.name}' "
                f"{'have' if empty > 1 else 'has'} no value: missing, not zero."
            )
    return out


def _distinct(table: Table, name: str) -> _Column:
    """Numbers taken as they are, and the distinct texts of the rest."""
    series = table.frame[name]
    n = len(series)
    if pd.api.types.is_numeric_dtype(series.dtype):
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return _Column(name, table, values, np.full(n, -1), np.empty(0, dtype=object))
    cells = series.astype(object).where(series.notna(), "").to_numpy(dtype=object)
    known = np.zeros(n, dtype=bool)
    if not isinstance(series.dtype, pd.StringDtype):
        known = np.array([isinstance(c, (int, float, np.number)) for c in cells], dtype=bool)
    values, codes = np.full(n, np.nan), np.full(n, -1, dtype=np.int64)
    values[known] = [_float(cell) for cell in cells[known]]
    codes[~known], found = distinct(pd.Series(cells[~known], dtype=object))
    texts = np.array([str(text) for text in found], dtype=object)
    odd = ~pd.Series(texts, dtype="str").str.fullmatch("[-+0-9.,eE]+").to_numpy(dtype=bool)
    texts[odd] = [unspaced(squash(text)) for text in texts[odd]]
    return _Column(name, table, values, codes, texts)


def _float(cell: float) -> float:
    """A number of a workbook or frame; a whole one of 309 digits and more is infinite."""
    try:
        return float(cell)
    except OverflowError:
        return np.inf if cell > 0 else -np.inf


def _take_given(column: _Column, given: Mapping[str, float | None], out: Reading) -> None:
    """Marks that stand for what the caller says, numbers such as 999 among them."""
    for mark, value in given.items():
        meant = np.nan if value is None else float(value)
        at = np.flatnonzero(column.texts == unspaced(squash(mark)))
        number = figure(squash(mark), ".")
        same = column.values == (np.nan if number is None else number)
        n = column.count(at) + int(same.sum())
        column.values[same] = meant
        for i in at:
            column.take(int(i), meant)
        if n:
            word = "missing" if value is None else f"{meant:g}"
            out.notes.append(
                f"{n} cell{'s' * (n > 1)} of '{column.name}' with '{mark}' "
                f"{'were' if n > 1 else 'was'} read as {word}, as suppressed= says."
            )


def _take_missing(column: _Column, hidden_is_missing: bool, out: Reading) -> None:  # noqa: FBT001 - read once, just above
    """Empty cells and words for them; marks, where the caller says that they hide a value."""
    marks: dict[str, int] = {}
    for at in column.words():
        text = column.texts[at]
        if text.casefold() in _MISSING:
            column.take(at, np.nan)
        elif _MARK.fullmatch(text):
            column.take(at, np.nan)
            marks[text] = at
    if not marks:
        return
    n = column.count(marks.values())
    listed = ", ".join(f"{quoted(mark)} ({column.count([at])})" for mark, at in marks.items())
    if hidden_is_missing:
        out.notes.append(
            f"{n} cell{'s' * (n > 1)} of '{column.name}' {'were' if n > 1 else 'was'} read as missing: the marks "
            f"{listed}, as suppressed= says."
        )
        return
    example = f"suppressed={{{quoted(next(iter(marks)))}: None}}"
    out.faults.append(
        column.fault(
            f"{n} cell{'s hold' if n > 1 else ' holds'} a mark instead of a number: {listed}",
            'say suppressed="missing" to read marks as missing, or what each stands for, '
            f"such as {example}",
            marks.values(),
        )
    )


def _take_percent(column: _Column, out: Reading) -> None:
    """Signs of per cent dropped where every figure has one."""
    signed = [at for at in column.words() if column.texts[at].endswith("%")]
    if not signed:
        return
    bare = column.left & (column.point | column.comma)
    if bare.any() or np.isfinite(column.values).any():
        example = column.texts[signed[0]]
        out.faults.append(
            column.fault(
                f"some figures are in per cent ({quoted(example)}) and others are not",
                "write all of them in one way",
                signed,
            )
        )
        column.left[:] = False
        return
    column.texts[signed] = [unspaced(column.texts[at][:-1].rstrip()) for at in signed]
    column.fit()
    out.notes.append(f"'{column.name}' is in per cent: 15 % was read as 15.")


def _settled(column: _Column, shown: set[Decimal], out: Reading) -> Decimal | None:
    """The decimal sign of a column, if anything settles it; else a fault that asks for it."""
    points, commas, doubtful = (column.showing(sign) for sign in (".", ",", "either"))
    if len(points) and len(commas):
        one, other = column.texts[points[0]], column.texts[commas[0]]
        found = f"{quoted(one)} has a decimal point and {quoted(other)} a decimal comma"
        rarer = min((points, commas), key=column.count)
        out.faults.append(column.fault(found, "write all figures in one way", rarer))
        return None
    if len(commas):
        return ","
    if len(points) or not len(doubtful):
        return "."
    if len(shown) == 1:
        return next(iter(shown))
    example = column.texts[doubtful[0]]
    if column.table.delimiter == ",":
        if "," in example:
            out.notes.append(
                f"'{example}' in '{column.name}' was read as {figure(example, '.'):g}: commas "
                "separate the cells of this file, so that none is a decimal sign."
            )
        return "."
    found = f"'{example}' can be {figure(example, '.'):g} or {figure(example, ','):g}"
    remedy = 'say which sign comes before decimals: decimal="." or decimal=","'
    out.faults.append(column.fault(found, remedy, doubtful))
    return None


def _convert(column: _Column, sign: Decimal, out: Reading) -> None:
    """Every figure that is left as a number; what is none becomes a fault."""
    fitting = column.left & (column.point if sign == "." else column.comma)
    texts = pd.Series(column.texts[fitting], dtype="str")
    texts = texts.str.replace("," if sign == "." else ".", "", regex=False)
    texts = texts.str.replace(sign, ".", regex=False)
    column.read[fitting] = texts.astype("float64").to_numpy()
    column.left[fitting] = False
    unreadable = []
    for at in np.flatnonzero(column.left).tolist():
        infinite = _INFINITE.fullmatch(column.texts[at]) is not None
        column.take(at, np.inf if infinite else np.nan)
        if not infinite:
            unreadable.append(at)
    remedy = "write a number, or leave the cell empty where there is none"
    if len(unreadable) > 5:
        some = ", ".join(quoted(column.texts[at]) for at in unreadable[:3])
        found = f"{column.count(unreadable)} cells are not numbers ({some} ...)"
        out.faults.append(column.fault(found, remedy, unreadable))
        return
    for at in unreadable:
        text = quoted(column.texts[at])
        hint = f"{remedy}; if it marks a hidden value, say suppressed={{{text}: None}}"
        out.faults.append(column.fault(f"{text} is not a number", hint, [at]))

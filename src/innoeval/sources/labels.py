"""One period as exports write it, and every way in which it can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Literal

import numpy as np
import pandas as pd

from innoeval.records.calendar import Frequency, label, ordinal
from innoeval.tables import squash

#: What a label can be read as: a frequency, or a date with its day or its month first.
Kind = Literal[
    "year", "financial_year", "quarter", "month", "week", "integer", "date", "day_first",
    "month_first", "short_month", "short_day_first", "short_month_first",
]  # fmt: skip
Readings = Mapping[Kind, str]

#: The kinds in words.
WORDS: dict[Kind, str] = {
    "year": "a year", "financial_year": "a financial year", "quarter": "a quarter",
    "month": "a month", "week": "a week", "integer": "a whole number", "date": "a date",
    "day_first": "a date with the day first", "month_first": "a date with the month first",
    "short_month": "a month with a year of two digits",
    "short_day_first": "a date with the day first and a year of two digits",
    "short_month_first": "a date with the month first and a year of two digits",
}  # fmt: skip

_MONTHS = {name.casefold(): i for i, name in enumerate(
    ("", "January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December")) if name}  # fmt: skip
_MONTHS |= {name[:3]: i for name, i in _MONTHS.items()} | {"sept": 9}
_NAME = rf"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"

_WRITTEN: tuple[tuple[Kind, str], ...] = (
    ("year", r"(?P<y>\d{4})"),
    ("financial_year", r"(?:FY\s?)?(?P<y>\d{4})\s?[/–-]\s?(?:(?P<c>\d{2}))?(?P<z>\d{2})"),
    ("financial_year", r"FY\s?(?P<s>\d{2})\s?[/–-]\s?(?P<z>\d{2})"),
    ("quarter", r"(?P<y>\d{4})[-/ ]?Q(?P<q>[1-4])"),
    ("quarter", r"Q(?P<q>[1-4])[-/ ]?(?P<y>\d{4})"),
    ("quarter", r"(?P<q>[1-4])Q[-/ ]?(?P<y>\d{4})"),
    ("month", r"(?P<y>\d{4})[-/](?P<m>\d{1,2})"),
    ("month", r"(?P<m>\d{1,2})[-/](?P<y>\d{4})"),
    ("month", r"(?P<y>\d{4})(?P<m>\d{2})"),
    ("month", r"(?P<y>\d{4})[- ]?M(?P<m>\d{1,2})"),
    ("month", rf"(?P<n>{_NAME})[-/, ]*(?P<y>\d{{4}})"),
    ("month", rf"(?P<y>\d{{4}})[-/, ]*(?P<n>{_NAME})"),
    ("short_month", rf"(?P<n>{_NAME})[-/' ]+(?P<s>\d{{2}})"),
    ("week", r"(?P<y>\d{4})[- ]?W(?:eek|k)?[ -]?(?P<w>\d{1,2})"),
    ("week", r"W(?:eek|k)?[ -]?(?P<w>\d{1,2})[-/, ]+(?P<y>\d{4})"),
    ("date", r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"),
    ("date", r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    ("date", rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-/. ]*(?P<n>{_NAME})[-/., ]*(?P<y>\d{{4}})"),
    ("date", rf"(?P<n>{_NAME}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})"),
    ("day_first", r"(?P<d>\d{1,2})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4})"),
    ("month_first", r"(?P<m>\d{1,2})(?P<sep>[-/])(?P<d>\d{1,2})(?P=sep)(?P<y>\d{4})"),
    ("short_day_first", r"(?P<d>\d{1,2})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<s>\d{2})"),
    ("short_month_first", r"(?P<m>\d{1,2})(?P<sep>[-/])(?P<d>\d{1,2})(?P=sep)(?P<s>\d{2})"),
    ("integer", r"[+-]?\d+"),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _WRITTEN)
_TIME = re.compile(
    r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M|Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_OF_PANDAS: dict[str, Frequency] = {
    "Y-DEC": "year", "Y-MAR": "financial_year", "Q-DEC": "quarter", "M": "month", "D": "day",
}  # fmt: skip


def readings(cell: object) -> Readings:
    """Every way in which one cell can be read as a period.

    Parameters
    ----------
    cell
        Text, a whole number, or a date of any kind.

    Returns
    -------
    Kind -> label, with dates as "2023-01-15"; empty where it is no period.

    Examples
    --------
    >>> readings("2011-12")
    {'financial_year': '2011/12', 'month': '2011-12'}
    >>> readings("01/02/2023")
    {'day_first': '2023-02-01', 'month_first': '2023-01-02'}
    >>> readings("Q42010")
    {'quarter': '2010-Q4'}
    """
    if isinstance(cell, pd.Period):
        freq = _OF_PANDAS.get(cell.freqstr, "week" if cell.freqstr.startswith("W") else None)
        day = cell.start_time.date().isoformat()
        if freq is None:
            return {}
        return _dated(day) if freq == "day" else {_kind(freq): label(ordinal(day, freq), freq)}
    if isinstance(cell, (datetime, np.datetime64)):
        moment = pd.Timestamp(cell)
        return _dated(moment.date().isoformat()) if _plausible(moment.year) else {}
    if isinstance(cell, date):
        return _dated(cell.isoformat())
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        cell = int(cell)
    text = _TIME.sub("", re.sub(r"^(\d+)\.0+$", r"\1", squash(cell)))
    found: dict[Kind, str] = {}
    for kind, pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        value = str(int(text)) if kind == "integer" else _value(kind, match)
        if value is not None and kind not in found:
            found |= _dated(value) if kind == "date" else {kind: value}
    return found


def has_time(text: str) -> bool:
    """Whether a label names a time of day other than midnight."""
    found = _TIME.search(text)
    return found is not None and bool(found[0].strip("T 0:.Z+-"))


def _kind(freq: Frequency) -> Kind:
    return "date" if freq == "day" else freq


def _dated(day: str) -> dict[Kind, str]:
    """A date in plain sight fits a column of dates in either order."""
    return {"date": day, "day_first": day, "month_first": day}


def _plausible(year: int) -> bool:
    return 1800 <= year <= 2200


def _value(kind: Kind, match: re.Match[str]) -> str | None:
    """The label of a match, or None where its numbers are no such period."""
    parts = {name: part for name, part in match.groupdict().items() if part}
    year = int(parts["y"]) if "y" in parts else _of_two_digits(int(parts["s"]))
    if not _plausible(year):
        return None
    if kind == "week":
        week = int(parts["w"])
        return _valid(lambda: date.fromisocalendar(year, week, 1)) and f"{year}-W{week:02d}"
    if kind == "financial_year":
        follows = str(year + 1)
        whole = parts.get("c", follows[:2]) + parts["z"] == follows
        return f"{year}/{parts['z']}" if whole else None
    if kind in {"year", "quarter"}:
        return f"{year}-Q{parts['q']}" if "q" in parts else str(year)
    month = _MONTHS[parts["n"].rstrip(".").casefold()] if "n" in parts else int(parts["m"])
    if "d" in parts:
        return _valid(lambda: date(year, month, int(parts["d"])))
    return f"{year}-{month:02d}" if 1 <= month <= 12 else None


def _of_two_digits(year: int) -> int:
    """The year that two digits mean where a column was said to hold months: 69 is 1969."""
    return year + (2000 if year < 69 else 1900)


def _valid(make: Callable[[], date]) -> str | None:
    try:
        return make().isoformat()
    except ValueError:
        return None

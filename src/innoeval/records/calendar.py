"""Periods as numbers: a label such as "2023-Q1" and its place on a time axis."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, get_args

Frequency = Literal["year", "financial_year", "quarter", "month", "week", "day", "integer"]
FREQUENCIES: tuple[Frequency, ...] = get_args(Frequency)

#: How many periods make one cycle of seasons; 1 where no season is known.
CYCLE: dict[Frequency, int] = {
    "year": 1, "financial_year": 1, "quarter": 4, "month": 12, "week": 52, "day": 7, "integer": 1,
}  # fmt: skip

_MONDAY_ONE = date(1970, 1, 5).toordinal()
_EPOCH = date(1970, 1, 1).toordinal()
_PATTERNS: dict[Frequency, str] = {
    "year": r"(\d{4})",
    "financial_year": r"(?:FY\s?)?(\d{4})[/–-](?:\d{2})?(\d{2})",
    "quarter": r"(\d{4})[-\s]?Q([1-4])",
    "month": r"(\d{4})-(\d{1,2})",
    "week": r"(\d{4})-?W(\d{1,2})",
    "day": r"(\d{4})-(\d{1,2})-(\d{1,2})",
    "integer": r"([+-]?\d+)",
}


def ordinal(label: object, freq: Frequency) -> int:
    """Number of a period on the axis of its frequency.

    Parameters
    ----------
    label
        A period's label ("2023-01", "2023-Q1", "2022/23", "2023-W05", 7), or any date inside it.
    freq
        Frequency of the axis.

    Raises
    ------
    ValueError
        Where the label is not a period of that frequency.

    Examples
    --------
    >>> ordinal("2023-02", "month") - ordinal("2022-12", "month")
    2
    >>> ordinal("2023-03-31", "financial_year") == ordinal("2022/23", "financial_year")
    True
    """
    text = str(label).strip()
    match = re.fullmatch(_PATTERNS[freq], text, flags=re.IGNORECASE)
    if match is None:
        return _ordinal_of_date(text, freq)
    parts = [int(part) for part in match.groups()]
    if freq == "financial_year" and parts[1] != (parts[0] + 1) % 100:
        raise ValueError(f"'{text}' does not name two consecutive years")
    if freq in {"integer", "year", "financial_year"}:
        return parts[0]
    if freq == "quarter":
        return parts[0] * 4 + parts[1] - 1
    if freq == "week":
        return _ordinal_of_day(date.fromisocalendar(parts[0], parts[1], 1), freq)
    return _ordinal_of_day(date(parts[0], parts[1], parts[2] if freq == "day" else 1), freq)


def _ordinal_of_date(text: str, freq: Frequency) -> int:
    """Ordinal of the period that holds a date; a month stands for its first day."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ]00:00(?::00(?:\.0+)?)?)?", text)
    if found is None or freq == "integer" or (found[3] is None and freq in {"week", "day"}):
        raise ValueError(f"'{text}' is not a {freq.replace('_', ' ')}")
    return _ordinal_of_day(date(int(found[1]), int(found[2]), int(found[3] or 1)), freq)


def _ordinal_of_day(day: date, freq: Frequency) -> int:
    match freq:
        case "year":
            return day.year
        case "financial_year":
            return day.year if day.month >= 4 else day.year - 1
        case "quarter":
            return day.year * 4 + (day.month - 1) // 3
        case "month":
            return day.year * 12 + day.month - 1
        case "week":
            return (day.toordinal() - _MONDAY_ONE) // 7
        case _:
            return day.toordinal() - _EPOCH


def first_day(number: int, freq: Frequency) -> date:
    """First day of a period; of a plain integer, there is none.

    Raises
    ------
    ValueError
        For the frequency "integer".

    Examples
    --------
    >>> first_day(ordinal("2022/23", "financial_year"), "financial_year")
    datetime.date(2022, 4, 1)
    """
    match freq:
        case "year":
            return date(number, 1, 1)
        case "financial_year":
            return date(number, 4, 1)
        case "quarter":
            return date(number // 4, number % 4 * 3 + 1, 1)
        case "month":
            return date(number // 12, number % 12 + 1, 1)
        case "week":
            return date.fromordinal(_MONDAY_ONE) + timedelta(weeks=number)
        case "day":
            return date.fromordinal(_EPOCH + number)
        case _:
            raise ValueError("a plain integer period has no date")


def label(number: int, freq: Frequency) -> str:
    """Label of a period: the inverse of `ordinal`.

    Examples
    --------
    >>> [label(ordinal(text, freq), freq) for text, freq in
    ...  [("2023-1", "month"), ("2023Q2", "quarter"), ("2022-23", "financial_year")]]
    ['2023-01', '2023-Q2', '2022/23']
    """
    match freq:
        case "integer" | "year":
            return str(number)
        case "financial_year":
            return f"{number}/{(number + 1) % 100:02d}"
        case "quarter":
            return f"{number // 4}-Q{number % 4 + 1}"
        case "month":
            return f"{number // 12}-{number % 12 + 1:02d}"
        case "week":
            year, week, _ = first_day(number, freq).isocalendar()
            return f"{year}-W{week:02d}"
        case _:
            return first_day(number, freq).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A panel's time axis: `n` periods, `step` apart, from `first` on.

    Examples
    --------
    >>> months = Calendar(freq="month", first=ordinal("2022-11", "month"), n=4)
    >>> months.labels
    ('2022-11', '2022-12', '2023-01', '2023-02')
    >>> months.position("2023-01")
    2
    """

    freq: Frequency
    first: int
    n: int
    step: int = 1

    @property
    def labels(self) -> tuple[str, ...]:
        """Every period's label, in order."""
        return _labels(self)

    @property
    def cycle(self) -> int:
        """Periods in one cycle of seasons; 1 where no season is known."""
        whole, rest = divmod(CYCLE[self.freq], self.step)
        return whole if rest == 0 and whole > 1 else 1

    def position(self, period: object) -> int:
        """Place of a period on the axis; may lie outside 0 … n − 1.

        Raises
        ------
        ValueError
            Where the label is not a period of this axis.
        """
        steps, rest = divmod(ordinal(period, self.freq) - self.first, self.step)
        if rest:
            raise ValueError(f"'{period}' lies between two periods of this panel")
        return steps

    def season(self, position: int) -> int:
        """Place of a period in its cycle of seasons: 0 … cycle − 1."""
        return (self.first // self.step + position) % self.cycle


@lru_cache(maxsize=64)
def _labels(calendar: Calendar) -> tuple[str, ...]:
    """Labels of a calendar, written once: they are asked for again and again."""
    return tuple(
        label(calendar.first + i * calendar.step, calendar.freq) for i in range(calendar.n)
    )

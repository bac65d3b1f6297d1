"""A time axis of period labels: which of them are written, and how."""

from __future__ import annotations

import re
from itertools import pairwise

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
#: Width of a letter as a share of the size of the type, generously.
_LETTER = 0.55
_GAP = 0.9


def short(period: str) -> str:
    """A period as it stands on an axis.

    Examples
    --------
    >>> short("2023-01"), short("2023-Q2"), short("2022/23")
    ('Jan 2023', 'Q2 2023', '2022/23')
    """
    if found := _MONTH.fullmatch(period):
        return f"{_MONTHS[int(found[2]) - 1]} {found[1]}"
    if found := _QUARTER.fullmatch(period):
        return f"Q{found[2]} {found[1]}"
    return period


def ticks(periods: tuple[str, ...], width: float, size: float) -> tuple[list[int], list[str]]:
    """Positions and labels that fit beside each other, on round steps of the calendar.

    Parameters
    ----------
    periods
        Label of every period, in order.
    width
        Width of the axis between the first and the last period, in points.
    size
        Size of the type, in points.

    Examples
    --------
    Two years of months on a narrow axis: Januaries and Julies.

    >>> months = tuple(f"{y}-{m:02d}" for y in (2022, 2023) for m in range(1, 13))
    >>> ticks(months, width=220, size=8.5)[1]
    ['Jan 2022', 'Jul 2022', 'Jan 2023', 'Jul 2023']
    """
    labels = [short(period) for period in periods]
    longest = max((len(label) for label in labels), default=1)
    number = [_number(period, place) for place, period in enumerate(periods)]
    steps = _steps(periods)
    for step in steps:
        chosen = [i for i, n in enumerate(number) if n % step == 0]
        if chosen and _apart(chosen, len(periods), width, longest, size):
            return chosen, [labels[i] for i in chosen]
    return [0], labels[:1]


def _apart(chosen: list[int], n: int, width: float, longest: int, size: float) -> bool:
    """Whether the nearest two labels leave a gap between them."""
    nearest = min((b - a for a, b in pairwise(chosen)), default=n)
    return nearest * width / max(n - 1, 1) >= size * (_LETTER * longest + _GAP)


def _number(period: str, place: int) -> int:
    """A count of periods that is 0 modulo a round step where a reader expects a label."""
    if found := _MONTH.fullmatch(period):
        return int(found[1]) * 12 + int(found[2]) - 1
    if found := _QUARTER.fullmatch(period):
        return int(found[1]) * 4 + int(found[2]) - 1
    if re.fullmatch(r"\d{4}", period):
        return int(period)
    return place


def _steps(periods: tuple[str, ...]) -> tuple[int, ...]:
    first = periods[0] if periods else ""
    if _MONTH.fullmatch(first):
        return (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
    if _QUARTER.fullmatch(first):
        return (1, 2, 4, 8, 20, 40, 80, 200)
    return (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)

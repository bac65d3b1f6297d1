"""The axis of a panel's periods: labels to positions, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innoeval.errors import PanelError
from innoeval.records.calendar import Calendar, Frequency, first_day, label, ordinal

if TYPE_CHECKING:
    import numpy.typing as npt

#: pandas' names for our frequencies; a plain integer has none.
_ALIAS: dict[Frequency, str] = {
    "year": "Y", "financial_year": "Y-MAR", "quarter": "Q", "month": "M", "week": "W", "day": "D",
}  # fmt: skip

#: A longer axis is a mistake in a label: so many days are 270 years.
_LONGEST = 100_000


def read_axis(periods: pd.Series, freq: Frequency) -> tuple[Calendar, npt.NDArray[np.int64]]:
    """The axis that some periods lie on, and the position of each; distinct labels are read once.

    Parameters
    ----------
    periods
        A label for each of n rows.
    freq
        What the labels are.

    Raises
    ------
    PanelError
        For a missing period, a label that is none, and an axis too long to be meant.
    """
    codes, labels = _whole(periods) or pd.factorize(periods)
    if (codes < 0).any():
        raise PanelError("a period is missing; every row needs one")
    try:
        known = np.array([ordinal(_text(item), freq) for item in labels], dtype=np.int64)
    except ValueError as error:
        raise PanelError(f"{error}; every period must be a {freq.replace('_', ' ')}") from None
    calendar = _calendar(np.unique(known), freq)
    position = (known - calendar.first) // calendar.step
    in_order = np.array_equal(position, np.arange(len(position)))
    return calendar, codes if in_order else position[codes]


def as_periods(
    calendar: Calendar, codes: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64] | pd.PeriodIndex:
    """Periods at some positions of an axis, as pandas has them."""
    numbers = calendar.first + calendar.step * np.arange(calendar.n)
    if calendar.freq == "integer":
        return numbers[codes]
    days = [first_day(number, calendar.freq) for number in numbers.tolist()]
    index = pd.DatetimeIndex(np.array(days, dtype="datetime64[D]"))
    return pd.PeriodIndex(index.to_period(_ALIAS[calendar.freq]))[codes]


def _whole(
    periods: pd.Series,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None:
    """Whole numbers that lie close together: their places among the distinct ones, and these."""
    if periods.dtype != np.int64:
        return None
    numbers = periods.to_numpy()
    low = numbers.min()
    if numbers.max() - low > _LONGEST:
        return None
    codes = numbers - low
    seen = np.zeros(int(codes.max()) + 1, dtype=bool)
    seen[codes] = True
    labels = np.flatnonzero(seen)
    return (codes if seen.all() else (np.cumsum(seen) - 1)[codes]), labels + low


def _text(item: object) -> str:
    """A period's label; pandas' own periods and dates stand for their first day."""
    if isinstance(item, pd.Period):
        return str(item.start_time.date())
    if isinstance(item, pd.Timestamp):
        return str(item.date())
    if isinstance(item, (float, np.floating)) and float(item).is_integer():
        return str(int(item))
    return str(item)


def _calendar(distinct: npt.NDArray[np.int64], freq: Frequency) -> Calendar:
    step = int(np.gcd.reduce(np.diff(distinct))) if len(distinct) > 1 else 1
    n = int(distinct[-1] - distinct[0]) // step + 1
    if n > _LONGEST:
        raise PanelError(
            f"the periods run from {label(int(distinct[0]), freq)} to {label(int(distinct[-1]), freq)}: "
            f"{n:,} periods, of which {len(distinct):,} have a row; check the first and the last"
        )
    return Calendar(freq=freq, first=int(distinct[0]), n=n, step=step)

"""The series of an interrupted time series: the treated units together, and what it lacks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from innoeval.designs.base import Arrangement, Mask
from innoeval.designs.rates import Totals
from innoeval.records.freeze import Floats

#: Fewest periods of a series in all.
FEWEST = 6
#: Least share of the periods from first to last that has a value.
_DENSE = 0.5
#: Periods that are longer, as an example.
_LONGER = {"day": ", such as weeks", "week": ", such as months", "month": ", such as quarters"}
#: So many periods are named in a sentence; the rest are counted.
_NAMED = 8


class Series(NamedTuple):
    """The treated units together, without missing ends.

    Arrays (n,), `nan` in gaps: `value` in outcome units; `events`, `size`, `scale` and `added` as in
    `innoeval.designs.rates.Totals`. `launch` is the position of the first treated period, `first`
    that of the series in the panel, `units` how many it is of; `trimmed` and `gaps` name the
    periods left out at the ends and missing inside.
    """

    value: Floats
    events: Floats
    size: Floats
    scale: Floats
    launch: int
    first: int
    units: int
    trimmed: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    said: str = ""
    added: Floats | None = None

    @property
    def n(self) -> int:
        """Number of periods from first to last, gaps included."""
        return len(self.value)

    @property
    def present(self) -> Mask:
        """Mask (n,) of the periods that have a value."""
        return np.isfinite(self.value)


def cut(totals: Totals, launch: int, periods: tuple[str, ...], units: int) -> Series:
    """The series from its first to its last period that has a value.

    Parameters
    ----------
    totals
        The treated units together, by period of the panel.
    launch
        Position of the first treated period in the panel.
    periods
        Labels of the panel's periods.
    units
        Number of treated units.
    """
    present = np.flatnonzero(np.isfinite(totals.value))
    first, last = int(present[0]), int(present[-1])
    inside = slice(first, last + 1)
    ends = (*range(first), *range(last + 1, len(totals.value)))
    missing = first + np.flatnonzero(~np.isfinite(totals.value[inside]))
    return Series(
        value=totals.value[inside],
        events=totals.events[inside],
        size=totals.size[inside],
        scale=totals.scale[inside],
        launch=launch - first,
        first=first,
        units=units,
        trimmed=tuple(periods[i] for i in ends),
        gaps=tuple(periods[i] for i in missing),
        said=totals.said,
        added=None if totals.added is None else totals.added[inside],
    )


def one_start(arrangement: Arrangement, periods: tuple[str, ...]) -> tuple[str, ...]:
    """The objection to treated units that start at different times, if they do."""
    launches = arrangement.launches
    if len(launches) == 1:
        return ()
    starts = ", ".join(periods[i] for i in launches)
    return (f"the treated units start in different periods ({starts}); this design needs one",)


def length_objections(value: Floats, launch: int, minimum_side: int) -> tuple[str, ...]:
    """Why these periods make no series that can be judged; empty if they do."""
    present = np.flatnonzero(np.isfinite(value))
    before, after = int((present < launch).sum()), int((present >= launch).sum())
    found = [
        f"there {'is' if count == 1 else 'are'} only {count} "
        f"period{'' if count == 1 else 's'} {side} the launch; an interrupted time series needs "
        f"at least {minimum_side} on each side (the EPOC rule)"
        for count, side in ((before, "before"), (after, "from"))
        if count < minimum_side
    ]
    if before + after < FEWEST:
        found.append(
            f"there are only {before + after} periods in all; autocorrelation cannot be told from "
            f"fewer than {FEWEST}"
        )
    known = value[present]
    if not found and len(known) and known.min() == known.max():
        found.append(
            f"the treated units' series is constant at {known[0]:g}; check the column: a constant "
            "cannot show a change"
        )
    return tuple(found)


def spacing_objections(value: Floats, periods: tuple[str, ...], freq: str) -> tuple[str, ...]:
    """The objection to values that lie so far and unevenly apart that they make no series."""
    present = np.flatnonzero(np.isfinite(value))
    span = int(present[-1] - present[0]) + 1 if len(present) else 0
    if len(present) >= _DENSE * span:
        return ()
    named = ", ".join(periods[i] for i in present[:3])
    said = (
        f"there are values in {len(present)} of the {span} periods ({freq.replace('_', ' ')}) from first "
        f"to last ({named} …), at uneven distances; record the outcome by longer periods"
        f"{_LONGER.get(freq, '')}, or supply the missing ones"
    )
    return (said,)


def listed(periods: tuple[str, ...]) -> str:
    """Labels of periods in a sentence, the first few written out.

    Examples
    --------
    >>> listed(("2001", "2004"))
    '2001, 2004'
    """
    rest = f" and {len(periods) - _NAMED} more" if len(periods) > _NAMED else ""
    return ", ".join(periods[:_NAMED]) + rest

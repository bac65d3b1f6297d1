"""The series of an interrupted time series: an average of the treated units, and what it lacks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from innoeval.designs.base import Arrangement, arrange
from innoeval.errors import DesignError
from innoeval.records.claim import Claim
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy

#: Fewest periods of a series in all.
FEWEST = 6


class Series(NamedTuple):
    """The treated units' average without missing ends.

    `y` (n,); `launch`, position in it; `first`, its first position in the panel; `units` averaged;
    `trimmed`, labels of the periods left out at the ends.
    """

    y: Floats
    launch: int
    first: int
    units: int
    trimmed: tuple[str, ...]


def average(arrangement: Arrangement) -> Floats:
    """Average of the treated units by period, (T,); missing wherever one of them is."""
    return np.asarray(arrangement.outcomes[arrangement.treated].mean(axis=0))


def series_objections(
    arrangement: Arrangement, periods: tuple[str, ...], minimum_side: int
) -> tuple[str, ...]:
    """Why these cells make no series that can be judged; empty if they do."""
    launches = arrangement.launches
    if len(launches) > 1:
        starts = ", ".join(periods[i] for i in launches)
        said = f"the treated units start in different periods ({starts}); this design needs one"
        return (said,)
    y, launch = average(arrangement), int(launches[0])
    present = np.flatnonzero(np.isfinite(y))
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
    if len(present):
        inside = np.arange(present[0], present[-1] + 1)
        if len(gaps := np.setdiff1d(inside, present)):
            names = ", ".join(periods[i] for i in gaps[:8])
            rest = f" and {len(gaps) - 8} more" if len(gaps) > 8 else ""
            found.append(
                f"the series has gaps: a treated unit has no value in {names}{rest}; gaps are "
                "never filled in, so supply the values or leave the unit out of the claim"
            )
    return tuple(found)


def treated_series(panel: Panel, claim: Claim, policy: Policy) -> Series:
    """The series of a claim, from its first to its last period without a missing treated unit.

    Raises
    ------
    DesignError
        With every objection, where there is one.
    """
    arrangement = arrange(panel, claim)
    if objections := series_objections(arrangement, panel.periods, policy.minimum_side):
        raise DesignError(f"SegmentedRegression cannot be fitted: {'; '.join(objections)}")
    y = average(arrangement)
    present = np.flatnonzero(np.isfinite(y))
    first, last = int(present[0]), int(present[-1])
    ends = (*range(first), *range(last + 1, len(y)))
    return Series(
        y=y[first : last + 1],
        launch=arrangement.launch - first,
        first=first,
        units=int(arrangement.treated.sum()),
        trimmed=tuple(panel.periods[i] for i in ends),
    )

"""Do the same numbers come again where they should not?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.freeze import Floats
from innoeval.stats.repeats import Run, copied, copied_forward, dispersion, frozen

#: Variance over mean of counts below which chance events do not fall.
_TOO_EVEN = 0.7
#: More cells than this, over all pairs of units, are not compared pair by pair.
_LARGEST = 20_000_000


class _Sign(NamedTuple):
    p_value: float
    says: str


@dataclass(frozen=True, slots=True)
class RepeatedNumbers:
    """Runs of numbers shared by two units, taken over from a year before, or frozen; counts too even.

    Null: runs of equal numbers come by chance, given how often each number stands in its unit; and
    counted events (the numerator) vary at least as much as independent events do. The p-value is
    Bonferroni's over the four signs. A note that asks for a check of the data: what is copied says
    nothing of the direction, so that there is no bias in outcome units.

    References
    ----------
    Simonsohn (2013), Psychological Science 24:1875-1888, doi:10.1177/0956797613480366; Fisher,
    Thornton & Mackenzie (1922), Annals of Applied Biology 9:325-359,
    doi:10.1111/j.1744-7348.1922.tb05962.x.
    """

    name: ClassVar[str] = "repeated_numbers"
    question: ClassVar[str] = "Do the same numbers come again where they should not?"
    probes: ClassVar[tuple[Assumption, ...]] = ()

    def measure(self, case: Case) -> Measurement:
        """Look for copies, frozen numbers and too even counts."""
        signs = _signs(case)
        if not signs:
            return Measurement(
                status="clear",
                severity="note",
                says="No run of three equal numbers stands anywhere.",
                p_value=1.0,
            )
        worst = min(signs, key=lambda sign: sign.p_value)
        p_value = min(1.0, 4 * worst.p_value)
        return Measurement(
            status="clear",
            severity="note",
            says="Numbers that come again do so no more often than by chance.",
            says_problem=f"{worst.says}: the data need a check.",
            p_value=p_value,
        )


def _signs(case: Case) -> list[_Sign]:
    values, cycle = case.arrangement.outcomes, case.panel.calendar.cycle
    found: list[Run | None] = [frozen(values)]
    if values.shape[0] ** 2 * values.shape[1] <= _LARGEST:
        found.append(copied(values))
    if cycle > 1:
        found.append(copied_forward(values, cycle))
    signs = [_Sign(run.p_value, _told(case, run)) for run in found if run is not None]
    counts = _counts(case)
    even = dispersion(counts) if counts is not None else None
    if even is not None and even[0] < _TOO_EVEN:
        signs.append(
            _Sign(
                even[1],
                f"The counts ({case.panel.numerator}) vary only {100 * even[0]:.0f} % as much as "
                "chance events do",
            )
        )
    return signs


def _told(case: Case, run: Run) -> str:
    units, periods = case.panel.units, case.panel.periods
    span = f"from {periods[run.last - run.length + 1]} to {periods[run.last]}"
    if run.lag == 1:
        return f"{units[run.unit]} has the same number in {run.length} periods on end ({span})"
    if run.lag:
        return f"{units[run.unit]} has the numbers of a year before again {span}"
    return f"{units[run.unit]} and {units[run.other]} have the same {run.length} numbers {span}"


def _counts(case: Case) -> Floats | None:
    """Counted events: the numerator, where it holds whole numbers."""
    if case.panel.numerator is None:
        return None
    counts = case.panel.matrix(case.panel.numerator)
    known = counts[np.isfinite(counts)]
    return counts if known.size and (known == np.round(known)).all() and known.min() >= 0 else None

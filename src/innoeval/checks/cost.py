"""What did an improvement cost?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount


@dataclass(frozen=True, slots=True)
class Cost:
    """Declared cost over the improvement: per unit of the outcome, at one site, in one period.

    A fact, not a test, and no threshold: the interval of the cost follows from that of the
    improvement (Fieller's interval with a known cost), and has no upper end where the improvement
    may be none. A claim without a cost is told as such; it changes no verdict.

    References
    ----------
    O'Brien & Briggs (2002), Statistical Methods in Medical Research 11:455-468,
    doi:10.1191/0962280202sm304ra.
    """

    name: ClassVar[str] = "cost"
    question: ClassVar[str] = "What did the improvement cost?"
    probes: ClassVar[tuple[Assumption, ...]] = ()

    def measure(self, case: Case) -> Measurement:
        """Divide the cost by the improvement."""
        cost = case.claim.cost
        if cost is None:
            return Measurement(
                status="cannot_tell",
                severity="note",
                says="No cost is on record, so nobody can tell whether it was worth it.",
            )
        starts, treated = (
            case.arrangement.starts[case.arrangement.treated],
            case.arrangement.treated,
        )
        periods = int((case.panel.calendar.n - starts).sum())
        low, high = (float(end) * periods for end in case.estimate.improvement_int)
        middle = case.estimate.improvement * periods
        what = f"{case.claim.outcome} at one site for one {_period(case)}"
        if high <= 0 or middle <= 0:
            return Measurement(
                status="cannot_tell",
                severity="note",
                says=f"{amount(cost)} were spent at {int(treated.sum())} sites, and no improvement is seen that it could be divided by.",
            )
        each = cost / middle
        top = (
            f"{amount(cost / low)}" if low > 0 else "no upper bound, as there may be no improvement"
        )
        announced = ""
        if case.claimed:
            announced = f" As announced it would be {amount(cost / (case.claimed * periods))}."
        return Measurement(
            status="clear" if low > 0 else "cannot_tell",
            severity="note",
            says=f"An improvement of 1 in {what} cost {amount(each)} ({amount(cost / high) if np.isfinite(high) else '0'} to {top}).{announced}",
            statistic=each,
        )


def _period(case: Case) -> str:
    calendar = case.panel.calendar
    named = calendar.freq.replace("_", " ") if calendar.step == 1 else "period"
    return "period" if named == "integer" else named

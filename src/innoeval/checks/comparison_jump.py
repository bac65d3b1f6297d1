"""Did the comparison units change at the start as well?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.stats.breaks import FEWEST_FOR_STEP, shared_step
from innoeval.stats.contrast import student


@dataclass(frozen=True, slots=True)
class ComparisonJump:
    """A step of the comparison units' average at the start of the innovation.

    Null: the average of the comparison units went on along its trend and seasons (REML with AR(1)
    errors, Satterthwaite). A step there is something that happened to everybody: the design takes it
    off, a plain before and after counts it as an effect. So the finding is a note, and its bias what
    the announced number owes to it.

    References
    ----------
    Lopez Bernal, Cummins & Gasparrini (2018), International Journal of Epidemiology 47:2082-2093,
    doi:10.1093/ije/dyy135.
    """

    name: ClassVar[str] = "comparison_jump"
    question: ClassVar[str] = "Did the comparison units change at the start as well?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.no_concurrent_change,)

    def measure(self, case: Case) -> Measurement:
        """Fit a step to the comparison units' average."""
        arrangement, average = case.arrangement, case.comparison
        launch, n = int(arrangement.launches[0]), arrangement.n_periods
        if len(case.theirs) < 2 or not np.isfinite(average).all():
            return Measurement(
                status="not_applicable",
                severity="note",
                says="There are fewer than two comparison units, or periods without any value of them.",
            )
        if case.staggered or min(launch, n - launch) < FEWEST_FOR_STEP:
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The innovation has several starts."
                if case.staggered
                else f"Fewer than {FEWEST_FOR_STEP} periods lie on one side of the start.",
            )
        step = shared_step(average, launch, case.panel.calendar.cycle)
        if step is None:
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The comparison units' average leaves no chance variation to hold a step against.",
            )
        change, error, df = (np.array([number]) for number in step)
        found = student(change, error, df, 1 - 2 * case.policy.check_level)
        bias, ends = case.improvement(found)  # type: ignore[arg-type]
        small = max(abs(ends.low), abs(ends.high)) < case.margin
        went = "improved" if bias > 0 else "got worse"
        return Measurement(
            status="clear" if small else "cannot_tell",
            severity="note",
            says=f"At the start the comparison units changed by {amount(bias)}, give or take {amount(1.96 * step.std_error)}"
            + (": nothing else of weight happened then." if small else ", which may be chance."),
            says_problem=f"The comparison units {went} by {amount(abs(bias))} at the start as well: something else "
            "happened that reached everybody, and a plain before and after counts it in.",
            p_value=float(found.p_value[0]),
            bias=Bias(bias, step.std_error, power_for_half(case, step.std_error)),
        )

"""Did the comparison units change at the start as well?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.stats.changes import mean_of
from innoeval.stats.contrast import student
from innoeval.stats.reml import reml
from innoeval.stats.series import segmented

#: Fewest periods on either side of the start.
_FEWEST = 6


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
        arrangement, others = case.arrangement, case.theirs
        others = others - mean_of(others, axis=1)[:, None]
        average = mean_of(others, axis=0)
        launch, n = int(arrangement.launches[0]), arrangement.n_periods
        if len(others) < 2 or not np.isfinite(average).all():
            return Measurement(
                status="not_applicable",
                severity="note",
                says="There are fewer than two comparison units, or periods without any value of them.",
            )
        if case.staggered or min(launch, n - launch) < _FEWEST:
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The innovation has several starts."
                if case.staggered
                else f"Fewer than {_FEWEST} periods lie on one side of the start.",
            )
        cycle = case.panel.calendar.cycle
        X = segmented(n, launch, trend=True, slope=False, cycle=cycle if n >= 2 * cycle else 1)
        step = np.eye(X.shape[1])[1:2]
        fitted = reml(average, X, step, rounds=2)
        found = student(
            fitted.estimates[0], fitted.std_errors[0], fitted.df[0], 1 - 2 * case.policy.check_level
        )
        bias, ends = case.improvement(found)  # type: ignore[arg-type]
        error = float(found.std_error[0])
        if fitted.exact[0] or not np.isfinite(error):
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The comparison units' average leaves no chance variation to hold a step against.",
            )
        small = max(abs(ends.low), abs(ends.high)) < case.margin
        went = "improved" if bias > 0 else "got worse"
        return Measurement(
            status="clear" if small else "cannot_tell",
            severity="note",
            says=f"At the start the comparison units changed by {amount(bias)}, give or take {amount(1.96 * error)}"
            + (": nothing else of weight happened then." if small else ", which may be chance."),
            says_problem=f"The comparison units {went} by {amount(abs(bias))} at the start as well: something else "
            "happened that reached everybody, and a plain before and after counts it in.",
            p_value=float(found.p_value[0]),
            bias=Bias(bias, error, power_for_half(case, error)),
        )

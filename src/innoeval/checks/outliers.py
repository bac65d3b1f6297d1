"""Does the result hang on one odd period?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.designs.base import Mask
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.stats.isolated import isolated, left_out


@dataclass(frozen=True, slots=True)
class Outliers:
    """The most isolated period, and the improvement without it.

    Null: no period of the treated less the comparison units lies farther from its neighbours on the
    same side of the start than the most isolated one of as many periods does by chance. The spread
    is the median absolute one, so that an outlier does not hide itself. Clear where leaving out any
    one period moves the estimate by less than what would change the verdict, unless it is shown to
    be odd and moves it by more than a standard error: then the interval is not what it says.

    References
    ----------
    Huber & Ronchetti (2009), Robust Statistics, doi:10.1002/9780470434697; Chen & Liu (1993),
    JASA 88:284-297, doi:10.1080/01621459.1993.10594321.
    """

    name: ClassVar[str] = "outliers"
    question: ClassVar[str] = "Does the result hang on one odd period?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.prespecified_window,)

    def measure(self, case: Case) -> Measurement:
        """Find the most isolated period, and leave out each in turn."""
        series, launch = _balanced(case), case.kernel.launch
        found = isolated(series, launch)
        if found is None:
            return Measurement(
                status="not_applicable",
                says="There are too few periods to tell an odd one from the others.",
            )
        shifts = case.sign * left_out(series, launch)
        most = int(np.nanargmax(np.abs(shifts)))
        largest = abs(float(shifts[most]))
        clear = (
            f"Without any one period the improvement would change by at most {amount(largest)}, too "
            "little to change the verdict."
        )
        # What can hardly move the interval is not asked about.
        if largest < min(case.margin, case.estimate.std_error or case.margin):
            return Measurement(
                status="clear", says=clear, bias=Bias(float(shifts[most]), 0.0),
                statistic=found.statistic,
            )  # fmt: skip
        odd = found.period
        faked = float(shifts[odd])
        when = case.when(odd)
        return Measurement(
            status="clear" if largest < case.margin else "cannot_tell",
            says=clear
            if largest < case.margin
            else f"The period that matters most lies {case.when(most)}; without it the improvement would "
            f"change by {amount(largest)}, and whether it is odd cannot be told.",
            says_problem=f"One period, {when}, lies {amount(abs(found.distance))} from those around it, far more "
            f"than chance would do; it alone makes {amount(faked)} of the improvement.",
            p_value=found.p_value,
            bias=Bias(faked, found.spread / max(1, _side(case, odd))),
            statistic=found.statistic,
            left=_without(case, odd),
        )


def _balanced(case: Case) -> np.ndarray:
    """The kernel's series over the periods in which every cohort is seen, (T,)."""
    series = np.array(case.kernel.series)
    if case.staggered:
        launches, launch = case.arrangement.launches, case.kernel.launch
        time = np.arange(len(series)) - launch
        seen = (time >= -launches[0]) & (time < case.arrangement.n_periods - launches[-1])
        series[~seen] = np.nan
    return series


def _side(case: Case, period: int) -> int:
    """Number of periods on the same side of the start."""
    launch, n = case.kernel.launch, len(case.kernel.series)
    return launch if period < launch else n - launch


def _without(case: Case, period: int) -> Interval | None:
    """What is left of the improvement without one period."""
    kernel = case.kernel
    time = np.arange(len(kernel.series))
    kept: Mask = time != period
    before, after = (time < kernel.launch) & kept, (time >= kernel.launch) & kept
    found = kernel.effects(before[None], after[None], case.policy.level)
    return case.improvement(found)[1] if np.isfinite(found.effect[0]) else None

"""Does a start that never happened show an effect too?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount

#: Fewest periods before the real start for a pretended one.
_FEWEST = 6


@dataclass(frozen=True, slots=True)
class PlaceboInTime:
    """The design's effect of a start pretended in the last third of the time before the real one.

    Null: no effect at a date when nothing happened. The pretended date is fixed by the number of
    periods alone, so that none is picked for its result.

    References
    ----------
    Abadie, Diamond & Hainmueller (2015), American Journal of Political Science 59:495-510,
    doi:10.1111/ajps.12116.
    """

    name: ClassVar[str] = "placebo_in_time"
    question: ClassVar[str] = "Does a pretended earlier start show an effect?"
    probes: ClassVar[tuple[Assumption, ...]] = (
        Assumption.parallel_trends,
        Assumption.donor_fit,
        Assumption.trend_form,
        Assumption.autocorrelation_modelled,
    )

    def measure(self, case: Case) -> Measurement:
        """Pretend a start, using only periods before the real one."""
        launch, n_periods = case.kernel.launch, len(case.kernel.series)
        if launch < _FEWEST:
            return Measurement(
                status="not_applicable",
                says=f"There {'is 1 period' if launch == 1 else f'are {launch} periods'} before the start; "
                f"{_FEWEST} are needed to pretend an earlier one.",
            )
        length = min(n_periods - launch, launch // 3)
        time = np.arange(n_periods)
        before = (time < launch - length)[None]
        after = ((time >= launch - length) & (time < launch))[None]
        found = case.kernel.effects(before, after, level=1 - 2 * case.policy.check_level)
        if not np.isfinite(found.effect[0]):
            return Measurement(
                status="not_applicable",
                says="Too many values are missing to pretend an earlier start.",
            )
        bias, error = case.sign * float(found.effect[0]), float(found.std_error[0])
        reach = max(abs(float(found.low[0])), abs(float(found.high[0])))
        faked = Bias(bias, error, power_for_half(case, error))
        date = case.when(launch - length)
        if reach < case.margin:
            return Measurement(
                status="clear",
                says=f"A start pretended {date} shows {amount(bias)}, too little to change the verdict.",
                bias=faked,
            )
        return Measurement(
            status="cannot_tell",
            says=f"A start pretended {date} shows {amount(bias)}, give or take {amount(1.96 * error)}: "
            "too uncertain to be sure that the method is not fooled.",
            says_problem=f"A start pretended {date}, when nothing happened, shows an improvement of "
            f"{amount(bias)} too.",
            p_value=float(found.p_value[0]),
            bias=faked,
        )

"""Is the announced percentage large in plain numbers too?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.stats.breaks import recording_step
from innoeval.stats.decomposition import rate_factor


@dataclass(frozen=True, slots=True)
class AbsoluteSize:
    """What a relative claim means in outcome units, and whether that is as much as can be seen.

    A fact, not a test. "A third less" of two cases is less than one case. It is a problem where the
    claimed change is smaller than the step in which the outcome is written down (one case, where
    cases are counted), or, of a rate, than one case at a site in a period. The sentence always
    gives the absolute number.

    References
    ----------
    Schwartz, Woloshin & Welch (1999), New England Journal of Medicine 341:279-283,
    doi:10.1056/NEJM199907223410411; Gigerenzer et al. (2007), Psychological Science in the Public
    Interest 8:53-96, doi:10.1111/j.1539-6053.2008.00033.x.
    """

    name: ClassVar[str] = "absolute_size"
    question: ClassVar[str] = "Is the announced percentage large in plain numbers too?"
    probes: ClassVar[tuple[Assumption, ...]] = ()

    def measure(self, case: Case) -> Measurement:
        """Turn the percentage into outcome units."""
        claim = case.claim
        if claim.size is None or claim.scale != "relative" or not case.claimed:
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The claim is not a percentage of what was there before.",
            )
        change = case.claimed
        telling = (
            f"{amount(100 * claim.size)} % of {amount(abs(case.estimate.baseline))} is {amount(change)} "
            f"in units of {claim.outcome}"
        )
        cases = _cases(case, change)
        step = recording_step(case.arrangement.outcomes)
        if cases is not None and cases < 1:
            small = f"that is less than one case at a site in a period ({amount(cases)})"
        elif step is not None and change < step:
            what = "one" if step == 1 else amount(step)
            small = f"that is less than {what}, the step in which it is recorded"
        else:
            return Measurement(
                status="clear", severity="note", says=f"{telling}.", statistic=change
            )
        return Measurement(
            status="problem", severity="note", says=f"{telling}; {small}.", statistic=change
        )


def _cases(case: Case, change: float) -> float | None:
    """Cases at a treated unit in a period since the start that a change of a rate stands for."""
    panel = case.panel
    if panel.numerator is None or panel.denominator is None:
        return None
    denominator = panel.matrix(panel.denominator)
    factor = rate_factor(case.arrangement.outcomes, panel.matrix(panel.numerator), denominator)
    post = np.arange(denominator.shape[1]) >= case.arrangement.starts[:, None]
    known = denominator[post & np.isfinite(denominator)]
    if not factor or not known.size:
        return None
    return change / factor * float(known.mean())

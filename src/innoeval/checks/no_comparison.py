"""Is there anything to compare with?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.records.assumption import Assumption


@dataclass(frozen=True, slots=True)
class NoComparison:
    """Whether units without the innovation were observed at all.

    A fact, not a test. It reaches designs that lean on a trend going on as it was; where that is the
    trend of a difference from comparison units, there is one.

    References
    ----------
    Farrington, Gottfredson, Sherman & Welsh (2002), The Maryland Scientific Methods Scale, in
    Evidence-Based Crime Prevention, pages 13-21, doi:10.4324/9780203166697.
    """

    name: ClassVar[str] = "no_comparison"
    question: ClassVar[str] = "Is there a comparison group?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.trend_form,)

    def measure(self, case: Case) -> Measurement:
        """Count the units that were not treated."""
        n_comparison = int((~case.arrangement.treated).sum())
        path = case.estimate.path
        if path is not None and np.isfinite(path.comparison).any():
            many = "s are" if n_comparison > 1 else " is"
            return Measurement(
                status="clear", says=f"{n_comparison} untreated unit{many} the comparison series."
            )
        if n_comparison == 0:
            says = "No unit went without the innovation, so nothing shows what would have happened anyway."
        else:
            says = (
                f"There are {n_comparison} untreated units, but this analysis could not use them."
            )
        return Measurement(status="problem", says=says)

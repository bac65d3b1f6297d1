"""Would a common regression have compared with units that had already started?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.stats.bacon import forbidden_part
from innoeval.stats.contrast import student


@dataclass(frozen=True, slots=True)
class ForbiddenComparisons:
    """What comparisons with units that had already started do to a two-way regression.

    Null: they move its coefficient by nothing, as is so where effects neither grow nor fade. The
    verdict rests on a design that makes none of them; the finding says how far an ordinary analysis
    of the same claim is off, and is a note.

    References
    ----------
    Goodman-Bacon (2021), Journal of Econometrics 225:254-277, doi:10.1016/j.jeconom.2021.03.014;
    de Chaisemartin & D'Haultfœuille (2020), American Economic Review 110:2964-2996,
    doi:10.1257/aer.20181169.
    """

    name: ClassVar[str] = "forbidden_comparisons"
    question: ClassVar[str] = "Were units compared with others that had already started?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.parallel_trends,)

    def measure(self, case: Case) -> Measurement:
        """Take the two-way regression apart."""
        if not case.staggered:
            return Measurement(
                status="not_applicable",
                severity="note",
                says="All treated units start together, so none stands in for the others.",
            )
        outcomes = case.arrangement.outcomes
        if not np.isfinite(outcomes).all():
            return Measurement(
                status="not_applicable",
                severity="note",
                says="Values are missing, so a common regression cannot be taken apart.",
            )
        found = forbidden_part(outcomes, case.arrangement.starts)
        bias, total = case.sign * found.moved, case.sign * found.coefficient
        tested = student(
            np.array([bias]), np.array([found.std_error]), np.array([found.df]),
            1 - 2 * case.policy.check_level,
        )  # fmt: skip
        share = f"gives {100 * found.weight:.0f} % of its weight to comparisons with units that had already started"
        reach = max(abs(float(tested.low[0])), abs(float(tested.high[0])))
        return Measurement(
            status="clear" if reach < case.margin else "cannot_tell",
            severity="note",
            says=f"A common regression {share}; that moves it by {amount(bias)}. It is not used here.",
            says_problem=f"A common regression {share}; it would show {amount(total)}, and {amount(total - bias)} "
            "without them. It is not used here.",
            p_value=float(tested.p_value[0]),
            bias=Bias(bias, found.std_error),
        )

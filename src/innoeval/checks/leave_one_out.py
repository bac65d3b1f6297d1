"""Does the result hang on a single donor?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.designs.imitation import Imitating
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.records.freeze import Floats

#: Donors with less weight than this are not left out.
_COUNTS = 0.01


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """The effect without each donor that counts.

    A fact, not a test: a problem where leaving out one donor moves the effect by more than two of
    its standard errors; clear where no donor moves it by enough to change the verdict. The interval of
    the effect doubts single donors already, as every placebo does without one: so only a problem lets
    the intervals without each donor into the decision.

    References
    ----------
    Abadie, Diamond & Hainmueller (2015), American Journal of Political Science 59:495-510,
    doi:10.1111/ajps.12116.
    """

    name: ClassVar[str] = "leave_one_out"
    question: ClassVar[str] = "Does the result hang on a single comparison unit?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.donor_fit,)

    def measure(self, case: Case) -> Measurement:
        """Leave out each donor in turn."""
        kernel = case.kernel
        if not isinstance(kernel, Imitating) or not kernel.weights.any():
            return Measurement(
                status="not_applicable", says="No comparison unit has a weight of its own here."
            )
        counts = np.flatnonzero(np.abs(kernel.weights) > _COUNTS)
        if len(counts) < 2:
            return Measurement(
                status="problem",
                says=f"Only {kernel.units[counts[0]] if len(counts) else 'one unit'} imitates the treated "
                "unit; without it there is no result.",
            )
        left_out = np.zeros((len(counts), len(kernel.units)), dtype=bool)
        left_out[np.arange(len(counts)), counts] = True
        effects, misfits = kernel.without(left_out)
        flattery = case.sign * (case.estimate.effect - effects)
        most = int(np.abs(flattery).argmax())
        name, shift = kernel.units[counts[most]], float(flattery[most])
        lowest, highest = sorted((case.sign * effects).tolist())[:: len(effects) - 1]
        says = (
            f"Without any one of the {len(counts)} units that count the improvement would be "
            f"{amount(lowest)} to {amount(highest)}; {name} matters most"
        )
        found = Bias(shift, 0.0)
        if abs(shift) > 1.96 * (case.estimate.std_error or np.inf):
            return Measurement(
                status="problem",
                says=f"{says}, more than chance would.",
                bias=found,
                statistic=shift,
                left=_spanned(case, effects, kernel.reach(misfits, case.policy.level)),
            )
        if abs(shift) >= case.margin:
            return Measurement(
                status="cannot_tell", says=f"{says}, enough to change the verdict.", bias=found,
                statistic=shift,
            )  # fmt: skip
        return Measurement(
            status="clear", says=f"{says}, too little to change the verdict.", bias=found,
            statistic=shift,
        )  # fmt: skip


def _spanned(case: Case, effects: Floats, reach: Floats) -> Interval:
    """The hull of the intervals without each donor, as improvement."""
    improved = case.sign * effects
    return Interval(float((improved - reach).min()), float((improved + reach).max()))

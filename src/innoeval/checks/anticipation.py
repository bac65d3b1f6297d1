"""Had things changed before the start, because the start was expected?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.designs.did_kernel import DiDKernel
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval

#: Longest head start that is looked for; a longer one is a trend.
_LONGEST = 3


@dataclass(frozen=True, slots=True)
class Anticipation:
    """The last one to three periods before the start, held against the earlier ones, for a gain.

    Null: they were no better than the earlier periods, relative to the comparison units or the
    fitted trend. A gain before the start is either the innovation at work before its date, and
    then the baseline holds part of the effect; or it is not the innovation's. A loss before the
    start is the question of `mean_reversion`. What is left is the improvement over a baseline that
    ends before the gain, where the gain also lies beyond the trend of the earlier periods; else the
    hull of that and the base interval, as a trend that goes on can make such a gain.

    References
    ----------
    Malani & Reif (2015), Journal of Public Economics 124:1-17, doi:10.1016/j.jpubeco.2015.01.001;
    Callaway & Sant'Anna (2021), Journal of Econometrics 225:200-230,
    doi:10.1016/j.jeconom.2020.12.001.
    """

    name: ClassVar[str] = "anticipation"
    question: ClassVar[str] = "Had things changed before the start, because it was expected?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.no_anticipation,)

    def measure(self, case: Case) -> Measurement:
        """Look for a head start."""
        spells = [spell for spell in case.spells if spell.length <= _LONGEST]
        if not spells:
            return Measurement(
                status="cannot_tell",
                says="There are too few periods before the start to tell a head start from chance.",
            )
        found = min(spells, key=lambda spell: spell.p_value if case.sign * spell.effect > 0 else 1)
        gain, k = case.sign * found.effect, found.length
        highest = max(case.sign * found.low, case.sign * found.high)
        part = k / case.kernel.launch
        p_value = min(1.0, len(spells) * (found.p_value / 2 if gain > 0 else 1 - found.p_value / 2))
        what = f"{k} periods" if k > 1 else "period"
        left = _left(case, k)
        # A head start takes away from the effect: it flatters by less than nothing.
        error = part * found.std_error
        bias = Bias(-part * gain, error, power_for_half(case, error))
        if part * highest < case.margin:
            return Measurement(
                status="clear",
                says=f"If the {what} before the start held part of the improvement, that would not change the verdict.",
                p_value=p_value,
                says_problem=self._shown(k, gain),
                bias=bias,
                left=left,
            )
        return Measurement(
            status="cannot_tell",
            says=f"That the improvement began up to {_LONGEST} periods before the start is not ruled out "
            f"(it would add up to {amount(part * highest)} to what is measured).",
            says_problem=self._shown(k, gain),
            p_value=p_value,
            bias=bias,
            left=left,
        )

    @staticmethod
    def _shown(k: int, gain: float) -> str:
        when = f"In the {k} periods" if k > 1 else "In the period"
        return (
            f"{when} before the start things were already {amount(gain)} better than before: the start "
            "was expected, or the improvement is not its doing."
        )


def _left(case: Case, k: int) -> Interval | None:
    """What is left of the improvement over a baseline that ends k periods before the start."""
    kernel = case.kernel
    sure = kernel.head_start if isinstance(kernel, DiDKernel) else 0
    time = np.arange(len(kernel.series))
    found = kernel.effects(
        (time < kernel.launch - (sure or k))[None], (time >= kernel.launch)[None], case.policy.level
    )
    if not np.isfinite(found.effect[0]):
        return None
    left = case.improvement(found)[1]
    return left if sure else left.hull(case.estimate.improvement_int)

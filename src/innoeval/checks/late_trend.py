"""Did the treated units begin to get better by themselves shortly before the start?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.designs.base import Effects
from innoeval.designs.did_kernel import DiDKernel
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount

#: One-sided levels: at which the course rises after the start, and more than it did earlier; at which
#: it is doubtful that it rose before the start; and at which what is asked is beyond chance.
_RISES, _BENDS, _BEGAN, _SURE = 0.05, 0.025, 0.25, 0.005


@dataclass(frozen=True, slots=True)
class LateTrend:
    """A trend of the treated units' own that began up to six periods before the start, and goes on.

    Null: the treated units' course against the comparison units does not rise after the start, or does
    so by no more than their earlier trend. A linear trend over all earlier periods holds little of a
    late one, and the last of them look like a head start. But it goes on after the start, where an effect
    that came with the start stays; and it was there before, where an effect that grows from the start on
    was not. So one is doubtful where the course rises, also beside the earlier trend, and rose a little
    already in the six periods before the start, without a jump there, which would be a head start; and
    shown where all that is beyond chance. All of it has to hold, so each question has a level of its
    own. Then what is left beyond the line has to agree: the course after the start against the last
    six and the last three periods before it, carried on with the slope after it. Clear where a trend
    with the largest slope that the course admits would not change the verdict. One that began in the
    very last periods cannot be told from an effect that grows, nor one that ends from a head start.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90:2555-2591, doi:10.1093/restud/rdad018.
    """

    name: ClassVar[str] = "late_trend"
    question: ClassVar[str] = (
        "Had the treated units begun to get better by themselves shortly before?"
    )
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.parallel_trends,)

    def measure(self, case: Case) -> Measurement:
        """Hold the course after the start against the last periods before it."""
        kernel = case.kernel
        level = 1 - 2 * case.policy.check_level
        found = kernel.late_trend(level) if isinstance(kernel, DiDKernel) else None
        if not isinstance(kernel, DiDKernel) or found is None:
            return Measurement(
                status="not_applicable",
                says="This asks for one start, and for more periods on both sides of it.",
            )
        rises, bends, began, jumps = (
            _tail(found[name], case.sign) for name in ("slope", "bend", "began", "jump")
        )
        carried, ends = case.improvement(found["carried"])
        error = float(found["carried"].std_error[0])
        bias = Bias(carried, error, power_for_half(case, error))
        if rises <= _RISES and bends <= _BENDS and began <= _BEGAN and jumps > _SURE:
            told = kernel.late_trend(case.policy.level) or found
            six, three = (
                case.improvement(told[name])[1] for name in ("beyond_six", "beyond_three")
            )
            sure = max(rises, bends, began) <= _SURE
            return Measurement(
                status="problem" if sure else "cannot_tell",
                says="The treated units went on getting better after the start, and "
                f"{'had begun to' if sure else 'may have begun to'} before it: a trend of their own "
                f"that goes on would show up as {amount(carried)}.",
                bias=bias,
                left=six.hull(three),
            )
        ruled_out = ends.high < case.margin
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says="A trend that began shortly before the start and went on would be too slow to change "
            f"the verdict (it would explain at most {amount(ends.high)})."
            if ruled_out
            else "Nothing shows that a trend began shortly before the start; that one went on which "
            f"explains up to {amount(ends.high)} is not ruled out.",
            bias=bias,
        )


def _tail(found: Effects, sign: int) -> float:
    """One-sided p-value of "no better"."""
    half = float(found.p_value[0]) / 2
    return half if sign * found.effect[0] > 0 else 1 - half

"""Did something move that the innovation cannot have moved?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.stats.changes import usual_spread
from innoeval.stats.multiplicity import holm


@dataclass(frozen=True, slots=True)
class NegativeControls:
    """The design's effect on metrics that the innovation cannot have moved.

    Null: none of them moved at the start (Holm over metrics). What did move them may have moved the
    outcome too: the bias is the effect on the clearest of them, brought to the outcome's scale by
    their usual standard deviations, and taken to flatter the claim where it has the same direction.
    Nothing is left: that what happened moved the outcome as much as the control is a guess.

    References
    ----------
    Lipsitch, Tchetgen Tchetgen & Cohen (2010), Epidemiology 21:383-388,
    doi:10.1097/EDE.0b013e3181d61eeb.
    """

    name: ClassVar[str] = "negative_controls"
    question: ClassVar[str] = "Did something move that the innovation cannot have moved?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.no_concurrent_change,)

    def measure(self, case: Case) -> Measurement:
        """Ask the design about every negative control."""
        named = [n for n in case.panel.negative_controls if n != case.claim.outcome]
        if not named:
            return Measurement(
                status="not_applicable",
                says="No metric is declared that the innovation cannot have moved.",
            )
        found = [moved for name in named if (moved := _moved(case, name, len(named))) is not None]
        if not found:
            return Measurement(
                status="not_applicable", says="The design does not fit any negative control."
            )
        adjusted = holm([moved.p_value for moved in found])
        first = found[int(adjusted.argmin())]
        reach = max(max(abs(moved.low), abs(moved.high)) for moved in found)
        names = ", ".join(moved.name for moved in found)
        ruled_out = reach < case.margin
        told = f"{names}, which the innovation cannot have moved, "
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says=told + "did not move either."
            if ruled_out
            else told + f"may have moved by as much as would be {amount(reach)} of the outcome.",
            says_problem=f"{first.name}, which the innovation cannot have moved, changed by {amount(first.raw)} at the "
            f"start: something else happened, worth {amount(first.effect)} of the claimed change.",
            p_value=float(adjusted.min()),
            bias=Bias(first.effect, first.std_error, power_for_half(case, first.std_error)),
        )


class _Moved(NamedTuple):
    """Effect on one negative control, as improvement in outcome units; `raw` in its own."""

    name: str
    raw: float
    effect: float
    std_error: float
    low: float
    high: float
    p_value: float


def _moved(case: Case, name: str, count: int) -> _Moved | None:
    """The design's effect on one negative control; None where it does not fit."""
    kernel, starts = case.kernel_of(name), case.arrangement.starts
    spread = usual_spread(case.panel.matrix(name), starts)
    ratio = usual_spread(case.arrangement.outcomes, starts) / spread if spread > 0 else np.nan
    if kernel is None or not np.isfinite(ratio):
        return None
    after = np.arange(len(kernel.series)) >= kernel.launch
    found = kernel.effects(~after[None], after[None], 1 - 2 * case.policy.check_level / count)
    if not np.isfinite(found.effect[0]):
        return None
    effect, ends = case.improvement(found)
    return _Moved(
        name, float(found.effect[0]), ratio * effect, ratio * float(found.std_error[0]),
        ratio * ends.low, ratio * ends.high, float(found.p_value[0]),
    )  # fmt: skip

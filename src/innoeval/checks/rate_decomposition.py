"""Did the rate improve because of what happened, or because of what it is divided by?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Estimate
from innoeval.records.freeze import Floats
from innoeval.stats.decomposition import held, rate_factor


@dataclass(frozen=True, slots=True)
class RateDecomposition:
    """The change of a rate, split exactly into that of its numerator and that of its denominator.

    Null: the denominator adds nothing to the improvement. The rate is the sum of what it would be
    over each unit's mean denominator before the start, and of the rest; the design is fitted to
    both, so that the two parts of its estimate add up wherever it is linear in the outcome. A
    problem only if the denominator's part is at least the share of the improvement that a claim
    has to show (`policy.shown_share`). What is left is the improvement with the denominator held.

    References
    ----------
    Kitagawa (1955), Journal of the American Statistical Association 50:1168-1194,
    doi:10.1080/01621459.1955.10501299.
    """

    name: ClassVar[str] = "rate_decomposition"
    question: ClassVar[str] = "Is it what is counted that changed, or what it is divided by?"
    probes: ClassVar[tuple[Assumption, ...]] = (
        Assumption.stable_composition,
        Assumption.stable_measure,
    )

    def measure(self, case: Case) -> Measurement:
        """Fit the design to both parts of the rate."""
        panel = case.panel
        if panel.numerator is None or panel.denominator is None:
            return Measurement(
                status="not_applicable",
                says="What stands above and below the line of a rate is not on record.",
            )
        numerator, denominator = panel.matrix(panel.numerator), panel.matrix(panel.denominator)
        factor = rate_factor(case.arrangement.outcomes, numerator, denominator)
        if factor is None:
            return Measurement(
                status="not_applicable",
                says=f"The outcome is not {panel.numerator} divided by {panel.denominator}.",
            )
        kept = factor * held(numerator, denominator, case.arrangement.starts)
        if np.allclose(kept, case.arrangement.outcomes, rtol=1e-9, atol=0, equal_nan=True):
            return Measurement(
                status="clear",
                says=f"{panel.denominator} did not change: all of the change comes from {panel.numerator}.",
            )
        events = _refit(case, kept)
        divided = _refit(case, case.arrangement.outcomes - kept)
        if events is None or divided is None or divided.std_error is None:
            return Measurement(
                status="cannot_tell",
                says="The change of the rate cannot be split into those of its two parts.",
            )
        total, part = case.estimate.improvement, divided.improvement
        bias = Bias(part, divided.std_error, power_for_half(case, divided.std_error))
        half = divided.p_value / 2 if divided.p_value is not None else 0.5
        flatters = 0 < case.policy.shown_share * total <= part
        split = (
            f"of the improvement of {amount(total)}, {amount(events.improvement)} come from "
            f"{panel.numerator} and {amount(part)} from {panel.denominator}"
        )
        ruled_out = part + 1.645 * divided.std_error < case.margin
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says=f"{split[0].upper()}{split[1:]}"
            + ("." if ruled_out else "; the latter may matter."),
            says_problem=f"The rate is better because more or other cases are divided by: {split}.",
            p_value=half if flatters else 1.0,
            bias=bias,
            left=events.improvement_int,
        )


def _refit(case: Case, values: Floats) -> Estimate | None:
    """The design fitted to other values of the outcome."""
    claim = replace(case.claim, scale="absolute", size=None, smallest_effect=None)
    return case.refit(case.panel.with_values(case.claim.outcome, values), claim)

"""Were the numbers guessed?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.stats.breaks import is_round, recording_step, typical_spread

#: Steps of recording that a unit's values spread over before last digits say anything; fewest
#: values; share of values that end in 0 or 5 by chance, and the share up to which nobody minds.
_DIGITS, _FEWEST, _CHANCE, _BORNE = 4.0, 50, 0.2, 0.25


@dataclass(frozen=True, slots=True)
class Heaping:
    """Share of values whose last digit is 0 or 5.

    Null: no more than a quarter of them, where a fifth is expected of values that spread over many
    steps of recording. Numbers that are guessed, or read off a clock, heap. A note that asks for a
    check of the data: the bias is the most that rounding every such value the same way could do.

    References
    ----------
    Heitjan & Rubin (1990), Journal of the American Statistical Association 85:304-314,
    doi:10.1080/01621459.1990.10476202.
    """

    name: ClassVar[str] = "heaping"
    question: ClassVar[str] = "Were numbers guessed or rounded?"
    probes: ClassVar[tuple[Assumption, ...]] = ()

    def measure(self, case: Case) -> Measurement:
        """Count last digits."""
        values = case.arrangement.outcomes
        step = recording_step(values)
        count = int(np.isfinite(values).sum())
        if step is None or count < _FEWEST or typical_spread(values) < _DIGITS * step:
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The values are too few, or not written down with last digits that could tell.",
            )
        share = float(np.nanmean(is_round(values, 5 * step)))
        error = float(np.sqrt(_BORNE * (1 - _BORNE) / count))
        beyond = (share - _BORNE) / error
        excess = max(0.0, (share - _CHANCE) / (1 - _CHANCE))
        told = f"{100 * share:.0f} % of the values end in 0 or 5 ({100 * _CHANCE:.0f} % would by chance)"
        return Measurement(
            status="clear" if share + 1.645 * error < 2 * _CHANCE else "cannot_tell",
            severity="note",
            says=f"{told}.",
            says_problem=f"{told}, as if they were guessed: the data need a check. Rounding all of "
            f"them one way could make {amount(2.5 * step * excess)} of the change.",
            p_value=_upper(beyond),
            bias=Bias(2.5 * step * excess, 2.5 * step * error),
            statistic=beyond,
        )


def _upper(z: float) -> float:
    """Probability of a standard normal number above z."""
    from scipy.special import ndtr

    return float(ndtr(-z))

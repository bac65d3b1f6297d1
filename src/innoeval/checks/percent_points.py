"""Are per cent and percentage points told apart?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.display import amount
from innoeval.records.match import share_unit
from innoeval.stats.decomposition import rate_factor

#: The announced number is the other one if it lies so close to it, and so far from its own.
_CLOSE, _FAR = 0.1, 0.25
_SAID = re.compile(
    r"(\d+(?:[.,]\d+)?)[ -]?(?:((?:% ?|percentage[ -]?)?points?\b|pp\b|p\.p\.)|(?:%|per ?cent\b))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PercentPoints:
    """The announced size, read once in per cent and once in points, against wording and record.

    A fact, not a test. From 60 % to 65 % is 5 points and 8.3 per cent. It is a problem where the
    wording names the size in the other unit, or where the promoter's own windows give the announced
    number in the other unit (to within 10 %) and not in the claimed one (25 % off). The bias is how
    much larger the claim is than its own windows give; the verdict weighs the claim as it stands.

    References
    ----------
    Schwartz, Woloshin & Welch (1999), New England Journal of Medicine 341:279-283,
    doi:10.1056/NEJM199907223410411.
    """

    name: ClassVar[str] = "percent_points"
    question: ClassVar[str] = "Are per cent and percentage points told apart?"
    probes: ClassVar[tuple[Assumption, ...]] = ()

    def measure(self, case: Case) -> Measurement:
        """Read the announced size both ways."""
        claim = case.claim
        if claim.size is None or claim.scale == "absolute" or not _is_share(case):
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The claim is not about a share, or names no percentage.",
            )
        said = 100 * claim.size if claim.scale == "relative" else claim.size
        unit, other_unit = ("per cent", "percentage points")[
            :: 1 if claim.scale == "relative" else -1
        ]
        worded = _worded_otherwise(claim, said)
        if worded:
            return Measurement(
                status="problem",
                severity="note",
                says=f"The announcement says '{worded}', and the claim is entered in {unit}.",
            )
        if case.announced is None:
            return Measurement(
                status="cannot_tell",
                severity="note",
                says="The announced number cannot be recomputed from the record.",
            )
        relative = 100 * case.announced.on_scale("relative")[0]
        points = case.announced.on_scale("percentage_points")[0]
        own, other = (relative, points) if claim.scale == "relative" else (points, relative)
        swapped = abs(other - said) <= _CLOSE * said and abs(own - said) > _FAR * said
        size = amount(said)
        if swapped:
            return Measurement(
                status="problem",
                severity="note",
                says=f"{size} {unit} were announced; the record shows {amount(own)} {unit}, which are "
                f"{amount(other)} {other_unit}: the one was taken for the other.",
                bias=Bias((said - own) * _outcome_units(case), case.announced.std_error or 0.0),
                statistic=other / own if own else None,
            )
        return Measurement(
            status="clear",
            severity="note",
            says=f"{size} {unit} were announced, and the record shows {amount(own)} {unit} "
            f"({amount(other)} {other_unit}).",
        )


def _is_share(case: Case) -> bool:
    """Whether the outcome is a share: claimed in points, from 0 to 1, or part over whole."""
    panel, values = case.panel, case.arrangement.outcomes
    if case.claim.scale == "percentage_points":
        return True
    low, high = np.nanmin(values), np.nanmax(values)
    if low < 0 or high > 100:
        return False
    if panel.numerator is not None and panel.denominator is not None:
        parts = panel.matrix(panel.numerator), panel.matrix(panel.denominator)
        factor = rate_factor(values, *parts)
        return factor is not None and min(abs(factor - 1), abs(factor - 100) / 100) < _CLOSE / 2
    return bool(high <= 1)


def _outcome_units(case: Case) -> float:
    """One per cent, or one point, in outcome units."""
    if case.claim.scale == "relative":
        return abs(case.estimate.baseline) / 100
    return share_unit(case.panel, case.claim.outcome) / 100


def _worded_otherwise(claim: Claim, said: float) -> str:
    """The wording that names the claimed number in the other unit and never in its own; "" if none."""
    found = {}
    for match in _SAID.finditer(claim.statement):
        number = float(match[1].replace(",", "."))
        if abs(number - said) <= 0.005 * said + 1e-9:
            found["percentage_points" if match[2] else "relative"] = match[0]
    return "" if claim.scale in found else next(iter(found.values()), "")

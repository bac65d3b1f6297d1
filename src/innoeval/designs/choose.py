"""Which design decides, and why the others do not: settled before any result is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from innoeval.designs.base import DecidingDesign, Design
from innoeval.designs.before_after import BeforeAfter
from innoeval.designs.did import DifferenceInDifferences
from innoeval.designs.fixed_effects.imputation import Imputation
from innoeval.designs.fixed_effects.twoway import TwoWayFixedEffects
from innoeval.designs.its import SegmentedRegression
from innoeval.designs.staggered import CallawaySantAnna
from innoeval.designs.synthetic import SyntheticControl, SyntheticDiD
from innoeval.records.claim import Claim
from innoeval.records.evaluation import Objection
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The design that decides (None where none fits), those that fit beside it, and why not the rest."""

    design: DecidingDesign | None
    beside: tuple[Design, ...]
    objections: tuple[Objection, ...]


def preferred() -> tuple[Design, ...]:
    """Every design in the order of preference: one that has comparison units comes first."""
    return (
        SyntheticDiD(),
        DifferenceInDifferences(),
        CallawaySantAnna(comparison="not_yet_treated", base="average"),
        Imputation(),
        SyntheticControl(),
        SegmentedRegression(),
        TwoWayFixedEffects(),
        BeforeAfter(),
    )


def choose(
    panel: Panel, claim: Claim, policy: Policy, designs: Sequence[Design] | None = None
) -> Choice:
    """Pick the first design without objections, and collect the objections to every other.

    The rule looks at which units are treated when and which cells are filled, never at a result.
    A design whose `accompanies` names the chosen one is shown beside it, though it never decides; so
    is one that cannot decide here, but `informs` says that its estimate is worth seeing.

    Parameters
    ----------
    panel, claim, policy
        What is to be evaluated, and by which thresholds.
    designs
        Candidates in order of preference; by default `preferred()`.
    """
    candidates = preferred() if designs is None else tuple(designs)
    chosen: DecidingDesign | None = None
    beside: list[Design] = []
    objections = []
    for design in candidates:
        reasons = design.objections(panel, claim, policy)
        name = type(design).__name__
        if not reasons and chosen and getattr(design, "accompanies", "") == type(chosen).__name__:
            beside.append(design)
            reason = "it fits, and is shown beside the design that decides; it never decides itself"
            objections.append(Objection(design=name, reasons=(reason,)))
        elif reasons and hasattr(design, "informs") and design.informs(panel, claim, policy):
            beside.append(design)
            told = "its estimate is shown beside the design that decides"
            objections.append(Objection(design=name, reasons=(*reasons, told)))
        elif reasons or not isinstance(design, DecidingDesign):
            objections.append(Objection(design=name, reasons=reasons or ("it never decides",)))
        elif chosen is None:
            chosen = design
        else:
            beside.append(design)
            reason = "it fits, and is shown beside the design that decides, which rests on less"
            objections.append(Objection(design=name, reasons=(reason,)))
    shown = tuple(beside) if chosen else ()
    return Choice(design=chosen, beside=shown, objections=tuple(objections))

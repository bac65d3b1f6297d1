"""Was the measure recorded in the same way throughout?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.records.assumption import Assumption


@dataclass(frozen=True, slots=True)
class DefinitionBreak:
    """Changes of definition or recording, from the version column and the claim's own declaration.

    A fact, not a test. A break from one period before the start onwards that one group does not
    share with the other cannot be told apart from an effect: it is fatal. An earlier one, or one
    of a few comparison units, is major. One that all units share is netted off if it moved both
    groups alike. What a claim declares without a version column counts for the treated units.

    References
    ----------
    Shadish, Cook & Campbell (2002), chapter 2, "instrumentation", ISBN 978-0-395-61556-0.
    """

    name: ClassVar[str] = "definition_break"
    question: ClassVar[str] = "Was the measure recorded in the same way throughout?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.stable_measure,)

    def measure(self, case: Case) -> Measurement:
        """Look for changes of version, and whether both groups share them."""
        declared = [case.panel.calendar.position(p) for p in case.claim.definition_changes]
        declared = [p for p in declared if 0 < p < case.panel.calendar.n]
        if case.panel.version is None and not declared:
            return Measurement(
                status="not_applicable",
                says="No record of how the measure was defined over time was supplied.",
            )
        treated = case.arrangement.treated
        breaks = [_Break(p, treated.copy()) for p in declared]
        if case.panel.version is not None:
            breaks += _breaks(case.panel.labels(case.panel.version))
        if not breaks:
            return Measurement(
                status="clear", says="The measure was recorded under one definition throughout."
            )
        alone = [found for found in breaks if not found.units.all() or treated.all()]
        if not alone:
            date = case.panel.periods[breaks[0].position]
            return Measurement(
                status="cannot_tell",
                says=f"The definition changed in {date} for all units; this is netted off only if it moved both groups alike.",
            )
        fatal = [found for found in alone if _splits(found, case)]
        worst = (fatal or alone)[0]
        date = case.panel.periods[worst.position]
        who = "treated" if (worst.units & treated).any() else "comparison"
        if fatal:
            return Measurement(
                status="problem",
                severity="fatal",
                says=f"The measure of the {who} units was defined anew in {date}, and nothing bridges the break to what was recorded before the start.",
            )
        return Measurement(
            status="problem",
            says=f"The measure of some units ({who}) was defined anew in {date}, and the others do not share it.",
        )


class _Break(NamedTuple):
    """A change of definition: its position, and the units that it reached, (N,)."""

    position: int
    units: np.ndarray


def _splits(found: _Break, case: Case) -> bool:
    """Whether a break divides before from after in one group and not in the other.

    It does from one period before a start onwards, if it reached treated units, or all comparison
    units; a break of a few comparison units blurs the comparison, and one before the start leaves
    before and after under one definition for most of the time.
    """
    starts, treated = case.arrangement.starts, case.arrangement.treated
    reached = found.units & treated
    if reached.any():
        return bool((found.position >= starts[reached] - 1).any())
    late = found.position >= case.arrangement.launches[0] - 1
    return bool(late and found.units[~treated].all())


def _breaks(versions: np.ndarray) -> list[_Break]:
    """Changes of version; of units with missing rows, those that may have come at one time are one."""
    spans = []
    for unit, row in enumerate(versions):
        known = [t for t, value in enumerate(row) if value is not None]
        spans += [
            (earlier + 1, later, unit)
            for earlier, later in pairwise(known)
            if row[earlier] != row[later]
        ]
    found: list[_Break] = []
    end = -1
    for first, last, unit in sorted(spans):
        if found and first <= end:
            found[-1].units[unit] = True
            end = min(end, last)
        else:
            found.append(_Break(last, np.arange(len(versions)) == unit))
            end = last
    return found

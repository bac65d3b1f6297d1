"""Was the measure recorded in the same way throughout?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.records.assumption import Assumption


@dataclass(frozen=True, slots=True)
class DefinitionBreak:
    """Changes of definition or recording, from the version column and the claim's own declaration.

    A fact, not a test. A break from one period before the start onwards that the comparison units
    do not share cannot be told apart from an effect: it is fatal. An earlier one is major. One
    that all comparison units share is netted off if it moved both groups alike.

    References
    ----------
    Shadish, Cook & Campbell (2002), chapter 2, "instrumentation", ISBN 978-0-395-61556-0.
    """

    name: ClassVar[str] = "definition_break"
    question: ClassVar[str] = "Was the measure recorded in the same way throughout?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.stable_measure,)

    def measure(self, case: Case) -> Measurement:
        """Look for changes of version among the treated, and whether the others share them."""
        declared = [case.panel.calendar.position(p) for p in case.claim.definition_changes]
        declared = [p for p in declared if 0 < p < case.panel.calendar.n]
        if case.panel.version is None and not declared:
            return Measurement(
                status="not_applicable",
                says="No record of how the measure was defined over time was supplied.",
            )
        breaks = dict.fromkeys(declared, False)
        starts, treated = case.arrangement.starts, case.arrangement.treated
        # A break is late where it meets a unit from one period before that unit's start onwards.
        late = {p for p in declared if p >= case.arrangement.launches[0] - 1}
        if case.panel.version is not None:
            changes = _changes(case.panel.labels(case.panel.version))
            for position in np.flatnonzero(changes[treated].any(axis=0)):
                others = changes[~treated, position]
                breaks[int(position)] = bool(others.size and others.all())
                if (position >= starts[treated & changes[:, position]] - 1).any():
                    late.add(int(position))
        if not breaks:
            return Measurement(
                status="clear", says="The measure was recorded under one definition throughout."
            )
        alone = sorted(p for p, shared in breaks.items() if not shared)
        if not alone:
            date = case.panel.periods[min(breaks)]
            return Measurement(
                status="cannot_tell",
                says=f"The definition changed in {date} for all units; this is netted off only if it moved both groups alike.",
            )
        worst = [p for p in alone if p in late]
        date = case.panel.periods[(worst or alone)[0]]
        if worst:
            return Measurement(
                status="problem",
                severity="fatal",
                says=f"The measure of the treated units was defined anew in {date}, and nothing bridges the break to what was recorded before the start.",
            )
        return Measurement(
            status="problem",
            says=f"The measure of the treated units was defined anew in {date}, before the start, and the comparison units do not share it.",
        )


def _changes(versions: np.ndarray) -> np.ndarray:
    """Mask (N, T) that is true where a unit's version differs from its last known one."""
    changed = np.zeros(versions.shape, dtype=bool)
    last = versions[:, 0].copy()
    for t in range(1, versions.shape[1]):
        now = versions[:, t]
        known = np.array([value is not None for value in now])
        before = np.array([value is not None for value in last])
        changed[:, t] = known & before & (now != last)
        last = np.where(known, now, last)
    return changed

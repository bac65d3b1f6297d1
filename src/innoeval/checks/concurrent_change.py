"""Did anything else change at the same time?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from innoeval.checks.base import Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Event


@dataclass(frozen=True, slots=True)
class ConcurrentChange:
    """Declared events near or after the start, and which units they reached.

    A fact, not a test. An event from one period before the start onwards that only treated units
    share (or that everybody shares where there is no comparison group) cannot be told apart from
    an effect: it is fatal. One that reached all units is netted off by the comparison.

    References
    ----------
    Shadish, Cook & Campbell (2002), chapter 2, "history", ISBN 978-0-395-61556-0.
    """

    name: ClassVar[str] = "concurrent_change"
    question: ClassVar[str] = "Did anything else change at the same time?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.no_concurrent_change,)

    def measure(self, case: Case) -> Measurement:
        """Read the declared events."""
        if not case.claim.events:
            return Measurement(
                status="not_applicable", says="No record of other changes was supplied."
            )
        position = case.panel.calendar.position
        late = [
            event
            for event in case.claim.events
            if case.arrangement.launches[0] - 1 <= position(event.period) < case.panel.calendar.n
        ]
        told = {event.what: _reach(event, case) for event in late}
        for event in late:
            if told[event.what] == "treated only":
                return Measurement(
                    status="problem",
                    severity="fatal",
                    says=f"At the same time ({event.period}) the treated units also got: {event.what}; no comparison unit shares it, so the two cannot be told apart.",
                )
        for event in late:
            if told[event.what] == "some comparison units":
                return Measurement(
                    status="problem",
                    says=f"Some comparison units had a change of their own in {event.period}: {event.what}.",
                )
        if late:
            return Measurement(
                status="clear",
                says=f"What else changed ({late[0].what}, {late[0].period}) reached comparison units too and is netted off.",
            )
        return Measurement(
            status="clear", says="The other changes on record happened well before the start."
        )


def _reach(event: Event, case: Case) -> str:
    """Which side of the comparison an event reached."""
    comparison = {
        unit
        for unit, treated in zip(case.panel.units, case.arrangement.treated, strict=True)
        if not treated
    }
    if event.scope == "all":
        return "both" if comparison else "treated only"
    if event.scope == "treated":
        return "treated only"
    reached = set(event.scope)
    if not reached & comparison:
        return "treated only"
    return "both" if comparison <= reached else "some comparison units"

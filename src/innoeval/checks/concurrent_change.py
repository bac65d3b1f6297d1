"""Did anything else change at the same time?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from innoeval.checks.base import Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Event

#: An event that one side alone shares cannot be told apart from an effect.
_UNSHARED = {
    "treated": "At the same time ({period}) the treated units also got: {what}; no comparison unit "
    "shares it, so the two cannot be told apart.",
    "comparison": "The comparison units, and they alone, had a change of their own in {period}: "
    "{what}; so they no longer show what would have happened anyway.",
}


@dataclass(frozen=True, slots=True)
class ConcurrentChange:
    """Declared events near or after the start, and which units they reached.

    A fact, not a test. An event from one period before the start onwards that only treated units
    share, or only the comparison units (or everybody, where there is no comparison group), cannot
    be told apart from an effect: it is fatal. One that reached all units is netted off by the
    comparison; one that reached both groups in part is a major problem. Of an earlier one that not
    all units share nobody can say how much of it stands between before and after.

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
        reached = [(event, _reach(event, case)) for event in late]
        for event, who in reached:
            if who in _UNSHARED:
                return Measurement(
                    status="problem",
                    severity="fatal",
                    says=_UNSHARED[who].format(period=event.period, what=event.what),
                )
        for event, who in reached:
            if who == "uneven":
                return Measurement(
                    status="problem",
                    says=f"Another change in {event.period} ({event.what}) reached {_shared(event, case)}: not both groups alike.",
                )
        for event in case.claim.events:
            if 0 < position(event.period) < case.panel.calendar.n and _reach(event, case) != "both":
                return Measurement(
                    status="cannot_tell",
                    says=f"An earlier change ({event.what}, {event.period}) reached {_shared(event, case)}; what it did between then and the start is part of the comparison.",
                )
        if late:
            return Measurement(
                status="clear",
                says=f"What else changed ({late[0].what}, {late[0].period}) reached {_shared(late[0], case)} and is netted off.",
            )
        return Measurement(
            status="clear",
            says="The other changes on record reached all units, or came before the first or after "
            "the last period.",
        )


def _shared(event: Event, case: Case) -> str:
    """Who shares an event, in words: "all units", "2 of 6 treated and 14 of 14 comparison units"."""
    if event.scope == "all":
        return "all units"
    treated = case.arrangement.treated
    reached = treated if event.scope == "treated" else case.panel.rows(event.scope)
    ours, theirs = int((reached & treated).sum()), int((reached & ~treated).sum())
    if ours + theirs == len(treated):
        return "all units"
    return (
        f"{ours} of {int(treated.sum())} treated and {theirs} of {int((~treated).sum())} "
        "comparison units"
    )


def _reach(event: Event, case: Case) -> str:
    """Which side of the comparison an event reached: "treated", "comparison", "both" or "uneven"."""
    sides = zip(case.panel.units, case.arrangement.treated, strict=True)
    ours: set[str] = set()
    theirs: set[str] = set()
    for unit, treated in sides:
        (ours if treated else theirs).add(unit)
    if event.scope == "all":
        return "both" if theirs else "treated"
    reached = ours if event.scope == "treated" else set(event.scope)
    if not reached & theirs:
        return "treated"
    if ours | theirs <= reached:
        return "both"
    return "comparison" if theirs <= reached and not reached & ours else "uneven"

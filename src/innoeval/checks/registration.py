"""Was the claim on record before its results could be seen?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from innoeval.checks.base import Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.calendar import first_day


@dataclass(frozen=True, slots=True)
class Registration:
    """Date of registration against the end of the first period after the start.

    A fact, not a test. A claim that is put on record when some of its results are known can be cut
    to fit them; one put on record afterwards can be cut at will. A note: that nearly no claim is
    registered beforehand is no reason to trust those less that give their date.

    References
    ----------
    Nosek, Ebersole, DeHaven & Mellor (2018), PNAS 115:2600-2606, doi:10.1073/pnas.1708274114.
    """

    name: ClassVar[str] = "registration"
    question: ClassVar[str] = "Was the claim on record before its results could be seen?"
    probes: ClassVar[tuple[Assumption, ...]] = ()

    def measure(self, case: Case) -> Measurement:
        """Hold the date of registration against the periods since the start."""
        registered = case.claim.registered_on
        calendar = case.panel.calendar
        if not registered or calendar.freq == "integer":
            return Measurement(
                status="not_applicable",
                severity="note",
                says="When the claim was put on record is not known."
                if not registered
                else "The periods bear no dates to hold the registration against.",
            )
        day = _day(registered)
        if day is None:
            return Measurement(
                status="not_applicable",
                severity="note",
                says=f"The date of registration '{registered}' is not a date such as 2023-01-15.",
            )
        launch = int(case.arrangement.launches[0])
        ends = [
            first_day(calendar.first + (t + 1) * calendar.step, calendar.freq)
            for t in range(launch, calendar.n)
        ]
        known = sum(end <= day for end in ends)
        start = case.panel.periods[launch]
        if known == 0:
            return Measurement(
                status="clear",
                severity="note",
                says=f"The claim was put on record on {registered}, before the first results since the start ({start}).",
                statistic=0.0,
            )
        which = "all" if known == len(ends) else f"{known} of {len(ends)}"
        return Measurement(
            status="problem",
            severity="note",
            says=f"The claim was put on record on {registered}, when {which} periods since the start ({start}) were over: it could be cut to fit its results.",
            statistic=known / len(ends),
        )


def _day(text: str) -> date | None:
    """The day that a date names; of a month or a year its first."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?", text.strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None

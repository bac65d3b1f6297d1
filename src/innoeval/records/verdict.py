"""The verdict: what may be said about a claim, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from innoeval.records.companions import Companions
from innoeval.records.estimate import Interval

if TYPE_CHECKING:
    import pandas as pd

Status = Literal[
    "supported",
    "partly_supported",
    "inconclusive",
    "overstated",
    "refuted",
    "harmful",
    "not_evaluable",
]
Mark = Literal["holds up", "holds up in part", "not substantiated", "does not hold up"]
Certainty = Literal["high", "moderate", "low", "very_low"]
Deciding = Literal["base", "stressed", "hull", "none"]

MARKS: dict[Status, Mark] = {
    "supported": "holds up",
    "partly_supported": "holds up in part",
    "inconclusive": "not substantiated",
    "overstated": "does not hold up",
    "refuted": "does not hold up",
    "harmful": "does not hold up",
    "not_evaluable": "not substantiated",
}

#: What each status says, for people who read nothing else.
PLAIN: dict[Status, str] = {
    "supported": "Holds up.",
    "partly_supported": "An improvement is shown; that it is as large as announced is not.",
    "inconclusive": "These data cannot tell.",
    "overstated": "The announced size is ruled out.",
    "refuted": "No meaningful improvement.",
    "harmful": "Got worse.",
    "not_evaluable": "Cannot be evaluated.",
}

#: A shape for each status, so that nothing hangs on colour.
ICONS: dict[Status, str] = {
    "supported": "✓",
    "partly_supported": "◐",
    "inconclusive": "?",
    "overstated": "≠",
    "refuted": "✗",
    "harmful": "▼",
    "not_evaluable": "–",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question of a standard, the answer that follows from the data, and the rule that gave it.

    `assessor` is room for a person's own answer: it is kept beside the proposed one, and never
    enters a verdict.
    """

    question: str
    answer: str
    rule: str
    number: str = ""
    assessor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A score on a published evidence standard, with the rule that gave it, and its items."""

    name: str
    score: str
    rule: str
    items: tuple[Item, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """One row for each item: number, question, evidence, proposed answer, assessor's answer."""
        import pandas as pd

        return pd.DataFrame(
            {
                "number": [item.number for item in self.items],
                "question": [item.question for item in self.items],
                "evidence": [item.rule for item in self.items],
                "proposed": [item.answer for item in self.items],
                "assessor": [item.assessor for item in self.items],
            },
            dtype="str",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rule says of a claim.

    Parameters
    ----------
    status
        One of the seven statuses of docs/method.
    mark
        The status in four classes.
    certainty
        How far the design can be trusted: "high", "moderate", "low" or "very_low".
    reasons
        Plain sentences: which rule fired, on which numbers.
    downgrades
        Plain sentences: what took certainty away.
    interval
        The interval that decided, as improvement on the claim's scale; None if not evaluable.
    deciding
        Which analysis gave that interval: "base", "stressed", their "hull", or "none".
    claimed, smallest
        Claimed size and smallest effect that matters on the claim's scale, as used.
    improvement_shown, material_shown
        Whether some improvement, and one that matters, is shown.
    resolution
        (claimed − what must be shown) / standard error: how decisive the data could be at all.
    breakdown
        Largest bias, on the claim's scale, at which the status would stand.
    standards
        Scores on published evidence standards.
    p_holds_up, p_falls_short
        One-sided p-values of the analyses that decide, the largest of them: of "the improvement is
        at most what must be shown", and of "it is at least the share below which a claim counts as
        overstated". None where there is nothing to test. A portfolio draws its two lists from them.
    companions
        What helps to read the verdict and never decides; None if not evaluable.
    """

    status: Status
    mark: Mark
    certainty: Certainty
    reasons: tuple[str, ...]
    downgrades: tuple[str, ...] = ()
    interval: Interval | None = None
    deciding: Deciding = "none"
    claimed: float | None = None
    smallest: float | None = None
    improvement_shown: bool = False
    material_shown: bool = False
    resolution: float | None = None
    breakdown: float | None = None
    standards: tuple[Standard, ...] = ()
    p_holds_up: float | None = None
    p_falls_short: float | None = None
    companions: Companions | None = None

    def standard(self, name: str) -> Standard | None:
        """The first standard whose name begins so, such as "ROBINS-I"; None where there is none."""
        return next((one for one in self.standards if one.name.startswith(name)), None)

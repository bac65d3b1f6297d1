"""The finding: what a check saw, in the currency of the claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from innoeval.records.assumption import Assumption
from innoeval.records.estimate import Interval

FindingStatus = Literal["problem", "clear", "cannot_tell", "not_applicable"]
Severity = Literal["fatal", "major", "note"]

#: What each answer of a check says, for people who read nothing else.
ANSWERS: dict[FindingStatus, str] = {
    "problem": "It is shown that the claim's numbers can have this other reason.",
    "clear": "This other reason is ruled out, as far as it could change the verdict.",
    "cannot_tell": "These data neither show this other reason nor rule it out.",
    "not_applicable": "The question does not arise here, or could not be asked; the sentence says why.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One answered question about a claim.

    Parameters
    ----------
    check
        Short name of the check, such as "pre_trend".
    probes
        The assumptions that it looked at.
    status
        "problem": a violation is shown. "clear": one that is big enough to change the verdict is
        ruled out. "cannot_tell": neither. "not_applicable": the check could not run; `says` why.
    severity
        How much a problem here matters: "fatal", "major" or "note".
    question
        The question, in plain words.
    says
        The answer, in one plain sentence.
    bias, bias_se
        Improvement that the violation could have faked, in outcome units (positive = it flatters
        the claim), and its standard error.
    share_explained
        The same as a share of the claimed improvement.
    statistic, p_value
        Of the test, if there is one; `p_value` is adjusted (Holm) over the checks of the claim.
    power
        Probability to have seen a violation that explains half the claim.
    left
        Interval of the improvement, in outcome units, that is left if the violation is allowed
        for; None where nobody can say. `Policy.gates` tells where it enters the decision.
    """

    check: str
    probes: tuple[Assumption, ...]
    status: FindingStatus
    severity: Severity
    question: str
    says: str
    bias: float | None = None
    bias_se: float | None = None
    share_explained: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    power: float | None = None
    left: Interval | None = None

"""What standards read: a claim, what was found about it, and how to speak of a risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.evaluation import Measured
from innoeval.records.finding import Finding, FindingStatus

Risk = Literal["low risk", "high risk", "unclear"]

#: What a declared assignment reaches on the Maryland scale, given a comparison group.
_ASSIGNED = {"randomised": 5, "lottery": 5, "cutoff": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a claim.

    Parameters
    ----------
    claim
        What was announced.
    estimate
        The base estimate; None where nothing could be evaluated.
    findings
        By name of the check.
    main
        What is known of the design's main assumption.
    sms_level
        The most that the design can reach on the Maryland scale; 0 without a design.
    improvement_shown
        Whether the interval that decides lies above no improvement.
    trends_shown
        Whether a difference in earlier trends worth half the claim is ruled out.
    measured
        Extent of the data; None where it is not known.
    """

    claim: Claim
    estimate: Estimate | None
    findings: Mapping[str, Finding]
    main: FindingStatus
    sms_level: int
    improvement_shown: bool = False
    trends_shown: bool = False
    measured: Measured | None = None

    @property
    def reach(self) -> int:
        """Most on the Maryland scale: only a declared assignment lifts a comparison above level 3."""
        declared = _ASSIGNED.get(self.claim.assignment, 0)
        return max(self.sms_level, declared) if self.sms_level >= 3 else self.sms_level

    @property
    def compared(self) -> bool:
        """Whether there are units to compare with."""
        return self.sms_level >= 3

    def risk(self, *names: str) -> tuple[Risk, str]:
        """What several checks together say of a risk, and the rule.

        High where one of them shows a problem; low where those that ran are all clear; else unclear.
        """
        seen = [f for name in names if (f := self.findings.get(name)) is not None]
        asked = [f for f in seen if f.status != "not_applicable"]
        for finding in asked:
            if finding.status == "problem":
                return "high risk", f"The check {finding.check} shows a problem: {finding.says}"
        for finding in asked:
            if finding.status == "cannot_tell":
                return "unclear", f"The check {finding.check} cannot tell: {finding.says}"
        if asked:
            clear = ", ".join(finding.check for finding in asked)
            return "low risk", f"Clear by the check{'s' if len(asked) > 1 else ''} {clear}."
        return "unclear", "No check could ask this of these data."

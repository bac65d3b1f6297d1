"""What every check is: a question, the assumptions it probes, a measurement and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from innoeval.designs.base import Arrangement, Design, Kernel
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.finding import FindingStatus, Severity
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a check may look at.

    Parameters
    ----------
    claim, panel, arrangement
        The claim, the panel, and both as arrays.
    design, kernel, estimate
        The deciding design, made ready for many windows, and its base estimate.
    announced
        The promoter's own before-after number, recomputed; None where it cannot be.
    claimed
        Claimed improvement in outcome units (the smallest effect where no number was claimed;
        None where neither was declared).
    margin
        Smallest bias, in outcome units, that would change what the base interval says; a check
        is "clear" only if it rules out a bias of this size.
    policy
        The thresholds.
    """

    claim: Claim
    panel: Panel
    arrangement: Arrangement
    design: Design
    kernel: Kernel
    estimate: Estimate
    announced: Estimate | None
    claimed: float | None
    margin: float
    policy: Policy

    @property
    def sign(self) -> int:
        """+1 where higher is better, −1 where lower is: turns raw numbers into improvements."""
        return -1 if self.claim.better == "lower" else 1

    def share(self, bias: float) -> float | None:
        """A bias (as improvement, outcome units) as a share of the claimed improvement."""
        return bias / self.claimed if self.claimed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a check measured, before it is told whether a violation counts as shown.

    Parameters
    ----------
    status
        What the check says if nothing else is known: of a statistical check the status for the
        case that its p-value does not survive the correction for many checks.
    says
        Sentence for `status`.
    says_problem
        Sentence for a violation that is shown; "" for a check that never shows one by a p-value.
    p_value
        Of "no violation"; None for a check that reads facts instead of testing.
    severity
        Severity of this finding.
    bias, bias_se, statistic, power
        As in `Finding`; `bias` in outcome units, positive = it flatters the claim.
    """

    status: FindingStatus
    says: str
    says_problem: str = ""
    p_value: float | None = None
    severity: Severity = "major"
    bias: float | None = None
    bias_se: float | None = None
    statistic: float | None = None
    power: float | None = None


class Check(Protocol):
    """One question about a claim."""

    name: ClassVar[str]
    question: ClassVar[str]
    probes: ClassVar[tuple[Assumption, ...]]

    def measure(self, case: Case) -> Measurement:
        """Answer the question for one case; never raise for data reasons."""
        ...

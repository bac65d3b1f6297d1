"""What every check is: a question, the assumptions it probes, a measurement and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from innoeval.designs.base import Arrangement, DecidingDesign, Kernel
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
    design: DecidingDesign
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

    @property
    def staggered(self) -> bool:
        """Whether treated units start at different dates: the kernel then counts event time."""
        return len(self.arrangement.launches) > 1

    def when(self, position: int) -> str:
        """A position on the kernel's axis in words: "in 2022-09", or "3 months before each start"."""
        if not self.staggered:
            return f"in {self.panel.periods[position]}"
        away = position - self.kernel.launch
        calendar = self.panel.calendar
        named = calendar.freq.replace("_", " ") if calendar.step == 1 else "period"
        unit = "period" if named == "integer" else named
        side = "before" if away < 0 else "after"
        return f"{abs(away)} {unit}{'s' if abs(away) != 1 else ''} {side} each start"

    def share(self, bias: float) -> float | None:
        """A bias (as improvement, outcome units) as a share of the claimed improvement."""
        return bias / self.claimed if self.claimed else None


@dataclass(frozen=True, slots=True)
class Bias:
    """Improvement that a violation could have faked.

    Parameters
    ----------
    value, std_error
        In outcome units; positive = it flatters the claim.
    power
        Probability to have seen a violation that explains half the claim; None if not known.
    """

    value: float
    std_error: float
    power: float | None = None

    @property
    def statistic(self) -> float | None:
        """Bias in standard errors."""
        return self.value / self.std_error if self.std_error > 0 else None


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
    bias
        What the violation could have faked.
    statistic
        Of the test, or whatever number sums the facts up.
    """

    status: FindingStatus
    says: str
    says_problem: str = ""
    p_value: float | None = None
    severity: Severity = "major"
    bias: Bias | None = None
    statistic: float | None = None


class Check(Protocol):
    """One question about a claim."""

    name: ClassVar[str]
    question: ClassVar[str]
    probes: ClassVar[tuple[Assumption, ...]]

    def measure(self, case: Case) -> Measurement:
        """Answer the question for one case; never raise for data reasons."""
        ...


def power_for_half(case: Case, std_error: float) -> float | None:
    """Probability that a two-sided 5 % test sees a violation that explains half the claim.

    Parameters
    ----------
    case
        The case; without a claimed size there is no half of it.
    std_error
        Standard error of the bias, in outcome units.
    """
    if not case.claimed or not 0 < std_error < float("inf"):
        return None
    from scipy.special import ndtr

    away = case.claimed / 2 / std_error
    return float(ndtr(away - 1.96) + ndtr(-away - 1.96))

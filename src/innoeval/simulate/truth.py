"""The truth beside a simulated claim: what really happened, and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from innoeval.records.claim import Claim
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.records.verdict import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What really happened behind a claim.

    Parameters
    ----------
    claim
        The claim's id.
    fault
        What is wrong with the claim: a name from `FAULTS`; "none" for an honest claim.
    effect
        Average improvement that the innovation made over the periods after the launch, in outcome
        units; negative where it made things worse.
    relative
        The same as a share of what the treated units would have had without it.
    size
        Announced improvement in outcome units.
    allowed
        Every status that an honest judge may give.
    why
        The story in one sentence.
    """

    claim: str
    fault: str
    effect: float
    relative: float
    size: float
    allowed: tuple[Status, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What only an oracle knows: everything but the effect and what chance did.

    Parameters
    ----------
    expected
        The outcome without the innovation and without noise, (N, T), in the panel's order.
    covariance
        Of one unit's noise over the periods, (T, T).
    reached
        Mask (N, T) of the treated units from the launch on.
    """

    expected: Floats
    covariance: Floats
    reached: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenario:
    """A panel and a claim about it, with the truth beside them.

    Parameters
    ----------
    panel, claim, truth
        What a judge may see (the first two), and what it should find.
    known
        For an oracle; None where the noise itself was chosen, or is not that of a known model.
    """

    panel: Panel
    claim: Claim
    truth: Truth
    known: Known | None = None


def true_statuses(
    effect: float, size: float, smallest: float, policy: Policy = Policy()
) -> tuple[Status, ...]:
    """Every status that says nothing false of an effect, whatever the data could show.

    Parameters
    ----------
    effect, size, smallest
        True effect, announced size and smallest effect that matters, in one unit; positive is an
        improvement.
    policy
        Shares of the claim that separate the statuses.

    Examples
    --------
    >>> true_statuses(effect=1.0, size=1.0, smallest=0.25)
    ('supported', 'partly_supported', 'inconclusive')
    >>> true_statuses(effect=0.0, size=1.0, smallest=0.25)
    ('inconclusive', 'overstated', 'refuted')
    """
    allowed: list[Status] = ["inconclusive"]
    if effect > max(smallest, policy.shown_share * size):
        allowed.append("supported")
    if effect > 0:
        allowed.append("partly_supported")
    ruled_out = max(policy.overstated_below * size, smallest)
    if effect < ruled_out:
        allowed.append("overstated")
    if effect < smallest:
        allowed.append("refuted")
    if effect < 0:
        allowed.append("harmful")
    order: tuple[Status, ...] = (
        "supported", "partly_supported", "inconclusive", "overstated", "refuted", "harmful",
    )  # fmt: skip
    return tuple(status for status in order if status in allowed)

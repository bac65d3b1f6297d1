"""Which analysis decides: checks let stressed analyses in beside or instead of the base one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from innoeval.decide.words import lower
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.finding import Finding, FindingStatus
from innoeval.records.policy import Policy
from innoeval.records.verdict import Deciding


@dataclass(frozen=True, slots=True)
class Opened:
    """A stressed analysis that was let into the decision, how, and why.

    `left` is the interval that the finding gives, in outcome units as improvement; None: that of
    the design's stressed estimate. `shown`: a problem let it in, not a doubt.
    """

    relaxes: Assumption
    replaces: bool
    why: str
    left: Interval | None = None
    shown: bool = False


def main_gate(
    findings: tuple[Finding, ...], relaxes: Assumption | None, claim: Claim, policy: Policy
) -> FindingStatus:
    """What is known of the design's main assumption; a lottery settles parallel trends.

    Unless a difference in trends is shown: then what was declared does not stand in for it.
    """
    names = probing(relaxes, policy)
    statuses = {f.status for f in findings if f.check in names}
    if _by_lot(claim) and relaxes == Assumption.parallel_trends and "problem" not in statuses:
        return "clear"
    order: tuple[FindingStatus, ...] = ("problem", "cannot_tell", "clear")
    return next((status for status in order if status in statuses), "cannot_tell")


def probing(relaxes: Assumption | None, policy: Policy) -> set[str]:
    """Names of the checks that settle what is known of an assumption."""
    return {g.check for g in policy.gates if g.relaxes == relaxes and g.unsure == "joins"}


def _by_lot(claim: Claim) -> bool:
    return claim.assignment in {"randomised", "lottery"}


def opened_gates(
    findings: tuple[Finding, ...],
    main: FindingStatus,
    relaxes: Assumption | None,
    estimate: Estimate,
    claim: Claim,
    policy: Policy,
) -> tuple[Opened, ...]:
    """Stressed analyses that a check lets in; after a lottery only shown problems do."""
    told = {f.check: f for f in findings}
    settling = probing(relaxes, policy)
    opened = []
    for gate in policy.gates:
        finding = told.get(gate.check)
        left = finding.left if finding else None
        if gate.check in settling and gate.relaxes == relaxes:
            status, why = main, finding.says if finding else "nothing probes the main assumption."
            if status == "clear" and gate.clear == "joins":
                why = "no check sees every way in which the model can be wrong."
        elif finding is None or gate.relaxes not in estimate.assumptions:
            continue
        else:
            status, why = finding.status, finding.says
            if _by_lot(claim) and status != "problem" and relaxes == Assumption.parallel_trends:
                continue
        joins = gate.unsure == "joins" or (gate.unsure == "if_known" and left is not None)
        unsure = status in {"cannot_tell", "not_applicable"} and joins
        unsure |= status == "clear" and gate.clear == "joins"
        # A strict policy asks for every analysis that there is; a gate that ignores what it cannot
        # tell may have none.
        strict = policy.strict and (gate.unsure == "joins" or left is not None)
        if status == "problem":
            opened.append(Opened(gate.relaxes, gate.problem == "replaces", why, left, shown=True))
        elif unsure or strict:
            opened.append(Opened(gate.relaxes, replaces=False, why=why, left=left))
    return tuple(opened)


def deciding_interval(
    estimate: Estimate,
    stressed: Mapping[Assumption, Estimate],
    claim: Claim,
    opened: tuple[Opened, ...],
    policy: Policy,
) -> tuple[Interval, Deciding, tuple[str, ...]]:
    """The interval that decides: base, stressed, or their hull."""
    base = _on_scale(estimate, claim)
    replaced = any(item.replaces for item in opened) and not policy.strict
    members = [] if replaced else [base]
    why = []
    for item, relaxed in zip(opened, joined(estimate, stressed, opened), strict=True):
        members.append(_on_scale(relaxed, claim))
        if item.replaces and not policy.strict:
            why.append(f"The stressed analysis decides: {lower(item.why)}")
    if policy.strict:
        why.append("The policy is strict: base and stressed analyses must agree.")
    elif opened and not replaced:
        # What is shown says more to a reader than what could not be ruled out.
        first = next((item for item in opened if item.shown), opened[0])
        why.append(f"Base and stressed analyses must agree: {lower(first.why)}")
    hull = members[0]
    for member in members[1:]:
        hull = hull.hull(member)
    if hull.low > base.low:
        # What is relaxed because it failed may cost a claim its support, and never lend it any.
        hull = Interval(base.low, max(hull.high, base.low))
    deciding: Deciding = "stressed" if replaced else "hull" if opened else "base"
    return hull, deciding, tuple(why)


def joined(
    estimate: Estimate, stressed: Mapping[Assumption, Estimate], opened: tuple[Opened, ...]
) -> list[Estimate | None]:
    """The analyses that were let in; None for one that could not be made."""
    return [
        stressed.get(item.relaxes) if item.left is None else _left(estimate, item.left)
        for item in opened
    ]


def _left(estimate: Estimate, left: Interval) -> Estimate:
    """The estimate with the interval that a finding leaves of the improvement."""
    return replace(estimate, conf_int=left.flipped if estimate.better == "lower" else left)


def _on_scale(stressed: Estimate | None, claim: Claim) -> Interval:
    """Interval of a stressed analysis; unbounded where it cannot be made or told on that scale."""
    if stressed is None or stressed.off_scale(claim.scale):
        return Interval(float("-inf"), float("inf"))
    return stressed.on_scale(claim.scale)[1]

"""Which analysis decides: checks let stressed analyses in beside or instead of the base one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import NamedTuple

from innoeval.decide.words import lower
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.finding import Finding, FindingStatus
from innoeval.records.gates import Gate
from innoeval.records.policy import Policy
from innoeval.records.verdict import Deciding

#: In standard errors: chance exceeds it half of the time.
_DOUBT = 0.674


@dataclass(frozen=True, slots=True)
class Opened:
    """A stressed analysis that was let into the decision, how, and why.

    `left` is the interval that the finding gives, in outcome units as improvement; None: that of
    the design's stressed estimate. `shown`: a problem let it in, not a doubt. `corrects`: it stands
    for the base analysis in everything; `shared`: and the others are moved by as much.
    """

    relaxes: Assumption
    replaces: bool
    why: str
    left: Interval | None = None
    shown: bool = False
    corrects: bool = False
    shared: bool = False


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
        unsure |= status == "clear" and (gate.clear == "joins" or _doubtful(gate, finding, claim))
        # A strict policy asks for every analysis that there is; a gate that ignores what it cannot
        # tell may have none.
        strict = policy.strict and (gate.unsure == "joins" or left is not None)
        if status == "problem":
            # Only what can be named corrects; else nothing is known.
            corrects = gate.problem == "corrects" and left is not None
            opened.append(
                Opened(
                    gate.relaxes, gate.problem == "replaces", why, left, shown=True,
                    corrects=corrects, shared=gate.shared,
                )
            )  # fmt: skip
        elif unsure or strict:
            opened.append(Opened(gate.relaxes, replaces=False, why=why, left=left))
    return tuple(opened)


def _doubtful(gate: Gate, finding: Finding | None, claim: Claim) -> bool:
    """Whether a violation that was ruled out to matter is likelier than not."""
    if gate.clear != "if_doubtful" or finding is None or _by_lot(claim):
        return False
    return finding.status == "clear" and abs(finding.statistic or 0.0) > _DOUBT


def deciding_interval(
    estimate: Estimate,
    stressed: Mapping[Assumption, Estimate],
    claim: Claim,
    opened: tuple[Opened, ...],
    policy: Policy,
) -> tuple[Interval, Deciding, tuple[str, ...]]:
    """The interval that decides: base, stressed, or their hull."""
    base, let_in, replaced = analyses(estimate, stressed, opened, policy)
    corrected = any(item.corrects for item in opened) and not policy.strict
    least = _on_scale(base, claim)
    members = [] if replaced else [least]
    members += [_on_scale(relaxed, claim) for _, relaxed in let_in]
    why = [
        f"The stressed analysis decides: {lower(item.why)}"
        for item in opened
        if (item.corrects and corrected) or (item.replaces and replaced)
    ]
    if policy.strict:
        why.append("The policy is strict: base and stressed analyses must agree.")
    elif let_in and not replaced:
        # What is shown says more to a reader than what could not be ruled out.
        others = [item for item in opened if not item.corrects] or list(opened)
        first = next((item for item in others if item.shown), others[0])
        why.append(f"Base and stressed analyses must agree: {lower(first.why)}")
    hull = members[0]
    for member in members[1:]:
        hull = hull.hull(member)
    if hull.low > least.low:
        # What is relaxed because it failed may cost a claim its support, and never lend it any.
        hull = Interval(least.low, max(hull.high, least.low))
    alone = replaced or (corrected and not let_in)
    deciding: Deciding = "stressed" if alone else "hull" if opened else "base"
    return hull, deciding, tuple(why)


class Analyses(NamedTuple):
    """The base analysis, those that were let in, and whether they replace it.

    One that could not be made is None. A base analysis that was corrected is never replaced.
    """

    base: Estimate
    let_in: tuple[tuple[Opened, Estimate | None], ...]
    replaced: bool


def analyses(
    estimate: Estimate,
    stressed: Mapping[Assumption, Estimate],
    opened: tuple[Opened, ...],
    policy: Policy,
) -> Analyses:
    """What decides: the base analysis, corrected where a shown fault can be, and those let in."""
    correction = next((o for o in opened if o.corrects and not policy.strict), None)
    replaced = any(o.replaces for o in opened) and correction is None and not policy.strict
    base, moved = estimate, 0.0
    if correction is not None and correction.left is not None:
        base = _left(estimate, correction.left)
        if correction.shared:
            moved = sum(correction.left) / 2 - sum(estimate.improvement_int) / 2
    let_in = []
    for item in opened:
        if item is correction:
            continue
        made = stressed.get(item.relaxes) if item.left is None else _left(estimate, item.left)
        made = _moved(made, moved) if made and moved and isfinite(moved) else made
        let_in.append((item, made))
    return Analyses(base, tuple(let_in), replaced)


def _moved(estimate: Estimate, by: float) -> Estimate:
    """The estimate with the interval of the improvement moved."""
    low, high = estimate.improvement_int
    return _left(estimate, Interval(low + by, high + by))


def _left(estimate: Estimate, left: Interval) -> Estimate:
    """The estimate with the interval that a finding leaves of the improvement."""
    return replace(estimate, conf_int=left.flipped if estimate.better == "lower" else left)


def _on_scale(stressed: Estimate | None, claim: Claim) -> Interval:
    """Interval of a stressed analysis; unbounded where it cannot be made or told on that scale."""
    if stressed is None or stressed.off_scale(claim.scale):
        return Interval(float("-inf"), float("inf"))
    return stressed.on_scale(claim.scale)[1]

"""How far a verdict can be trusted: named downgrades, and the Maryland scale."""

from __future__ import annotations

from innoeval.decide.gates import probing
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.finding import Finding, FindingStatus
from innoeval.records.policy import Policy
from innoeval.records.verdict import Certainty, Standard

_LADDER: tuple[Certainty, ...] = ("very_low", "low", "moderate", "high")
#: Where certainty starts, by the most that the design can reach on the Maryland scale.
_START: dict[int, int] = {1: 0, 2: 1, 3: 2, 4: 3, 5: 3}


def certainty(
    claim: Claim,
    estimate: Estimate,
    findings: tuple[Finding, ...],
    main: FindingStatus,
    relaxes: Assumption | None,
    policy: Policy,
    sms_level: int,
) -> tuple[Certainty, tuple[str, ...]]:
    """Design level less one step for each named downgrade."""
    rung = _START.get(_sms_design(claim, sms_level), 0)
    downgrades = []
    if main == "problem":
        downgrades.append("The main assumption of the design is shown not to hold.")
    elif main == "cannot_tell":
        downgrades.append("The main assumption of the design could not be shown to hold.")
    if sms_level >= 3 and estimate.n_treated <= policy.few_treated:
        plural = "s" if estimate.n_treated > 1 else ""
        downgrades.append(f"Only {estimate.n_treated} treated unit{plural}.")
    # The main assumption is counted above, and a lack of comparison units by the design's level.
    counted = {"no_comparison", *probing(relaxes, policy)}
    downgrades += [
        finding.says
        for finding in findings
        if finding.status == "problem"
        and finding.severity != "note"
        and finding.check not in counted
    ]
    return _LADDER[max(0, rung - len(downgrades))], tuple(downgrades)


def _sms_design(claim: Claim, sms_level: int) -> int:
    """Only a declared assignment lifts a design with a comparison above level 3."""
    declared = {"randomised": 5, "lottery": 5, "cutoff": 4}.get(claim.assignment, 0)
    return max(sms_level, declared) if sms_level >= 3 else sms_level


def maryland(
    claim: Claim, findings: tuple[Finding, ...], sms_level: int, policy: Policy
) -> tuple[Standard, ...]:
    """Maryland Scientific Methods Scale: the most that the design can reach, and what it reached."""
    reach = _sms_design(claim, sms_level)
    design = Standard(
        name="Maryland SMS, design",
        score=str(reach),
        rule={
            1: "before and after without a comparison group",
            2: "one interrupted time series without a comparison group",
            3: "before and after with a comparison group",
            4: "assignment by a cut-off, as declared",
            5: "assignment by lot, as declared",
        }.get(reach, "no design"),
    )
    scored, rule = reach, design.rule
    if reach == 3:
        shown = _trends_shown(findings, policy)
        scored = 3 if shown else 2
        rule = (
            "a comparison group, and common trends before the start "
            f"{'' if shown else 'not '}shown: a difference in trends worth half the claim is "
            f"{'' if shown else 'not '}ruled out"
        )
    return design, Standard(name="Maryland SMS, scored", score=str(scored), rule=rule)


def _trends_shown(findings: tuple[Finding, ...], policy: Policy) -> bool:
    """Whether a difference in earlier trends worth half the claim is ruled out (90 % interval).

    A finding can be clear because nothing could change the verdict; that shows no common trends.
    """
    names = probing(Assumption.parallel_trends, policy)
    for finding in findings:
        if finding.check in names and finding.status == "clear":
            if finding.bias is None or finding.bias_se is None or not finding.share_explained:
                return True
            reach = (abs(finding.bias) + 1.645 * finding.bias_se) / abs(finding.bias)
            return abs(finding.share_explained) * reach <= policy.shown_share
    return False

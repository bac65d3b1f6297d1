"""From intervals and findings to a verdict."""

from __future__ import annotations

from collections.abc import Mapping

from innoeval.decide.certainty import certainty, trends_shown
from innoeval.decide.companions import companions
from innoeval.decide.gates import analyses, deciding_interval, main_gate, opened_gates
from innoeval.decide.regions import Bar, bar, margin, status_of
from innoeval.decide.standards import Evidence, standards
from innoeval.decide.words import lower, reason, remarks
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.evaluation import Measured
from innoeval.records.finding import Finding
from innoeval.records.policy import Policy
from innoeval.records.verdict import MARKS, Verdict


def decide(
    claim: Claim,
    estimate: Estimate | None,
    stressed: Mapping[Assumption, Estimate],
    findings: tuple[Finding, ...],
    policy: Policy,
    *,
    relaxes: Assumption | None = None,
    sms_level: int = 0,
    obstacles: tuple[str, ...] = (),
    measured: Measured | None = None,
) -> Verdict:
    """Judge a claim.

    Parameters
    ----------
    claim
        What was announced.
    estimate
        Base estimate; None where no design fits.
    stressed
        Estimates with one assumption given up each.
    findings
        What the checks found.
    policy
        The thresholds.
    relaxes
        Main assumption of the design: where no check could probe it, its stressed analysis joins.
    sms_level
        The most that the design can reach on the Maryland scale.
    obstacles
        Why no design fits, where `estimate` is None.
    measured
        Extent of the data, which some standards ask for.
    """
    fatal = tuple(f for f in findings if _is_fatal(f, policy))
    held = bar(claim, policy)
    if estimate is None or fatal:
        reasons = obstacles if estimate is None else tuple(f.says for f in fatal)
        return Verdict(
            status="not_evaluable",
            mark=MARKS["not_evaluable"],
            certainty="very_low",
            reasons=tuple(f"Cannot be evaluated, because {lower(reason)}" for reason in reasons),
            claimed=held.claimed,
            smallest=held.smallest,
            standards=standards(
                Evidence(
                    claim=claim,
                    estimate=None,
                    findings={},
                    main="cannot_tell",
                    sms_level=0,
                    measured=measured,
                )
            ),
        )
    main = main_gate(findings, relaxes, claim, policy)
    opened = opened_gates(findings, main, relaxes, estimate, claim, policy)
    interval, deciding, why = deciding_interval(estimate, stressed, claim, opened, policy)
    status = status_of(interval, held)
    deciders = analyses(estimate, stressed, opened, policy)
    beside = companions(
        claim,
        deciders.base,
        [(str(item.relaxes), found) for item, found in deciders.let_in],
        interval,
        held,
        policy,
        replaced=deciders.replaced,
    )
    evidence = Evidence(
        claim=claim,
        estimate=estimate,
        findings={finding.check: finding for finding in findings},
        main=main,
        sms_level=sms_level,
        improvement_shown=interval.low > 0,
        trends_shown=trends_shown(findings, policy),
        measured=measured,
    )
    grade, downgrades, graded = certainty(evidence, relaxes, policy)
    return Verdict(
        status=status,
        mark=MARKS[status],
        certainty=grade,
        reasons=(reason(status, interval, held, claim), *why, *remarks(claim, held)),
        downgrades=downgrades,
        interval=interval,
        deciding=deciding,
        claimed=held.claimed,
        smallest=held.smallest,
        improvement_shown=interval.low > 0,
        material_shown=held.smallest is not None and interval.low > held.smallest,
        resolution=_resolution(claim, estimate, held),
        breakdown=_finite(margin(interval, held)),
        standards=(*standards(evidence), graded),
        p_holds_up=beside.holds_up,
        p_falls_short=beside.falls_short,
        companions=beside.companions,
    )


def _is_fatal(finding: Finding, policy: Policy) -> bool:
    return (
        finding.status == "problem"
        and finding.severity == "fatal"
        and finding.check in policy.fatal
    )


def _resolution(claim: Claim, estimate: Estimate, held: Bar) -> float | None:
    """(c − what must be shown) / standard error, on the claim's scale."""
    if estimate.std_error is None or estimate.std_error <= 0 or held.claimed is None:
        return None
    unit = {"relative": abs(estimate.baseline), "percentage_points": estimate.whole / 100}
    return (held.claimed - held.shown) / (estimate.std_error / unit.get(claim.scale, 1.0))


def _finite(value: float) -> float | None:
    return value if abs(value) != float("inf") else None

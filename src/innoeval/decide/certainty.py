"""How far a verdict can be trusted: the design's level less named downgrades."""

from __future__ import annotations

from innoeval.decide.gates import probing
from innoeval.decide.standards.evidence import Evidence
from innoeval.records.assumption import Assumption
from innoeval.records.finding import Finding
from innoeval.records.policy import Policy
from innoeval.records.verdict import Certainty, Item, Standard

_LADDER: tuple[Certainty, ...] = ("very_low", "low", "moderate", "high")
#: Where certainty starts, by the most that the design can reach on the Maryland scale.
_START: dict[int, int] = {1: 0, 2: 1, 3: 2, 4: 3, 5: 3}
_MAIN = {
    "problem": "The main assumption of the design is shown not to hold.",
    "cannot_tell": "The main assumption of the design could not be shown to hold.",
}


def certainty(
    evidence: Evidence, relaxes: Assumption | None, policy: Policy
) -> tuple[Certainty, tuple[str, ...], Standard]:
    """Design level less one step for each named downgrade, in the manner of GRADE.

    Imprecision is not a downgrade here, but for few treated units: the interval has it already.

    Parameters
    ----------
    evidence
        What is known of the claim.
    relaxes
        Main assumption of the design.
    policy
        Its gates, and how many treated units are few.

    Returns
    -------
    The certainty, a sentence for each downgrade, and both as a standard with the rule of each.

    References
    ----------
    Guyatt, Oxman, Vist et al. (2008), BMJ 336:924-926, doi:10.1136/bmj.39489.470347.AD.
    """
    start = _LADDER[_START.get(evidence.reach, 0)]
    items = [
        Item(
            question="Where does the design start?",
            answer=start.replace("_", " "),
            rule=f"Level {evidence.reach} of the Maryland scale, the most that the design and the "
            f"declared assignment ({evidence.claim.assignment}) can reach.",
        )
    ]
    downgrades = list(_downgrades(evidence, relaxes, policy))
    items += [
        Item(question=domain, answer="one step down", rule=f"{says} Rule: {rule}")
        for domain, says, rule in downgrades
    ]
    grade = _LADDER[max(0, _LADDER.index(start) - len(downgrades))]
    lost = f"less {len(downgrades)}" if downgrades else "nothing taken off"
    return (
        grade,
        tuple(says for _, says, _ in downgrades),
        Standard(
            name="Certainty, in the manner of GRADE",
            score=grade.replace("_", " "),
            rule=f"starts at {start.replace('_', ' ')}, {lost}",
            items=tuple(items),
        ),
    )


def _downgrades(
    evidence: Evidence, relaxes: Assumption | None, policy: Policy
) -> tuple[tuple[str, str, str], ...]:
    """Domain, sentence and rule of each step down."""
    found = []
    main = str(relaxes.plain) if relaxes else "the main assumption"
    if (says := _MAIN.get(evidence.main)) is not None:
        found.append(
            (
                "Risk of bias",
                says,
                f"the check of whether {main} has to be clear.",
            )
        )
    estimate = evidence.estimate
    if estimate is not None and evidence.compared and estimate.n_treated <= policy.few_treated:
        plural = "s" if estimate.n_treated > 1 else ""
        found.append(
            (
                "Imprecision",
                f"Only {estimate.n_treated} treated unit{plural}.",
                f"at most {policy.few_treated} treated units are few.",
            )
        )
    # The main assumption is counted above, and a lack of comparison units by the design's level.
    counted = {"no_comparison", *probing(relaxes, policy)}
    found += [
        (
            _domain(finding),
            finding.says,
            f"the check {finding.check} shows a problem that is more than a note.",
        )
        for finding in evidence.findings.values()
        if finding.status == "problem"
        and finding.severity != "note"
        and finding.check not in counted
    ]
    return tuple(found)


def _domain(finding: Finding) -> str:
    """GRADE's domain of a finding: a selected report, or a risk of bias in what is assumed."""
    chosen = {Assumption.prespecified_window, Assumption.prespecified_outcome,
              Assumption.all_sites_reported}  # fmt: skip
    return "Selective reporting" if chosen & set(finding.probes) else "Risk of bias"


def trends_shown(findings: tuple[Finding, ...], policy: Policy) -> bool:
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

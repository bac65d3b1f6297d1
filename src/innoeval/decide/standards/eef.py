"""What threats take off a padlock rating of the Education Endowment Foundation."""

from __future__ import annotations

from innoeval.decide.standards.evidence import Evidence
from innoeval.records.verdict import Item, Standard

#: Threat, and the checks that speak to it.
_THREATS = (
    ("confounding", ("pre_trend", "pre_fit", "placebo_in_time", "mean_reversion", "no_comparison")),
    (
        "other changes at the same time",
        ("concurrent_change", "comparison_jump", "negative_controls"),
    ),
    ("effects on the comparison units", ("spillover", "donor_spillover", "displacement")),
    ("missing data", ("attrition",)),
    ("measurement of the outcome", ("definition_break", "undeclared_break", "bunching", "heaping")),
    ("selective reporting", ("metric", "window", "adopters", "carried_by_few", "peeking")),
)
_WORDS = {"high risk": "high", "low risk": "low", "unclear": "moderate"}


def padlocks(evidence: Evidence) -> tuple[Standard, ...]:
    """Padlocks to take off for threats to validity: none, one or two.

    A shown problem is a high risk; a doubt that no check could settle a moderate one, of unknown
    direction. Up to two moderate risks take nothing off; up to four of them, or one high risk with
    all others low, one padlock; more than that two, the most that threats can take. The rating
    from which they are taken (design, detectable effect size, attrition) is left to the assessor:
    its table could not be checked against its source.

    References
    ----------
    Education Endowment Foundation, Classification of the security of findings from EEF evaluations.
    """
    if evidence.estimate is None:
        return ()
    items, high, moderate = [], 0, 0
    for threat, names in _THREATS:
        risk, rule = evidence.risk(*names)
        asked = rule != "No check could ask this of these data."
        word = _WORDS[risk] if asked else "not judged"
        high, moderate = high + (word == "high"), moderate + (word == "moderate")
        items.append(Item(question=threat, answer=word, rule=rule))
    off = 0 if high == 0 and moderate <= 2 else 1 if _mild(high, moderate) else 2
    plural = "" if off == 1 else "s"
    return (
        Standard(
            name="EEF padlocks, threats",
            score=f"{off} padlock{plural} off",
            rule=f"{high} threat{'' if high == 1 else 's'} with high and {moderate} with moderate risk; "
            "the rating that they are taken from is the assessor's",
            items=tuple(items),
        ),
    )


def _mild(high: int, moderate: int) -> bool:
    """One padlock: up to four moderate risks, or one high risk and all others low."""
    return (high == 0 and moderate <= 4) or (high == 1 and moderate == 0)

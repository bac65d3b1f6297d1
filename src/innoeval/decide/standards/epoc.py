"""EPOC's criteria for interrupted time series: seven risks of bias, and the minimum."""

from __future__ import annotations

from innoeval.decide.standards.evidence import Evidence
from innoeval.records.verdict import Item, Standard

#: Fewest data points on either side (EPOC).
FEWEST = 3
#: Number, question, and the checks that answer it.
_BY_CHECKS = {
    "1": ("Was it independent of other changes?",
          ("concurrent_change", "comparison_jump", "negative_controls")),
    "3": ("Was it unlikely to change how data are collected?",
          ("definition_break", "undeclared_break", "provisional_data")),
    "6": ("Were results reported without selection?",
          ("metric", "window", "adopters", "carried_by_few", "peeking")),
    "7": ("Was it free of other risks, such as seasons?",
          ("calendar_mismatch", "mean_reversion", "outliers")),
}  # fmt: skip
_SHAPE = Item(
    number="2",
    question="Was the shape of the effect fixed beforehand?",
    answer="low risk",
    rule="The effect is counted from the declared start on, in a form that a rule fixes by numbers of periods alone.",
)
_OBJECTIVE = "Was the outcome safe from those who knew who had it?"


def interrupted_series(evidence: Evidence) -> tuple[Standard, ...]:
    """The seven items, each low, high or unclear risk.

    References
    ----------
    Cochrane Effective Practice and Organisation of Care (2017), Suggested risk of bias criteria for
    EPOC reviews.
    """
    if evidence.estimate is None:
        return ()
    by_checks = {
        number: _item(number, question, *evidence.risk(*names))
        for number, (question, names) in _BY_CHECKS.items()
    }
    items = (by_checks["1"], _SHAPE, by_checks["3"], _objective(evidence), _complete(evidence),
             by_checks["6"], by_checks["7"])  # fmt: skip
    low = sum(item.answer == "low risk" for item in items)
    high = sum(item.answer == "high risk" for item in items)
    return (
        Standard(
            name="EPOC risk of bias",
            score=f"{low} of 7 low",
            rule=f"{low} low, {high} high and {7 - low - high} unclear of the seven items for interrupted time series",
            items=items,
        ),
    )


def minimum(evidence: Evidence) -> tuple[Standard, ...]:
    """A clear point in time, and at least three data points before and after it.

    References
    ----------
    Cochrane Effective Practice and Organisation of Care (2017), What study designs can be considered
    for inclusion in an EPOC review and what should they be called?
    """
    measured = evidence.measured
    if measured is None:
        return ()
    met = min(measured.n_before, measured.n_after) >= FEWEST
    starts = (
        f"{len(measured.launches)} declared starts" if measured.launches else "a declared start"
    )
    return (
        Standard(
            name="EPOC minimum",
            score="met" if met else "not met",
            rule=f"{starts}, {measured.n_before} periods before the first and {measured.n_after} from it on; "
            f"{FEWEST} on either side are needed",
        ),
    )


def _item(number: str, question: str, answer: str, rule: str) -> Item:
    return Item(number=number, question=question, answer=answer, rule=rule)


def _objective(evidence: Evidence) -> Item:
    bunched = evidence.findings.get("bunching")
    if bunched is not None and bunched.status == "problem":
        return _item(
            "4", _OBJECTIVE, "high risk", f"The check bunching shows a problem: {bunched.says}"
        )
    return _item(
        "4", _OBJECTIVE, "unclear", "Numbers alone do not tell who recorded them, and why."
    )


def _complete(evidence: Evidence) -> Item:
    question = "Were gaps in the data dealt with?"
    if evidence.measured is not None and evidence.measured.missing == 0:
        return _item("5", question, "low risk", "No value is missing.")
    return _item("5", question, *evidence.risk("attrition"))

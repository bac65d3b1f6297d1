"""ROBINS-I: signalling questions with what the data say, for an assessor to answer."""

from __future__ import annotations

from typing import NamedTuple

from innoeval.decide.standards.evidence import Evidence
from innoeval.records.finding import FindingStatus
from innoeval.records.verdict import Item, Standard

#: The 34 signalling questions of the version of 2016, in our words.
QUESTIONS: dict[str, str] = {
    "1.1": "Could the effect be confounded?",
    "1.2": "Was follow-up split by the intervention received?",
    "1.3": "Were switches of intervention related to the outcome's causes?",
    "1.4": "Did the analysis control for all important confounding?",
    "1.5": "Was what was controlled for measured well?",
    "1.6": "Was anything controlled for that came after the start?",
    "1.7": "Did the analysis adjust for confounding that varies over time?",
    "1.8": "Was what was adjusted for measured well?",
    "2.1": "Were units selected by something seen after the start?",
    "2.2": "Was that related to the intervention?",
    "2.3": "Was that influenced by the outcome or its causes?",
    "2.4": "Do follow-up and intervention start together?",
    "2.5": "Was that selection corrected for?",
    "3.1": "Were the groups clearly defined?",
    "3.2": "Was the group recorded at the start?",
    "3.3": "Could knowing the outcome have changed who counts as treated?",
    "4.1": "Were there deviations from the innovation beyond usual practice?",
    "4.2": "Were they unbalanced, and did they bear on the outcome?",
    "4.3": "Were other changes balanced between the groups?",
    "4.4": "Was it carried out for most?",
    "4.5": "Did participants keep to it?",
    "4.6": "Was the effect of keeping to it analysed properly?",
    "5.1": "Are outcomes there for nearly all?",
    "5.2": "Were units left out for want of their group?",
    "5.3": "Were units left out for want of other values?",
    "5.4": "Are gaps alike in both groups, in number and reason?",
    "5.5": "Is the result robust to the gaps?",
    "6.1": "Could knowing of the innovation have influenced the measure?",
    "6.2": "Did those who measured know who had it?",
    "6.3": "Was measured alike in both groups?",
    "6.4": "Were errors of measurement related to the innovation?",
    "7.1": "Was the result selected from several outcomes?",
    "7.2": "Was the result selected from several analyses?",
    "7.3": "Was the result selected from several subgroups?",
}
_UNKNOWN = {
    number: Item(number=number, question=question, answer="NI", rule="")
    for number, question in QUESTIONS.items()
}
_OUT_OF_PLAY = {
    number: Item(number=number, question=QUESTIONS[number], answer="NA", rule=why)
    for number, why in (
        ("1.3", "Follow-up was not split."),
        ("1.7", "Follow-up was not split."),
        ("1.8", "Follow-up was not split."),
        ("2.2", "No such selection is seen."),
        ("2.3", "No such selection is seen."),
        ("2.5", "No such selection is seen."),
        ("5.4", "There are no gaps."),
        ("5.5", "There are no gaps."),
    )
}


class _ByChecks(NamedTuple):
    """Answers by checks: where one shows a problem, where those that ran are clear."""

    problem: str
    clear: str
    names: tuple[str, ...]


_ASKED = {
    "2.1": _ByChecks("PY", "PN", ("attrition", "adopters")),
    "3.3": _ByChecks("PY", "PN", ("adopters", "carried_by_few", "registration")),
    "4.3": _ByChecks("N", "PY", ("concurrent_change", "comparison_jump", "negative_controls")),
    "5.4": _ByChecks("PN", "PY", ("attrition",)),
    "5.5": _ByChecks("PN", "PY", ("attrition",)),
    "6.1": _ByChecks("PY", "PN", ("bunching",)),
    "6.3": _ByChecks("N", "PY", ("definition_break", "undeclared_break")),
    "6.4": _ByChecks("PY", "PN", ("undeclared_break", "heaping")),
    "7.1": _ByChecks("PY", "PN", ("metric",)),
    "7.2": _ByChecks("PY", "PN", ("window", "multiverse", "peeking")),
    "7.3": _ByChecks("PY", "PN", ("adopters", "carried_by_few")),
}
_CONTROLLED: dict[FindingStatus, tuple[str, str]] = {
    "clear": ("PY", "What is fixed in units and common to periods is taken off; {what} big enough to change the verdict is ruled out."),
    "problem": ("PN", "The base analysis does not: {what} is shown. The analysis that decides allows for it."),
    "cannot_tell": ("NI", "What is fixed in units and common to periods is taken off; {what} is neither shown nor ruled out."),
}  # fmt: skip


def robins(evidence: Evidence) -> tuple[Standard, ...]:
    """Signalling questions with proposed answers: Y, PY, PN, N, NI (no information), NA.

    Only what the data or the claim bear on is answered; every judgement is the assessor's, who can
    overwrite any answer (`Item.assessor`).

    References
    ----------
    Sterne, Hernán, Reeves et al. (2016), BMJ 355:i4919, doi:10.1136/bmj.i4919.
    """
    if evidence.estimate is None:
        return ()
    told = {**_from_claim(evidence), **_from_data(evidence)}
    for number, asked in _ASKED.items():
        if number not in told:
            told[number] = _by_checks(number, asked, evidence)
    if told["1.2"].answer == "N":
        told |= {number: _OUT_OF_PLAY[number] for number in ("1.3", "1.7", "1.8")}
    if told["2.1"].answer == "PN":
        told |= {number: _OUT_OF_PLAY[number] for number in ("2.2", "2.3", "2.5")}
    items = tuple(told.get(number, blank) for number, blank in _UNKNOWN.items())
    answered = sum(item.answer not in {"NI", "NA"} for item in items)
    return (
        Standard(
            name="ROBINS-I, proposed",
            score=f"{answered} of {len(items)} answered",
            rule="answers that the data bear on are proposed; every judgement is the assessor's",
            items=items,
        ),
    )


def _item(number: str, answer: str, rule: str) -> Item:
    return Item(number=number, question=QUESTIONS[number], answer=answer, rule=rule)


def _from_claim(evidence: Evidence) -> dict[str, Item]:
    claim = evidence.claim
    lot = claim.assignment in {"randomised", "lottery"}
    starts = len(set(claim.treated.values()))
    n = len(claim.treated)
    return {
        "1.1": _item("1.1", "PN" if lot else "PY",
                     f"Assignment, as declared: {claim.assignment}."),
        "1.2": _item("1.2", "PY" if starts > 1 else "N",
                     f"{starts} starts; units not yet treated are compared with." if starts > 1
                     else "All treated units start together and count as treated from then on."),
        "3.1": _item("3.1", "Y", f"The claim names {n} treated unit{'' if n == 1 else 's'} and when each starts."),
        "3.2": _item("3.2", "PY" if claim.registered_on else "NI",
                     f"The claim was put on record on {claim.registered_on}." if claim.registered_on
                     else "When the claim was put on record is not known."),
        "5.2": _item("5.2", "N", "Every unit's group follows from the claim."),
    }  # fmt: skip


def _from_data(evidence: Evidence) -> dict[str, Item]:
    estimate, measured = evidence.estimate, evidence.measured
    found = {
        "1.4": _controlled(evidence),
        "1.6": _item("1.6", "N", "Nothing recorded after the start is controlled for."),
        "2.4": _start(evidence),
    }
    if estimate is None or measured is None:
        return found
    left_out = measured.n_units - estimate.n_units if evidence.compared else 0
    found["5.3"] = _item(
        "5.3",
        "Y" if left_out > 0 else "N",
        f"{left_out} of {measured.n_units} units lack values on a side of the start and are left out."
        if left_out > 0
        else "No unit was left out.",
    )
    cells = measured.n_units * measured.n_periods
    if measured.missing == 0:
        found["5.1"] = _item("5.1", "Y", f"All {cells:,} values are there.")
        found |= {number: _OUT_OF_PLAY[number] for number in ("5.4", "5.5")}
    else:
        share = f"{100 * measured.missing / cells:.1f} % of {cells:,} values are missing."
        found["5.1"] = _item("5.1", "NI", f"{share} How many are too many is for the assessor.")
    return found


def _controlled(evidence: Evidence) -> Item:
    if not evidence.compared:
        return _item(
            "1.4", "PN", "There are no comparison units: only its own past speaks for the series."
        )
    answer, rule = _CONTROLLED.get(evidence.main, _CONTROLLED["cannot_tell"])
    return _item("1.4", answer, rule.format(what="a difference that was there before the start"))


def _start(evidence: Evidence) -> Item:
    early = evidence.findings.get("anticipation")
    if early is not None and early.status == "problem":
        return _item("2.4", "PN", f"The check anticipation shows a problem: {early.says}")
    return _item("2.4", "Y", "Every period from the declared start on is counted.")


def _by_checks(number: str, asked: _ByChecks, evidence: Evidence) -> Item:
    risk, rule = evidence.risk(*asked.names)
    if risk == "unclear":
        return _UNKNOWN[number] if rule.startswith("No check") else _item(number, "NI", rule)
    return _item(number, asked.problem if risk == "high risk" else asked.clear, rule)

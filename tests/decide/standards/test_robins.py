"""ROBINS-I: every question that is answered, by which checks or fields, and in which words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.decide.evidence import ESTIMATE, MEASURED, claim_of, evidence, finding, item

from innoeval.decide.standards.robins import QUESTIONS, robins

GAPS = replace(MEASURED, missing=40)
#: Question, a check that answers it, the answer where it shows a problem, and where it is clear.
ASKED = [
    ("2.1", "attrition", "PY", "PN"), ("2.1", "adopters", "PY", "PN"),
    ("3.3", "registration", "PY", "PN"), ("4.3", "comparison_jump", "N", "PY"),
    ("5.4", "attrition", "PN", "PY"), ("5.5", "attrition", "PN", "PY"),
    ("6.1", "bunching", "PY", "PN"), ("6.3", "undeclared_break", "N", "PY"),
    ("6.4", "heaping", "PY", "PN"), ("7.1", "metric", "PY", "PN"),
    ("7.2", "multiverse", "PY", "PN"), ("7.3", "carried_by_few", "PY", "PN"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "check", "problem", "clear"), ASKED)
def test_questions_that_checks_answer(number: str, check: str, problem: str, clear: str) -> None:
    says = {
        "problem": (problem, f"The check {check} shows a problem: {check} says problem."),
        "clear": (clear, f"Clear by the check {check}."),
        "cannot_tell": ("NI", f"The check {check} cannot tell: {check} says cannot_tell."),
        "not_applicable": ("NI", ""),
    }
    for status, expected in says.items():
        found = item(robins, number, evidence(finding(check, status), measured=GAPS))
        assert (found.answer, found.rule, found.question) == (*expected, QUESTIONS[number])


@pytest.mark.parametrize(
    ("number", "changes", "answer", "rule"),
    [("1.1", {}, "PY", "Assignment, as declared: observational."),
     ("1.1", {"assignment": "cutoff"}, "PY", "Assignment, as declared: cutoff."),
     ("1.1", {"assignment": "randomised"}, "PN", "Assignment, as declared: randomised."),
     ("1.1", {"assignment": "lottery"}, "PN", "Assignment, as declared: lottery."),
     ("1.2", {}, "N", "All treated units start together and count as treated from then on."),
     ("1.2", {"treated": {"A": "2021-01", "B": "2021-05"}, "start": None}, "PY",
      "2 starts; units not yet treated are compared with."),
     ("3.1", {}, "Y", "The claim names 2 treated units and when each starts."),
     ("3.1", {"treated": ["A"]}, "Y", "The claim names 1 treated unit and when each starts."),
     ("3.2", {}, "NI", "When the claim was put on record is not known."),
     ("3.2", {"registered_on": "2020-11-30"}, "PY", "The claim was put on record on 2020-11-30."),
     ("5.2", {}, "N", "Every unit's group follows from the claim.")],
)  # fmt: skip
def test_questions_that_the_claim_answers(number, changes, answer, rule) -> None:
    found = item(robins, number, evidence(claim=claim_of(**changes)))
    assert (found.answer, found.rule) == (answer, rule)


_FIXED = "What is fixed in units and common to periods is taken off; "
_BEFORE = "a difference that was there before the start"


@pytest.mark.parametrize(
    ("number", "changes", "answer", "rule"),
    [("1.4", {"main": "clear"}, "PY", f"{_FIXED}{_BEFORE} big enough to change the verdict is ruled out."),
     ("1.4", {"main": "problem"}, "PN",
      f"The base analysis does not: {_BEFORE} is shown. The analysis that decides allows for it."),
     ("1.4", {"main": "cannot_tell"}, "NI", f"{_FIXED}{_BEFORE} is neither shown nor ruled out."),
     ("1.4", {"main": "not_applicable"}, "NI", f"{_FIXED}{_BEFORE} is neither shown nor ruled out."),
     ("1.4", {"sms_level": 2}, "PN",
      "There are no comparison units: only its own past speaks for the series."),
     ("1.6", {}, "N", "Nothing recorded after the start is controlled for."),
     ("2.4", {}, "Y", "Every period from the declared start on is counted."),
     ("5.1", {}, "Y", "All 432 values are there."),
     ("5.1", {"measured": GAPS}, "NI",
      "9.3 % of 432 values are missing. How many are too many is for the assessor."),
     ("5.1", {"measured": None}, "NI", ""),
     ("5.3", {}, "N", "No unit was left out."),
     ("5.3", {"estimate": replace(ESTIMATE, n_units=11)}, "Y",
      "1 of 12 units lack values on a side of the start and are left out."),
     ("5.3", {"estimate": replace(ESTIMATE, n_units=1), "sms_level": 2}, "N", "No unit was left out."),
     ("5.3", {"measured": None}, "NI", "")],
)  # fmt: skip
def test_questions_that_the_data_answer(number, changes, answer, rule) -> None:
    found = item(robins, number, evidence(**changes))
    assert (found.answer, found.rule) == (answer, rule)


@pytest.mark.parametrize("status", ["problem", "clear", "cannot_tell"])
def test_follow_up_starts_with_the_innovation_unless_it_was_anticipated(status) -> None:
    found = item(robins, "2.4", evidence(finding("anticipation", status)))
    assert found.answer == ("PN" if status == "problem" else "Y")
    assert ("anticipation says problem." in found.rule) == (status == "problem")


def test_questions_that_others_rule_out() -> None:
    def answers(numbers: str, *findings, **changes) -> list[str]:
        found = evidence(*findings, **changes)
        return [item(robins, number, found).answer for number in numbers.split()]

    split = claim_of(treated={"A": "2021-01", "B": "2021-05"}, start=None)
    assert answers("1.3 1.7 1.8") == ["NA"] * 3
    assert answers("1.3 1.7 1.8", claim=split) == ["NI"] * 3
    assert answers("2.2 2.3 2.5", finding("adopters", "clear")) == ["NA"] * 3
    assert answers("2.2 2.3 2.5", finding("adopters", "problem")) == ["NI"] * 3
    assert answers("5.4 5.5", finding("attrition", "problem")) == ["NA"] * 2
    assert item(robins, "2.2", evidence(finding("adopters", "clear"))).rule == (
        "No such selection is seen."
    )


def test_answers_are_counted_without_those_that_say_nothing() -> None:
    # 1.1, 1.2, 1.4, 1.6, 2.4, 3.1, 5.1, 5.2, 5.3 are answered; 3.2 has no information.
    (found,) = robins(evidence())
    assert found.score == "9 of 34 answered"
    assert robins(evidence(claim=claim_of(registered_on="2020-11-30")))[0].score[:2] == "10"
    assert robins(evidence(estimate=None)) == ()

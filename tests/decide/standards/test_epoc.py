"""EPOC's seven items and its minimum, with the rule of each answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.decide.evidence import MEASURED, evidence, finding, item

from innoeval.decide.standards.epoc import interrupted_series, minimum

_NOT_ASKED = "No check could ask this of these data."


@pytest.mark.parametrize(
    ("number", "check"),
    [("1", "concurrent_change"), ("1", "negative_controls"), ("3", "definition_break"),
     ("3", "provisional_data"), ("6", "window"), ("6", "peeking"), ("7", "calendar_mismatch"),
     ("7", "outliers")],
)  # fmt: skip
def test_items_that_checks_answer(number: str, check: str) -> None:
    assert item(interrupted_series, number, evidence()).rule == _NOT_ASKED
    found = evidence(finding(check, "problem"))
    answer = item(interrupted_series, number, found)
    assert answer.answer == "high risk"
    assert answer.rule == f"The check {check} shows a problem: {check} says problem."
    (standard,) = interrupted_series(found)
    assert standard.score == "2 of 7 low"
    assert standard.rule == (
        "2 low, 1 high and 4 unclear of the seven items for interrupted time series"
    )
    assert [one.number for one in standard.items] == list("1234567")


@pytest.mark.parametrize("status", ["clear", "cannot_tell", "not_applicable"])
def test_who_recorded_the_numbers_is_known_only_where_they_heap_at_a_target(status) -> None:
    answer = item(interrupted_series, "4", evidence(finding("bunching", status)))
    assert answer.answer == "unclear"
    assert answer.rule == "Numbers alone do not tell who recorded them, and why."
    shown = item(interrupted_series, "4", evidence(finding("bunching", "problem")))
    assert shown.rule == "The check bunching shows a problem: bunching says problem."


@pytest.mark.parametrize("missing", [0, 1])
def test_gaps_are_asked_for_only_where_there_are_any(missing: int) -> None:
    lost = finding("attrition", "problem")
    found = evidence(lost, measured=replace(MEASURED, missing=missing))
    answer = item(interrupted_series, "5", found)
    assert answer.answer == ("high risk" if missing else "low risk")
    assert (answer.rule == "No value is missing.") == (missing == 0)
    unknown = item(interrupted_series, "5", evidence(lost, measured=None))
    assert unknown.answer == "high risk"


@pytest.mark.parametrize(
    ("before", "after", "score"),
    [(3, 3, "met"), (2, 3, "not met"), (3, 2, "not met"), (24, 12, "met")],
)
def test_three_periods_on_either_side_are_the_fewest(before: int, after: int, score: str) -> None:
    (found,) = minimum(evidence(measured=replace(MEASURED, n_before=before, n_after=after)))
    assert found.score == score
    assert found.rule == (
        f"a declared start, {before} periods before the first and {after} from it on; "
        "3 on either side are needed"
    )


def test_several_starts_are_counted() -> None:
    launches = ("2021-01", "2021-05", "2021-06")
    (found,) = minimum(evidence(measured=replace(MEASURED, launches=launches)))
    assert found.rule.startswith("3 declared starts, 24 periods before the first and 12 ")
    assert minimum(evidence(measured=None)) == ()
    assert interrupted_series(evidence(estimate=None)) == ()

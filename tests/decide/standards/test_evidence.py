"""What several checks together say of a risk, and how far a design can reach."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.decide.evidence import ESTIMATE, claim_of, evidence, finding

from innoeval.decide.standards.evidence import Evidence
from innoeval.decide.standards.maryland import maryland
from innoeval.decide.standards.nesta import nesta
from innoeval.records.finding import FindingStatus

#: Level of the design, and what it reaches if observational, randomised, by lottery, by a cut-off.
REACH = {0: (0, 0, 0, 0), 1: (1, 1, 1, 1), 2: (2, 2, 2, 2), 3: (3, 5, 5, 4), 4: (4, 5, 5, 4)}


@pytest.mark.parametrize("level", REACH)
def test_only_a_declared_assignment_lifts_a_comparison_above_three(level: int) -> None:
    found = tuple(
        evidence(sms_level=level, claim=claim_of(assignment=how)).reach
        for how in ("observational", "randomised", "lottery", "cutoff")
    )
    assert found == REACH[level]
    assert evidence(sms_level=level).compared == (level >= 3)


@pytest.mark.parametrize(
    ("a", "b", "answer", "rule"),
    [("clear", "clear", "low risk", "Clear by the checks a, b."),
     ("clear", "not_applicable", "low risk", "Clear by the check a."),
     (None, "clear", "low risk", "Clear by the check b."),
     ("clear", "cannot_tell", "unclear", "The check b cannot tell: b says cannot_tell."),
     ("cannot_tell", "problem", "high risk", "The check b shows a problem: b says problem."),
     ("problem", "clear", "high risk", "The check a shows a problem: a says problem."),
     ("not_applicable", "not_applicable", "unclear", "No check could ask this of these data."),
     (None, None, "unclear", "No check could ask this of these data.")],
)  # fmt: skip
def test_a_risk_is_high_by_one_problem_and_low_only_if_all_that_ran_are_clear(
    a: FindingStatus | None, b: FindingStatus | None, answer: str, rule: str
) -> None:
    found = [finding(name, status) for name, status in (("a", a), ("b", b)) if status]
    assert evidence(*found).risk("a", "b") == (answer, rule)


def test_what_is_not_told_is_not_taken_for_shown() -> None:
    bare = Evidence(claim=claim_of(), estimate=ESTIMATE, findings={}, main="clear", sms_level=3)
    assert (bare.improvement_shown, bare.trends_shown, bare.measured) == (False, False, None)
    assert scored(bare) == ["2", "2"]


def scored(found: Evidence) -> list[str]:
    return [maryland(found)[1].score, nesta(found)[0].score]


def test_an_estimate_is_not_needed_to_speak_of_a_risk() -> None:
    found = replace(evidence(finding("a", "clear")), estimate=None)
    assert found.risk("a")[0] == "low risk"

"""The Maryland scale says for each level what it is given for."""

from __future__ import annotations

import pytest
from tests.decide.evidence import claim_of, evidence

from innoeval.decide.standards.maryland import maryland

_TRENDS = "a comparison group, and common trends before the start "


@pytest.mark.parametrize(
    ("level", "assignment", "trends", "scores", "design", "scored"),
    [(1, "observational", True, "1 1", "before and after without a comparison group", None),
     (2, "randomised", True, "2 2", "one interrupted time series without a comparison group", None),
     (3, "observational", True, "3 3", "before and after with a comparison group",
      f"{_TRENDS}shown: a difference in trends worth half the claim is ruled out"),
     (3, "observational", False, "3 2", "before and after with a comparison group",
      f"{_TRENDS}not shown: a difference in trends worth half the claim is not ruled out"),
     (3, "cutoff", False, "4 4", "assignment by a cut-off, as declared", None),
     (3, "lottery", False, "5 5", "assignment by lot, as declared", None)],
)  # fmt: skip
def test_levels_and_their_rules(
    level: int, assignment: str, trends: bool, scores: str, design: str, scored: str | None
) -> None:
    reach, got = maryland(
        evidence(sms_level=level, claim=claim_of(assignment=assignment), trends_shown=trends)
    )
    assert (reach.name, got.name) == ("Maryland SMS, design", "Maryland SMS, scored")
    assert f"{reach.score} {got.score}" == scores
    assert (reach.rule, got.rule) == (design, scored or design)


def test_nothing_is_scored_without_a_design() -> None:
    assert maryland(evidence(sms_level=0)) == ()
    assert maryland(evidence(estimate=None)) == ()

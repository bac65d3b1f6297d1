"""Baseline equivalence names the gap and the threshold that it is held against."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.decide.evidence import MEASURED, evidence

from innoeval.decide.standards.wwc import baseline_equivalence

_APART = "the groups were {} standard deviations apart before the start (g), "


@pytest.mark.parametrize(
    ("gap", "score", "rule"),
    [(0.0, "met", _APART.format("0") + "at most 0.05"),
     (-0.05, "met", _APART.format("0.05") + "at most 0.05"),
     (0.06, "met with adjustment", _APART.format("0.06") + "at most 0.25: the analysis has to adjust "
      "for it, and takes each unit's own baseline off"),
     (-0.25, "met with adjustment", _APART.format("0.25") + "at most 0.25: the analysis has to adjust "
      "for it, and takes each unit's own baseline off"),
     (0.26, "not met", _APART.format("0.26") + "more than 0.25: no adjustment is accepted"),
     (None, "not computed", "no g: at least two units on either side, which differ, are needed for one")],
)  # fmt: skip
def test_thresholds_of_the_handbook(gap: float | None, score: str, rule: str) -> None:
    (found,) = baseline_equivalence(evidence(measured=replace(MEASURED, baseline_gap=gap)))
    assert (found.score, found.rule) == (score, rule)


def test_it_asks_for_a_comparison_and_for_what_was_measured() -> None:
    assert baseline_equivalence(evidence(sms_level=2)) == ()
    assert baseline_equivalence(evidence(estimate=None)) == ()
    assert baseline_equivalence(evidence(measured=None))[0].score == "not computed"

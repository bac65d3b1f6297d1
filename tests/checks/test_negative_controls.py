"""Metrics that the innovation cannot have moved."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding, panel_with
from tests.panels import claim_on, panel_of

from innoeval.evaluate import evaluate

RNG = np.random.default_rng(7)
CLAIM = claim_on(range(10), 12, size=1.0)
NOISE = RNG.normal(size=(30, 24)) * 0.3 + 10
ELSEWHERE = RNG.normal(size=(30, 24)) * 3.0 + 50


def panel(outcome: float, control: float):
    y, other = NOISE.copy(), ELSEWHERE.copy()
    y[:10, 12:] -= outcome
    other[:10, 12:] -= control
    return panel_with(y, {"elsewhere": other}, negative_controls=("elsewhere",))


def test_what_moved_both_is_told_in_units_of_the_outcome() -> None:
    # The control is ten times as noisy: its 10 are worth 1 of the outcome.
    found = finding("negative_controls", CLAIM, panel(1.0, 10.0))
    assert found.status == "problem"
    assert found.bias == pytest.approx(1.0, abs=0.15)
    assert found.left is None
    assert "elsewhere" in found.says
    # However large the change, nobody knows how much of it is what moved the control as well.
    assert evaluate(CLAIM, panel(3.0, 10.0)).verdict.status == "inconclusive"


def test_a_control_that_stays_is_clear() -> None:
    assert finding("negative_controls", CLAIM, panel(1.0, 0.0)).status == "clear"
    assert finding("negative_controls", CLAIM, panel_of(NOISE)).status == "not_applicable"


def test_a_single_series_can_have_one() -> None:
    t = np.arange(72)
    rng = np.random.default_rng(8)
    y, other = rng.normal(size=(1, 72)) * 0.3 + 10, rng.normal(size=(1, 72)) * 0.3 + 10
    y[:, t >= 48] -= 2
    other[:, t >= 48] -= 2
    one = panel_with(y, {"rear": other}, negative_controls=("rear",))
    found = finding("negative_controls", claim_on([0], 48, size=2.0), one)
    assert found.status == "problem"
    assert found.left is None

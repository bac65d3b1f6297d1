"""A step of the comparison units at the start."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.panels import claim_on, panel_of

CLAIM = claim_on(range(6), 24, size=1.0)
NOISE = np.random.default_rng(9).normal(size=(20, 40)) * 0.3 + 10


def test_a_step_of_everybody_is_a_note_with_its_size() -> None:
    values = NOISE.copy()
    values[:, 24:] -= 1.5
    found = finding("comparison_jump", CLAIM, panel_of(values))
    assert (found.status, found.severity) == ("problem", "note")
    assert found.bias == pytest.approx(1.5, abs=0.15)
    assert "improved by" in found.says


def test_a_trend_is_no_step() -> None:
    values = NOISE - 0.05 * np.arange(40)
    values[:6, 24:] -= 1.0
    assert finding("comparison_jump", CLAIM, panel_of(values)).status == "clear"


def test_too_few_periods_or_units() -> None:
    short = finding("comparison_jump", claim_on(range(6), 4), panel_of(NOISE[:, :12]))
    assert short.status == "not_applicable"
    one = finding("comparison_jump", CLAIM, panel_of(np.where(np.arange(40) == 5, np.nan, NOISE)))
    assert one.status == "not_applicable"

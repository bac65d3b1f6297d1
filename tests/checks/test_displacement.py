"""The total effect of treated units and their neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding, panel_with
from tests.panels import claim_on, panel_of

NOISE = np.random.default_rng(1).normal(size=(24, 20)) * 0.3
CLAIM = claim_on(range(4), 12, size=2.0)
NEAR = np.repeat([[0.0], [1.0], [0.0]], (4, 8, 12), axis=0)


def moved(treated: float, neighbours: float) -> np.ndarray:
    values = NOISE + 10
    values[:4, 12:] += treated
    values[4:12, 12:] += neighbours
    return values


def test_what_moved_next_door_is_taken_off() -> None:
    # 4 treated units gain 2 each, 8 neighbours lose 1 each: 8 × 1 / 4 = 2 for each treated unit.
    panel = panel_with(moved(-2.0, 1.0), {"near": NEAR}, neighbour="near")
    found = finding("displacement", CLAIM, panel)
    assert found.status == "problem"
    assert found.bias == pytest.approx(2.0, abs=0.35)
    assert found.left is not None
    assert found.left.low < 0 < found.left.high
    assert "Next door things got worse" in found.says


def test_neighbours_that_gain_are_no_displacement() -> None:
    panel = panel_with(moved(-2.0, -1.0), {"near": NEAR}, neighbour="near")
    found = finding("displacement", CLAIM, panel)
    assert found.status == "clear"
    # 2 + 8 × 1 / 4.
    assert found.left is not None
    assert (found.left.low + found.left.high) / 2 == pytest.approx(4.0, abs=0.35)


def test_it_needs_neighbours_and_others() -> None:
    assert finding("displacement", CLAIM, panel_of(NOISE)).status == "not_applicable"
    none = panel_with(NOISE, {"near": np.zeros((24, 1))}, neighbour="near")
    assert finding("displacement", CLAIM, none).status == "not_applicable"
    every = panel_with(NOISE, {"near": np.ones((24, 1))}, neighbour="near")
    assert finding("displacement", CLAIM, every).status == "cannot_tell"

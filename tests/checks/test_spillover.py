"""Neighbours against the comparison units farther away."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding, panel_with
from tests.panels import claim_on, panel_of

from innoeval.evaluate import evaluate

NOISE = np.random.default_rng(1).normal(size=(24, 20)) * 0.3
CLAIM = claim_on(range(6), 12, size=2.0)
NEAR = np.repeat([[0.0], [1.0], [0.0]], (6, 6, 12), axis=0)


def moved(neighbours: float, treated: float = -2.0) -> np.ndarray:
    values = NOISE + 10
    values[:6, 12:] += treated
    values[6:12, 12:] += neighbours
    return values


def test_neighbours_that_improve_hide_part_of_the_effect() -> None:
    # 6 of 18 comparison units improve by 1.5, which takes 6/18 × 1.5 = .5 off the estimate.
    panel = panel_with(moved(-1.5), {"near": NEAR}, neighbour="near")
    found = finding("spillover", CLAIM, panel)
    assert found.status == "problem"
    assert found.bias == pytest.approx(-0.5, abs=0.08)
    assert found.share_explained == pytest.approx(-0.25, abs=0.04)
    assert found.left is not None
    assert found.left.low < 2 < found.left.high
    assert "improved by" in found.says


def test_the_estimate_without_neighbours_decides() -> None:
    # The effect is all that the neighbours lost: 6/18 × 6 = 2, and nothing is left without them.
    panel = panel_with(moved(6.0, treated=0.0), {"near": NEAR}, neighbour="near")
    ev = evaluate(CLAIM, panel)
    found = next(f for f in ev.findings if f.check == "spillover")
    assert found.bias == pytest.approx(2.0, abs=0.2)
    assert ev.verdict.status not in {"supported", "partly_supported"}
    assert "got worse" in found.says


def test_no_neighbour_no_column_and_nobody_farther_away() -> None:
    assert finding("spillover", CLAIM, panel_of(moved(0.0))).status == "not_applicable"
    none = panel_with(moved(0.0), {"near": np.zeros((24, 1))}, neighbour="near")
    assert finding("spillover", CLAIM, none).status == "clear"
    every = panel_with(moved(0.0), {"near": np.ones((24, 1))}, neighbour="near")
    assert finding("spillover", CLAIM, every).status == "cannot_tell"


def test_a_farther_ring_is_seen_by_itself() -> None:
    rings = NEAR.copy()
    rings[12:16] = 2.0
    values = moved(0.0)
    values[12:16, 12:] -= 2.0
    found = finding("spillover", CLAIM, panel_with(values, {"near": rings}, neighbour="near"))
    assert found.status == "problem"
    assert "ring 2" in found.says


def test_quiet_neighbours_are_ruled_out() -> None:
    panel = panel_with(moved(0.0), {"near": NEAR}, neighbour="near")
    assert finding("spillover", CLAIM, panel).status == "clear"


def test_units_of_which_nothing_is_said_are_not_far_away() -> None:
    panel = panel_with(moved(0.0), {"near": np.full_like(NEAR, np.nan)}, neighbour="near")
    assert finding("spillover", CLAIM, panel).status == "cannot_tell"


def test_what_is_left_after_several_starts_is_of_the_same_estimand() -> None:
    from innoeval import evaluate, simulate

    case = simulate.draw(
        "growing_effects+spillover", seed=1, n_units=30, n_treated=10, n_before=36, size=2.0,
        noise=0.05, shock_sd=0.0, season=0.0,
    )  # fmt: skip
    found = {f.check: f for f in evaluate(case.claim, case.panel).findings}["spillover"]
    assert found.status == "problem"
    # Each unit's own change would weigh late starters, whose effects are small, too much: 1.74.
    assert sum(found.left) / 2 == pytest.approx(2.0, abs=0.1)

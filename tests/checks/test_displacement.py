"""The total effect of treated units and their neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand, finding, panel_with
from tests.panels import claim_on, panel_of

from innoeval.checks.displacement import Displacement

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


def test_two_farther_away_are_enough() -> None:
    values = np.arange(30.0).reshape(5, 6) % 7
    beside = np.array([[0.0], [0], [1], [0], [0]])

    def asked(rows: slice, n_treated: int = 2, column: np.ndarray = beside) -> object:
        columns = {"next": column[rows]}
        case = by_hand(values[rows], n_treated, 3, columns, roles={"neighbour": "next"})
        return Displacement().measure(case)

    assert asked(slice(None)).status in {"clear", "cannot_tell"}
    assert "for each treated unit" in asked(slice(None)).says
    few = asked(slice(0, 4))
    told = "Too few units are farther away to tell whether neighbours got worse."
    assert (few.status, few.says) == ("cannot_tell", told)
    none = asked(slice(None), 3)
    assert none.status == "not_applicable"
    assert none.says == "No comparison unit is next to a treated one."
    # What is not known of a unit makes it no neighbour.
    unknown = beside.copy()
    unknown[3] = np.nan
    assert asked(slice(None), 2, np.broadcast_to(unknown, (5, 6))).says == asked(slice(None)).says

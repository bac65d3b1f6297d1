"""Non-inferiority of balancing measures."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding, panel_with
from tests.panels import claim_on, panel_of

RNG = np.random.default_rng(6)
Y = RNG.normal(size=(30, 24)) * 0.5 + 10
Y[:10, 12:] -= 1.0
OTHER = RNG.normal(size=(30, 24)) * 5.0 + 100
CLAIM = claim_on(range(10), 12, size=1.0, smallest_effect=0.4)


def measured(harm: float, better: str = "lower"):
    other = OTHER.copy()
    other[:10, 12:] += harm if better == "lower" else -harm
    panel = panel_with(Y, {"reopened": other}, balancing={"reopened": better})
    return finding("balancing", CLAIM, panel)


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_harm_beyond_the_margin(better: str) -> None:
    # The margin is .4 of the outcome's .5, and so .8 of the measure's 5: 4. Harm of 10 is 1.0 there.
    found = measured(10.0, better)
    assert found.status == "problem"
    assert found.bias == pytest.approx(1.0, abs=0.2)
    assert "reopened got worse by" in found.says


def test_harm_within_the_margin_is_none_and_an_improvement_is_clear() -> None:
    assert measured(3.0).status != "problem"
    assert measured(-5.0).status == "clear"
    assert measured(0.0).status == "clear"


def test_what_cannot_be_ruled_out_is_said() -> None:
    found = measured(3.5)
    assert found.status == "cannot_tell"
    assert "reopened" in found.says


def test_nothing_to_balance_and_no_size_to_go_by() -> None:
    assert finding("balancing", CLAIM, panel_of(Y)).status == "not_applicable"
    sizeless = claim_on(range(10), 12, size=None)
    panel = panel_with(Y, {"reopened": OTHER}, balancing={"reopened": "lower"})
    assert finding("balancing", sizeless, panel).status == "not_applicable"
    constant = panel_with(Y, {"reopened": np.ones((30, 1))}, balancing={"reopened": "lower"})
    assert finding("balancing", CLAIM, constant).status == "not_applicable"

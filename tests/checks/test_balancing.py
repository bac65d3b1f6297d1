"""Non-inferiority of balancing measures."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from tests.checks.cases import by_hand, finding, panel_with
from tests.panels import claim_on, panel_of

from innoeval.checks.balancing import Balancing, _beyond, _harm, _smallest
from innoeval.designs.base import Effects

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


VALUES = np.array(
    [[1.0, 4, 2, 3, 6, 5], [3, 1, 4, 2, 2, 4], [5, 2, 3, 1, 4, 2], [2, 4, 1, 3, 5, 1]]
)


def harmed(effect: float, p_value: float, df: float | None = None, **more: object) -> object:
    """A case whose design finds so much in every other measure, with an error of 1."""

    def effects(before: object, after: object, level: float) -> Effects:
        one = np.array([effect])
        return Effects(effect=one, std_error=np.ones(1), p_value=np.array([p_value]), low=one - 1,
                       high=one + 2, df=None if df is None else np.array([df]))  # fmt: skip

    kernel = SimpleNamespace(series=np.zeros(6), launch=3, effects=effects)
    design = SimpleNamespace(kernel=lambda panel, claim, policy: kernel)
    return by_hand(VALUES, 2, 3, {"w": 2 * VALUES[::-1], "still": 1.0}, design=design,
                   **{"roles": {"outcomes": ("y", "w", "still")}, **more})  # fmt: skip


def test_harm_by_hand() -> None:
    case = harmed(1.0, 0.4)
    up, down = _harm(case, "w", "lower", 0.0), _harm(case, "w", "higher", 0.0)
    # One error away: .159 by the normal tail; the two-sided .4 leaves .2 as the least.
    assert (up.harm, up.least, up.most, up.p_value) == (1.0, 0.0, 3.0, pytest.approx(0.2))
    assert (down.harm, down.least, down.most) == (-1.0, -3.0, 0.0)
    assert down.p_value == pytest.approx(0.8413, abs=1e-4)
    assert _harm(harmed(1.0, 0.2), "w", "lower", 0.0).p_value == pytest.approx(0.1587, abs=1e-4)
    # A better one is no harm: one less half the two-sided p.
    assert _harm(harmed(-1.0, 0.1), "w", "lower", 0.0).p_value == pytest.approx(0.95)
    # With one degree of freedom the tail beyond 1 is a quarter.
    assert _harm(harmed(1.0, 0.1, 1.0), "w", "lower", 0.0).p_value == pytest.approx(0.25)
    assert _harm(case, "still", "lower", 0.0) is None
    assert up.spread > 0
    assert _harm(case, "w", "lower", 0.5).margin == pytest.approx(0.5 * up.spread)


def test_beyond_a_margin_by_hand() -> None:
    assert [_beyond(excess, 0.0, 5.0) for excess in (-1.0, 0.0, 0.5)] == [1.0, 1.0, 0.0]
    assert _beyond(2.0, 2.0, float("nan")) == pytest.approx(0.1587, abs=1e-4)
    assert _beyond(2.0, 2.0, 0.0) == pytest.approx(0.1587, abs=1e-4)
    assert _beyond(0.5, 0.5, 1.0) == pytest.approx(0.25)
    assert _beyond(-1.0, 0.5, 1.0) == pytest.approx(1 - 0.1476, abs=1e-4)


def test_smallest_effect_that_matters() -> None:
    assert _smallest(harmed(1.0, 0.4, unit=4.0, claim={"smallest_effect": 0.5})) == 2.0
    assert _smallest(harmed(1.0, 0.4, claimed=3.0)) == pytest.approx(0.75)
    assert _smallest(harmed(1.0, 0.4, claimed=None)) is None
    roles = {"balancing": {"w": "lower"}, "outcomes": ("y", "w")}
    unknown = Balancing().measure(harmed(1.0, 0.4, claimed=None, roles=roles))
    assert unknown.status == "not_applicable"
    assert unknown.says == (
        "Nothing says how much harm would matter: the claim names neither a size nor a smallest effect."
    )
    still = {"balancing": {"still": "lower"}, "outcomes": ("y", "still")}
    found = Balancing().measure(harmed(1.0, 0.4, roles=still))
    assert (found.status, found.says) == (
        "not_applicable",
        "The design does not fit any balancing measure.",
    )

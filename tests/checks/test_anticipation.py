"""A head start: which spell is told, and with what probability."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from tests.checks.cases import by_hand

from innoeval.checks import Measurement
from innoeval.checks.anticipation import Anticipation
from innoeval.designs.base import Effects, Spell

VALUES = np.arange(48.0).reshape(4, 12) % 7


def asked(*spells: Spell, better: str = "higher", left: float = np.nan) -> Measurement:
    """The answer for spells as given, where the baseline without them cannot be known or leaves so much."""

    def effects(before: object, after: object, level: float) -> Effects:
        one = np.array([left])
        return Effects(effect=one, std_error=one, p_value=one, low=one - 1, high=one + 1)

    kernel = SimpleNamespace(series=np.zeros(12), launch=6, effects=effects)
    case = by_hand(VALUES, 2, 6, kernel=kernel, claim={"better": better})
    case._spells.append(spells)
    return Anticipation().measure(case)


def spell(length: int, effect: float, p_value: float) -> Spell:
    return Spell(length=length, effect=effect, std_error=1.0, low=effect - 1.6, high=effect + 1.6,
                 p_value=p_value)  # fmt: skip


def test_the_clearest_gain_is_told() -> None:
    found = asked(
        spell(1, 2.0, 0.2), spell(3, 4.0, 0.1), spell(2, -9.0, 0.001), spell(6, 9.0, 0.001)
    )
    # Three of six periods hold 4: half of it is missed, with half its error. Three spells were looked at.
    assert found.p_value == pytest.approx(3 * 0.05)
    assert found.bias.value == pytest.approx(-2.0)
    assert found.bias.std_error == pytest.approx(0.5)
    assert found.left is None
    assert found.says_problem.startswith(
        "In the 3 periods before the start things were already 4 better"
    )
    # Half of 4 + 1.6.
    assert (
        "up to 3 periods before the start is not ruled out (it would add up to 2.8 to" in found.says
    )


def test_where_nothing_got_better_the_tail_is_the_other_one() -> None:
    found = asked(spell(1, -2.0, 0.2))
    assert found.p_value == pytest.approx(0.9)
    assert asked(spell(1, 2.0, 0.2)).p_value == pytest.approx(0.1)
    assert asked(spell(1, -2.0, 0.2), better="lower").p_value == pytest.approx(0.1)
    assert asked(spell(1, -2.0, 0.2), spell(2, -2.0, 0.4)).p_value == 1.0
    assert found.status == "clear"
    assert found.says.startswith("If the period before the start held part of the improvement")


def test_what_is_left_is_joined_with_the_base_interval() -> None:
    found = asked(spell(1, 2.0, 0.2), left=3.0)
    # From 2 to 4 without the spell, and from .5 to 1.5 with it.
    assert found.left == (0.5, 4.0)


def test_no_spell_can_be_told() -> None:
    told = "There are too few periods before the start to tell a head start from chance."
    for found in (asked(), asked(spell(6, 9.0, 0.001))):
        assert (found.status, found.says) == ("cannot_tell", told)

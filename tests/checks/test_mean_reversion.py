"""A bad spell: tails, places and shares of the baseline by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from tests.checks.cases import by_hand

from innoeval.checks.mean_reversion import (
    MeanReversion,
    _part_of_baseline,
    _place,
    _rank,
    _tail,
)
from innoeval.designs.base import Spell

VALUES = np.arange(48.0).reshape(4, 12) % 7


def spell(effect: float, p_value: float) -> Spell:
    return Spell(
        length=2, effect=effect, std_error=1.0, low=effect - 1, high=effect + 1, p_value=p_value
    )


def test_tails_are_one_sided() -> None:
    higher, lower = by_hand(VALUES, 2, 6), by_hand(VALUES, 2, 6, claim={"better": "lower"})
    assert _tail(higher, spell(-2.0, 0.1)) == pytest.approx(0.05)
    assert _tail(higher, spell(2.0, 0.1)) == pytest.approx(0.95)
    assert _tail(lower, spell(2.0, 0.1)) == pytest.approx(0.05)
    assert _tail(lower, spell(0.5, 0.5)) == pytest.approx(0.25)


def test_places_in_words() -> None:
    assert _place(1, 5) == "the worst of 5 such spells"
    assert _place(2, 4) == "number 2 from the worst of 4 such spells"
    assert _place(3, 4) == "no worse than most of 4 such spells"


def test_ranks_by_hand() -> None:
    series = np.array([3.0, 1, 5, np.nan, 2, 2, 9])
    case = by_hand(VALUES, 2, 6, kernel=SimpleNamespace(series=series, launch=6))
    # Where higher is better, of 3, 1, 5, 2, 2 one is worse and one the same.
    assert _rank(case, 1) == (3, 5)
    # Pairs 2, 3 and 2.
    assert _rank(case, 2) == (2, 3)


def test_shares_of_the_baseline() -> None:
    assert _part_of_baseline(by_hand(VALUES, 2, 6), 2) == pytest.approx(1 / 3)
    # Two of the three periods announced before the start.
    windows = (("2003", "2005"), ("2006", "2008"))
    assert _part_of_baseline(by_hand(VALUES, 2, 6, claim={"windows": windows}), 2) == pytest.approx(
        2 / 3
    )
    starts = {"u00": "2004", "u01": "2008"}
    several = by_hand(VALUES, 2, 4, claim={"treated": starts, "start": None})
    assert _part_of_baseline(several, 2) == pytest.approx((2 / 4 + 2 / 8) / 2)
    assert _part_of_baseline(several, 6) == pytest.approx((1 + 6 / 8) / 2)


def test_too_few_periods() -> None:
    case = by_hand(VALUES, 2, 3)
    case._spells.append(())
    found = MeanReversion().measure(case)
    assert found.status == "cannot_tell"
    assert found.says == (
        "There are 3 periods before the start, too few to know whether they were unusually bad."
    )

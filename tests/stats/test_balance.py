"""Hedges' g by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoeval.stats.balance import hedges_g


def test_by_hand_with_a_gap_in_the_data():
    # Averages 2, 4 | 0, 1, 2 (the last from one value). Means 3 and 1; squares 2 + 2 = 4 over 3
    # degrees of freedom: sd 1.1547. g = 2 / 1.1547 * (1 - 3 / (20 - 9)) = 1.7321 * 0.7273 = 1.2597.
    past = np.array([[1.0, 3], [4, 4], [0, 0], [1, 1], [2, np.nan]])
    assert hedges_g(past, np.array([1, 1, 0, 0, 0], dtype=bool)) == pytest.approx(1.2597, abs=1e-4)


def test_nothing_to_compare_with_or_no_spread_gives_none():
    past = np.arange(4.0)[:, None]
    assert hedges_g(past, np.array([1, 0, 0, 0], dtype=bool)) is None
    assert hedges_g(np.ones((4, 2)), np.array([1, 1, 0, 0], dtype=bool)) is None


@given(shift=st.floats(-50, 50), scale=st.floats(0.1, 20), seed=st.integers(0, 99))
def test_units_of_measurement_do_not_matter_and_swapping_groups_turns_the_sign(shift, scale, seed):
    past = np.random.default_rng(seed).normal(size=(9, 5))
    treated = np.arange(9) < 4
    found = hedges_g(past, treated)
    assert hedges_g(scale * past + shift, treated) == pytest.approx(found, rel=1e-6, abs=1e-9)
    assert hedges_g(past, ~treated) == pytest.approx(-found)

"""Weighted sums of group means."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.contrast import compare
from innoeval.stats.group_means import group_means

RNG = np.random.default_rng(1)


def test_two_groups_are_welch() -> None:
    numbers, ours = RNG.normal(size=20), np.arange(20) < 7
    found = group_means(numbers, np.stack([ours, ~ours]), np.array([[1.0, -1.0]]), 0.9)
    for one, other in zip(found, compare(numbers[:, None], ours, 0.9), strict=True):
        assert one.item() == pytest.approx(other.item())


def test_a_group_of_one_shares_the_spread_of_the_others() -> None:
    # Spread of (0, 2, 4): 8/2 = 4; the difference 5 − 2 has variance 4 × (1 + 1/3).
    groups = np.array([[1, 0, 0, 0], [0, 1, 1, 1]]) > 0
    found = group_means(np.array([5.0, 0, 2, 4]), groups, np.array([[1.0, -1.0]]), 0.95)
    assert found.effect.item() == pytest.approx(3.0)
    assert found.std_error.item() ** 2 == pytest.approx(16 / 3)
    assert found.df.item() == 2.0


def test_an_empty_group_gives_no_number_and_missing_units_are_left_out() -> None:
    groups = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 0]]) > 0
    numbers = np.array([1.0, 3.0, 0.0, 0.0, np.nan])
    found = group_means(numbers, groups, np.array([[1.0, -1, 0], [1, 0, -1]]), 0.95)
    assert found.effect[0] == pytest.approx(2.0)
    assert np.isnan(found.effect[1])

"""Columns of a segmented regression."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.series import LEVEL, mean_effect, seasons, segmented


def test_mean_effect_is_the_mean_of_what_the_columns_add_after_the_launch() -> None:
    X = segmented(20, 12, trend=True, slope=True)
    coefficients = np.array([5.0, -2.0, 0.3, 0.5])
    # −2 at the launch, then 0.5 more for each of the 7 later periods: −2 + 0.5 × 3.5 = −0.25.
    added = X[12:, [LEVEL, LEVEL + 2]] @ coefficients[[LEVEL, LEVEL + 2]]
    weights = mean_effect(20, 12, slope=True, columns=4)
    assert weights @ coefficients == pytest.approx(added.mean())
    assert weights @ coefficients == pytest.approx(-0.25)


@pytest.mark.parametrize("cycle", [4, 5, 7])
def test_a_short_cycle_gets_one_free_effect_for_each_of_its_periods(cycle: int) -> None:
    time = np.arange(3 * cycle)
    columns = np.column_stack([np.ones(len(time)), seasons(time, cycle)])
    assert columns.shape[1] == cycle
    assert np.linalg.matrix_rank(columns) == cycle
    np.testing.assert_allclose(columns[:cycle], columns[cycle : 2 * cycle], atol=1e-12)


def test_no_season_without_a_cycle() -> None:
    assert segmented(10, 5, trend=True, slope=False, cycle=1).shape == (10, 3)

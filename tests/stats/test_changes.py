"""Changes of units at their own starts."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.changes import unit_changes, usual_spread

RNG = np.random.default_rng(1)


def test_the_difference_of_means_is_the_average_of_cohorts() -> None:
    values, starts = RNG.normal(size=(9, 12)), np.array([4, 4, 8, 12, 12, 12, 12, 12, 12])
    changes = unit_changes(values, starts)

    def change(rows: slice, start: int) -> float:
        return float((values[rows, start:].mean(axis=1) - values[rows, :start].mean(axis=1)).mean())

    by_hand = [2 / 3 * (change(slice(0, 2), 4) - change(slice(3, 9), 4)),
               1 / 3 * (change(slice(2, 3), 8) - change(slice(3, 9), 8))]  # fmt: skip
    assert changes[:3].mean() - changes[3:].mean() == pytest.approx(sum(by_hand))


def test_a_unit_that_misses_a_bad_month_does_not_look_better_for_it() -> None:
    values = np.zeros((4, 8))
    values[:, 6] = 8.0
    values[0, 6] = np.nan
    starts = np.array([4, 8, 8, 8])
    changes = unit_changes(values, starts)
    assert changes[0] - changes[1:].mean() == pytest.approx(0.0)


def test_a_unit_without_values_on_one_side_has_no_change() -> None:
    values = RNG.normal(size=(4, 6))
    values[1, 3:] = np.nan
    assert np.isnan(unit_changes(values, np.array([3, 3, 6, 6]))[1])
    assert np.isnan(unit_changes(np.full((3, 4), np.nan), np.array([2, 4, 4]))).all()


def test_spread_needs_a_past() -> None:
    assert np.isnan(usual_spread(RNG.normal(size=(3, 5)), np.array([1, 5, 5])))

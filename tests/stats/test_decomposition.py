"""Numerators and denominators."""

from __future__ import annotations

import numpy as np

from innoeval.stats.decomposition import held, rate_factor


def test_a_rate_per_hundred_thousand_with_a_gap_and_a_zero() -> None:
    events, people = np.array([[5.0, 0, np.nan, 8]]), np.array([[1e5, 1e5, 1e5, 2e5]])
    assert rate_factor(1e5 * events / people, events, people) == 1e5
    assert rate_factor(np.zeros((1, 4)), np.zeros((1, 4)), people) is None


def test_the_denominator_is_held_at_each_units_own_past() -> None:
    events = np.ones((3, 4))
    people = np.array([[2.0, 4, 9, 9], [1, 2, 3, 9], [4, 8, 1, 1]])
    # Starts 2 and 3; the third never starts and is held before the first: means 3, 2 and 6.
    kept = held(events, people, np.array([2, 3, 4]))
    np.testing.assert_allclose(kept[:, 0], [1 / 3, 1 / 2, 1 / 6])
    assert np.isnan(held(events, np.full((3, 4), np.nan), np.array([2, 3, 4]))).all()


def test_one_event_is_enough_and_shares_beyond_rounding_are_none() -> None:
    ones, people = np.ones((1, 3)), np.array([[4.0, 5, 8]])
    assert rate_factor(100 * ones / people, ones, people) == 100.0
    assert rate_factor(np.array([[25.0, 20, 13]]), ones, people) is None

"""Limits by hand, runs, and gaps."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.control_chart import RUN, control_chart


def test_limits_by_hand() -> None:
    """Ranges 2, 3 and 1 average 2: limits of 5.32 about the mean of 10, 12, 9 and 10."""
    found = control_chart(np.array([10.0, 12, 9, 10, 16, 15.5]), np.arange(6) < 4)
    assert found.centre == 10.25
    assert found.high == pytest.approx(10.25 + 5.32)
    assert found.low == pytest.approx(10.25 - 5.32)
    assert found.beyond.tolist() == [False] * 4 + [True, False]


def test_a_run_is_seen_after_the_baseline_only() -> None:
    series = np.r_[np.tile([9.0, 11.0], 10), np.full(RUN, 10.5)]
    assert control_chart(series, np.arange(len(series)) < 20).shift.sum() == RUN
    assert control_chart(series[:-1], np.arange(len(series) - 1) < 20).shift.sum() == 0


def test_a_missing_value_neither_breaks_a_run_nor_is_marked() -> None:
    series = np.r_[np.tile([9.0, 11.0], 10), np.full(RUN + 1, 10.5)]
    series[22] = np.nan
    found = control_chart(series, np.arange(len(series)) < 20)
    assert found.shift.sum() == RUN
    assert not found.shift[22]
    assert not found.beyond[22]


def test_memory_is_the_correlation_of_neighbours() -> None:
    base = np.ones(40, dtype=bool)
    assert control_chart(np.sin(np.arange(40) / 6), base).memory > 0.8
    assert control_chart(np.tile([1.0, -1.0], 20), base).memory < -0.9


def test_a_baseline_without_neighbours_is_refused() -> None:
    for series in (np.full(6, np.nan), np.array([1.0, np.nan, 2, np.nan, 3, np.nan])):
        with pytest.raises(ValueError, match="no two neighbouring"):
            control_chart(series, np.ones(6, dtype=bool))

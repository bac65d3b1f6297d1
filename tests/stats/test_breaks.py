"""Steps, spreads and digits, against sums done by hand and by other means."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.breaks import at_own_start, is_round, log_spread, recording_step, step


def test_a_step_beside_a_trend_is_that_of_least_squares_where_errors_are_white() -> None:
    rng = np.random.default_rng(2)
    time = np.arange(60)
    series = 3 + 0.1 * time + 2.0 * (time >= 40) + rng.normal(size=60)
    found = step(series, 40)
    X = np.column_stack([np.ones(60), time >= 40, time - 29.5])
    ordinary = np.linalg.lstsq(X, series, rcond=None)[0][1]
    assert found.change == pytest.approx(ordinary, abs=0.15)
    assert found.change == pytest.approx(2.0, abs=3 * found.std_error)


def test_seasons_are_no_step() -> None:
    time = np.arange(72)
    series = 5 * np.cos(2 * np.pi * time / 12) + 0.01 * np.random.default_rng(1).normal(size=72)
    found = step(series, 45, cycle=12)
    assert abs(found.change) < 0.05


@pytest.mark.parametrize(
    "series", [np.zeros(20), np.arange(6.0), np.array([1.0, 2, 1, 2, 1, 2, 1, 2, 1] + [np.nan] * 9)]
)
def test_too_little_for_a_step(series: np.ndarray) -> None:
    assert step(series, min(10, len(series) // 2 + 1)) is None


def test_spread_around_the_own_trend() -> None:
    # A straight line has no spread around itself.
    straight = np.arange(8.0)
    values = np.stack([straight, straight + np.array([1, -1, -1, 1, 1, -1, -1, 1.0])])
    found = log_spread(values, np.ones(8, dtype=bool))
    assert np.isnan(found[0])
    # Eight squared deviations of 1 over 8 − 2 degrees of freedom.
    assert found[1] == pytest.approx(np.log(8 / 6) / 2)
    assert np.isnan(log_spread(values, np.arange(8) < 3)).all()


def test_changes_at_own_starts_where_all_start() -> None:
    after = np.array([[1.0, 9], [9, 3]])
    assert at_own_start(np.zeros((2, 2)), after, np.array([2, 4])).tolist() == [1.0, 3.0]


def test_steps_of_recording() -> None:
    assert recording_step(np.array([1.25, 3.0, np.nan])) == pytest.approx(0.01)
    assert recording_step(np.array([0.1 + 0.2, 0.7])) == pytest.approx(0.1)
    assert recording_step(np.random.default_rng(1).normal(size=9)) is None
    assert is_round(np.array([0.3, 0.25]), 0.1).tolist() == [1.0, 0.0]


def test_a_series_that_lies_on_its_line_shows_no_step() -> None:
    # A trend without any error, with and without a step in it: nothing says what chance would do.
    line = 0.5 * np.arange(24)
    assert step(line, 12) is None
    assert step(line + 3.0 * (np.arange(24) >= 12), 12) is None

"""A trend that began late, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.contrast import coefficients
from innoeval.stats.late_trend import late_trend

TIME = np.arange(18.0) - 12


def test_each_course_has_its_contrasts() -> None:
    trend = np.maximum(TIME + 6, 0)  # began six periods before, and goes on
    growing = np.maximum(TIME + 1, 0)  # from the start on
    ahead = 4.0 * (TIME >= -3)  # a head start
    found = late_trend(np.array([trend, growing, ahead]), launch=12)
    assert found is not None
    assert found.slope == pytest.approx([1, 1, 0])
    assert found.bend[0] == pytest.approx(1)
    assert found.began[:2] == pytest.approx([1, 0])
    # The last three and the three before are 3 periods apart.
    assert found.jump == pytest.approx([0, -3, 4])
    # 1 × (8.5 − 2.5); the head start fills three of six periods.
    assert found.carried == pytest.approx([6, 6, 0])
    # Growing: 1 to 6 average 3.5, less 0 and 6, or less 0 and 1 × (2.5 + 2).
    assert found.beyond_six == pytest.approx([0, -2.5, 2])
    assert found.beyond_three == pytest.approx([0, -1, 0])


def test_an_old_trend_does_not_bend_and_a_step_is_left() -> None:
    found = late_trend(np.array([0.5 * TIME + 3.0 * (TIME >= 0)]), launch=12)
    assert found is not None
    assert found.bend[0] == pytest.approx(0, abs=1e-9)
    assert found.beyond_six[0] == pytest.approx(3)
    assert found.beyond_three[0] == pytest.approx(3)


def test_missing_periods_are_left_out() -> None:
    outcomes = np.maximum(TIME + 6, 0)[None].repeat(2, axis=0)
    outcomes[0, [1, 8, 14]] = np.nan
    outcomes[1, :-1] = np.nan
    found = late_trend(outcomes, launch=12)
    assert found is not None
    assert found.bend[0] == pytest.approx(1)
    assert found.beyond_six[0] == pytest.approx(0, abs=1e-9)
    assert np.isnan(found).sum() == 7


def test_too_few_periods_say_nothing() -> None:
    assert late_trend(np.zeros((2, 18)), launch=11) is None
    assert late_trend(np.zeros((2, 17)), launch=12) is None


def test_coefficients_are_those_of_least_squares() -> None:
    rng = np.random.default_rng(3)
    columns, outcomes = rng.normal(size=(9, 3)), rng.normal(size=(4, 9))
    outcomes[1, 2:4] = np.nan
    found = coefficients(outcomes, columns)
    for row, values in zip(found, outcomes, strict=True):
        seen = np.isfinite(values)
        assert row == pytest.approx(np.linalg.lstsq(columns[seen], values[seen], rcond=None)[0])

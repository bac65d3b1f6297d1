"""Single odd periods, by hand and by their error rate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from innoeval.stats.isolated import isolated, left_out


def test_leaving_out_is_what_the_means_say() -> None:
    series = np.array([1.0, 2.0, 6.0, 5.0, 9.0, 4.0])
    shifts = left_out(series, launch=3)
    whole = series[3:].mean() - series[:3].mean()
    for t in range(6):
        kept = np.arange(6) != t
        after, before = series[3:][kept[3:]].mean(), series[:3][kept[:3]].mean()
        assert shifts[t] == pytest.approx(whole - (after - before))


def test_neighbours_lie_on_the_same_side_only() -> None:
    # A step at the start is no odd period, however large.
    rng = np.random.default_rng(3)
    series = rng.normal(size=30) + 50.0 * (np.arange(30) >= 15)
    found = isolated(series, launch=15)
    assert found is not None
    assert abs(found.distance) < 10


def test_noise_is_rarely_odd() -> None:
    rng = np.random.default_rng(11)
    p = [isolated(rng.normal(size=36), 24).p_value for _ in range(800)]
    assert np.mean(np.array(p) <= 0.05) <= 0.07


def test_missing_and_few_periods() -> None:
    series = np.array([1.0, np.nan, 2.0, 1.5])
    assert isolated(series, 2) is None
    assert np.isnan(left_out(series, 2)[1])


def test_the_odd_period_by_hand() -> None:
    series = np.random.default_rng(5).normal(size=16)
    series[[5, 9]] += 6.0, 4.0
    found = isolated(series, launch=12)
    assert found is not None
    # Up to two neighbours on either side, none from beyond the start.
    scaled = np.empty(16)
    for t in range(16):
        near = [s for s in range(t - 2, t + 3) if s != t and 0 <= s < 16 and (s < 12) == (t < 12)]
        scaled[t] = (series[t] - series[near].mean()) / np.sqrt(1 + 1 / len(near))
    spread = 1.4826 * np.median(np.abs(scaled))
    assert found.period == 5
    assert found.spread == pytest.approx(spread)
    assert found.distance == pytest.approx(series[5] - series[[3, 4, 6, 7]].mean())
    assert found.statistic == pytest.approx(scaled[5] / spread)
    # The median deviation of n normal values is worth the standard deviation of 0.37 n.
    expected = 16 * 2 * student.sf(abs(scaled[5] / spread), 0.37 * 16)
    assert found.p_value == pytest.approx(expected)
    assert isolated(np.arange(7.0), launch=7) is None
    flat = isolated(np.ones(8), launch=8)
    assert flat is not None
    assert (flat.spread, flat.statistic, flat.p_value) == (0.0, 0.0, 1.0)

"""Single odd periods, by hand and by their error rate."""

from __future__ import annotations

import numpy as np
import pytest

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

"""Imagined futures vary as repetitions of the world would."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from innoeval.stats.futures import continuations


def noise(rng, shape, rho):
    drawn = rng.normal(size=(*shape[:-1], shape[-1] + 200))
    return lfilter([np.sqrt(1 - rho**2)], [1, -rho], drawn, axis=-1)[..., 200:]


def level(n):
    return np.ones((n, 1))


def contrast_variances(rho, before, after, worlds=8):
    rng = np.random.default_rng(5)
    came, drawn = [], []
    for _ in range(worlds):
        world = noise(rng, (40, before + after), rho)
        past = world[:, :before]
        came.append(((world[:, before:].mean(axis=1) - past.mean(axis=1)) ** 2).mean())
        futures = continuations(past, ((level(before), level(after)),), 10, rng)
        drawn.append(((futures.mean(axis=2) - past.mean(axis=1)) ** 2).mean())
    return np.mean(came), np.mean(drawn)


def test_changes_vary_as_they_would_over_repetitions():
    came, drawn = contrast_variances(0.3, 24, 12)
    assert drawn == pytest.approx(came, rel=0.2)
    came, drawn = contrast_variances(0.7, 30, 12)
    assert drawn == pytest.approx(came, rel=0.2)


def test_white_noise_of_known_variance_by_hand():
    # Mean of 12 with variance 1/12 less a mean of 24 with variance 1/24: 0.0833 + 0.0417 = 0.125.
    rng = np.random.default_rng(2)
    past = rng.normal(size=(800, 24))
    futures = continuations(past, ((level(24), level(12)),), 4, rng)
    change = futures.mean(axis=2) - past.mean(axis=1)
    assert change.var() == pytest.approx(0.125, rel=0.1)


def test_each_unit_keeps_its_own_noise_and_level():
    rng = np.random.default_rng(3)
    scale = np.array([1.0, 1.0, 1.0, 1.0, 5.0])[:, None]
    past = 100 * np.arange(5)[:, None] + scale * rng.normal(size=(5, 40))
    futures = continuations(past, ((level(40), level(30)),), 60, rng)
    assert futures.mean(axis=(0, 2)) == pytest.approx(100 * np.arange(5), abs=2)
    spread = futures.std(axis=2).mean(axis=0)
    assert spread[4] / spread[:4].mean() == pytest.approx(5, rel=0.35)


def test_a_trend_goes_on_where_the_past_speaks_for_one():
    rng = np.random.default_rng(4)
    time = np.arange(50)
    forms = tuple((x[:40], x[40:]) for x in (level(50), np.column_stack([level(50), time])))
    steep = continuations((0.5 * time[:40] + rng.normal(size=40))[None], forms, 60, rng)
    assert steep[:, 0].mean(axis=0)[-1] == pytest.approx(0.5 * 49, abs=1.5)
    flat = continuations(rng.normal(size=40)[None], forms, 60, rng)
    assert abs(np.median(flat[:, 0, -1])) < 1


def test_gaps_are_bridged_and_units_never_seen_stay_missing():
    rng = np.random.default_rng(6)
    past = noise(rng, (30, 30), 0.5)
    past[:, ::4] = np.nan
    past[3] = np.nan
    futures = continuations(past, ((level(30), level(6)),), 5, rng)
    assert np.isnan(futures[:, 3]).all()
    assert np.isfinite(np.delete(futures, 3, axis=1)).all()
    assert futures[:, 0].std() < 5

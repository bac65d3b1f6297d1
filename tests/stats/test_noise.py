"""Noise before the start, and randomisation that measures every difference by it."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval.stats.noise import group_noise, noise_ratio, unit_noise
from innoeval.stats.randomization import assignments, randomise, randomise_t


def autoregressive(seed: int, n: int, length: int, rho: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    series = rng.normal(size=(n, length))
    for t in range(1, length):
        series[:, t] = rho * series[:, t - 1] + np.sqrt(1 - rho**2) * series[:, t]
    return series


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.9])
def test_noises_keep_their_ratio_whatever_the_autocorrelation(rho: float) -> None:
    noisy = autoregressive(1, 400, 40, rho) * np.repeat([1.0, 3.0], 200)[:, None]
    noise = unit_noise(noisy)
    assert noise[200:].mean() / noise[:200].mean() == pytest.approx(3, rel=0.05)
    # With 40 periods each noise is known to a ninth or so.
    assert noise[:200].std() / noise[:200].mean() == pytest.approx(1 / np.sqrt(2 * 39), rel=0.2)
    assert noise_ratio(noise, np.arange(400) >= 200) == pytest.approx(3, rel=0.05)


def test_by_hand_without_autocorrelation() -> None:
    # A rises and falls by 1 around its mean, B by 2 the other way round, so that periods have no
    # effect beyond (A + B)/2; what differs is their half difference, for both the same.
    past = np.array([[1.0, -1, 1, -1], [-1.0, 1, -1, 1], [3.0, 3, 3, 3]])
    noise = unit_noise(past)
    assert noise[0] == pytest.approx(noise[1])
    # The third never moves: it counts as a quarter of the median, 1/(2 √4), as its quiet may be luck.
    assert noise[2] == pytest.approx(noise[0] / 4)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.01, 100), st.floats(-1e4, 1e4))
def test_levels_shocks_and_scales_leave_ratios(seed: int, scale: float, shift: float) -> None:
    past = autoregressive(seed, 8, 9, 0.4)
    rng = np.random.default_rng(seed)
    moved = scale * (past + shift * rng.normal(size=(8, 1)) + rng.normal(size=(1, 9)))
    np.testing.assert_allclose(unit_noise(moved), scale * unit_noise(past), rtol=1e-5)
    order = rng.permutation(8)
    np.testing.assert_allclose(unit_noise(past[order]), unit_noise(past)[order], rtol=1e-9)


def test_missing_cells_and_short_series() -> None:
    past = autoregressive(3, 30, 24, 0.5)
    holes = np.where(np.random.default_rng(4).random(past.shape) < 0.2, np.nan, past)
    assert np.corrcoef(unit_noise(holes), unit_noise(past))[0, 1] > 0.8
    holes[0, 2:] = np.nan
    assert unit_noise(holes)[0] == pytest.approx(np.median(unit_noise(holes)[1:]), rel=0.02)
    assert (unit_noise(past[:, :2]) == 1).all()
    assert (unit_noise(np.zeros((4, 6))) == 1).all()


def slow_count(changes: np.ndarray, treated: np.ndarray, noise: np.ndarray, theta: float) -> float:
    """p-value of a constant effect θ, one choice of units at a time."""
    shifted, n, k = changes - theta * treated, len(changes), int(treated.sum())
    ratios = []
    for units in combinations(range(n), k):
        chosen = np.isin(np.arange(n), units)
        difference = shifted[chosen].mean() - shifted[~chosen].mean()
        spread = np.sqrt(
            (noise[chosen] ** 2).sum() / k**2 + (noise[~chosen] ** 2).sum() / (n - k) ** 2
        )
        ratios.append((abs(difference) / spread, (chosen == treated).all()))
    real = next(ratio for ratio, is_real in ratios if is_real)
    return sum(ratio >= real * (1 - 1e-9) for ratio, _ in ratios) / len(ratios)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.sampled_from([0.8, 0.9]))
def test_the_interval_holds_what_a_slow_search_does_not_reject(
    seed: int, k: int, level: float
) -> None:
    rng = np.random.default_rng(seed)
    n = 22 if k == 1 else 9
    treated = np.arange(n) < k
    noise = group_noise(np.exp(rng.normal(size=n)), treated)
    changes = noise * rng.normal(size=n)
    found = randomise(changes[:, None], assignments(treated, 10_000, seed=1), level, noise)
    assert found.p_value[0] == pytest.approx(slow_count(changes, treated, noise, 0.0))
    # An end lies between two ranks: the p-value there is within one choice of the level.
    rank = 1 / comb(n, k) + 1e-12
    for end, inward in ((found.low[0], 1), (found.high[0], -1)):
        step = 1e-6 * max(abs(end), 1) * inward
        assert np.isfinite(end)
        assert slow_count(changes, treated, noise, end + step) > 1 - level - rank
        assert slow_count(changes, treated, noise, end - step) <= 1 - level + rank


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_an_interval_has_two_ends_however_unequal_the_noises(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    treated = np.arange(20) < k
    noise = group_noise(np.exp(2 * rng.normal(size=20)), treated)
    found = randomise(rng.normal(size=(20, 1)), assignments(treated, 199, seed=1), 0.9, noise)
    assert np.isfinite([found.low[0], found.high[0]]).all()
    assert found.low[0] <= found.effect[0] <= found.high[0]


def test_equal_noises_change_nothing() -> None:
    changes = np.random.default_rng(5).normal(size=(12, 3))
    chosen = assignments(np.arange(12) < 2, 999, seed=1)
    for plain, measured in zip(
        randomise(changes, chosen, 0.9),
        randomise(changes, chosen, 0.9, np.full(12, 2.0)),
        strict=True,
    ):
        np.testing.assert_allclose(plain, measured, rtol=1e-9)


def rejections(sd: float, *, own: bool, draws: int = 800) -> float:
    """Share of true nulls rejected at 5 %: one treated of 20, 12 + 12 periods, ρ = .6."""
    treated = np.arange(20) == 0
    chosen = assignments(treated, 99, seed=1)
    hits = 0
    for seed in range(1000, 1000 + draws):
        outcomes = autoregressive(seed, 20, 24, 0.6)
        outcomes[0] *= sd
        changes = outcomes[:, 12:].mean(axis=1) - outcomes[:, :12].mean(axis=1)
        noise = group_noise(unit_noise(outcomes[:, :12]), treated) if own else None
        hits += randomise(changes[:, None], chosen, 0.95, noise).p_value[0] <= 0.05
    return hits / draws


def test_a_treated_unit_twice_as_noisy_is_rejected_no_more_often() -> None:
    # The standard error of a share of .05 over 800 draws is .008.
    assert rejections(2.0, own=False) > 0.2
    assert rejections(2.0, own=True) < 0.08
    assert 0.02 < rejections(1.0, own=True) < 0.08


def slow_t(changes: np.ndarray, treated: np.ndarray, theta: float) -> float:
    """p-value of a constant effect θ by randomised t, one choice at a time."""
    shifted, n, k = changes - theta * treated, len(changes), int(treated.sum())
    ratios = []
    for units in combinations(range(n), k):
        chosen = np.isin(np.arange(n), units)
        ours, theirs = shifted[chosen], shifted[~chosen]
        variance = ((ours - ours.mean()) ** 2).sum() / k**2
        variance += ((theirs - theirs.mean()) ** 2).sum() / (n - k) ** 2
        ratios.append((abs(ours.mean() - theirs.mean()) / np.sqrt(variance), units))
    real = next(r for r, units in ratios if units == tuple(np.flatnonzero(treated)))
    return sum(ratio >= real * (1 - 1e-9) for ratio, _ in ratios) / len(ratios)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3))
def test_randomised_t_by_a_slow_search(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    n = 22 if k == 1 else 9
    changes, treated = rng.normal(size=n), np.arange(n) < k
    found = randomise_t(changes[:, None], assignments(treated, 10_000, seed=1), 0.9)
    assert found.p_value[0] == pytest.approx(slow_t(changes, treated, 0.0))
    # Beyond the ends, which lie between two ranks, all but the next one is rejected; within, the hull
    # may hold a little more.
    for end, outward in ((found.low[0], -1), (found.high[0], 1)):
        for step in (1e-6, 0.5, 5.0):
            if np.isfinite(end):
                assert (
                    slow_t(changes, treated, end + step * outward) <= 0.1 + 1 / comb(n, k) + 1e-12
                )
    assert slow_t(changes, treated, found.effect[0]) == 1


def test_randomised_t_scales_and_permutes() -> None:
    changes = np.random.default_rng(6).normal(size=(10, 2))
    chosen = assignments(np.arange(10) < 3, 999, seed=1)
    plain, scaled = randomise_t(changes, chosen, 0.9), randomise_t(7 * changes + 3, chosen, 0.9)
    np.testing.assert_allclose(scaled.p_value, plain.p_value)
    np.testing.assert_allclose(scaled.low, 7 * plain.low, rtol=1e-6)
    order = np.random.default_rng(7).permutation(10)
    moved = randomise_t(changes[order], assignments((np.arange(10) < 3)[order], 999, seed=1), 0.9)
    np.testing.assert_allclose(moved.p_value, plain.p_value)
    np.testing.assert_allclose(moved.high, plain.high, rtol=1e-6)

"""Smoothness: the lasso path against a constrained solver, hand calculation and its own optimum."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import foldnorm

from innoeval.stats.honest import folded_normal_quantile, smooth, smoothness, smoothness_breakdown

SLOW = SimpleNamespace(**run_path(str(Path(__file__).with_name("slow_reference.py"))))


def draw(seed: int, n_pre: int, n_post: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = n_pre + n_post
    root = rng.standard_normal((n, 2 * n))
    return rng.standard_normal(n), root @ root.T / (2 * n)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_folded_normal_quantile_is_scipys(level: float) -> None:
    shift = np.array([0.0, 1e-3, 0.2, 1.0, 3.0, 8.0])
    assert folded_normal_quantile(shift, level) == pytest.approx(foldnorm.ppf(level, shift))
    assert folded_normal_quantile(-shift, level) == pytest.approx(foldnorm.ppf(level, shift))
    far = folded_normal_quantile(np.array([1e6]), level) - 1e6
    assert far == pytest.approx(folded_normal_quantile(np.array([50.0]), level) - 50)


@pytest.mark.parametrize(
    ("seed", "n_pre", "target"),
    [
        (1, 1, [1.0]),
        (2, 2, [1.0, 0.0]),
        (3, 4, [0.0, 0.0, 1.0]),
        (4, 6, [0.25] * 4),
        (5, 5, [-0.5, 1.0]),
    ],
)
def test_intervals_are_those_of_a_general_solver(
    seed: int, n_pre: int, target: list[float]
) -> None:
    beta, covariance = draw(seed, n_pre, len(target))
    m = np.array([0.0, 0.03, 0.2, 1.0])
    found = smoothness(beta, covariance, n_pre, np.array(target), m)
    for k, bound in enumerate(m):
        slow = SLOW.shortest(beta, covariance, n_pre, np.array(target), bound)
        ours, theirs = found.high[k] - found.low[k], slow[1] - slow[0]
        # The solver may stop short of the optimum, never beyond it.
        assert ours <= theirs * (1 + 1e-7)
        assert ours == pytest.approx(theirs, rel=2e-4)
        assert found.low[k] == pytest.approx(slow[0], abs=0.03 * theirs)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 15))
def test_the_path_is_optimal_everywhere(seed: int, n: int) -> None:
    """At any price, gradients of active weights equal it and those of the others do not pass it."""
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((n, n + 3))
    gram, linear = root @ root.T, rng.standard_normal(n)
    price, path = smooth._lasso_path(gram, linear)
    assert (np.diff(price) > 0).all()
    assert price[0] == 0.0
    for share in np.linspace(0, 1.1, 23):
        at = share * price[-1]
        u = np.array([np.interp(at, price, path[:, j]) for j in range(n)])
        slope = linear + gram @ u
        assert np.abs(slope).max() <= at + 1e-8
        large = np.abs(u) > 1e-7
        assert slope[large] == pytest.approx(-at * np.sign(u[large]), abs=1e-7)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n_pre=st.integers(1, 8), n_post=st.integers(1, 6))
def test_any_linear_trend_is_taken_off(seed: int, n_pre: int, n_post: int) -> None:
    beta, covariance = draw(seed, n_pre, n_post)
    time = np.concatenate([np.arange(-n_pre, 0), np.arange(1, n_post + 1)])
    target, m = np.full(n_post, 1 / n_post), np.array([0.0, 0.1, 2.0])
    plain = smoothness(beta, covariance, n_pre, target, m)
    tilted = smoothness(beta + 7 * time, covariance, n_pre, target, m)
    assert tilted.low == pytest.approx(plain.low, abs=1e-7)
    assert (np.diff(plain.high - plain.low) > 0).all()


def test_the_breakdown_value_is_where_zero_comes_in() -> None:
    beta, covariance = draw(6, 4, 3)
    target = np.full(3, 1 / 3)
    beta[4:] += 40.0
    value = smoothness_breakdown(beta, covariance, 4, target)
    found = smoothness(beta, covariance, 4, target, value * np.array([0.999, 1.001]))
    assert found.low[0] > 0 > found.low[1]
    assert smoothness_breakdown(np.zeros(7), covariance, 4, target) == 0.0

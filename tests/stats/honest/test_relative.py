"""Relative magnitudes: vertices and polar coordinates against linear programs and simulation."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval.stats.honest import relative, relative_breakdown, relative_magnitudes

SLOW = SimpleNamespace(**run_path(str(Path(__file__).with_name("slow_reference.py"))))


def draw(seed: int, n_pre: int, n_post: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = n_pre + n_post
    root = rng.standard_normal((n, n)) + np.eye(n)
    return rng.standard_normal(n) * 2, root @ root.T / n


def one_case(moments: relative._Moments, case: int) -> relative._Moments:
    return relative._Moments(
        moments.x, moments.v[[case]], *(part[:, [case]] for part in moments[2:])
    )


@pytest.mark.parametrize(
    ("seed", "n_pre", "n_post", "target"),
    [
        (3, 2, 3, [1 / 3, 1 / 3, 1 / 3]),
        (4, 1, 2, [0.0, 1.0]),
        pytest.param(1, 2, 1, [1.0], marks=pytest.mark.slow),
        pytest.param(2, 3, 3, [1.0, 0.0, 0.0], marks=pytest.mark.slow),
        pytest.param(5, 2, 4, [0.5, 0.0, -0.5, 0.3], marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("hybrid", [True, False])
def test_every_single_test_agrees_with_linear_programs(
    seed: int, n_pre: int, n_post: int, target: list[float], hybrid: bool
) -> None:
    beta, covariance = draw(seed, n_pre, n_post)
    weights, m = np.array(target), np.array([0.7])
    moments = relative._moments(beta, covariance, n_pre, weights, m)
    critical = relative._least_favourable(moments.root, 0.005) if hybrid else None
    sd = np.sqrt(weights @ covariance[n_pre:, n_pre:] @ weights)
    theta = moments.x + sd * np.array([-4.2, -2.4, -1.7, 0.9, 1.9, 2.6])
    for case in range(2 * n_pre):
        cut = None if critical is None else critical[:, [case]]
        quick = ~relative._kept(one_case(moments, case), theta[None], cut, 0.95)[0]
        sign = 1 if case < n_pre else -1
        slow = [
            SLOW.rejects(
                beta, covariance, n_pre, weights, 0.7, case % n_pre, sign, value, 0.95,
                None if cut is None else float(cut[0, 0]),
            )
            for value in theta
        ]  # fmt: skip
        assert quick.tolist() == slow, case


@pytest.mark.parametrize("m", [0.0, 0.5, 1.0, 30.0])
def test_the_critical_value_needs_no_simulation(m: float) -> None:
    beta, covariance = draw(7, 3, 3)
    target = np.array([0.2, 0.3, 0.5])
    moments = relative._moments(beta, covariance, 3, target, np.array([m]))
    exact = relative._least_favourable(moments.root, 0.05)
    noise = np.random.default_rng(1).standard_normal((2, 400_000))
    for case in range(6):
        largest = (moments.root[0, case] @ noise).max(axis=0)
        assert (largest > exact[0, case]).mean() == pytest.approx(0.05, abs=4 * 0.00035)


def test_the_critical_value_is_that_of_the_full_linear_program() -> None:
    beta, covariance = draw(8, 2, 3)
    target = np.array([1.0, 1.0, 0.0])
    moments = relative._moments(beta, covariance, 2, target, np.array([0.8]))
    exact = relative._least_favourable(moments.root, 0.1)[0]
    slow = SLOW.least_favourable(covariance, 2, target, 0.8, 1, 1, size=0.1, draws=600, seed=3)
    assert slow == pytest.approx(exact[1], abs=0.17)


def test_without_violations_it_is_the_usual_interval() -> None:
    beta, covariance = draw(9, 3, 2)
    target = np.array([0.5, 0.5])
    x, sd = target @ beta[3:], np.sqrt(target @ covariance[3:, 3:] @ target)
    found = relative_magnitudes(beta, covariance, 3, target, np.zeros(1), hybrid=False)
    assert found.low[0] == pytest.approx(x - 1.959964 * sd, abs=1e-5 * sd)
    assert found.high[0] == pytest.approx(x + 1.959964 * sd, abs=1e-5 * sd)


def test_a_large_m_gives_the_bounds_of_the_largest_earlier_change() -> None:
    """Nearly without noise the interval is the identified set: x ± m times the largest change."""
    beta = np.array([0.3, 0.1, 1.0, 2.0])
    covariance = np.eye(4) * 1e-12
    found = relative_magnitudes(beta, covariance, 2, np.array([0.0, 1.0]), np.array([1.0, 3.0]))
    # Changes before: −.2 and −.1; the second effect may be off by two changes.
    assert found.low == pytest.approx([2 - 2 * 0.2, 2 - 6 * 0.2], abs=1e-4)
    assert found.high == pytest.approx([2 + 2 * 0.2, 2 + 6 * 0.2], abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000), n_pre=st.integers(1, 5), n_post=st.integers(1, 5),
    scale=st.floats(0.01, 1000), shift=st.booleans(),
)  # fmt: skip
def test_intervals_widen_with_m_and_follow_units(
    seed: int, n_pre: int, n_post: int, scale: float, shift: bool
) -> None:
    beta, covariance = draw(seed, n_pre, n_post)
    target = np.eye(n_post)[-1] if shift else np.full(n_post, 1 / n_post)
    m = np.array([0.0, 0.5, 1.0, 2.0])
    found = relative_magnitudes(beta, covariance, n_pre, target, m)
    width = found.high - found.low
    assert (np.diff(width) > -1e-3 * width[:-1]).all()
    assert (found.low <= target @ beta[n_pre:]).all()
    assert (found.high >= target @ beta[n_pre:]).all()
    scaled = relative_magnitudes(beta * -scale, covariance * scale**2, n_pre, target, m)
    assert scaled.low == pytest.approx(-found.high * scale, rel=1e-4, abs=1e-4 * scale)
    assert scaled.high == pytest.approx(-found.low * scale, rel=1e-4, abs=1e-4 * scale)


@pytest.mark.parametrize("hybrid", [True, False])
def test_the_breakdown_value_is_where_zero_comes_in(hybrid: bool) -> None:
    beta, covariance = draw(11, 4, 2)
    target = np.array([1.0, 0.0])
    beta[4] = 12.0
    value = relative_breakdown(beta, covariance, 4, target, hybrid=hybrid)
    around = np.array([value * 0.999, value * 1.001])
    low = relative_magnitudes(beta, covariance, 4, target, around, hybrid=hybrid).low
    assert low[0] > 0 > low[1]


def test_the_breakdown_value_at_its_ends() -> None:
    beta, covariance = draw(12, 2, 1)
    beta[2] = 0.0
    assert relative_breakdown(beta, covariance, 2, np.array([1.0])) == 0.0
    # Earlier changes known to be nothing: no multiple of them explains the effect.
    calm = np.diag([1e-30, 1e-30, 1.0])
    assert relative_breakdown(np.array([0, 0, 9.0]), calm, 2, np.array([1.0])) == np.inf

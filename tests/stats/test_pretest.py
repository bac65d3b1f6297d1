"""Tests of earlier trends: against scipy's integrals, simulation, diff-diff and closed forms."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, ncx2, norm

from innoeval.stats.pretest import detectable_slope, equivalence_bounds, joint_power, pretest


def draw(seed: int, n: int) -> np.ndarray:
    root = np.random.default_rng(seed).standard_normal((n, 2 * n))
    return root @ root.T / (2 * n)


@pytest.mark.parametrize(("n", "slope"), [(1, 0.4), (3, 0.0), (3, 0.5), (6, 0.2), (6, 3.0)])
def test_power_is_the_integral_outside_the_box(n: int, slope: float) -> None:
    covariance = draw(n, n + 2)
    trend = slope * np.concatenate([np.arange(-n, 0), [1, 2]])
    early = covariance[:n, :n]
    half = 1.959964 * np.sqrt(np.diag(early))
    inside = multivariate_normal(trend[:n], early, seed=1, abseps=1e-6, maxpts=10**6).cdf(
        half, lower_limit=-half
    )
    assert pretest(covariance, n, trend).power[0] == pytest.approx(1 - inside, abs=1e-4)


def test_what_is_expected_after_passing_is_what_simulated_studies_show() -> None:
    covariance, n = draw(5, 6), 4
    trend = 0.35 * np.array([-4.0, -3, -2, -1, 1, 2])
    found = pretest(covariance, n, trend)
    draws = np.random.default_rng(1).multivariate_normal(trend, covariance, size=400_000)
    half = 1.959964 * np.sqrt(np.diag(covariance))[:n]
    passed = (np.abs(draws[:, :n]) < half).all(axis=1)
    assert found.power[0] == pytest.approx(1 - passed.mean(), abs=0.003)
    error = draws[passed].std(axis=0) / np.sqrt(passed.sum())
    assert (np.abs(found.expected[0] - draws[passed].mean(axis=0)) < 4.5 * error).all()


def test_passing_selects_studies_with_more_bias_where_errors_move_together() -> None:
    """Roth (2022), Proposition 1: equal variances and equal positive correlations (a noisy
    reference period) under an upward trend.
    """
    covariance = np.eye(4) + 1
    found = pretest(covariance, 3, np.array([-1.5, -1, -0.5, 0.5]))
    assert found.expected[0, 3] > 0.5


def test_without_a_trend_the_test_has_its_size_and_leaves_no_bias() -> None:
    found = pretest(np.eye(5), 4, np.zeros(5))
    assert found.power[0] == pytest.approx(1 - 0.95**4, abs=1e-6)
    assert found.expected[0] == pytest.approx(np.zeros(5), abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 1000), n=st.integers(1, 6), power=st.sampled_from([0.5, 0.8]),
    scale=st.floats(0.01, 100),
)  # fmt: skip
def test_the_detectable_slope_is_found_with_that_power(
    seed: int, n: int, power: float, scale: float
) -> None:
    covariance, periods = draw(seed, n), np.arange(-n, 0.0)
    slope = detectable_slope(covariance * scale**2, periods, power)
    assert pretest(covariance * scale**2, n, slope * periods).power[0] == pytest.approx(
        power, abs=1e-4
    )
    assert slope == pytest.approx(scale * detectable_slope(covariance, periods, power), rel=1e-4)


def test_diff_diff_finds_the_same_power() -> None:
    peer = pytest.importorskip("diff_diff.pretrends")
    covariance, trend = draw(9, 5), 0.3 * np.arange(-5.0, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        passing = peer._compute_nis_acceptance_prob(1.0, trend, covariance, norm.ppf(0.975))
    assert pretest(covariance, 5, trend).power[0] == pytest.approx(1 - passing, abs=2e-4)


def test_the_joint_test_has_a_closed_form() -> None:
    covariance, trend = draw(4, 3), np.array([[0.0, 0, 0], [-3, -2, -1]])
    shift = trend[1] @ np.linalg.solve(covariance, trend[1])
    power = joint_power(covariance, trend)
    assert power[0] == pytest.approx(0.05)
    assert power[1] == pytest.approx(ncx2.sf(7.814728, 3, shift))


def test_equivalence_bounds_are_where_both_one_sided_tests_stop_rejecting() -> None:
    beta, covariance = np.array([0.2, -0.5, 0.1]), draw(7, 3)
    found = equivalence_bounds(beta, covariance)
    error = np.sqrt(covariance.sum()) / 3
    assert norm.sf((found.average - abs(beta.mean())) / error) == pytest.approx(0.05)
    each = norm.sf((found.maximum - np.abs(beta)) / np.sqrt(np.diag(covariance)))
    assert each.max() == pytest.approx(0.05)
    assert found.maximum > found.average


def test_what_cannot_be_found() -> None:
    with pytest.raises(ValueError, match="anyway"):
        detectable_slope(np.eye(10), np.arange(-10.0, 0), 0.3)
    with pytest.raises(ValueError, match="full rank"):
        pretest(np.ones((3, 3)), 2, np.zeros(3))

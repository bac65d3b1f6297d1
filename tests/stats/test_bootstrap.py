"""The wild cluster bootstrap against doing it the long way, and against diff-diff."""

from __future__ import annotations

import warnings
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval.stats.bands import simultaneous
from innoeval.stats.bootstrap import multiplier, wild_cluster, wild_weights


def draw(seed: int, n_groups: int = 6, size: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = n_groups * size
    codes = np.arange(n) // size
    X = np.column_stack([np.ones(n), rng.normal(size=n), (codes < n_groups // 2) * 1.0])
    X[:, 2] *= np.arange(n) % size > 1
    return X, X @ [1, 0.5, 0.4] + rng.normal(size=n_groups)[codes] + rng.normal(size=n), codes


def t_of(X: np.ndarray, y: np.ndarray, codes: np.ndarray, column: int, null: float) -> float:
    inverse = np.linalg.inv(X.T @ X)
    beta = inverse @ X.T @ y
    residuals = y - X @ beta
    sums = np.stack([X[codes == g].T @ residuals[codes == g] for g in np.unique(codes)])
    variance = inverse @ sums.T @ sums @ inverse
    return float((beta[column] - null) / np.sqrt(variance[column, column]))


def slow_p(
    X: np.ndarray, y: np.ndarray, codes: np.ndarray, column: int, theta: float, *, restricted: bool
) -> float:
    """Every sign pattern, every regression run anew."""
    others = np.delete(X, column, axis=1)
    target = y - theta * X[:, column]
    if restricted:
        fitted = others @ np.linalg.lstsq(others, target, rcond=None)[0] + theta * X[:, column]
        null = theta
    else:
        beta = np.linalg.lstsq(X, y, rcond=None)[0]
        fitted, null = X @ beta, beta[column]
    real = abs(t_of(X, y, codes, column, theta))
    count = 0
    patterns = list(product([-1.0, 1.0], repeat=int(codes.max()) + 1))
    for signs in patterns:
        drawn = fitted + np.array(signs)[codes] * (y - fitted)
        count += abs(t_of(X, drawn, codes, column, null)) >= real * (1 - 1e-9)
    return count / len(patterns)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("column", [1, 2])
def test_the_p_value_is_that_of_every_pattern_run_anew(column: int, restricted: bool) -> None:
    X, y, codes = draw(column)
    found = wild_cluster(X, y, codes, column, restricted=restricted)
    assert found.draws == 64
    assert found.p_value == pytest.approx(slow_p(X, y, codes, column, 0.0, restricted=restricted))
    assert found.statistic == pytest.approx(
        t_of(X, y, codes, column, 0.0) / np.sqrt(6 / 5 * 29 / 27), rel=1e-9
    )


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.8, 0.9]))
def test_the_interval_holds_what_is_not_rejected(seed: int, level: float) -> None:
    X, y, codes = draw(seed)
    found = wild_cluster(X, y, codes, 2, level=level)
    assert found.low <= found.effect <= found.high
    for end, inward in ((found.low, 1), (found.high, -1)):
        if np.isfinite(end):
            step = 1e-6 * found.std_error * inward
            assert slow_p(X, y, codes, 2, end + step, restricted=True) > 1 - level
            assert slow_p(X, y, codes, 2, end - step, restricted=True) <= 1 - level + 1e-12
    zero = slow_p(X, y, codes, 2, 0.0, restricted=True) > 1 - level
    assert zero == (found.low <= 0 <= found.high) or abs(min(found.low, found.high, key=abs)) < 1e-6


@pytest.mark.parametrize("size", [3, 11])
def test_equals_diff_diff_but_for_ties(size: int) -> None:
    # diff-diff counts only draws with a larger |t|; all plus and all minus repeat the real one.
    from diff_diff.utils import wild_bootstrap_se

    X, y, codes = draw(3, n_groups=9, size=size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = wild_bootstrap_se(X, y, y, codes, 2, n_bootstrap=999, seed=1)
    found = wild_cluster(X, y, codes, 2, draws=999)
    assert found.std_error == pytest.approx(theirs.se, rel=1e-9)
    assert found.draws == theirs.n_bootstrap == 512
    assert found.p_value - theirs.p_value == pytest.approx(2 / 512, abs=1e-12)
    # At a level between two steps of 1/256, shifted by the tie, the ends are the same numbers.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shifted = wild_bootstrap_se(X, y, y, codes, 2, n_bootstrap=999, alpha=0.1 - 2 / 512)
    ours = wild_cluster(X, y, codes, 2, draws=999, level=0.9)
    assert (ours.low, ours.high) == pytest.approx((shifted.ci_lower, shifted.ci_upper), abs=1e-7)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.01, 100), st.floats(-10, 10))
def test_scales_and_labels(seed: int, scale: float, shift: float) -> None:
    X, y, codes = draw(seed)
    plain = wild_cluster(X, y, codes, 1, level=0.8)
    moved = wild_cluster(X, scale * (y + shift), codes, 1, level=0.8)
    assert moved.p_value == pytest.approx(plain.p_value, abs=1e-12)
    np.testing.assert_allclose(
        [moved.low, moved.high], scale * np.array([plain.low, plain.high]), rtol=1e-6, atol=1e-6
    )
    names = np.random.default_rng(seed).permutation(6)
    assert wild_cluster(X, y, names[codes], 1).p_value == pytest.approx(plain.p_value, abs=1e-12)


def test_weights_have_mean_zero_and_variance_one() -> None:
    for weights in ("rademacher", "webb"):
        drawn = wild_weights(30, 20_000, weights, seed=1)
        assert drawn.mean() == pytest.approx(0, abs=0.01)
        assert drawn.var() == pytest.approx(1, abs=0.01)
    assert (wild_weights(30, 99, "webb", seed=1) == wild_weights(30, 99, "webb", seed=1)).all()
    assert len(np.unique(wild_weights(30, 999, "webb", seed=1))) == 6
    # 2^12 patterns or their mirror images: 2,048 rows tell all of 4,096.
    assert wild_weights(12, 9999, "rademacher", seed=1).shape == (2048, 12)


def test_an_exact_fit_leaves_no_doubt() -> None:
    X, _, codes = draw(1)
    assert wild_cluster(X, X @ [1.0, 2, 0], codes, 1).p_value == 0
    assert wild_cluster(X, X @ [1.0, 0, 0], codes, 1).p_value == 1


def test_few_treated_clusters_are_rejected_too_seldom_or_too_often() -> None:
    # MacKinnon & Webb (2017): with one treated of 12 clusters the restricted bootstrap hardly ever
    # rejects a true null, the unrestricted one in most runs.
    X = np.column_stack([np.ones(12), np.arange(12) == 0])
    rejected = {True: 0, False: 0}
    for seed in range(60):
        y = np.random.default_rng(seed).normal(size=12)
        for restricted in rejected:
            found = wild_cluster(X, y, np.arange(12), 1, restricted=restricted)
            rejected[restricted] += found.p_value <= 0.05
    assert rejected[True] <= 2
    assert rejected[False] >= 30


@pytest.mark.parametrize("weights", ["normal", "rademacher", "mammen"])
def test_bands_agree_with_draws_from_the_normal_law(weights: str) -> None:
    rng = np.random.default_rng(3)
    influence = rng.normal(size=(400, 5)) @ rng.normal(size=(5, 8))
    influence -= influence.mean(axis=0)
    by_law = simultaneous(influence.T @ influence, 0.95, 20_000, seed=1)
    assert multiplier(influence, 0.95, 9999, weights, seed=2) == pytest.approx(by_law, abs=0.06)
    assert multiplier(influence, 0.95, 9999, weights, seed=2) > 1.96


def test_nothing_to_multiply() -> None:
    assert np.isnan(multiplier(np.zeros((5, 2)), 0.95, 99, "normal", seed=1))


@pytest.mark.parametrize("weights", ["normal", "rademacher", "mammen"])
def test_multipliers_have_mean_zero_and_variance_one(weights) -> None:
    # Over 400 units the sum is normal: half of the draws of its size lie below 0.674.
    one = np.random.default_rng(2).normal(size=(400, 1))
    for level, critical in ((0.5, 0.6745), (0.95, 1.96)):
        assert multiplier(one, level, 4999, weights, seed=3) == pytest.approx(critical, abs=0.06)
    # A question without influence is left out; where there is none, nothing is known.
    both = np.column_stack([one, np.zeros(400)])
    alone, beside = (multiplier(x, 0.9, 999, weights, seed=3) for x in (one, both))
    assert beside == pytest.approx(alone)
    assert np.isnan(multiplier(np.zeros((4, 1)), 0.9, 99, weights, seed=3))


def test_too_few_clusters_bound_nothing() -> None:
    # Of four clusters' eight pairs of signs none is rarer than one in eight.
    found = wild_cluster(np.ones((4, 1)), np.array([1.0, 2, 3, 4]), np.arange(4), 0)
    assert (found.low, found.high) == (-np.inf, np.inf)
    assert found.p_value == pytest.approx(2 / 16)

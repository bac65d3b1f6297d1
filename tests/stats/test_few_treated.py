"""Conley-Taber, Ferman-Pinto and Donald-Lang by hand, by properties and by simulation."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from innoeval.stats.few_treated import donald_lang, noise_by_size, placebo_residuals


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_donald_lang_is_the_pooled_t_test(seed: int, k: int) -> None:
    changes = np.random.default_rng(seed).normal(size=(14, 2))
    found = donald_lang(changes, np.arange(14) < k, 0.95)
    theirs = ttest_ind(changes[:k], changes[k:])
    np.testing.assert_allclose(found.p_value, theirs.pvalue, rtol=1e-9)
    if k > 1:
        interval = theirs.confidence_interval(0.95)
        np.testing.assert_allclose(
            [found.low, found.high], [interval.low, interval.high], rtol=1e-9
        )


def test_conley_taber_by_hand_with_two_treated_units() -> None:
    # Residuals −1, 0, 1; means of two, repeats allowed: −1, −½ (2), 0 (3), ½ (2), 1. The effect is
    # 3/4, and two of nine are as large: p = (1 + 2)/10. A 60 % interval leaves out the θ for which
    # at most 3 of 9 are as large: those beyond the fourth largest, ½.
    changes = np.array([[0.5], [1.0], [-1.0], [0.0], [1.0]])
    found = placebo_residuals(changes, np.arange(5) < 2, 0.6)
    assert found.p_value.item() == pytest.approx(0.3)
    assert (found.low.item(), found.high.item()) == pytest.approx((0.25, 1.25))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.floats(0.01, 100))
def test_residuals_scale_shift_and_bound(seed: int, k: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    changes, noise, treated = (
        rng.normal(size=(13, 1)),
        np.exp(rng.normal(size=13)),
        np.arange(13) < k,
    )
    plain = placebo_residuals(changes, treated, 0.8, noise=noise)
    moved = placebo_residuals(scale * (changes + 5), treated, 0.8, noise=3 * noise)
    assert moved.p_value.item() == pytest.approx(plain.p_value.item())
    assert moved.high.item() == pytest.approx(scale * plain.high.item(), rel=1e-7, abs=1e-9)
    # The interval holds 0 if and only if 0 is not rejected.
    assert (plain.low.item() <= 0 <= plain.high.item()) == (plain.p_value.item() > 0.2 - 1e-12)


def test_ferman_pinto_brings_residuals_to_the_noise_of_the_treated() -> None:
    rng = np.random.default_rng(1)
    noise = np.array([2.0, 5.0, *np.ones(4)])
    changes, treated = rng.normal(size=(6, 1)), np.arange(6) < 2
    found = placebo_residuals(changes, treated, 0.9, noise=noise)
    residuals = changes[2:, 0] - changes[2:, 0].mean()
    by_chance = [(2 * a + 5 * b) / 2 for a, b in product(residuals, repeat=2)]
    count = 1 + sum(abs(w) >= abs(found.effect.item()) for w in by_chance)
    assert found.p_value.item() == pytest.approx(count / 17)
    assert found.std_error.item() == pytest.approx(np.sqrt(np.mean(np.square(by_chance))))


def test_too_few_comparison_units_give_no_bound() -> None:
    changes = np.random.default_rng(2).normal(size=(19, 1))
    assert np.isinf(placebo_residuals(changes, np.arange(19) == 0, 0.95).high.item())
    more = np.random.default_rng(2).normal(size=(20, 1))
    assert np.isfinite(placebo_residuals(more, np.arange(20) == 0, 0.95).high.item())


def test_variances_by_size_never_fall_below_nothing() -> None:
    rng = np.random.default_rng(3)
    sizes = np.exp(rng.normal(size=200) + 5)
    changes = rng.normal(size=(200, 2)) * np.sqrt(np.column_stack([1 + 400 / sizes, sizes / 100]))
    noise = noise_by_size(changes, np.arange(200) == 0, sizes)
    expected = np.sqrt(1 + 400 / sizes)
    assert np.median(np.abs(noise[:, 0] / expected - 1)) < 0.2
    # Larger units noisier, against the model: all alike.
    assert np.ptp(noise[:, 1]) == pytest.approx(0, abs=1e-9)
    assert np.isfinite(noise).all()


def test_sizes_keep_the_level_where_the_treated_unit_is_small() -> None:
    # One treated unit of 1,000 among 60 of 10,000 or so: noise √10 as large.
    sizes = np.append(1e3, np.full(60, 1e4) * np.exp(np.linspace(-0.7, 0.7, 60)))
    treated, rejected = np.arange(61) == 0, np.zeros(2)
    for seed in range(300):
        changes = np.random.default_rng(seed).normal(size=(61, 1)) / np.sqrt(sizes)[:, None]
        noise = noise_by_size(changes, treated, sizes)
        for i, given_noise in enumerate((None, noise)):
            found = placebo_residuals(changes, treated, 0.95, noise=given_noise)
            rejected[i] += found.p_value.item() <= 0.05
    assert rejected[0] / 300 > 0.4
    assert rejected[1] / 300 < 0.13

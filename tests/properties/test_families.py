"""Many tests and many sites: what adjusting and pooling owe."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.posed import tried

from innoeval.stats.false_discovery import benjamini_hochberg, benjamini_yekutieli
from innoeval.stats.multiplicity import holm
from innoeval.stats.random_effects import random_effects

p_values = st.lists(st.floats(0, 1).map(lambda p: round(p, 6)), min_size=1, max_size=25)
METHODS = {"holm": holm, "bh": benjamini_hochberg, "by": benjamini_yekutieli}
each = pytest.mark.parametrize("method", sorted(METHODS))
some = tried(20)
sites = st.lists(
    st.tuples(st.floats(-5, 5), st.floats(0.1, 3)),
    min_size=3,
    max_size=12,
    unique_by=lambda s: s[0],
)


@each
@given(p=p_values, random=st.randoms(use_true_random=False))
@some
def test_the_order_of_tests_does_not_matter(method, p, random) -> None:
    order = list(range(len(p)))
    random.shuffle(order)
    adjusted = METHODS[method](p)
    assert METHODS[method](np.array(p)[order]) == pytest.approx(adjusted[order])


@each
@given(p=p_values)
@some
def test_adjusting_never_makes_a_p_value_smaller_and_keeps_their_order(method, p) -> None:
    adjusted = METHODS[method](p)
    assert (adjusted >= np.array(p) - 1e-12).all()
    assert (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= -1e-12).all()


@each
@given(p=p_values, place=st.integers(0, 24), down=st.floats(0, 1))
@some
def test_a_smaller_p_value_never_hurts_another(method, p, place, down) -> None:
    lower = np.array(p)
    lower[place % len(p)] *= down
    assert (METHODS[method](lower) <= METHODS[method](p) + 1e-12).all()


@given(p=p_values)
@some
def test_methods_are_as_strict_as_their_promises(p) -> None:
    bh, by, family = benjamini_hochberg(p), benjamini_yekutieli(p), holm(p)
    assert (bh <= family + 1e-12).all()
    assert (bh <= by + 1e-12).all()
    assert (family <= np.minimum(1, np.array(p) * len(p)) + 1e-12).all()


@given(found=sites, random=st.randoms(use_true_random=False))
@some
def test_the_order_of_sites_does_not_matter(found, random) -> None:
    y, se = np.array(found).T
    order = list(range(len(y)))
    random.shuffle(order)
    one, other = random_effects(y, se**2), random_effects(y[order], se[order] ** 2)
    assert other.coefficients == pytest.approx(one.coefficients, rel=1e-6, abs=1e-7)
    assert other.tau2 == pytest.approx(one.tau2, rel=1e-4, abs=1e-6)


@given(found=sites, shift=st.floats(-10, 10), power=st.integers(-5, 5))
@some
def test_shifted_and_rescaled_sites_give_a_shifted_and_rescaled_average(
    found, shift, power
) -> None:
    y, se = np.array(found).T
    k = 2.0**power
    one, other = random_effects(y, se**2), random_effects(k * (y + shift), (k * se) ** 2)
    assert other.coefficients[0] == pytest.approx(
        k * (one.coefficients[0] + shift), rel=1e-6, abs=1e-6 * k
    )
    assert other.tau2 == pytest.approx(k**2 * one.tau2, rel=1e-4, abs=1e-6 * k**2)


@given(found=sites)
@some
def test_the_average_lies_among_its_sites(found) -> None:
    y, se = np.array(found).T
    pooled = random_effects(y, se**2)
    assert y.min() - 1e-9 <= pooled.coefficients[0] <= y.max() + 1e-9
    assert pooled.tau2 >= 0

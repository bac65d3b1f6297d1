"""Tail areas, severity, surprise and exaggeration against sums done by hand and published numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, stdtrit

from innoeval.stats.severity import (
    flat_posterior,
    implied_df,
    retrodesign,
    severity_curve,
    surprise,
    tail_areas,
)

GRID = np.linspace(-20, 20, 81)
DF = st.floats(1, 1e6)


def test_a_normal_interval_gives_normal_tails():
    # Estimate 3, standard error 2: at 1, (3 - 1) / 2 = 1 standard error below; Phi(-1) = 0.1587.
    half = 1.959963984540054 * 2
    at_most, at_least = tail_areas(np.array([1.0, 3.0]), 3.0, 3 - half, 3 + half, (1e6, 1e6))
    assert at_most == pytest.approx([0.158655, 0.5], abs=1e-5)
    assert at_least == pytest.approx([0.841345, 0.5], abs=1e-5)


def test_a_side_without_an_end_shows_nothing_and_few_draws_show_little():
    at_most, at_least = tail_areas(np.array([-50.0]), 1.0, -np.inf, 2.0, (5.0, 5.0))
    assert at_most.tolist() == [1.0]
    assert at_least[0] == pytest.approx(1.0)
    assert tail_areas(np.array([-50.0]), 1.0, 0.0, 2.0, (1e6, 1e6), least=0.05)[0] == 0.05


@given(centre=st.floats(-5, 5), low=st.floats(0.1, 9), high=st.floats(0.1, 9), df=DF)
def test_severity_falls_with_the_size_and_agrees_with_the_interval(centre, low, high, df):
    curve = severity_curve(GRID, centre, centre - low, centre + high, (df, df))
    assert (np.diff(curve) <= 0).all()
    assert (curve >= 0).all()
    assert (curve <= 1).all()
    ends = severity_curve(np.array([centre - low, centre]), centre, centre - low, centre + high,
                          (df, df))  # fmt: skip
    assert ends == pytest.approx([0.975, 0.5], abs=1e-6)


@given(df=st.floats(1.01, 9e5))
def test_the_shape_is_that_whose_critical_value_was_used(df):
    assert stdtrit(implied_df(float(stdtrit(df, 0.975))), 0.975) == pytest.approx(
        stdtrit(df, 0.975), rel=1e-7
    )


def test_surprise_counts_heads_in_a_row():
    # 1/8 = three heads in a row.
    assert surprise(1 / 8) == 3
    assert surprise(0.0) == 1022


@given(p=st.floats(0, 1))
def test_surprise_is_never_negative(p):
    assert surprise(p) >= 0


def test_published_examples_of_retrodesign():
    # Gelman & Carlin (2014): a difference of at most 0.1 points against a standard error of 3.3,
    # power 5 %, type S 46 %, exaggeration 77; and 2 against 8.1: 6 %, 24 %, 9.5 (by simulation).
    power, exaggeration, wrong = retrodesign(0.1, 3.28)
    assert (round(power, 2), round(wrong, 2)) == (0.05, 0.46)
    assert exaggeration == pytest.approx(77, abs=1)
    power, exaggeration, wrong = retrodesign(2.0, 8.1)
    assert (round(power, 2), round(wrong, 2)) == (0.06, 0.24)
    assert exaggeration == pytest.approx(9.5, abs=0.2)


def test_retrodesign_agrees_with_draws():
    drawn = np.random.default_rng(1).normal(1.5, 1.0, 400_000)
    seen = np.abs(drawn) > 2.2
    power, exaggeration, wrong = retrodesign(1.5, 1.0, 2.2)
    assert power == pytest.approx(seen.mean(), abs=0.003)
    assert exaggeration == pytest.approx(np.abs(drawn[seen]).mean() / 1.5, abs=0.01)
    assert wrong == pytest.approx((drawn[seen] < 0).mean(), abs=0.001)


@given(ratio=st.floats(0.01, 8), critical=st.floats(1.5, 6))
def test_a_shown_effect_is_overrated_on_average(ratio, critical):
    power, exaggeration, wrong = retrodesign(ratio, 1.0, critical)
    assert 0 < power <= 1
    # Once nearly every estimate is significant nothing is overrated.
    assert exaggeration >= 1 - 1e-9
    assert 0 <= wrong <= 0.5


def test_an_effect_that_is_never_shown_has_no_exaggeration():
    assert retrodesign(0.1, 1.0, 40.0).exaggeration == np.inf


@given(
    edges=st.lists(st.floats(-50, 50), min_size=1, max_size=5).map(sorted),
    low=st.floats(-30, 30),
    width=st.floats(0.01, 60),
)
def test_posterior_probabilities_sum_to_one(edges, low, width):
    found = flat_posterior(np.array(edges), low, low + width)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()


def test_the_posterior_is_normal():
    # From 0 to 3.92: middle 1.96, standard deviation 1; above 1.96 half, below 0.96 Phi(-1).
    found = flat_posterior(np.array([0.96, 1.96]), 0.0, 2 * 1.959963984540054)
    assert found == pytest.approx([ndtr(-1), 0.5 - ndtr(-1), 0.5], abs=1e-4)

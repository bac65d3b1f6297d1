"""Contrasts of units against independent implementations."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from innoeval.stats.contrast import compare, period_effects, slopes, window_contrasts
from innoeval.stats.multiplicity import holm


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 8), st.integers(2, 8))
def test_compare_is_welch(seed: int, ours: int, theirs: int) -> None:
    from scipy import stats

    rng = np.random.default_rng(seed)
    contrasts = rng.normal(size=(ours + theirs, 3)) * rng.uniform(0.5, 3, size=(1, 3))
    treated = np.arange(ours + theirs) < ours
    found = compare(contrasts, treated, level=0.9)
    for k in range(3):
        peer = stats.ttest_ind(contrasts[treated, k], contrasts[~treated, k], equal_var=False)
        ends = peer.confidence_interval(0.9)
        assert found.p_value[k] == pytest.approx(peer.pvalue, rel=1e-9)
        assert (found.low[k], found.high[k]) == pytest.approx((ends.low, ends.high), rel=1e-9)


def test_no_variance_leaves_no_doubt() -> None:
    same = compare(np.array([[1.0], [1], [0], [0]]), np.array([True, True, False, False]), 0.95)
    assert (same.p_value[0], same.low[0], same.high[0]) == (0.0, 1.0, 1.0)
    none = compare(np.zeros((4, 1)), np.array([True, True, False, False]), 0.95)
    assert none.p_value[0] == 1.0


@settings(max_examples=25, deadline=None)
@example(seed=0, share=0.0)  # nothing is missing
@given(st.integers(0, 10**6), st.floats(0, 0.5))
def test_period_effects_are_those_of_a_regression_on_dummies(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    outcomes = rng.normal(size=(9, 6)) + rng.normal(size=(9, 1)) * 5 + rng.normal(size=6) * 2
    outcomes[rng.random(outcomes.shape) < share] = np.nan
    outcomes[0] = rng.normal(size=6)  # one unit is always seen, so that all periods hang together
    unit, period = np.nonzero(np.isfinite(outcomes))
    design = np.column_stack([np.eye(9)[unit], np.eye(6)[period]])
    fitted = np.linalg.lstsq(design, outcomes[unit, period], rcond=None)[0][9:]
    np.testing.assert_allclose(period_effects(outcomes), fitted - fitted.mean(), atol=1e-9)


def test_slopes_are_those_of_a_line_through_what_is_there() -> None:
    rng = np.random.default_rng(1)
    outcomes = rng.normal(size=(5, 12))
    outcomes[2, [1, 4]] = np.nan
    mask = np.arange(12) < 9
    slope, at, mean = slopes(outcomes, mask)
    for i, row in enumerate(outcomes):
        known = mask & np.isfinite(row)
        line = np.polyfit(np.flatnonzero(known), row[known], 1)
        assert slope[i] == pytest.approx(line[0])
        assert mean[i] == pytest.approx(np.polyval(line, at[i]))


def test_a_unit_without_a_side_has_no_contrast() -> None:
    outcomes = np.array([[1.0, np.nan], [1.0, 4.0]])
    found = window_contrasts(outcomes, np.array([[True, False]]), np.array([[False, True]]))
    assert np.isnan(found[0, 0])
    assert found[1, 0] == 3.0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_equals_statsmodels(p_values: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    # The peer collects garbage at each call, which takes far longer than what it is asked.
    with mock.patch("gc.collect"):
        peer = multipletests(p_values, method="holm")[1]
    np.testing.assert_allclose(holm(p_values), peer)

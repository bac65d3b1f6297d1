"""Analyses of one panel in batches, against the same by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from innoeval.stats.multiplicity import holm
from innoeval.stats.specifications import changes, compare_sets, relative_time

RNG = np.random.default_rng(4)
OUTCOMES = RNG.normal(size=(9, 12))
TREATED = np.arange(9) < 4
STARTS = np.where(TREATED, 7, 12)


def test_means_are_welch_and_medians_are_medians() -> None:
    layers = relative_time(OUTCOMES, STARTS, TREATED)
    time = np.arange(12)
    before, after = (time < 7)[None], (time >= 7)[None]
    found = changes(layers, before, after, trend=False)
    curve = compare_sets(found, TREATED, (~TREATED)[None], pooled=False)
    own = OUTCOMES[:, 7:].mean(axis=1) - OUTCOMES[:, :7].mean(axis=1)
    test = stats.ttest_ind(own[TREATED], own[~TREATED], equal_var=False)
    assert curve.effect[0, 0, 0] / curve.std_error[0, 0, 0] == pytest.approx(test.statistic)
    assert curve.df[0, 0, 0] == pytest.approx(test.df)
    assert curve.effect[0, 1, 0] == pytest.approx(
        np.median(own[TREATED]) - np.median(own[~TREATED])
    )


def test_a_trend_goes_on_for_each_unit() -> None:
    layers = relative_time(OUTCOMES, STARTS, TREATED)
    time = np.arange(12)
    found = changes(layers, (time < 7)[None], (time >= 9)[None], trend=True)
    for i in range(9):
        line = np.polyfit(time[:7], OUTCOMES[i, :7], 1)
        expected = (OUTCOMES[i, 9:] - np.polyval(line, time[9:])).mean()
        assert found[0, i, 0] == pytest.approx(expected)


def test_several_starts_stand_at_one_place() -> None:
    starts = np.array([3, 3, 6, 6, 12, 12, 12, 12, 12])
    layers = relative_time(OUTCOMES, starts, TREATED)
    assert layers.shape == (2, 9, 6 + 12 - 3)
    # A unit that starts in period 6 stands unshifted, one that starts in 3 three places later.
    assert np.allclose(layers[1, 2, :12], OUTCOMES[2])
    assert np.allclose(layers[0, 0, 3:15], OUTCOMES[0])
    assert np.isnan(layers[0, 2]).all()
    assert np.allclose(layers[0, 8, 3:15], OUTCOMES[8])


def test_weighted_holm_is_the_closed_test_of_weighted_bonferroni() -> None:
    p, w = np.array([0.01, 0.03, 0.2, 0.004]), np.array([1.0, 3.0, 0.5, 0.1])
    adjusted = holm(p, w)
    for i in range(4):
        # Largest of the adjusted p-values of all sets of hypotheses that hold i.
        worst = 0.0
        for bits in range(1, 16):
            member = np.array([bits >> k & 1 for k in range(4)], dtype=bool)
            if member[i]:
                worst = max(worst, min(1.0, (p[member] / w[member]).min() * w[member].sum()))
        assert adjusted[i] == pytest.approx(worst)


def test_one_treated_unit_is_held_against_the_whole_change_of_the_others() -> None:
    treated = np.arange(9) < 1
    layers = relative_time(OUTCOMES, np.where(treated, 7, 12), treated)
    time = np.arange(12)
    before, after = (time < 7)[None], (time >= 7)[None]
    found = changes(layers, before, after, trend=False)
    curve = compare_sets(found, treated, (~treated)[None], pooled=True)
    own = OUTCOMES[:, 7:].mean(axis=1) - OUTCOMES[:, :7].mean(axis=1)
    assert curve.effect.ravel() == pytest.approx(
        [own[0] - own[1:].mean(), own[0] - np.median(own[1:])]
    )

"""Closed forms against sums over units, and the derivative of the estimated weights."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from innoeval.stats.aggregation import average, combine, plan
from innoeval.stats.bands import simultaneous
from innoeval.stats.grouptime import Contrasts, covariance, influence, moments, solve
from innoeval.stats.paired import (
    Paired,
    combined,
    paired_influence,
    shares_influence,
    sides,
    summed,
)


def case(seed: int, *, weighted: bool):
    """20 units in two cohorts and a never-treated group, five periods, three contrasts."""
    rng = np.random.default_rng(seed)
    outcomes = rng.normal(size=(20, 5)) + rng.normal(size=(20, 1))
    group = rng.permutation([0] * 5 + [1] * 6 + [2] * 9)
    weights = rng.uniform(0.5, 2, 20) if weighted else None
    target, period, base = np.array([0, 0, 1]), np.array([2, 4, 4]), np.array([1, 1, 2])
    compare = np.array([[False, True, True], [False, False, True], [False, False, True]])
    lines = np.eye(5)
    contrasts = Contrasts(target, lines[period] - lines[base], compare)
    before = np.arange(5) == base[:, None]
    paired = Paired(outcomes, group, weights, target, compare, period, before)
    return contrasts, paired


@pytest.mark.parametrize("weighted", [False, True])
def test_closed_form_equals_the_sum_over_units(weighted: bool) -> None:
    contrasts, paired = case(1, weighted=weighted)
    known = moments(paired.outcomes, paired.group, 3, paired.weights)
    solved = solve(contrasts, known)
    found = sides(paired)
    np.testing.assert_allclose(solved.effect, found.effect, atol=1e-12)
    effects = partial(paired_influence, paired, found)
    shares = shares_influence(paired.group, paired.weights, 2)
    closed = covariance(contrasts, known, solved, 2)
    np.testing.assert_allclose(closed, summed(effects, shares), atol=1e-14)
    rows = np.random.default_rng(2).normal(size=(4, 5))
    mine = influence(paired.outcomes, paired.group, paired.weights, contrasts, known, solved, rows)
    np.testing.assert_allclose(mine, combined(effects, shares, rows), atol=1e-13)
    np.testing.assert_allclose(mine.T @ mine, rows @ closed @ rows.T, atol=1e-13)


def test_clusters_are_summed_before_they_are_squared() -> None:
    _, paired = case(3, weighted=False)
    effects = partial(paired_influence, paired, sides(paired))
    shares = shares_influence(paired.group, None, 2)
    clusters = np.arange(20) // 2
    every = np.concatenate([effects(slice(None)), shares], axis=1).reshape(10, 2, 5).sum(axis=1)
    np.testing.assert_allclose(summed(effects, shares, clusters), every.T @ every, atol=1e-14)


def test_far_off_outcomes_keep_their_digits() -> None:
    contrasts, paired = case(4, weighted=True)
    near, far = (
        moments(paired.outcomes + offset, paired.group, 3, paired.weights) for offset in (0, 1e9)
    )
    one, other = solve(contrasts, near), solve(contrasts, far)
    np.testing.assert_allclose(one.effect, other.effect, atol=1e-6)
    np.testing.assert_allclose(
        covariance(contrasts, near, one, 2), covariance(contrasts, far, other, 2), atol=1e-6
    )


def test_derivatives_equal_finite_differences() -> None:
    cohort = np.array([0, 0, 1, 2])
    laid = plan("event", cohort, np.array([1, 1, 2, 3]), np.array([1, 2, 2, 4]))
    effect, share = np.array([1.0, 2.0, -1.0, 4.0]), np.array([0.1, 0.2, 0.4])
    rows = combine(laid.parts, effect, share, cohort)
    step = 1e-6
    for k in range(7):
        moved = np.concatenate([effect, share])
        moved[k] += step
        there = combine(laid.parts, moved[:4], moved[4:], cohort)
        np.testing.assert_allclose(
            (there.effect - rows.effect) / step, rows.jacobian[:, k], atol=1e-4
        )
    overall = average(rows, laid.averaged)
    assert overall.effect[0] == pytest.approx(rows.effect.mean())


def test_balanced_windows() -> None:
    # Cohorts start in 1, 2, 3 of periods 0 … 4; base periods have no effect of their own.
    cohort = np.repeat([0, 1, 2], 4)
    start = cohort + 1
    period = np.concatenate([np.delete(np.arange(5), s - 1) for s in (1, 2, 3)])
    until = plan("event", cohort, start, period, 2)
    assert set(cohort[until.parts.any(axis=0)]) == {0, 1}
    assert until.label.max() == 2
    inside = plan("event", cohort, start, period, (-2, 1))
    assert set(cohort[inside.parts.any(axis=0)]) == {1, 2}
    assert inside.label.tolist() == [-2, 0, 1]


def test_bands_follow_the_covariance_and_the_seed() -> None:
    same = np.ones((6, 6))
    assert simultaneous(same, 0.95, 50_000, 1) == pytest.approx(1.96, abs=0.03)
    assert simultaneous(same, 0.95, 999, 1) == simultaneous(same, 0.95, 999, 1)
    assert np.isnan(simultaneous(np.zeros((2, 2)), 0.95, 99, 1))

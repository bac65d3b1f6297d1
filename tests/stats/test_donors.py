"""Imitations by donors against slow ways to the same numbers, and placebo ranks by brute force."""

from __future__ import annotations

import numpy as np
import pytest
from tests.stats.reference_simplex import reference

from innoeval.stats.augmented import augmented_control
from innoeval.stats.donors import (
    Task,
    did_ridge,
    different,
    effective_donors,
    synthetic_control,
    synthetic_did,
    time_weights,
)
from innoeval.stats.elastic import elastic_net
from innoeval.stats.factors import interactive_effects
from innoeval.stats.placebo import floored, placebos, rank, rank_pairs
from innoeval.stats.predictors import choose_importance, matched_control

BEFORE = np.arange(24) < 15


def outcomes(seed: int, n: int = 20) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(2, 24)).cumsum(axis=1)
    return rng.normal(size=(n, 2)) @ shared + rng.normal(size=(n, 24)) * 0.5


def everyone(values: np.ndarray) -> Task:
    """Every unit as a target, the first never a donor."""
    runs = placebos((np.array([0]),), np.arange(1, len(values)), len(values), draws=9, seed=1)
    return Task(runs.targets[0] @ values, BEFORE, ~BEFORE, runs.allowed, members=runs.targets[0])


@pytest.mark.parametrize("row", [0, 1, 7])
def test_synthetic_did_equals_its_definition_with_the_slow_solver(row: int) -> None:
    values = outcomes(1)
    task = everyone(values)
    donors = task.allowed[row]
    ridge = did_ridge(values, np.arange(20) > 0, BEFORE, 1, 9)
    steps = np.diff(values[1:, :15], axis=1)
    assert ridge == pytest.approx(np.sqrt(9) * steps.var(ddof=1))
    past = values[donors, :15] - values[donors, :15].mean(axis=1, keepdims=True)
    aim = task.targets[row, :15] - task.targets[row, :15].mean()
    units = reference(past @ past.T, past @ aim, ridge * 15)
    levels = values[donors, :15] - values[donors, :15].mean(axis=0)
    later = values[donors, 15:].mean(axis=1)
    times = reference(levels.T @ levels, levels.T @ (later - later.mean()))
    found = synthetic_did(values, task, ridge=ridge)
    np.testing.assert_allclose(found.weights[row, donors], units, atol=1e-6)
    np.testing.assert_allclose(time_weights(values, task)[row], times, atol=1e-5)
    gap = task.targets[row] - units @ values[donors]
    effect = gap[15:].mean() - times @ gap[:15]
    assert found.gaps[row, 15:].mean() == pytest.approx(effect, abs=1e-5)


def test_the_penalty_keeps_to_donors_nearby() -> None:
    # 0 is the average of −1 and 1, and of −9 and 9; distance counts against the far pair.
    values = np.array([[0.0, 0], [-1, -1], [1, 1], [-9, -9], [9, 9]]) @ np.ones((2, 24)) / 2
    task = Task(values[:1], BEFORE, ~BEFORE, np.array([[False, True, True, True, True]]))
    found = synthetic_control(values, task, penalty=0.1).weights[0]
    np.testing.assert_allclose(found, [0, 0.5, 0.5, 0, 0], atol=1e-6)
    assert effective_donors(found[None])[0] == pytest.approx(2.0)


def test_augmented_weights_sum_to_one_and_fit_more_closely() -> None:
    values = outcomes(2)
    values[0] += np.linspace(0, 20, 24)
    task = everyone(values)
    plain, corrected = synthetic_control(values, task), augmented_control(values, task, 5.0)
    np.testing.assert_allclose(corrected.weights.sum(axis=1), 1.0, atol=1e-8)
    assert (corrected.misfit <= plain.misfit + 1e-9).all()
    weak = augmented_control(values, task, 1e12)
    np.testing.assert_allclose(weak.gaps, plain.gaps, atol=1e-6)


@pytest.mark.parametrize(("strength", "mix"), [(5.0, 1.0), (5.0, 0.5), (20.0, 0.1)])
def test_elastic_net_meets_the_conditions_of_its_optimum(strength: float, mix: float) -> None:
    values = outcomes(3)
    task = everyone(values)
    weights = elastic_net(values, task, strength, mix).weights
    past = values[:, :15] - values[:, :15].mean(axis=1, keepdims=True)
    aims = task.targets[:, :15] - task.targets[:, :15].mean(axis=1, keepdims=True)
    pull = (aims - weights @ past) @ past.T - strength * (1 - mix) * weights
    inside = task.allowed & (np.abs(weights) > 1e-6)
    np.testing.assert_allclose(pull[inside], strength * mix * np.sign(weights[inside]), atol=1e-3)
    assert (np.abs(pull[task.allowed]) <= strength * mix + 1e-3).all()


def test_factors_equal_least_squares_on_the_donors_components() -> None:
    values = outcomes(4)
    task = everyone(values)
    left = values[1:] - values[1:].mean(axis=0)
    left -= left.mean(axis=1, keepdims=True)
    factors = np.linalg.svd(left)[2][:2].T
    design = np.column_stack([np.ones(24), factors])
    aim = values[0] - values[1:].mean(axis=0)
    fitted = np.linalg.lstsq(design[BEFORE], aim[BEFORE], rcond=None)[0]
    found = interactive_effects(values, task, 2).gaps[0]
    np.testing.assert_allclose(found, aim - design @ fitted, atol=1e-8)


@pytest.mark.parametrize("runs", [19, 20, 40, 100])
def test_the_interval_holds_what_the_rank_does_not_reject(runs: int) -> None:
    rng = np.random.default_rng(runs)
    effects, scales = rng.normal(size=(runs, 1)), rng.uniform(0.5, 2, size=runs)
    found = rank(effects, scales, 0.95)
    low, high = float(found.low[0]), float(found.high[0])
    if runs < 20:
        assert (low, high) == (-np.inf, np.inf)
        return
    for theta, kept in ((low - 1e-6, False), (low + 1e-6, True), (high - 1e-6, True), (high + 1e-6, False)):  # fmt: skip
        ratios = np.abs(np.append(effects[0, 0] - theta, effects[1:, 0])) / scales
        assert bool((ratios >= ratios[0]).mean() > 0.05) is kept
    assert found.p_value[0] >= 1 / runs


@pytest.mark.parametrize("runs", [19, 20, 40, 60, 100])
def test_the_interval_of_pairs_holds_what_they_do_not_reject(runs: int) -> None:
    rng = np.random.default_rng(runs)
    effects, scales = rng.normal(size=(runs, 2)), rng.uniform(0.5, 2, size=runs)
    without = effects[:1] + rng.normal(size=(runs - 1, 2)) * 0.2
    own = scales[0] * rng.uniform(1, 1.2, size=runs - 1)
    found = rank_pairs(effects, scales, without, own, 0.95)

    def p_value(theta: float, k: int) -> float:
        placebo, real = np.abs(effects[1:, k]) / scales[1:], np.abs(without[:, k] - theta) / own
        return float((1 + (placebo >= real).sum()) / runs)

    for k in range(2):
        assert found.p_value[k] == pytest.approx(p_value(0.0, k))
        assert found.p_value[k] >= 1 / runs
        if runs < 20:
            assert (found.low[k], found.high[k]) == (-np.inf, np.inf)
            continue
        grid = np.linspace(-12, 12, 4801)
        kept = [theta for theta in grid if p_value(theta, k) > 0.05]
        assert found.low[k] == pytest.approx(min(kept), abs=0.01)
        assert found.high[k] == pytest.approx(max(kept), abs=0.01)


@pytest.mark.parametrize("runs", [30, 39, 101])
def test_between_two_ranks_the_interval_ends_between_them(runs: int) -> None:
    rng = np.random.default_rng(runs)
    effects, scales = rng.normal(size=(runs, 1)), rng.uniform(0.5, 2, size=runs)
    without = effects[:1] + rng.normal(size=(runs - 1, 1)) * 0.2
    own = scales[0] * rng.uniform(1, 1.2, size=runs - 1)
    whole = int(0.05 * runs)
    levels = (0.95, 1 - whole / runs, 1 - (whole + 1) / runs)
    for found, wide, short in (
        [rank(effects, scales, level) for level in levels],
        [rank_pairs(effects, scales, without, own, level) for level in levels],
    ):
        part = 0.05 * runs - whole
        for end in ("low", "high"):
            outer, inner = getattr(wide, end), getattr(short, end)
            np.testing.assert_allclose(getattr(found, end), outer + part * (inner - outer))


@pytest.mark.parametrize("runs", [30, 40])
def test_pairs_with_equal_runs_are_the_plain_rank(runs: int) -> None:
    rng = np.random.default_rng(3)
    effects, scales = rng.normal(size=(runs, 1)), rng.uniform(0.5, 2, size=runs)
    plain = rank(effects, scales, 0.95)
    same = np.repeat(effects[:1], runs - 1, axis=0), np.repeat(scales[:1], runs - 1)
    for one, other in zip(plain, rank_pairs(effects, scales, *same, 0.95), strict=True):
        np.testing.assert_allclose(one, other)


def test_placebo_sets_hold_as_many_units_of_each_start() -> None:
    runs = placebos((np.array([0]), np.array([1, 2])), np.arange(3, 12), 12, draws=30, seed=2)
    first, second = runs.targets
    assert (first.astype(bool).sum(axis=1) == 1).all()
    assert ((second > 0).sum(axis=1) == 2).all()
    assert not ((first > 0) & (second > 0)).any()
    assert not (runs.allowed & ((first > 0) | (second > 0))).any()
    assert not runs.allowed[:, :3].any()


def test_a_lucky_fit_is_floored() -> None:
    np.testing.assert_allclose(floored(np.array([0.0, 0.0, 0.0]), 9), 1.0)
    np.testing.assert_allclose(floored(np.array([0.0, 6.0, 9.0]), 9), [1.0, 6.0, 9.0])


def test_different_series_are_counted() -> None:
    rng = np.random.default_rng(1)
    base = rng.normal(size=(10, 40)) + 1e6
    assert different(base, levels=True) == 10
    assert different(np.vstack([base, base[:3]]), levels=False) == 10
    assert different(np.vstack([base, base[:3] + 2]), levels=True) == 10
    assert (
        different(np.vstack([base, base[:3] + 2]), levels=False) == 11
    )  # one more direction: level
    assert different(np.vstack([base, base.mean(axis=0)]), levels=False) == 10
    # With more series than periods mixes cannot be told, copies can.
    wide = rng.normal(size=(30, 8))
    assert different(wide, levels=False) == 30
    assert different(np.vstack([wide, wide[:2]]), levels=False) == 30
    assert different(np.zeros((4, 5)), levels=False) == 1


def test_predictors_of_targets_ask_who_the_targets_are() -> None:
    rng = np.random.default_rng(1)
    features, values = rng.normal(size=(12, 2)), rng.normal(size=(12, 8))
    before = np.arange(8) < 6
    task = Task(values[:1], before, ~before, np.arange(12)[None] > 0)
    with pytest.raises(ValueError, match="does not say which units make up its targets"):
        choose_importance(values, task, features, "regression", 1)


def test_cross_validation_keeps_the_best_importance_it_has_seen() -> None:
    # The first predictor drives the outcome, the second is noise: no other draw does better.
    rng = np.random.default_rng(1)
    features = rng.normal(size=(30, 2))
    features[0] = 4.0, 3.0  # beyond all donors, so that each importance has its own weights
    values = features[:, :1] * 5 + rng.normal(size=(30, 12))
    before = np.arange(12) < 8
    task = Task(values[:1], before, ~before, np.arange(30)[None] > 0, members=np.eye(30)[:1])
    found = choose_importance(values, task, features, "cross_validation", 1)
    assert found.sum() == pytest.approx(1)
    others = np.random.default_rng(2).dirichlet(np.ones(2), size=60)
    errors = [
        float((matched_control(values, task, features, importance).gaps[0, 4:8] ** 2).mean())
        for importance in (found, *others)
    ]
    assert errors[0] <= min(errors) * (1 + 1e-9)

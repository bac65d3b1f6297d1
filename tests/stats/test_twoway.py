"""Exact two-way least squares against dummies, on any pattern of cells."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.twoway import Cells, normal_equations, two_way, two_way_by_group

T = 7


def drawn(seed: int, missing: float):
    """Outcomes with large period shocks, two regressors, cell weights."""
    rng = np.random.default_rng(seed)
    outcomes = rng.normal(size=(25, T)) + 1e3 * rng.normal(size=(1, T)) + rng.normal(size=(25, 1))
    outcomes[rng.random(outcomes.shape) < missing] = np.nan
    return outcomes, rng.normal(size=(25, T, 2)), rng.uniform(0.5, 2, (25, T))


def with_dummies(outcomes, regressors, weights, *, trend: bool):
    """Coefficients and cell residuals by brute force."""
    units, periods = np.nonzero(np.isfinite(outcomes))
    X = [regressors[units, periods], np.eye(25)[units], np.eye(T)[periods]]
    if trend:
        X.append(np.eye(25)[units] * periods[:, None])
    X = np.concatenate(X, axis=1)
    root = np.sqrt(weights[units, periods])
    solved = np.linalg.lstsq(X * root[:, None], outcomes[units, periods] * root, rcond=1e-12)[0]
    return solved[:2], outcomes[units, periods] - X @ solved


@pytest.mark.parametrize("trend", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_equals_least_squares_with_dummies(missing: float, weighted: bool, trend: bool) -> None:
    outcomes, x, weights = drawn(1, missing)
    used = weights if weighted else np.ones_like(weights)
    slope, residuals = with_dummies(outcomes, x, used, trend=trend)
    fit = two_way(Cells(outcomes, lambda rows: x[rows], weights if weighted else None, trend))
    np.testing.assert_allclose(fit.coefficients, slope, atol=1e-9)
    cells = np.isfinite(outcomes)
    assert fit.rss == pytest.approx((used[cells] * residuals**2).sum(), rel=1e-8)
    assert np.abs(fit.scores.sum(axis=0)).max() < 1e-6
    assert fit.n_cells == cells.sum()


@pytest.mark.parametrize("trend", [False, True])
def test_regressors_by_group_give_the_same_without_a_second_matrix(trend: bool) -> None:
    outcomes, _, _ = drawn(2, 0.0)
    group = np.arange(25) % 3
    table = (np.arange(T) >= np.array([2, 4, T])[:, None]).astype(float)[:, :, None]
    every = two_way(Cells(outcomes, lambda rows: table[group[rows]], None, trend))
    normal = normal_equations(table, np.bincount(group).astype(float), trend=trend)
    quick = two_way_by_group(outcomes, group, normal)
    np.testing.assert_allclose(quick.coefficients, every.coefficients, atol=1e-10)
    np.testing.assert_allclose(quick.bread, every.bread, atol=1e-12)
    np.testing.assert_allclose(quick.scores, every.scores, atol=1e-9)


def test_what_the_effects_explain_is_left_out() -> None:
    outcomes, x, _ = drawn(3, 0.2)
    constant = np.broadcast_to(np.arange(25.0)[:, None, None], (25, T, 1))
    three = np.concatenate([x, constant, x[:, :, :1] + constant], axis=2)
    fit = two_way(Cells(outcomes, lambda rows: three[rows]))
    assert fit.kept.tolist() == [0, 1]
    plain = two_way(Cells(outcomes, lambda rows: x[rows]))
    np.testing.assert_allclose(fit.coefficients, plain.coefficients, atol=1e-10)


def test_units_without_a_cell_add_nothing() -> None:
    outcomes, x, _ = drawn(4, 0.0)
    outcomes[3] = np.nan
    fit = two_way(Cells(outcomes, lambda rows: x[rows]))
    rest = np.delete(outcomes, 3, axis=0), np.delete(x, 3, axis=0)
    without = two_way(Cells(rest[0], lambda rows: rest[1][rows]))
    np.testing.assert_allclose(fit.coefficients, without.coefficients, atol=1e-12)
    assert (fit.n_units, np.abs(fit.scores[3]).max()) == (24, 0)


def test_a_regressor_without_any_value_is_left_out() -> None:
    rng = np.random.default_rng(2)
    y, x = rng.normal(size=(2, 6, 5))
    with_zeros = two_way(Cells(y, lambda rows: np.stack([0 * x[rows], x[rows]], axis=2)))
    alone = two_way(Cells(y, lambda rows: x[rows, :, None]))
    assert with_zeros.kept.tolist() == [1]
    assert with_zeros.coefficients == pytest.approx(alone.coefficients)

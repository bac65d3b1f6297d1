"""Weights on the simplex: by hand, against a slow solver, and by their own conditions."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stats.reference_simplex import reference

from innoeval.stats.simplex import Problem, simplex


def trending(seed: int, n: int, periods: int) -> np.ndarray:
    """Outcomes (periods, n) that share factors, as real units do."""
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(periods, 3)).cumsum(axis=0)
    return factors @ rng.normal(size=(3, n)) + rng.normal(size=(periods, n))


def placebos(outcomes: np.ndarray, ridge: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of every unit on the others, the Gram matrix, and who may use whom."""
    centred = outcomes - outcomes.mean(axis=1, keepdims=True)
    gram = centred.T @ centred
    others = ~np.eye(len(gram), dtype=bool)
    found = simplex(gram, gram, ridge=ridge, allowed=others)
    assert found.converged.all()
    return found.weights, gram, others


def test_by_hand() -> None:
    # Target 1 lies between 0 and 4, three parts near 0: weights 3/4 and 1/4. Target 9 lies beyond
    # both: the nearer takes all. With a ridge z the first pair minimises (4v − 1)² + z(v² + (1−v)²),
    # so v = (4 + z)/(16 + 2z): a third for z = 4.
    donors = np.array([[0.0, 4.0]])
    gram, linear = donors.T @ donors, np.array([[1.0], [9.0]]) @ donors
    np.testing.assert_allclose(simplex(gram, linear).weights, [[0.75, 0.25], [0, 1]], atol=1e-12)
    found = simplex(gram, linear[:1], ridge=4.0).weights
    np.testing.assert_allclose(found, [[2 / 3, 1 / 3]], atol=1e-12)


@pytest.mark.parametrize("ridge", [0.0, 1.0, 30.0, 1000.0])
@pytest.mark.parametrize(("n", "periods"), [(12, 20), (30, 48)])
def test_equals_the_slow_solver(n: int, periods: int, ridge: float) -> None:
    weights, gram, others = placebos(trending(n, n, periods), ridge)
    for unit in range(n):
        keep = others[unit]
        slow = reference(gram[np.ix_(keep, keep)], gram[unit, keep], ridge)
        np.testing.assert_allclose(weights[unit, keep], slow, atol=1e-6)


def test_more_donors_than_periods_equals_the_slow_solver_where_the_target_is_outside() -> None:
    outcomes = trending(3, 60, 12)
    target = outcomes.max(axis=1) + 1.0
    gram, linear = outcomes.T @ outcomes, outcomes.T @ target
    found = simplex(gram, linear[None])
    np.testing.assert_allclose(found.weights[0], reference(gram, linear), atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(1, 14), st.integers(1, 20), st.sampled_from([0.0, 0.1, 10.0])
)
def test_meets_the_conditions_of_an_optimum(seed: int, n: int, periods: int, ridge: float) -> None:
    rng = np.random.default_rng(seed)
    donors, target = rng.normal(size=(periods, n)), rng.normal(size=periods) * 0.3
    gram, linear = donors.T @ donors, (donors.T @ target)[None]
    found = simplex(gram, linear, ridge=ridge)
    weights = found.weights[0]
    assert found.converged.all()
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0)
    slope = gram @ weights + ridge * weights - linear[0]
    level = weights @ slope
    assert (slope >= level - 1e-8 * np.trace(gram)).all()
    assert slope[weights > 1e-9] == pytest.approx(level, abs=1e-8 * np.trace(gram))


@pytest.mark.parametrize("ridge", [0.0, 5.0, 500.0])
def test_from_any_start_to_the_same_weights(ridge: float) -> None:
    outcomes = trending(5, 25, 40)
    weights, gram, others = placebos(outcomes, ridge)
    rng = np.random.default_rng(1)
    start = rng.dirichlet(np.ones(25), size=25) * others
    start[3] = np.eye(25)[3]  # all weight on the target itself, which it may not use
    again = simplex(gram, gram, ridge=ridge, allowed=others, start=start)
    assert again.converged.all()
    np.testing.assert_allclose(again.weights, weights, atol=1e-8)


@pytest.mark.parametrize("ridge", [0.0, 30.0, 3000.0])
def test_own_gram_matrices_equal_a_shared_one(ridge: float) -> None:
    # With a strong ridge a shared matrix is inverted once and corrected for the donors left out.
    outcomes = trending(6, 15, 30)
    weights, gram, others = placebos(outcomes, ridge)
    stacked = np.tile(gram, (15, 1, 1))
    found = simplex(stacked, gram, ridge=ridge, allowed=others).weights
    np.testing.assert_allclose(found, weights, atol=1e-10)


def test_two_targets_that_want_very_different_numbers_of_donors() -> None:
    outcomes = trending(9, 400, 60)
    targets = np.stack([outcomes.mean(axis=1), outcomes[:, 0] * 3])
    gram, linear = outcomes.T @ outcomes, targets @ outcomes
    ridge = np.trace(gram) / 20
    both = simplex(gram, linear, ridge=ridge).weights
    each = [simplex(gram, one[None], ridge=ridge).weights[0] for one in linear]
    np.testing.assert_allclose(both, each, atol=1e-9)


def test_equal_donors_and_a_target_that_is_a_donor() -> None:
    outcomes = trending(7, 6, 20)
    twice = np.concatenate([outcomes, outcomes], axis=1)
    gram = twice.T @ twice
    found = simplex(gram, gram[:1])
    assert found.converged.all()
    assert twice @ found.weights[0] == pytest.approx(outcomes[:, 0], abs=1e-6)


def test_flat_outcomes_do_no_harm() -> None:
    found = simplex(np.zeros((4, 4)), np.zeros((2, 4)))
    assert found.converged.all()
    np.testing.assert_allclose(found.weights.sum(axis=1), 1.0)


def test_a_thousand_donors_take_less_than_a_second() -> None:
    outcomes = trending(8, 1001, 120)
    donors, target = outcomes[:, 1:], outcomes[:, 0]
    before = time.process_time()
    found = simplex(donors.T @ donors, (donors.T @ target)[None])
    assert time.process_time() - before < 1.0
    assert found.converged.all()


def test_single_exchanges_find_the_same_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = trending(3, 31, 30)
    donors, targets = outcomes[:, 2:], outcomes[:, :2]
    gram, linear = donors.T @ donors, targets.T @ donors
    ridge = 0.05 * np.trace(gram) / len(gram)
    usual = simplex(gram, linear, ridge=ridge)
    rounds = []
    whole = Problem.solve
    monkeypatch.setattr(Problem, "solve", lambda *of: rounds.append(1) or whole(*of))
    monkeypatch.setattr(sys.modules["innoeval.stats.simplex"], "_EXCHANGES", 1)
    found = simplex(gram, linear, ridge=ridge)
    assert len(rounds) > 1  # those that were not done went on, one exchange at a time
    np.testing.assert_allclose(found.weights, usual.weights, atol=1e-9)
    assert found.converged.all()

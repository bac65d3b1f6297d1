"""Many metrics under the same choices of units."""

from __future__ import annotations

import numpy as np

from innoeval.stats.randomization import assignments
from innoeval.stats.step_down import step_down, studentised


def slowly(statistics: np.ndarray) -> np.ndarray:
    """The step-down as it is written in the paper: one metric after the other."""
    left, adjusted, last = list(range(statistics.shape[1])), np.zeros(statistics.shape[1]), 0.0
    while left:
        first = max(left, key=lambda k: statistics[0, k])
        last = max(last, float((statistics[:, left].max(axis=1) >= statistics[0, first]).mean()))
        adjusted[first] = last
        left.remove(first)
    return adjusted


def test_it_agrees_with_the_slow_way() -> None:
    statistics = np.abs(np.random.default_rng(1).normal(size=(200, 6)))
    statistics[0] += [3, 0, 1, 0, 2, 0]
    np.testing.assert_allclose(step_down(statistics), slowly(statistics))


def test_one_metric_has_its_permutation_p_value() -> None:
    changes = np.array([[5.0], [4.0], [0.0], [-1.0], [0.5]])
    found = studentised(changes, assignments(np.arange(5) < 2, 99, 1))
    assert step_down(np.abs(found)).tolist() == [0.1]


def test_a_family_of_noise_is_rejected_no_more_than_it_should_be() -> None:
    rng, hits = np.random.default_rng(2), 0
    chosen = assignments(np.arange(20) < 6, 199, 1)
    for _ in range(200):
        shared = rng.normal(size=(20, 1))
        found = np.abs(studentised(shared + rng.normal(size=(20, 8)), chosen))
        hits += bool(step_down(found).min() <= 0.05)
    # 10 of 200 are expected; more than 18 come up once in a hundred times.
    assert hits <= 18


def test_a_pooled_spread_is_that_of_both_groups() -> None:
    # Means 3 and 0; squares 2 and 2 over (2 × 2): 3 / 1.
    found = studentised(np.array([[2.0], [4], [-1], [1]]), np.arange(4)[None] < 2, pooled=True)
    assert found.item() == 3.0


def test_a_metric_that_does_not_vary_has_no_statistic() -> None:
    chosen = assignments(np.arange(5) < 2, 99, 1)
    assert (studentised(np.ones((5, 1)), chosen) == 0).all()

"""Other assignments of start dates: listed, drawn, and the two ways to work out what they show."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.permuted_starts import Question, by_chance, start_assignments, statistics


def test_every_assignment_is_listed_once_or_as_many_are_drawn() -> None:
    group = np.array([2, 0, 2, 1, 2, 0])
    every = start_assignments(group, 2, 999, seed=1)
    assert every[0].tolist() == [1, 5, 3]
    assert len(every) == len({tuple(row) for row in every.tolist()}) == 60
    drawn = start_assignments(np.append(group, np.full(40, 2)), 2, 99, seed=1)
    assert drawn.shape == (100, 3)
    assert all(len(set(row)) == 3 for row in drawn.tolist())
    many = start_assignments(np.array([0] * 9 + [1] * 3), 1, 50, seed=2)
    assert all(len(set(row)) == 9 for row in many.tolist())


@pytest.mark.parametrize("never", [True, False])
def test_complete_data_give_the_same_in_one_sum(never: bool) -> None:
    rng = np.random.default_rng(3)
    group = rng.permutation([0, 0, 1, *[2] * 9])
    compare = np.array([[False, True, True], [False, False, True], [False, False, True]])
    if never:
        compare[:, 1] = False
    question = Question(np.array([0, 0, 1]), compare, rng.uniform(size=(2, 3)))
    changes = rng.normal(size=(12, 3))
    chosen = start_assignments(group, 2, 40, seed=4)
    slots = group[chosen[0]]
    quick = statistics(changes, question, slots, chosen)
    # A thirteenth unit that is never seen sends the same question the long way.
    longer = statistics(np.vstack([changes, np.full((1, 3), np.nan)]), question, slots, chosen)
    np.testing.assert_allclose(quick, longer, atol=1e-12)


def test_an_average_that_no_unit_allows_counts_against_every_effect() -> None:
    a, b = np.array([[2.0], [np.nan], [0.5]]), np.array([[1.0], [np.nan], [0.1]])
    found = by_chance(a, b, None, level=0.5)
    assert found.p_value[0] == pytest.approx(2 / 3)
    assert np.isfinite(found.others).all()

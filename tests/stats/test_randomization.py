"""The inverted interval against a slow search, and exact small cases."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval.stats import randomization
from innoeval.stats.randomization import assignments, randomise


def slow_p(changes: np.ndarray, treated: np.ndarray, theta: float) -> float:
    """p-value of the hypothesis that the effect is theta, by listing every choice of units."""
    shifted = changes - theta * treated
    n, k = len(changes), int(treated.sum())
    observed = shifted[treated].mean() - shifted[~treated].mean()
    count = total = 0
    for units in combinations(range(n), k):
        chosen = np.isin(np.arange(n), units)
        statistic = shifted[chosen].mean() - shifted[~chosen].mean()
        count += abs(statistic) >= abs(observed) - 1e-9
        total += 1
    return count / total


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.sampled_from([0.8, 0.9, 0.95]))
def test_the_interval_holds_what_a_slow_search_does_not_reject(
    seed: int, k: int, level: float
) -> None:
    rng = np.random.default_rng(seed)
    n = 25 if k == 1 else 9
    changes, treated = rng.normal(size=n), np.arange(n) < k
    found = randomise(changes[:, None], assignments(treated, 10_000, seed=1), level)
    assert found.p_value[0] == pytest.approx(slow_p(changes, treated, 0.0))
    for end, inward in ((found.low[0], 1), (found.high[0], -1)):
        if np.isfinite(end):
            assert slow_p(changes, treated, end + inward * 1e-6) > 1 - level
            # Between two choices: one more than may count does.
            step = 1 / (n if k == 1 else comb(n, k))
            assert slow_p(changes, treated, end - inward * 1e-6) < 1 - level + step - 1e-12
    if np.isinf(found.low[0]):
        assert slow_p(changes, treated, -1e6) > 1 - level


def test_ends_lie_between_two_choices_so_that_the_level_is_kept() -> None:
    # One of 30: 1.5 choices may count, where whole ones would keep 96.7 and not 95 %.
    rng = np.random.default_rng(5)
    treated = np.arange(30) == 0
    chosen = assignments(treated, 99, seed=1)
    changes = rng.normal(size=(30, 4000))
    found, wide, short = (randomise(changes, chosen, level) for level in (0.95, 29 / 30, 28 / 30))
    np.testing.assert_allclose(found.high, (wide.high + short.high) / 2)
    np.testing.assert_allclose(found.low, (wide.low + short.low) / 2)
    left_out = ((found.low > 0) | (found.high < 0)).mean()
    assert 0.04 < left_out < 0.06
    assert ((wide.low > 0) | (wide.high < 0)).mean() < 0.04


def test_a_level_that_the_choices_cannot_reach_gives_no_bound() -> None:
    changes, treated = np.arange(10.0)[:, None], np.arange(10) == 9
    found = randomise(changes, assignments(treated, 99, seed=1), 0.95)
    assert (found.low[0], found.high[0]) == (-np.inf, np.inf)
    assert found.p_value[0] == pytest.approx(2 / 10)  # the smallest lies as far away


def test_draws_start_with_the_real_choice_and_depend_on_the_seed_alone() -> None:
    treated = np.arange(60) < 4
    one, two, other = (assignments(treated, 199, seed=s) for s in (1, 1, 2))
    assert one.shape == (200, 60)
    assert (one[0] == treated).all()
    assert (one.sum(axis=1) == 4).all()
    assert (one == two).all()
    assert not (one == other).all()


def test_half_of_the_units_treated_is_its_own_mirror_image() -> None:
    treated = np.array([True, True, False, False])
    found = randomise(np.array([[3.0], [2], [0], [1]]), assignments(treated, 99, seed=1), 0.6)
    assert found.p_value[0] == pytest.approx(2 / 6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_one_true_null_in_twenty_is_rejected(seed: int) -> None:
    # Exchangeable changes: over all choices of the treated unit the p-values are 1/20, 2/20 … 1.
    changes = np.random.default_rng(seed).normal(size=20)
    p_values = [
        randomise(changes[:, None], assignments(np.arange(20) == i, 99, seed=1), 0.95).p_value[0]
        for i in range(20)
    ]
    np.testing.assert_allclose(sorted(p_values), np.arange(1, 21) / 20)


def test_weights_kept_by_another_thread_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = assignments(np.arange(6) < 2, 99, seed=1)
    theirs = assignments(np.arange(6) >= 4, 99, seed=1)
    expected = randomization._weights(ours)
    other = theirs, randomization._weights(theirs)

    class Replaced(tuple):  # type: ignore[type-arg]
        """What is kept, replaced as soon as it is looked at."""

        __slots__ = ()

        def __getitem__(self, at: object) -> object:
            monkeypatch.setattr(randomization, "_weighed", other)
            return super().__getitem__(at)  # type: ignore[index]

    monkeypatch.setattr(randomization, "_weighed", Replaced((ours, expected)))
    assert randomization._weights(ours) is expected


@pytest.mark.parametrize("level", [0.0, -0.5])
def test_an_interval_of_no_level_is_refused(level: float) -> None:
    ends = np.arange(40.0)[:, None]
    with pytest.raises(ValueError, match="the level must lie between 0 and 1"):
        randomization.cut(-ends, ends, level)


def test_assignments_that_may_still_change_are_weighed_anew() -> None:
    chosen = np.array([[True, False, False], [False, True, False]])
    contrasts = np.array([[6.0], [2.0], [0.0]])
    first = randomise(contrasts, chosen, 0.5).effect
    # The first unit less the mean of the others: 6 − 1 = 5; the second less the others: 2 − 3.
    assert first == pytest.approx([5.0])
    chosen[:] = chosen[::-1].copy()
    assert randomise(contrasts, chosen, 0.5).effect == pytest.approx([-1.0])

"""Runs of equal numbers, against counting them one by one."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.repeats import copied, copied_forward, dispersion, frozen


def longest_by_hand(values: np.ndarray) -> int:
    """Longest run that two rows share, cell by cell."""
    best = 0
    for i in range(len(values)):
        for j in range(i):
            length = 0
            for one, other in zip(values[i], values[j], strict=True):
                length = length + 1 if one == other else 0
                best = max(best, length)
    return best


@pytest.mark.parametrize("seed", range(5))
def test_the_longest_shared_run(seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 3, (7, 25)).astype(float)
    found = copied(values)
    assert found is not None
    assert 3 <= found.length <= longest_by_hand(values)
    pair = values[[found.unit, found.other], found.last - found.length + 1 : found.last + 1]
    assert (pair[0] == pair[1]).all()
    assert found.p_value > 0.05


def test_missing_values_are_equal_to_nothing() -> None:
    values = np.full((4, 10), np.nan)
    assert copied(values) is None
    assert frozen(values) is None
    assert copied_forward(values, 4) is None
    assert dispersion(values) is None


def test_two_rows_and_one() -> None:
    rng = np.random.default_rng(3)
    row = rng.normal(size=20)
    assert copied(np.stack([row, row])).length == 20
    assert copied(row[None]) is None
    assert copied_forward(np.tile(row[:10], 2)[None], 10).length == 10


def test_even_counts() -> None:
    # Mean 10, squares 0 + 0 + 1 + 1 = 2: 2 / 10 over 3 degrees of freedom.
    ratio, p_value = dispersion(np.array([[10.0, 10, 9, 11]]))
    assert ratio == pytest.approx(0.2 / 3)
    # χ² with 3 degrees of freedom lies below .2 in 2.2 % of cases.
    assert p_value == pytest.approx(0.0224, abs=2e-4)
    rng = np.random.default_rng(1)
    assert dispersion(rng.poisson(9.0, (20, 30)).astype(float))[0] == pytest.approx(1.0, abs=0.15)


def test_one_period_repeats_nothing() -> None:
    assert frozen(np.ones((5, 1))) is None


def test_a_number_stays_as_likely_as_those_that_stayed_stay_elsewhere() -> None:
    values = np.array([
        [0.5, 0.5, 0.5, 0.5, 0.5, 1, 2, 3, 4, 6],
        [1, 1, 1, 2, 3, 3, 4, 5, 5, 6],
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ])  # fmt: skip
    # Elsewhere four numbers had stayed once, and one of them stayed again: (1 + 1) / (4 + 2). The run
    # stays four times, and there are 30 places for it.
    found = frozen(values)
    assert found is not None
    assert (found.unit, found.length) == (0, 5)
    assert found.p_value == pytest.approx(30 / 3**4)

"""The two lists keep their rates, and ten looks at nothing theirs: the slow check of the page."""

from __future__ import annotations

import numpy as np
import pytest
from tests.calibration.portfolio import MIXES, discoveries, looked

FRESH = 31  # a seed that the printed page does not use


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MIXES))
def test_both_lists_keep_their_rates(name: str) -> None:
    found = np.array([discoveries(MIXES[name], 250, FRESH + i) for i in range(2)])
    # 500 claims: the rate itself is on the page; here only that nothing is out of hand.
    assert found[:, [1, 3]].mean(axis=0).max() <= 0.08


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.3])
def test_ten_looks_keep_their_rate(rho: float) -> None:
    found = looked(rho, 100, FRESH)
    # 100 draws at 5 %: standard error 2.2 points.
    assert found.planned <= 0.10
    assert found.always <= 0.10
    assert found.naive > found.planned

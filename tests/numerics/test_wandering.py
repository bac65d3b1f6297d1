"""Errors that hardly forget: never no number, and never a short interval without a word."""

from __future__ import annotations

import numpy as np
import pytest
from tests.properties.posed import Drawn, asked

from innoeval import designs as d
from innoeval.records import Estimate


def walks(n: int, T: int, rho: float, seed: int = 3) -> np.ndarray:
    e = np.random.default_rng(seed).normal(size=(n, T))
    for t in range(1, T):
        e[:, t] += rho * e[:, t - 1]
    return 20 + e


def is_a_number(found: Estimate) -> bool:
    low, high = found.conf_int
    return bool(np.isfinite([found.effect, found.std_error, found.p_value]).all() and low < found.effect < high)  # fmt: skip


@pytest.mark.parametrize("rho", [0.99, 0.999, 1.0])
@pytest.mark.parametrize("errors", ["calibrated", "reml", "newey_west", "prais_winsten"])
def test_a_series_that_wanders_is_told(rho: float, errors: str) -> None:
    drawn = Drawn(walks(1, 40, rho), np.array([25]))
    found = d.SegmentedRegression(errors=errors).fit(*asked(drawn))
    assert is_a_number(found)
    assert any("may wander" in said for said in found.warnings)
    if errors == "calibrated":
        assert found.conf_int[0] < 0 < found.conf_int[1]


@pytest.mark.parametrize("rho", [0.999, 1.0, -0.999, -1.0])
def test_groups_that_wander_have_an_interval(rho: float) -> None:
    drawn = Drawn(walks(14, 12, rho), np.where(np.arange(14) < 6, 7, 0))
    found = d.DifferenceInDifferences().fit(*asked(drawn))
    assert is_a_number(found)
    assert found.conf_int[0] < 0 < found.conf_int[1]

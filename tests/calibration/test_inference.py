"""The chosen inference keeps its level; plain cluster errors with few treated units do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.calibration.inference import (
    NOISES,
    RHOS,
    TREATED,
    UNITS,
    cell,
    placebo_law,
    trusts,
)

FRESH = 500_000  # a seed that the printed table does not use


@pytest.mark.parametrize("noise", NOISES)
def test_one_treated_unit_in_a_few_panels(noise: float) -> None:
    # Of 400 draws at 5 %: standard error 1.1 points.
    found = cell(20, 1, 0.6, noise, draws=400, seed=FRESH)
    assert 0.02 <= found.chosen <= 0.085
    assert found.clusters > 0.5
    assert found.unbounded == 0
    assert (found.plain > 0.2) == (noise > 1)


def test_placebo_laws_on_real_departments(shared_data: Path) -> None:
    outcomes = trusts(shared_data, "log attendances")
    assert outcomes.shape == (130, 36)
    found = placebo_law(outcomes, 1, draws=100, seed=FRESH)
    assert found.chosen <= 0.11
    assert found.clusters > 0.6
    noisy = placebo_law(outcomes, 1, draws=100, seed=FRESH, noisiest=True)
    assert noisy.plain > noisy.chosen + 0.03


@pytest.mark.slow
@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("rho", RHOS)
@pytest.mark.parametrize("k", TREATED)
@pytest.mark.parametrize("n", UNITS)
def test_every_cell(n: int, k: int, rho: float, noise: float) -> None:
    found = cell(n, k, rho, noise, draws=1000, seed=FRESH)
    # One of 30 units rejects 1/30 at most; 2.5 standard errors of .7 points either way.
    assert 0.015 <= found.chosen <= 0.07 + 0.015

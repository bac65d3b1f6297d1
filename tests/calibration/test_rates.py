"""Counts and shares keep their promise; the printed table on other seeds."""

from __future__ import annotations

import pytest
from tests.calibration.rates import PROCESSES, Process, rejections


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0, 0.4, 0.8])
@pytest.mark.parametrize("n", [24, 48, 100])
@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_false_alarms(process: Process, n: int, rho: float) -> None:
    mean, level = rejections(process, n, rho, draws=1000, seed=11)["calibrated"]
    # Two Monte Carlo standard errors beside the bounds; the level change of thinned counts is careful.
    assert 0.03 - 0.011 <= mean <= 0.07 + 0.016, mean
    assert 0.02 - 0.009 <= level <= 0.07 + 0.016, level


def test_a_drifting_rate_is_no_gain() -> None:
    # Counts of mean 20 whose rate drifts with ρ = .8: quasi-likelihood finds a change in a third.
    found = rejections(PROCESSES[3], 48, 0.8, draws=300, seed=12)
    assert found["quasi"][0] > 0.2
    assert found["AR(1)"][0] > 0.1
    assert (found["calibrated"] < 0.07 + 3 * 0.0126).all()
    assert (found["Gaussian noise"] < 0.07 + 3 * 0.0126).all()

"""The default keeps its promise in every cell of the printed table."""

from __future__ import annotations

import pytest
from tests.calibration.its import further_cells, main_cells, rejections

pytestmark = pytest.mark.slow

CELLS = [cell for cell in main_cells() + further_cells() if cell[3] <= 0.8]


@pytest.mark.parametrize(("n", "launch", "cycle", "rho"), CELLS)
def test_false_alarms(n: int, launch: int, cycle: int, rho: float) -> None:
    low, high = (0.03, 0.07) if n >= 24 else (0.02 if n < 12 else 0.03, 0.08)
    shares = rejections(n, launch, cycle, rho)["calibrated"]
    assert (low <= shares).all(), shares
    assert (shares <= high).all(), shares

"""The default keeps its promise in every cell of the printed table."""

from __future__ import annotations

import pytest
from tests.calibration.its import Cell, cells, gap_rejections, rejections

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("cell", cells(), ids=lambda cell: "-".join(map(str, cell)))
def test_false_alarms(cell: Cell) -> None:
    low, high = cell.bounds
    shares = rejections(cell, draws=4000)["calibrated"]
    # One Monte Carlo standard error beside the bounds.
    assert (low - 0.003 <= shares).all(), shares
    assert (shares <= high + 0.004).all(), shares


@pytest.mark.parametrize("rho", [0, 0.4, 0.8])
def test_false_alarms_with_gaps(rho: float) -> None:
    shares = gap_rejections(Cell(48, 32, 1, rho), 0.15, draws=4000, seed=3)
    assert (shares >= 0.03 - 0.003).all(), shares
    assert (shares <= 0.07 + 0.004).all(), shares

"""The default keeps its promise in every cell of the printed table."""

from __future__ import annotations

import pytest
from tests.calibration.its import (
    SHARES,
    Cell,
    averaged_rejections,
    cells,
    gap_rejections,
    rejections,
    shaped_series,
)

from innoeval.stats.error_shapes import FAMILIES

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


@pytest.mark.parametrize("seasonal", [False, True])
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("n", [24, 48, 100])
@pytest.mark.parametrize("model", FAMILIES)
def test_false_alarms_under_every_shape(model: str, n: int, share: float, seasonal: bool) -> None:
    cycle = 1 if not seasonal else 4 if n <= 36 else 12
    cell = Cell(n, round(n * share), cycle, 0)
    for shape in FAMILIES[model].truths:
        y = shaped_series(shape, cell, 2000, seed=4)
        shares = averaged_rejections(y, cell, model)
        # Two Monte Carlo standard errors, as there are hundreds of cells.
        assert (shares >= 0.03 - 0.008).all(), (shape, shares)
        assert (shares <= 0.07 + 0.011).all(), (shape, shares)

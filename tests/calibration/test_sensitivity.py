"""Honest intervals cover where trends part as far as the bound allows."""

from __future__ import annotations

import pytest
from tests.calibration.sensitivity import Cell, coverage, relative_cells, smooth_cells

#: Three standard errors of a 95 with 500 draws; normal quantiles with estimated errors lose more.
MISS = {0: 0.03, 30: 0.045}


@pytest.mark.slow
@pytest.mark.parametrize("cell", [*relative_cells(), *smooth_cells()])
def test_coverage(cell: Cell) -> None:
    for name, share in coverage(cell, draws=500, seed=20260402).items():
        assert share >= 0.95 - MISS[cell.units], name


@pytest.mark.parametrize(
    "cell",
    [
        Cell(1.0, "one jump", 4.0, "average", 0),
        Cell(1.0, "every period", 0.5, "first period", 30),
        Cell(0.05, "worst", 0.2, "average", 0),
    ],
)
def test_a_slice_of_the_table(cell: Cell) -> None:
    for name, share in coverage(cell, draws=150, seed=1).items():
        assert share >= 0.95 - 3.5 * 0.018, name

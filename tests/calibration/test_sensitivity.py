"""Honest intervals cover where trends part as far as the bound allows."""

from __future__ import annotations

import pytest
from tests.calibration.sensitivity import (
    Cell,
    coverage,
    few_units_cells,
    few_units_coverage,
    relative_cells,
    smooth_cells,
)

#: Three standard errors of a 95 with 500 draws; normal quantiles with estimated errors lose more.
MISS = {0: 0.03, 30: 0.045}


@pytest.mark.slow
@pytest.mark.parametrize("cell", [*relative_cells(), *smooth_cells()])
def test_coverage(cell: Cell) -> None:
    for name, share in coverage(cell, draws=500, seed=20260402).items():
        assert share >= 0.95 - MISS[cell.units], name


@pytest.mark.slow
@pytest.mark.parametrize("cell", few_units_cells())
def test_few_units_are_allowed_for(cell: Cell) -> None:
    assert few_units_coverage(cell, draws=500, seed=20260402)["student"] >= 0.95 - 0.03


def test_a_slice_with_few_units() -> None:
    found = few_units_coverage(Cell(0.0, "worst", 0.0, "average", 12), draws=60, seed=2)
    assert found["normal"] <= found["student"]
    assert found["student"] >= 0.95 - 3.5 * 0.028


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

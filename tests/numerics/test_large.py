"""Very many units: the same as by hand, in memory that grows with the data and no faster."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from tests.numerics.large import ASKED, answer, apart

from innoeval.stats.donors import different


@pytest.mark.parametrize("design", ASKED)
def test_twenty_thousand_units(design: str) -> None:
    found = answer(20_000, design)
    assert abs(found.effect - found.effect_by_hand) < 1e-7 * found.error_by_hand
    assert found.std_error == pytest.approx(found.error_by_hand, rel=1e-4)


def test_copies_are_found_without_comparing_each_with_each() -> None:
    series = np.random.default_rng(1).normal(size=(20_000, 4))
    series[10_000:10_005] = series[:5]
    series[-1] = 0.5 * series[0] + 0.5 * series[1]
    tracemalloc.start()
    try:
        assert different(series, levels=False) == 19_995
        assert different(np.zeros((20_000, 4)), levels=False) == 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * series.nbytes


@pytest.mark.slow
@pytest.mark.parametrize("design", ASKED)
def test_a_million_units(design: str) -> None:
    found = apart(1_000_000, design)
    assert abs(found.effect - found.effect_by_hand) < 1e-7 * found.error_by_hand
    assert found.std_error == pytest.approx(found.error_by_hand, rel=1e-5)
    assert found.megabytes < 3000
    assert found.seconds < 60

"""How much of a gap in earlier levels is chance."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.panels import claim_on, panel_of

RNG = np.random.default_rng(10)
LASTING = RNG.normal(size=(30, 1))
PASSING = RNG.normal(size=(30, 24))


def on_the_worst(values: np.ndarray, size: float = 0.5):
    """The third of the units with the highest average before the start comes first."""
    order = np.argsort(-values[:, :12].mean(axis=1))
    return claim_on(range(10), 12, size=size), panel_of(values[order] + 20)


def test_units_chosen_for_noise_return() -> None:
    claim, panel = on_the_worst(PASSING)
    found = finding("site_reversion", claim, panel)
    assert found.status == "problem"
    values = np.sort(-PASSING[:, :12].mean(axis=1))
    gap = values[10:].mean() - values[:10].mean()
    # All of the spread is noise, so that nearly all of the gap returns.
    assert found.bias == pytest.approx(gap, rel=0.35)
    assert found.left is not None
    assert found.left.low < 0


def test_units_chosen_by_need_stay_as_they_are() -> None:
    claim, panel = on_the_worst(3 * LASTING + 0.2 * PASSING)
    found = finding("site_reversion", claim, panel)
    assert found.status != "problem"
    assert found.share_explained is not None
    assert abs(found.share_explained) < 0.2


def test_a_bad_half_passes_however_much_levels_last() -> None:
    values = 3 * LASTING + 0.2 * PASSING + 20
    values[:10, 6:12] += 1.0
    found = finding("site_reversion", claim_on(range(10), 12, size=0.5), panel_of(values))
    assert found.status == "problem"
    assert "In the later half" in found.says
    # The bad half is half of the baseline.
    assert found.bias == pytest.approx(0.5, abs=0.1)


def test_missing_rows_and_few_sites() -> None:
    holes = np.where(RNG.random(PASSING.shape) < 0.1, np.nan, PASSING)
    claim, panel = claim_on(range(10), 12, size=0.5), panel_of(holes + 20)
    assert finding("site_reversion", claim, panel).status != "not_applicable"
    few = finding("site_reversion", claim_on(range(2), 12), panel_of(PASSING[:8]))
    assert few.status == "not_applicable"

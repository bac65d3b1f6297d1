"""Quantiles of waits against R's survival, against ranks by hand, and what their intervals keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from innoeval.stats.waits import over_target, wait_quantiles

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.mark.parametrize("q", [0.5, 0.8])
def test_open_cases_as_in_r(q: float) -> None:
    cases = pd.read_csv(REFERENCE / "waits_cases.csv")
    published = pd.read_csv(REFERENCE / "waits_survival.csv").query("q == @q")
    found = wait_quantiles(cases["days"], cases["cell"], cases["open"] == 1, n_cells=8, q=q)
    for ours, theirs in ((found.value, "value"), (found.low, "low"), (found.high, "high")):
        np.testing.assert_allclose(
            np.where(np.isfinite(ours), ours, np.nan), published[theirs], rtol=1e-9
        )
    assert found.still_open.tolist() == cases.groupby("cell")["open"].sum().tolist()
    assert found.cases.tolist() == cases.groupby("cell").size().tolist()


def test_without_open_cases_the_interval_is_that_of_ranks() -> None:
    days = np.random.default_rng(1).gamma(2, 10, 40)
    found = wait_quantiles(days, np.zeros(40, int), n_cells=1, q=0.5)
    ranked = np.sort(days)
    assert found.value.item() == pytest.approx((ranked[19] + ranked[20]) / 2)
    # The usual table: for n = 40 the 14th and the 27th, with 96.2 %.
    assert (found.low.item(), found.high.item()) == pytest.approx((ranked[13], ranked[26]))
    assert binom.cdf(26, 40, 0.5) - binom.cdf(13, 40, 0.5) > 0.95


def test_intervals_cover() -> None:
    rng, n_cells, n = np.random.default_rng(2), 2000, 35
    days, cells = rng.exponential(10, n_cells * n), np.repeat(np.arange(n_cells), n)
    truth = 10 * np.log(2)
    plain = wait_quantiles(days, cells, n_cells=n_cells)
    ends = rng.uniform(5, 40, n_cells * n)
    cut = wait_quantiles(np.minimum(days, ends), cells, days > ends, n_cells=n_cells)
    for found in (plain, cut):
        covered = ((found.low <= truth) & (truth <= found.high)).mean()
        assert 0.93 < covered < 0.985
        assert np.nanmedian(found.value) == pytest.approx(truth, rel=0.03)
    # To leave the open ones out takes the quick ones only.
    closed = days <= ends
    quick = wait_quantiles(days[closed], cells[closed], n_cells=n_cells)
    assert np.nanmedian(quick.value) < 0.9 * truth


def test_empty_cells_and_cells_that_cannot_tell() -> None:
    found = wait_quantiles([4, 5, 6], [1, 1, 1], [True, True, True], n_cells=3)
    assert np.isnan(found.value).all()
    assert found.cases.tolist() == [0, 3, 0]
    assert found.still_open.tolist() == [0, 3, 0]


def test_over_a_target() -> None:
    found = over_target([3, 9, 4, 30, 8], [0, 0, 0, 0, 2], [0, 0, 1, 1, 0], n_cells=3, target=8)
    assert found.over.tolist() == [2, 0, 0]
    assert found.known.tolist() == [3, 0, 1]
    assert found.unknown.tolist() == [1, 0, 0]

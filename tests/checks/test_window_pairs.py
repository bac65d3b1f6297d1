"""Every pair of windows, as the check `window` has them."""

from __future__ import annotations

import numpy as np
import pytest
from tests.panels import claim_on, panel_of

from innoeval.checks import window_multiverse
from innoeval.errors import ClaimError, DesignError
from innoeval.stats.all_windows import all_pairs, place_among_all

STATED = ("2014", "2019"), ("2020", "2025")


def values(t: int = 30) -> np.ndarray:
    rng = np.random.default_rng(3)
    return rng.normal(size=(6, t)) - 2.0 * (np.arange(t) >= 20) * (np.arange(6) < 2)[:, None]


def test_the_announced_pair_is_there_once_with_its_own_rise() -> None:
    found = window_multiverse(claim_on([0, 1], 20, windows=STATED), panel_of(values()))
    assert found.named(found.stated) == ("2014", "2019", "2020", "2025")
    assert int((found.tidy().iloc[:, :4] == list(found.named(found.stated))).all(axis=1).sum()) == 1
    assert 0 < found.percentile <= 1
    assert found.tidy()["stated"].sum() == 1
    assert len(found.improvement) == found.pairs


def test_improvements_are_turned_so_that_more_is_better() -> None:
    fall = window_multiverse(claim_on([0, 1], 20, windows=STATED), panel_of(values()))
    rising = claim_on([0, 1], 20, windows=STATED, better="higher")
    rise = window_multiverse(rising, panel_of(-values()))
    assert fall.improvement == pytest.approx(rise.improvement)
    assert fall.improvement[fall.stated] > 0.5
    assert fall.percentile == pytest.approx(rise.percentile)


def test_a_trend_that_runs_throughout_is_taken_out() -> None:
    claim = claim_on([0, 1], 20, windows=STATED)
    plain, sloped = (
        window_multiverse(claim, panel_of(values() + slope * np.arange(30))) for slope in (0, -3)
    )
    assert plain.improvement == pytest.approx(sloped.improvement)


def test_what_names_no_windows_on_either_side_is_refused() -> None:
    panel = panel_of(values())
    with pytest.raises(ClaimError, match="does not say which periods"):
        window_multiverse(claim_on([0, 1], 20), panel)
    late = ("2021", "2022"), ("2023", "2024")
    with pytest.raises(ClaimError, match="either side of its start"):
        window_multiverse(claim_on([0, 1], 20, windows=late), panel)
    gaps = values()
    gaps[:2, 3] = np.nan
    with pytest.raises(DesignError, match="has a value in 2003"):
        window_multiverse(claim_on([0, 1], 20, windows=STATED), panel_of(gaps))


def test_long_series_are_thinned() -> None:
    series = np.sin(np.arange(10_000.0))
    assert place_among_all(series, 7000, (6000, 6005, 7000, 7005), (3, 6, 12)).pairs <= 4_000_000
    assert len(all_pairs(series, 7000, ((3, 6, 12), (3, 6, 12)), 50).rise) <= 2500

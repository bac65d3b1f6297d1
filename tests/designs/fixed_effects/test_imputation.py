"""Imputation by hand, against a dense reference, pyfixest and diff-diff, and on bad input."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from tests.panels import claim_on, panel_of
from tests.staggered_panels import drawn, posed

from innoeval.designs import Imputation
from innoeval.errors import ClaimError, DesignError
from innoeval.records import Policy


def dense(frame: pd.DataFrame, weights: str | None, covariate: str | None, *, leave_out: bool):
    """The estimator and its variance with every effect as a column: slow, and written differently.

    Borusyak, Jaravel and Spiess (2024): weights v on all cells, auxiliary averages by cohort and
    period, equations (7) and (8), and the leave-one-out version of appendix A.9.
    """
    frame = frame.reset_index(drop=True)
    treated = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).to_numpy()
    held = np.ones(len(frame)) if weights is None else frame[weights].to_numpy()
    columns = [
        pd.get_dummies(frame["unit"], dtype=float),
        pd.get_dummies(frame["year"], dtype=float),
    ]
    if covariate:
        columns.append(frame[[covariate]])
    X = pd.concat(columns, axis=1).to_numpy(dtype=float)
    y = frame["y"].to_numpy()
    X0, w0 = X[~treated], held[~treated]
    beta = np.linalg.lstsq(X0 * np.sqrt(w0)[:, None], y[~treated] * np.sqrt(w0), rcond=None)[0]
    gap = y - X @ beta
    target = np.where(treated, held, 0.0) / held[treated].sum()
    v = target.copy()
    v[~treated] = -w0 * (
        X0 @ np.linalg.pinv(X0.T @ (X0 * w0[:, None])) @ (X[treated].T @ target[treated])
    )
    noise = gap.copy()
    for rows in frame[treated].groupby(["first", "year"]).groups.values():
        squares = v[rows] ** 2
        centre = (squares @ gap[rows]) / squares.sum()
        own = gap[rows] - centre
        noise[rows] = own * squares.sum() / (squares.sum() - squares) if leave_out else own
    variance = (pd.Series(v * noise).groupby(frame["unit"]).sum() ** 2).sum()
    return target @ gap, np.sqrt(variance)


@pytest.mark.parametrize("leave_out", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("weights", [None, "w", "cells"])
@pytest.mark.parametrize("covariate", [None, "x"])
def test_equals_the_dense_reference(
    missing: float, weights: str | None, covariate: str | None, leave_out: bool
) -> None:
    frame = drawn(missing=missing, slope=1.0)
    effect, error = dense(frame, weights, covariate, leave_out=leave_out)
    ours = Imputation(
        weights=weights, covariates=(covariate,) if covariate else (), leave_out=leave_out
    ).fit(*posed(frame))
    assert ours.effect == pytest.approx(effect, abs=1e-9)
    assert ours.std_error == pytest.approx(error, abs=1e-9)
    assert np.sqrt((ours.influence**2).sum()) / ours.n_units == pytest.approx(error, abs=1e-9)


@pytest.mark.parametrize("leave_out", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("covariate", [None, "x"])
def test_equals_diff_diff(missing: float, covariate: str | None, leave_out: bool) -> None:
    frame = drawn(seed=3, missing=missing, slope=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import ImputationDiD

        peer = ImputationDiD(leave_one_out=leave_out).fit(
            frame, "y", "unit", "year", "first", covariates=[covariate] if covariate else None,
            aggregate="all",
        )  # fmt: skip
    ours = Imputation(covariates=(covariate,) if covariate else (), leave_out=leave_out).fit(
        *posed(frame)
    )
    assert ours.effect == pytest.approx(peer.overall_att, abs=1e-8)
    assert ours.std_error == pytest.approx(peer.overall_se, abs=1e-6)
    for part in ours.aggregate("event").components:
        theirs = peer.event_study_effects[part.event_time]
        assert part.estimate == pytest.approx(theirs["effect"], abs=1e-8)
        assert part.std_error == pytest.approx(theirs["se"], abs=1e-6)
    for part in ours.aggregate("group").components:
        theirs = peer.group_effects[int(part.cohort)]
        if not missing:  # a cohort's mean: ours weights its periods alike, theirs its cells
            assert part.estimate == pytest.approx(theirs["effect"], abs=1e-8)
            assert part.std_error == pytest.approx(theirs["se"], abs=1e-6)


@pytest.mark.parametrize("covariate", [None, "x"])
def test_point_equals_pyfixest_two_stage(covariate: str | None) -> None:
    # The two-stage estimator of Gardner has the same point; its error is another one. Where a
    # treated cell cannot be imputed the peer stops with an error of shapes.
    frame = drawn(seed=4, slope=1.0)
    frame["on"] = (frame["first"] > 0) & (frame["year"] >= frame["first"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        peer = pf.did2s(
            frame, yname="y", first_stage=f"~ {covariate or '0'} | unit + year",
            second_stage="~ i(on, ref=False)", treatment="on", cluster="unit",
        )  # fmt: skip
    ours = Imputation(covariates=(covariate,) if covariate else ()).fit(*posed(frame))
    assert ours.effect == pytest.approx(float(peer.coef().iloc[0]), abs=1e-6)


def test_a_start_date_and_complete_data_give_the_plain_difference() -> None:
    values = np.random.default_rng(5).normal(size=(20, 6))
    panel, claim = panel_of(values), claim_on(range(8), 4)
    change = values[:, 4:].mean(axis=1) - values[:, :4].mean(axis=1)
    ours = Imputation().fit(panel, claim)
    assert ours.effect == pytest.approx(change[:8].mean() - change[8:].mean(), abs=1e-12)


@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_shifts_and_common_shocks_leave_it_unchanged(offset: float) -> None:
    frame = drawn(seed=6, missing=0.1)
    plain = Imputation().fit(*posed(frame))
    moved = frame.assign(y=frame["y"] + offset + frame["unit"].str[1:].astype(int)
                         + 7 * (frame["year"] - 2000) ** 2)  # fmt: skip
    other = Imputation().fit(*posed(moved))
    assert other.effect == pytest.approx(plain.effect, abs=1e-5 if offset else 1e-9)
    assert other.std_error == pytest.approx(plain.std_error, rel=1e-5)


def test_effects_that_are_all_alike_leave_only_the_noise_of_the_fit() -> None:
    frame = drawn(seed=7, growth=0.0)
    ours = Imputation().fit(*posed(frame))
    assert ours.std_error > Imputation(leave_out=False).fit(*posed(frame)).std_error
    assert "leave-one-out" in ours.inference


def test_anticipation_moves_the_last_untreated_period() -> None:
    frame = drawn(seed=8, missing=0.1)
    earlier = frame.assign(first=np.where(frame["first"] > 0, frame["first"] - 1, 0))
    found = Imputation(anticipation=1).fit(*posed(frame)).aggregate("event")
    other = Imputation().fit(*posed(earlier)).aggregate("event")
    mine = {part.event_time: part.estimate for part in found.components}
    theirs = {part.event_time - 1: part.estimate for part in other.components}
    assert mine == pytest.approx(theirs)
    assert found.effect == pytest.approx(np.mean([v for e, v in mine.items() if e >= 0]))


def test_cells_that_nothing_predicts_are_left_out_and_told() -> None:
    frame = drawn(seed=9, starts=(3, 5))  # nobody is untreated from 2005 on
    ours = Imputation().fit(*posed(frame))
    assert any("no untreated unit in 2005 … 2007" in said for said in ours.warnings)
    assert {part.period for part in ours.components} == {"2003", "2004"}
    gone = frame[~((frame["unit"] == frame["unit"].min()) & (frame["year"] < 2005))]
    told = Imputation().fit(*posed(gone)).warnings
    assert any("without any value from before the start" in said for said in told)


def test_a_cohort_of_one_is_told_and_does_not_look_certain() -> None:
    values = np.random.default_rng(10).normal(size=(12, 6))
    panel = panel_of(values)
    alone = claim_on([], 0, treated={"u00": "2003", **{f"u{i:02d}": "2004" for i in range(1, 6)}},
                     start=None)  # fmt: skip
    ours = Imputation().fit(panel, alone, policy=Policy(few_treated=1))
    assert any("one unit alone starts in 2003" in said for said in ours.warnings)
    first = next(part for part in ours.components if part.cohort == "2003")
    assert first.std_error > 0.1


def test_few_treated_units_are_refused() -> None:
    panel, claim = panel_of(np.random.default_rng(11).normal(size=(12, 6))), claim_on([0, 1], 3)
    against = Imputation().objections(panel, claim, Policy())
    assert against == ("2 treated units are too few for clustered errors; at least 6 are needed",)
    with pytest.raises(DesignError, match="have randomisation inference for so few"):
        Imputation().fit(panel, claim)


def test_bad_input_is_named() -> None:
    values = np.random.default_rng(12).normal(size=(8, 5))
    panel = panel_of(values)
    with pytest.raises(DesignError, match="every unit is treated"):
        Imputation().fit(panel, claim_on(range(8), 2))
    with pytest.raises(ClaimError, match="begins in"):
        Imputation().fit(panel, claim_on([0], 0))
    with pytest.raises(DesignError, match="write 0 or more"):
        Imputation(anticipation=-1)
    frame = drawn(seed=13)
    frame["same"] = frame["w"] * 2
    with pytest.raises(DesignError, match="'w' adds nothing"):
        Imputation(covariates=("x", "w")).fit(*posed(frame))
    frame["twice"] = frame["x"] * 2 + frame["w"] + frame["year"]
    with pytest.raises(DesignError, match="'twice' adds nothing"):
        Imputation(covariates=("x", "twice")).fit(*posed(frame))
    frame["w"] = np.where(frame["unit"] == "u003", -1.0, frame["w"])
    with pytest.raises(DesignError, match="missing or negative for u003"):
        Imputation(weights="w").fit(*posed(frame))


def test_missing_covariates_and_weights_of_zero_are_told() -> None:
    frame = drawn(seed=14)
    frame.loc[:4, "x"] = np.nan
    frame.loc[10:12, "cells"] = 0.0
    said = Imputation(covariates=("x",), weights="cells").fit(*posed(frame)).warnings
    assert "5 cells left out for lack of x" in said
    assert "3 cells left out for a weight of 0" in said

"""Points and errors over balanced/unbalanced × weights × covariates, against pyfixest and diff-diff.

Each test names the convention under which the errors are the same; docs/methods/staggered.md and
docs/methods/estimators.md say where definitions part.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from tests.staggered_panels import drawn, posed

from innoeval.designs import (
    EventStudy,
    ExtendedTWFE,
    Imputation,
    StackedDiD,
    SunAbraham,
    TwoWayFixedEffects,
)
from innoeval.inference import Clustered
from innoeval.records import Estimate

POINT, ERROR = 1e-8, 1e-6

missing_cells = pytest.mark.parametrize("missing", [0.0, 0.2])
with_covariate = pytest.mark.parametrize("covariate", [None, "x"])


def one_start(missing: float) -> pd.DataFrame:
    """A frame with a single start date, and the columns that peers want."""
    frame = drawn(seed=5, starts=(4, 0), missing=missing, slope=1.0)
    treated = (frame["first"] > 0).astype(int)
    return frame.assign(treated=treated, post=(frame["year"] >= 2004).astype(int))


def survey(weights: str | None) -> dict[str, object]:
    """Weights as diff-diff takes them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import SurveyDesign

        return {"survey_design": SurveyDesign(weights=weights)} if weights else {}


def survey_error(found: Estimate) -> float:
    """Survey samplers' error of the same influences: about their mean, times √(n / (n − 1))."""
    added = found.influence / found.n_units
    return float(np.sqrt(len(added) / (len(added) - 1) * ((added - added.mean()) ** 2).sum()))


@missing_cells
@with_covariate
@pytest.mark.parametrize("weights", [None, "w"])
def test_two_way_equals_diff_diff(missing: float, covariate: str | None, weights: str | None):
    # Its TwoWayFixedEffects has unit and before/after effects, and demeans once, which is exact
    # only where no cell is missing; the same regression with both sets of effects absorbed is ours.
    frame = one_start(missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import DifferenceInDifferences as Peer

        peer = Peer(cluster="unit").fit(
            frame, outcome="y", treatment="treated", time="post", absorb=["unit", "year"],
            covariates=[covariate] if covariate else None, **survey(weights),
        )  # fmt: skip
    ours = TwoWayFixedEffects(covariates=(covariate,) if covariate else (), weights=weights).fit(
        *posed(frame), inference=Clustered(small_sample="groups" if weights else "pyfixest")
    )
    assert ours.effect == pytest.approx(peer.att, abs=POINT)
    assert ours.std_error == pytest.approx(peer.se, abs=ERROR)


def test_demeaning_once_moves_the_estimate_where_cells_are_missing() -> None:
    found = {}
    for missing in (0.0, 0.2):
        frame = one_start(missing)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from diff_diff import TwoWayFixedEffects as Peer

            peer = Peer(cluster="unit").fit(
                frame, outcome="y", treatment="treated", time="post", unit="unit"
            )
        ours = TwoWayFixedEffects().fit(*posed(frame))
        found[missing] = abs(ours.effect - peer.att)
    assert found[0.0] < POINT
    assert found[0.2] > 0.05


@missing_cells
@with_covariate
@pytest.mark.parametrize("weights", [None, "w"])
def test_event_study_equals_diff_diff(missing: float, covariate: str | None, weights: str | None):
    frame = one_start(missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import MultiPeriodDiD

        peer = MultiPeriodDiD(cluster="unit").fit(
            frame, outcome="y", treatment="treated", time="year", unit="unit", absorb=["unit"],
            post_periods=[2004, 2005, 2006, 2007], reference_period=2003,
            covariates=[covariate] if covariate else None, **survey(weights),
        )  # fmt: skip
    ours = EventStudy(covariates=(covariate,) if covariate else (), weights=weights).fit(
        *posed(frame), inference=Clustered(small_sample="groups" if weights else "pyfixest")
    )
    for part in ours.components:
        theirs = peer.period_effects[2004 + part.event_time]
        assert part.estimate == pytest.approx(theirs.effect, abs=POINT)
        assert part.std_error == pytest.approx(theirs.se, abs=ERROR)


@missing_cells
@with_covariate
@pytest.mark.parametrize("leave_out", [False, True])
def test_weighted_imputation_equals_diff_diff(
    missing: float, covariate: str | None, leave_out: bool
):
    frame = drawn(seed=3, missing=missing, slope=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import ImputationDiD

        peer = ImputationDiD(leave_one_out=leave_out).fit(
            frame, "y", "unit", "year", "first", covariates=[covariate] if covariate else None,
            **survey("w"),
        )  # fmt: skip
    ours = Imputation(
        covariates=(covariate,) if covariate else (), weights="w", leave_out=leave_out
    ).fit(*posed(frame))
    assert ours.effect == pytest.approx(peer.overall_att, abs=POINT)
    assert survey_error(ours) == pytest.approx(peer.overall_se, abs=ERROR)


@missing_cells
@with_covariate
def test_weighted_sun_abraham_equals_diff_diff(missing: float, covariate: str | None):
    frame = drawn(seed=3, missing=missing, slope=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import SunAbraham as Peer

        peer = Peer().fit(
            frame, "y", "unit", "year", "first", covariates=[covariate] if covariate else None,
            **survey("w"),
        )  # fmt: skip
    ours = SunAbraham(covariates=(covariate,) if covariate else (), weights="w").fit(
        *posed(frame), inference=Clustered(small_sample="groups")
    )
    assert ours.effect == pytest.approx(peer.overall_att, abs=POINT)
    assert ours.std_error == pytest.approx(peer.overall_se, abs=ERROR)


@missing_cells
@pytest.mark.parametrize("comparison", ["not_yet_treated", "never_treated"])
def test_weighted_extended_twfe_equals_diff_diff_cell_by_cell(missing: float, comparison: str):
    # Its average counts cells where ours counts their weights, and its survey errors are taken cell
    # by cell of demeaned regressors; its covariates are interacted with cohorts. pyfixest below.
    frame = drawn(seed=3, missing=missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import WooldridgeDiD

        peer = WooldridgeDiD(control_group=comparison).fit(
            frame, "y", "unit", "year", "first", **survey("w")
        )
    ours = ExtendedTWFE(comparison=comparison, weights="w").fit(*posed(frame))
    for part in ours.components:
        theirs = peer.group_time_effects[int(part.cohort), int(part.period)]
        assert part.estimate == pytest.approx(theirs["att"], abs=POINT)


@missing_cells
@with_covariate
@pytest.mark.parametrize("weights", [None, "w", "cells"])
@pytest.mark.parametrize("design", [SunAbraham, ExtendedTWFE])
def test_cohort_regressions_equal_pyfixest(
    design: type, missing: float, covariate: str | None, weights: str | None
):
    frame = drawn(seed=3, missing=missing, slope=1.0)
    wide, cells = frame.copy(), {}
    for (first, year), rows in frame[frame["first"] > 0].groupby(["first", "year"]).groups.items():
        if (year != first - 1) if design is SunAbraham else (year >= first):
            cells[first, year] = f"c{first}_{year}"
            wide[f"c{first}_{year}"] = frame.index.isin(rows).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        formula = " + ".join([*cells.values(), *([covariate] if covariate else [])])
        peer = pf.feols(f"y ~ {formula} | unit + year", wide, vcov={"CRV1": "unit"},
                        weights=weights, fixef_tol=1e-12).tidy()  # fmt: skip
    ours = design(covariates=(covariate,) if covariate else (), weights=weights).fit(*posed(frame))
    assert len(ours.components) == len(cells)
    for part in ours.components:
        row = peer.loc[cells[int(part.cohort), int(part.period)]]
        assert part.estimate == pytest.approx(row["Estimate"], abs=POINT)
        assert part.std_error == pytest.approx(row["Std. Error"], abs=ERROR)


@pytest.mark.parametrize("comparison", ["not_yet_treated", "never_treated"])
def test_stacked_equals_diff_diff_with_both_comparison_groups(comparison: str):
    frame = drawn(seed=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import StackedDiD as Peer

        peer = Peer(kappa_pre=2, kappa_post=1, control_group=comparison).fit(
            frame, "y", "unit", "year", "first"
        )
    ours = StackedDiD(before=2, after=1, weighting="pooled", comparison=comparison).fit(
        *posed(frame)
    )
    assert ours.effect == pytest.approx(peer.overall_att, abs=POINT)
    assert ours.std_error == pytest.approx(peer.overall_se, abs=ERROR)

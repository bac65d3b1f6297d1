"""Callaway-Sant'Anna by hand, against published numbers and against diff-diff."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from innoeval.designs import CallawaySantAnna
from innoeval.errors import DesignError
from innoeval.records import Claim, Estimate, Panel


def staggered(seed: int = 1, n: int = 60, T: int = 8, missing: float = 0.0) -> pd.DataFrame:
    """Long, unsorted frame with text units, growing effects and three start dates."""
    rng = np.random.default_rng(seed)
    start = rng.choice([3, 5, 6, 0], n)
    time = np.arange(T)
    y = rng.normal(size=(n, 1)) + rng.normal(size=(1, T)) + rng.normal(size=(n, T))
    y += (start[:, None] > 0) * np.maximum(time - start[:, None] + 1, 0) * 0.5
    frame = pd.DataFrame({
        "unit": np.repeat([f"u{i:03d}" for i in range(n)], T), "year": np.tile(time, n) + 2000,
        "y": y.ravel(), "first": np.repeat(np.where(start > 0, start + 2000, 0), T),
        "w": np.repeat(rng.uniform(0.5, 2, n), T), "x": np.repeat(rng.normal(size=n), T),
    })  # fmt: skip
    if missing:
        frame = frame[rng.random(len(frame)) > missing]
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def posed(frame: pd.DataFrame) -> tuple[Panel, Claim]:
    """Panel and claim of such a frame."""
    panel = Panel(frame=frame.assign(year=frame["year"].astype(str)), unit="unit", period="year",
                  freq="year", outcomes=("y",), covariates=("w", "x"))  # fmt: skip
    first = frame[frame["first"] > 0].groupby("unit")["first"].first()
    claim = Claim(id="c", innovation="i", outcome="y", better="higher", size=1, scale="absolute",
                  treated={unit: str(year) for unit, year in first.items()})  # fmt: skip
    return panel, claim


def by_cell(found: Estimate) -> dict[tuple[int, int], tuple[float, float]]:
    return {(int(c.cohort), int(c.period)): (c.estimate, c.std_error) for c in found.components}


@pytest.fixture(scope="module")
def mpdta(shared_data: Path) -> tuple[Panel, Claim]:
    frame = pd.read_csv(shared_data / "mpdta.csv")
    frame["county"] = frame["countyreal"].astype(int).astype(str)
    panel = Panel(frame=frame, unit="county", period="year", freq="year", outcomes=("lemp",),
                  covariates=("lpop",))  # fmt: skip
    first = frame[frame["first_treat"] > 0].groupby("county")["first_treat"].first()
    claim = Claim(id="wage", innovation="minimum wage", outcome="lemp", better="higher",
                  treated={county: str(int(year)) for county, year in first.items()},
                  size=0.01, scale="absolute")  # fmt: skip
    return panel, claim


def test_published_effects_of_the_minimum_wage(mpdta: tuple[Panel, Claim]) -> None:
    # Printed in the README of R's did (bootstrap errors there, analytic ones here).
    found = CallawaySantAnna(comparison="never_treated").fit(*mpdta)
    effect, error = by_cell(found)[2004, 2006]
    assert round(effect, 4) == -0.1373
    assert error == pytest.approx(0.0397, abs=0.005)
    events = found.aggregate("event")
    assert round(events.effect, 4) == -0.0772
    assert events.std_error == pytest.approx(0.0219, abs=0.005)
    later = [round(c.estimate, 4) for c in events.components if c.event_time >= 0]
    assert later == [-0.0199, -0.0510, -0.1373, -0.1008]
    groups = found.aggregate("group")
    assert round(groups.effect, 4) == -0.0310
    assert groups.std_error == pytest.approx(0.0126, abs=0.005)
    assert [round(c.estimate, 4) for c in groups.components] == [-0.0797, -0.0229, -0.0261]
    simple = found.aggregate("simple")
    assert (round(simple.effect, 5), round(simple.std_error, 4)) == (-0.03995, 0.0120)
    assert simple.effect == found.effect


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("comparison", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize("base", ["universal", "varying"])
def test_equals_diff_diff(weighted: bool, missing: float, comparison: str, base: str) -> None:
    frame = staggered(missing=missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import CallawaySantAnna as Peer
        from diff_diff import SurveyDesign

        more = {"survey_design": SurveyDesign(weights="w")} if weighted else {}
        peer = Peer(control_group=comparison, base_period=base, estimation_method="reg").fit(
            frame,
            outcome="y",
            unit="unit",
            time="year",
            first_treat="first",
            aggregate="all",
            **more,
        )
    ours = CallawaySantAnna(
        comparison=comparison, base=base, weights="w" if weighted else None
    ).fit(*posed(frame))
    cells = by_cell(ours)
    theirs = {k: v for k, v in peer.group_time_effects.items() if k in cells}
    assert len(theirs) == len(cells) == 21
    for cell, values in theirs.items():
        assert cells[cell][0] == pytest.approx(values["effect"], abs=1e-8)
        assert cells[cell][1] == pytest.approx(values["se"], abs=1e-6)
    # With missing cells and no weights the peer weights each cell by the units seen in it, so that
    # the mix of cohorts differs from cell to cell; ours are the cohorts' shares throughout.
    if missing and not weighted:
        return
    assert ours.effect == pytest.approx(peer.overall_att, abs=1e-8)
    assert ours.std_error == pytest.approx(peer.overall_se, abs=1e-6)
    for kind, values in (("event", peer.event_study_effects), ("group", peer.group_effects)):
        rows = {c.event_time if kind == "event" else int(c.cohort): c
                for c in ours.aggregate(kind).components}  # fmt: skip
        compared = [key for key in values if key in rows]
        assert len(compared) == len(rows)
        for key in compared:
            assert rows[key].estimate == pytest.approx(values[key]["effect"], abs=1e-8)
            assert rows[key].std_error == pytest.approx(values[key]["se"], abs=1e-6)


def test_anticipation_moves_the_base_and_equals_diff_diff_cell_by_cell() -> None:
    frame = staggered(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import CallawaySantAnna as Peer

        peer = Peer(control_group="not_yet_treated", anticipation=1, base_period="universal",
                    estimation_method="reg").fit(
            frame, outcome="y", unit="unit", time="year", first_treat="first", aggregate="all"
        )  # fmt: skip
    ours = CallawaySantAnna(comparison="not_yet_treated", anticipation=1).fit(*posed(frame))
    for cell, (effect, error) in by_cell(ours).items():
        assert effect == pytest.approx(peer.group_time_effects[cell]["effect"], abs=1e-8)
        assert error == pytest.approx(peer.group_time_effects[cell]["se"], abs=1e-6)
    # The average is over periods from the start, as in R's did; the peer's begins with the
    # anticipated ones.
    post = [c for c in ours.components if c.event_time >= 0]
    assert len(post) == 5 + 3 + 2
    assert ours.effect != pytest.approx(peer.overall_att, abs=1e-3)


def test_influence_gives_the_error_of_every_summary() -> None:
    found = CallawaySantAnna(weights="w").fit(*posed(staggered(3, missing=0.1)))
    for summary in (found, *(found.aggregate(k) for k in ("simple", "event", "group", "calendar"))):
        assert summary.influence.shape == (found.n_units,)
        error = np.sqrt((summary.influence**2).sum()) / found.n_units
        assert summary.std_error == pytest.approx(error, rel=1e-9)


def test_tidy_has_a_row_for_each_summary() -> None:
    events = CallawaySantAnna().fit(*posed(staggered())).aggregate("event", balance=1)
    table = events.tidy()
    assert {"term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high",
            "event_time"} <= set(table.columns)  # fmt: skip
    assert table["event_time"].max() == 1
    assert (table["band_high"] > table["conf_high"]).iloc[1:].all()
    assert events.covariance.shape == (len(table) - 1,) * 2
    np.testing.assert_allclose(np.sqrt(np.diag(events.covariance)), table["std_error"].iloc[1:])


def test_units_that_are_never_seen_and_periods_without_data_are_told() -> None:
    frame = staggered()
    never = frame.loc[frame["first"] == 0, "unit"].min()
    frame.loc[frame["unit"] == never, "y"] = np.nan
    frame.loc[frame["year"] == 2004, "y"] = np.nan
    found = CallawaySantAnna().fit(*posed(frame))
    assert found.n_units == 59
    assert any(never in warning for warning in found.warnings)
    # The base of the cohort of 2005 is then 2003, the last period with data.
    assert {c.period for c in found.components if c.cohort == "2005"} == {
        "2000", "2001", "2002", "2005", "2006", "2007",
    }  # fmt: skip


def test_without_never_treated_units_the_last_cohort_is_compared_with_nobody() -> None:
    frame = staggered()
    panel, claim = posed(frame[frame["first"] > 0])
    with pytest.raises(DesignError, match="not_yet_treated"):
        CallawaySantAnna(comparison="never_treated").fit(panel, claim)
    found = CallawaySantAnna(comparison="not_yet_treated").fit(panel, claim)
    assert {c.cohort for c in found.components if c.event_time >= 0} == {"2003", "2005"}
    assert any("2006" in warning and "no comparison" in warning for warning in found.warnings)


def test_names_that_are_not_known_are_refused() -> None:
    for wrong in ({"comparison": "all"}, {"base": "first"}, {"anticipation": -1}):
        with pytest.raises(DesignError):
            CallawaySantAnna(**wrong)
    found = CallawaySantAnna().fit(*posed(staggered()))
    for kind, balance in (("events", None), ("group", 1), ("event", (-9, 9))):
        with pytest.raises(DesignError):
            found.aggregate(kind, balance)


REFERENCE = pd.read_csv(Path(__file__).parents[1] / "reference" / "staggered_covariates.csv")


@pytest.mark.parametrize("comparison", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize("method", ["dr", "ipw", "reg"])
def test_covariates_equal_csdid(mpdta: tuple[Panel, Claim], method: str, comparison: str) -> None:
    # R's did prints −0.0145, −0.0764, −0.1404, −0.1069 for the cohort of 2004 ("dr", never treated).
    found = CallawaySantAnna(comparison=comparison, covariates=("lpop",), method=method).fit(*mpdta)
    rows = REFERENCE[(REFERENCE["method"] == method) & (REFERENCE["comparison"] == comparison)]
    cells = by_cell(found)
    assert len(rows) == len(cells) == 12
    for row in rows.itertuples():
        effect, error = cells[row.cohort, row.period]
        assert effect == pytest.approx(row.estimate, abs=1e-8)
        assert error == pytest.approx(row.std_error, abs=1e-6)
    for kind in ("simple", "event", "group"):
        summary = found.aggregate(kind)
        error = np.sqrt((summary.influence**2).sum()) / summary.n_units
        assert summary.std_error == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("comparison", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize("method", ["reg", "ipw"])
def test_covariates_equal_diff_diff(
    method: str, comparison: str, missing: float, weighted: bool
) -> None:
    # Its "dr" divides the comparison's part by the treated units' weights, R's and ours by its own.
    frame = staggered(4, n=240, missing=missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import CallawaySantAnna as Peer
        from diff_diff import SurveyDesign

        more = {"survey_design": SurveyDesign(weights="w")} if weighted else {}
        peer = Peer(control_group=comparison, base_period="universal", estimation_method=method,
                    pscore_trim=1e-6).fit(
            frame, outcome="y", unit="unit", time="year", first_treat="first", covariates=["x"],
            **more,
        )  # fmt: skip
    ours = CallawaySantAnna(comparison=comparison, covariates=("x",), method=method,
                            weights="w" if weighted else None).fit(*posed(frame))  # fmt: skip
    cells = by_cell(ours)
    for cell, (effect, error) in cells.items():
        assert effect == pytest.approx(peer.group_time_effects[cell]["effect"], abs=1e-8)
        assert error == pytest.approx(peer.group_time_effects[cell]["se"], abs=1e-6)

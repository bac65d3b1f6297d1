"""The report on a panel's data, and the map of what is there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import innoeval as ie
from innoeval import plots
from innoeval.errors import BriefError
from innoeval.plots import theme
from innoeval.plots.tiles import TILES, tiles_of


def panel(values: np.ndarray, **roles: Any) -> ie.Panel:
    units = [f"ward {i:02d}" for i in range(values.shape[0])]
    months = pd.period_range("2021-01", periods=values.shape[1], freq="M").astype(str)
    frame = pd.DataFrame({"ward": np.repeat(units, values.shape[1]), "month": np.tile(months, len(units)),
                          "days": values.ravel(), **{k: v.ravel() for k, v in roles.pop("columns", {}).items()}})  # fmt: skip
    return ie.Panel(
        frame=frame, unit="ward", period="month", freq="month", outcomes=("days",), **roles
    )


@pytest.fixture
def values() -> np.ndarray:
    rng = np.random.default_rng(11)
    return 50 + rng.normal(size=(12, 1)) * 5 + rng.normal(size=(12, 36)) * 2


def found(report: Any, check: str) -> list[tuple[str, str]]:
    rows = report.failures[report.failures["check"] == check]
    return list(zip(rows["unit"], rows["period"], strict=True))


def test_a_clean_panel_has_nothing_to_report(values: np.ndarray) -> None:
    report = ie.profile(panel(values))
    assert report.failures.empty
    row = report.tidy().loc["days"]
    assert (row["coverage"], row["cells"], row["gaps"], row["outliers"], row["breaks"]) == (
        1.0,
        432,
        0,
        0,
        0,
    )
    assert "Found: nothing." in str(report)


def test_each_fault_is_found_where_it_was_put(values: np.ndarray) -> None:
    values[0, 5:8] = np.nan
    values[1, 30:] = np.nan
    values[2, 10] += 60
    values[3, 20:32] = values[3, 20]
    values[5, :] = values[4, :]
    values[:, 18:] += 15
    values[6, 3] = -1
    report = ie.profile(panel(values))
    assert found(report, "gap") == [("ward 00", f"2021-0{i}") for i in (6, 7, 8)]
    assert len(found(report, "missing")) == 6
    assert ("ward 02", "2021-11") in found(report, "outlier")
    assert {period for _, period in found(report, "break")} == {"2022-07"}
    assert {unit for unit, _ in found(report, "repeated")} == {"ward 03"}
    assert {unit for unit, _ in found(report, "copied")} <= {"ward 04", "ward 05"}
    assert len(found(report, "copied")) == 36
    assert found(report, "negative") == [("ward 06", "2021-04")]
    row = report.metrics.loc["days"]
    assert (row["gaps"], row["breaks"]) == (3, 1)
    assert row["coverage"] == pytest.approx(1 - 9 / 432)
    assert set(report.failures.columns) == {"check", "metric", "unit", "period", "value", "says"}
    assert "<table" in report._repr_html_()


def test_heaping_is_a_share_of_last_digits(values: np.ndarray) -> None:
    counts = np.round(values * 10)
    assert ie.profile(panel(counts)).metrics.loc["days", "heaping"] == pytest.approx(0.2, abs=0.08)
    assert ie.profile(panel(np.round(counts / 5) * 5)).metrics.loc["days", "heaping"] == 1.0
    assert np.isnan(ie.profile(panel(values)).metrics.loc["days", "heaping"])


def test_versions_provisional_and_hidden_cells(values: np.ndarray) -> None:
    late = np.zeros_like(values)
    late[:, -2:] = 1
    low, high = np.full_like(values, 7.0), np.full_like(values, 7.0)
    low[3, 3], high[3, 3] = 1, 4
    values[3, 3] = np.nan
    version = np.where(np.arange(36) < 12, "v1", "v2") * np.ones((12, 1), dtype=int).astype(object)
    made = panel(values, columns={"provisional": late, "days_low": low, "days_high": high, "form": version},
                 provisional="provisional", covariates=("days_low", "days_high"), version="form")  # fmt: skip
    report = ie.profile(made)
    assert report.metrics.loc["days", "provisional"] == pytest.approx(2 / 36)
    assert found(report, "suppressed") == [("ward 03", "2021-04")]
    assert not found(report, "gap")
    assert {period for _, period in found(report, "break")} == {"2022-01"}
    claim = ie.Claim(id="c", innovation="x", outcome="days", better="lower", size=1.0, scale="absolute",
                     treated={"ward 07": "2022-01"})  # fmt: skip
    cells = tiles_of(made, "days", claim)
    assert [TILES[cells[i]][0] for i in ((3, 3), (0, 0), (7, 20), (7, 35))] == [
        "small number not shown", "value", "value, treated", "provisional",
    ]  # fmt: skip


def test_the_map_shows_who_was_treated_first(values: np.ndarray) -> None:
    values[0, 5] = np.nan
    made = panel(values)
    claim = ie.Claim(id="c", innovation="x", outcome="days", better="lower", size=1.0, scale="absolute",
                     treated={"ward 07": "2022-01", "ward 02": "2021-06"})  # fmt: skip
    figure, ax = theme.canvas(6.9, 3)
    assert plots.coverage(made, claim, ax=ax) is ax
    with theme.look():
        figure.draw_without_rendering()
    assert [label.get_text() for label in ax.get_yticklabels()][:3] == [
        "ward 02",
        "ward 07",
        "ward 00",
    ]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "no value",
        "value",
        "value, treated",
    ]
    said = plots.describe_coverage(made, claim)
    assert "12 units by 36 periods, 2021-01 to 2023-12" in said
    assert "1 no value" in said
    assert theme.svg(figure)


def test_maps_have_a_limit() -> None:
    with pytest.raises(BriefError, match="cannot be read"):
        plots.coverage(panel(np.ones((2001, 2))))


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_outliers_are_held_against_what_other_units_do_where_there_are_some(
    values: np.ndarray, n: int
) -> None:
    some = values[:n]
    assert found(ie.profile(panel(some)), "outlier") == []
    some[1, 10] += 60
    some[:, 20] += 60
    shared = [(f"ward {i:02d}", "2022-09") for i in range(n)] if n < 4 else []
    expected = [("ward 01", "2021-11"), *shared]
    assert sorted(found(ie.profile(panel(some)), "outlier")) == sorted(expected)


def test_of_many_units_the_median_of_all_is_that_of_the_others(values: np.ndarray) -> None:
    many = np.tile(values, (3, 1)) + np.arange(36)[:, None] * 0.01
    many[:, 20] += 60
    many[7, 4] += 60
    assert found(ie.profile(panel(many)), "outlier") == [("ward 07", "2021-05")]


def test_last_digits_tell_nothing_where_values_hardly_vary(values: np.ndarray) -> None:
    grid = np.tile([10.0, 11.0], (12, 18))
    assert np.isnan(ie.profile(panel(grid)).metrics.loc["days", "heaping"])

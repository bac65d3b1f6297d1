"""Records: nothing is dropped, shadowed or given away without being said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.sources.test_service_records import cases, frame

import innoeval as ie
from innoeval.errors import SourceError

M = ie.metrics


def test_columns_and_metrics_named_as_the_query_names_its_own_are_refused() -> None:
    with pytest.raises(SourceError, match="column '_TOOK', a name that the query needs"):
        cases(frame(_TOOK=1.0)).panel(metrics={"n": M.Mean("_TOOK")})
    with pytest.raises(SourceError, match="let its name begin with a letter"):
        cases().panel(metrics={"_number": M.Count()})


def test_nothing_that_rests_on_few_records_is_shown() -> None:
    many = pd.DataFrame({
        "ward": "A", "opened": pd.Timestamp("2023-01-02"), "closed": pd.Timestamp("2023-01-05"),
        "channel": ["web"] * 2 + ["desk"] * 18, "cost": [np.nan] * 18 + [3.0, 5.0], "person": range(20),
    })  # fmt: skip
    web = {"channel": "web"}
    panel = cases(many).panel(
        suppress_below=5, denominators=pd.DataFrame({"ward": ["A"], "residents": [100]}),
        metrics={
            "n": M.Count(), "median": M.Median(), "rate": M.Rate(), "each": M.Distinct("person"),
            "web": M.Count(web), "share": M.Share(web), "desk": M.Share({"channel": "desk"}),
            "web_median": M.Median(where=web), "web_within": M.ShareWithin(5, where=web), "cost": M.Cost("cost"),
            "median_cost": M.Median("cost"), "mean_cost": M.Mean("cost"), "web_rate": M.Rate(where=web),
        },
    )  # fmt: skip
    row = panel.frame.iloc[0]
    assert row[["n", "median", "rate", "each"]].tolist() == [20, 3, 0.2, 20]
    hidden = ["web", "share", "desk", "web_median", "web_within", "cost", "median_cost", "mean_cost",
              "web_rate"]  # fmt: skip
    assert row[hidden].isna().all()
    assert (row["web_low"], row["web_high"]) == (1, 4)
    assert any("9 values that rest on fewer than 5" in note for note in panel.notes)


def test_records_without_a_date_are_told_beside_a_window() -> None:
    opened = frame()["opened"].where([False, True, True, True, True])
    panel = cases(frame(opened=opened)).panel(
        metrics={"n": M.Count()}, window=("2023-01", "2023-01")
    )
    assert any("1 record without a date" in note for note in panel.notes)


def test_a_moment_still_to_come_is_no_date_of_extraction() -> None:
    closed = frame()["closed"].where([False, True, True, True, True], pd.Timestamp("2999-12-31"))
    with pytest.raises(SourceError, match="2999-12-31, which is still to come; say when"):
        cases(frame(closed=closed), as_of=None).panel(metrics={"n": M.Count()})
    assert cases(frame(closed=closed)).panel(metrics={"n": M.Count()}).frame["n"].sum() == 5


def test_a_condition_that_nothing_meets_is_told() -> None:
    panel = cases().panel(metrics={"n": M.Count(where={"channel": "wbe"}), "all": M.Count()})
    assert any("'n' is nowhere above 0" in note for note in panel.notes)
    assert not any("'all'" in note for note in panel.notes)


def test_a_merged_unit_has_no_denominator_where_a_part_has_none_and_its_parts_are_told() -> None:
    merged = cases(crosswalk={"A": "Both", "B": "Both", "Aa": "Nowhere"})
    residents = pd.DataFrame({"ward": ["A", "B", "A", "B"], "month": ["2023-01"] * 2 + ["2023-02"] * 2,
                              "residents": [100.0, 50.0, 100.0, np.nan]})  # fmt: skip
    panel = merged.panel(metrics={"rate": M.Rate(per=100)}, denominators=residents)
    np.testing.assert_array_equal(panel.matrix("rate"), [[2, np.nan]])
    assert any("crosswalk= leads to Nowhere" in note for note in panel.notes)
    panel = merged.panel(metrics={"rate": M.Rate()}, denominators=residents[:3])
    assert any(
        "'Both' are those of A + B (1 of its periods); of A (1 of" in note for note in panel.notes
    )
    with pytest.raises(SourceError, match="write its numbers as numbers"):
        cases().panel(metrics={"rate": M.Rate(over="residents")},
                      denominators=residents[:2].drop(columns="month").astype({"residents": str}))  # fmt: skip

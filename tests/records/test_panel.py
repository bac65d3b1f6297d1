"""The panel: what it holds, what it refuses, and a fingerprint of the data alone."""

from __future__ import annotations

import pickle
from dataclasses import fields
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoeval.errors import PanelError, RecordError
from innoeval.records import Panel

FRAME = pd.DataFrame({
    "ward": ["B", "A", "A", "B", "A"],
    "month": ["2023-01", "2023-04", "2023-01", "2023-02", "2023-02"],
    "days": [12.0, 9, 10, 13, 11],
    "open": [1, 2, 3, 4, 5],
    "rule": ["old", "new", "old", None, "old"],
})  # fmt: skip
ROLES = {"unit": "ward", "period": "month", "freq": "month", "outcomes": ("days",),
         "balancing": {"open": "lower"}, "version": "rule"}  # fmt: skip


def panel_of(frame: pd.DataFrame = FRAME, **changes: object) -> Panel:
    return Panel(frame=frame, **(ROLES | changes))


def test_it_is_sorted_and_gaps_are_periods():
    panel = panel_of()
    assert panel.units == ("A", "B")
    assert panel.periods == ("2023-01", "2023-02", "2023-03", "2023-04")
    assert panel.metrics == ("days", "open")
    np.testing.assert_array_equal(
        panel.matrix("days"), [[10, 11, np.nan, 9], [12, 13, np.nan, np.nan]]
    )
    assert panel.labels("rule").tolist() == [
        ["old", "old", None, "new"],
        ["old", None, None, None],
    ]
    assert panel.rows(["B", "Z"]).tolist() == [False, True]


def test_matrices_cannot_be_written_and_the_source_is_not_touched():
    before = FRAME.copy()
    panel = panel_of()
    with pytest.raises(ValueError, match="read-only"):
        panel.matrix("days")[0, 0] = 1
    pd.testing.assert_frame_equal(FRAME, before)
    with pytest.raises(
        PanelError, match="there is no metric or covariate 'day'; name one of days, open"
    ):
        panel.matrix("day")


def test_every_kind_of_period_gives_the_same_panel():
    panel = panel_of()
    for kind in (
        FRAME["month"] + "-01",
        pd.to_datetime(FRAME["month"]),
        pd.PeriodIndex(FRAME["month"], freq="M").to_series(index=FRAME.index),
        FRAME["month"].map(lambda text: date.fromisoformat(f"{text}-01")),
    ):
        assert panel_of(FRAME.assign(month=kind)) == panel
    years = FRAME.assign(month=[2001.0, 2004, 2001, 2002, 2002])
    assert panel_of(years, freq="year").periods == ("2001", "2002", "2003", "2004")
    assert panel_of(years, freq="integer").frame["month"].tolist() == [2001, 2002, 2004, 2001, 2002]


def test_the_step_between_periods_is_found():
    frame = FRAME.assign(month=["1920", "1932", "1920", "1924", "1924"])
    panel = panel_of(frame, freq="year")
    assert panel.calendar.step == 4
    assert panel.periods == ("1920", "1924", "1928", "1932")


def test_windows_and_dropped_units():
    panel = panel_of()
    assert panel.window("2023-01", "2023-02").periods == ("2023-01", "2023-02")
    np.testing.assert_array_equal(panel.window("2023-02", "2030-01").matrix("days"),
                                  [[11, np.nan, 9], [13, np.nan, np.nan]])  # fmt: skip
    assert panel.drop_units("A").units == ("B",)
    assert panel.drop_units(["A"]) == panel.drop_units("A")
    assert panel.drop_units("Z") == panel
    assert panel.window("2023-01", "2023-04") == panel
    for cut in (lambda: panel.window("2023-03", "2023-03"), lambda: panel.drop_units(["A", "B"])):
        with pytest.raises(PanelError, match="no row is left after cutting the panel; widen"):
            cut()


@pytest.mark.parametrize(
    ("frame", "changes", "message"),
    [
        (FRAME, {"unit": "wards"}, "there is no column 'wards'; the columns are ward, month"),
        (FRAME, {"covariates": ("pop",)}, "there is no column 'pop'"),
        (FRAME, {"outcomes": ()}, "no outcome is named"),
        (FRAME[:0], {}, "there is no row of data"),
        (FRAME.set_axis(["ward", "month", "days", "days", "rule"], axis=1), {"balancing": {}},
         "the column 'days' stands there 2 times"),
        (pd.concat([FRAME, FRAME[:1]]), {}, "a unit has two rows in one period: B in 2023-01"),
        (FRAME.assign(days=[np.inf, 1, 2, 3, 4]), {}, "column 'days': 1 values are infinite"),
        (FRAME.assign(days="x"), {}, "column 'days': it holds str values, not numbers"),
        (FRAME.assign(month="soon"), {}, "'soon' is not a month"),
        (FRAME.assign(month=None), {}, "a period is missing"),
        (FRAME.assign(month=[1, 3, 1, 10**9, 2]), {"freq": "integer"}, ("the periods run from 1 to "
         "1000000000: 1,000,000,000 periods, of which 4 have a row")),
    ],
)  # fmt: skip
def test_what_no_panel_is(frame, changes, message):
    with pytest.raises(PanelError) as caught:
        panel_of(frame, **changes)
    assert message in str(caught.value)


@given(st.permutations(range(len(FRAME))), st.permutations(list(FRAME.columns)))
def test_its_fingerprint_does_not_depend_on_the_order(rows, columns):
    shuffled = panel_of(FRAME.iloc[rows][columns])
    assert shuffled.fingerprint == panel_of().fingerprint
    assert shuffled == panel_of()


@pytest.mark.parametrize(
    ("frame", "changes"),
    [
        (FRAME.assign(days=[12.0, 9, 10, 13, 11 + 1e-12]), {}),
        (FRAME.assign(days=[12.0, 9, 10, 13, np.nan]), {}),
        (FRAME.assign(ward=["C", "A", "A", "C", "A"]), {}),
        (FRAME.assign(month=["2023-01", "2023-03", "2023-01", "2023-02", "2023-02"]), {}),
        (FRAME.assign(rule="old"), {}),
        (FRAME[1:], {}),
        (FRAME, {"balancing": {"open": "higher"}}),
        (FRAME, {"outcomes": ("days", "open")}),
        (FRAME, {"denominator": "open"}),
        (FRAME, {"version": None}),
    ],
)
def test_its_fingerprint_shows_every_change(frame, changes):
    assert panel_of(frame, **changes) != panel_of()


def test_its_fingerprint_looks_past_names_of_files_notes_and_number_types():
    same = panel_of(FRAME.astype({"open": "Int64"}), origin="a.csv", notes=("A note.",))
    assert same == panel_of()


def test_an_offset_of_a_thousand_million_keeps_the_digits():
    shifted = panel_of(FRAME.assign(days=FRAME["days"] + 1e9 + 0.25))
    np.testing.assert_array_equal(shifted.matrix("days") - 1e9, panel_of().matrix("days") + 0.25)


def test_a_cut_keeps_the_step_and_the_seasons():
    cut = panel_of().window("2023-02", "2023-04")
    assert cut.calendar.step == 1
    assert cut.calendar.cycle == 12
    assert cut.drop_units("B").periods == ("2023-02", "2023-03", "2023-04")


def test_one_period_and_one_unit_are_a_panel():
    panel = panel_of(FRAME[:1])
    assert panel.matrix("days").shape == (1, 1)
    assert panel.calendar.n == 1


def test_rows_are_sorted_when_they_are_asked_for_and_not_from_what_became_of_the_source():
    source = FRAME.copy()
    panel, asked = panel_of(source), panel_of()
    before = panel.matrix("days")
    source["days"] = 0.0
    source.loc[0, "ward"] = "Z"
    np.testing.assert_array_equal(panel.matrix("days"), before)
    assert panel == asked
    np.testing.assert_array_equal(panel.matrix("days"), before)
    assert panel.frame["ward"].tolist() == ["A", "A", "A", "B", "B"]
    with pytest.raises(AttributeError, match="weather"):
        _ = panel.weather


def test_it_can_be_sent_to_another_process():
    panel = panel_of()
    sent = pickle.loads(pickle.dumps(panel))  # noqa: S301 - its own bytes
    assert sent == panel
    pd.testing.assert_frame_equal(sent.frame, panel.frame)


def test_later_roles_count_in_the_fingerprint_only_where_they_are_filled():
    # The fingerprint of this panel as it was before these roles were there.
    assert (
        panel_of().fingerprint == "696803c9611f391e9bcc9c9010985bf7eb27d02f7d840cedf2731f536eda499e"
    )
    more = FRAME.assign(hard=1.0, easy=2.0)
    named = panel_of(more, negative_controls=("hard",), case_mix={"hard": "easy"})
    assert {"hard", "easy"} < set(named.metrics)
    assert len({panel_of(more).fingerprint, named.fingerprint,
                panel_of(more, negative_controls=("hard",)).fingerprint}) == 3  # fmt: skip
    with pytest.raises(PanelError, match="there is no column 'slow'"):
        panel_of(more, negative_controls=("slow",))


def test_cases_near_a_target_are_metrics_and_show_in_the_fingerprint():
    near = panel_of(near_target=("open", "days"))
    assert near.near_target == ("open", "days")
    assert set(near.metrics) >= {"open", "days"}
    assert near != panel_of()
    with pytest.raises(PanelError, match="near_target is 'open'; name two columns"):
        panel_of(near_target="open")


@pytest.mark.parametrize("sorted_before", [False, True])
def test_other_values_of_a_metric_leave_all_else(sorted_before):
    panel = panel_of()
    if sorted_before:
        assert len(panel.frame) == len(FRAME)
    doubled = panel.with_values("days", 2 * panel.matrix("days"))
    np.testing.assert_array_equal(doubled.matrix("days"), 2 * panel.matrix("days"))
    assert doubled == panel_of(FRAME.assign(days=2 * FRAME["days"]))
    assert doubled != panel
    assert panel == panel_of()
    assert doubled.frame["open"].tolist() == panel.frame["open"].tolist()


def test_a_panel_that_is_mostly_gaps_is_as_any_other():
    # Three wards that were counted once each: 3 of 396 cells have a row.
    rows = pd.DataFrame(
        {"ward": list("BCA"), "month": ["2012-01", "2022-12", "2012-02"], "days": [1.0, 3.0, 2.0]}
    )
    roles = {"balancing": {}, "version": None}
    panel = panel_of(rows, **roles)
    days = np.full((3, 132), np.nan)
    days[0, 1], days[1, 0], days[2, 131] = 2, 1, 3
    np.testing.assert_array_equal(panel.matrix("days"), days)
    assert panel.frame["ward"].tolist() == ["A", "B", "C"]
    assert panel.fingerprint == panel_of(rows[::-1], **roles).fingerprint
    with pytest.raises(PanelError, match="C in 2022-12"):
        panel_of(pd.concat([rows, rows[1:2]]), **roles)


def test_half_a_panel_is_refused_when_its_frame_is_asked_for():
    panel = panel_of()
    half = object.__new__(Panel)
    for item in fields(Panel):
        if item.name not in {"frame", "_codes"}:
            object.__setattr__(half, item.name, getattr(panel, item.name))
    object.__setattr__(half, "_unsorted", None)
    with pytest.raises(RecordError, match="not read back whole; make it again"):
        _ = half.frame

"""Schemas of panels and registers: every failure is a fault with its rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from innoeval.records.schema import panel_schema, register_schema, schema_faults


def found(schema, frame: pd.DataFrame) -> list[str]:
    return [str(fault) for fault in schema_faults(schema, frame, np.arange(len(frame)) + 2, "f")]


PANEL = panel_schema("ward", "month", outcomes=["days"], metrics=["days", "open"])
FRAME = pd.DataFrame({
    "ward": ["A", "A", "B"], "month": ["1", "2", "1"], "days": [1.0, np.nan, 2], "open": np.nan,
})  # fmt: skip


def test_a_good_frame_has_no_fault():
    assert found(PANEL, FRAME) == []


def test_every_failure_is_listed_with_its_rows():
    frame = FRAME.assign(ward=["A", None, "A"], month=["1", "2", "1"], days=[np.inf, 1, -np.inf])
    assert found(PANEL, frame) == [
        "f, rows 2, 4: 'A' has 2 rows in 1; keep one row for each unit and period, or add them up",
        "f, rows 2, 4, column 'days': the value is infinite; leave the cell empty, or give the number",
        "f, row 3, column 'ward': it is empty; every row needs one",
    ]


def test_an_outcome_needs_a_value_and_another_metric_does_not():
    assert found(PANEL, FRAME.assign(days=np.nan)) == [
        (
            "f, column 'days': every value is missing; supply the values, or take the column out of "
            "the outcomes"
        )
    ]


def test_duplicate_keys_under_a_duplicate_index_are_faults():
    frame = FRAME.assign(month="1").set_axis([7, 7, 7])
    assert found(PANEL, frame)[0].startswith("f, rows 2, 3: 'A' has 2 rows in 1")


def test_missing_keys_are_no_duplicates():
    frame = FRAME.assign(ward=None, month="1")
    assert found(PANEL, frame) == [
        "f, rows 2, 3, 4, column 'ward': it is empty; every row needs one"
    ]


def test_a_register_has_its_required_cells_and_each_id_once():
    frame = pd.DataFrame({"id": ["a", "a", None], "better": ["lower", None, "lower"]}, dtype=object)
    assert sorted(found(register_schema(["id", "better"]), frame)) == [
        "f, row 3, column 'better': it is empty; every row needs one",
        "f, row 4, column 'id': it is empty; every row needs one",
        "f, rows 2, 3, column 'id': 'a' stands there 2 times; give each its own",
    ]

"""Figures as people write them, a column at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoeval.tables import Table, read_figures
from innoeval.tables.figures import decimal_sign, figure
from innoeval.tables.files import _delimited


def read(*columns, delimiter=";", **options):
    """Columns a, b, ... of text, read as figures."""
    names = "abcd"[: len(columns)]
    frame = pd.DataFrame(dict(zip(names, columns, strict=True)))
    rows = np.arange(len(frame)) + 2
    table = Table(frame=frame, rows=rows, origin="f.csv", delimiter=delimiter)
    return read_figures(table, names, **options)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "-2", "+3", "4.5", ".5", "1e3"], [1, -2, 3, 4.5, 0.5, 1000]),
        (["1,5", "2", "-0,125"], [1.5, 2, -0.125]),
        (["1,234", "2,5"], [1.234, 2.5]),
        (["1,234", "2.5"], [1234, 2.5]),
        (["1.234", "2,5"], [1234, 2.5]),
        (["1,234,567", "1,234"], [1234567, 1234]),
        (["1.234.567,8", "1.234"], [1234567.8, 1234]),
        (["1 234", "12\u202f345,5", "1\u00a0234\u2009567"], [1234, 12345.5, 1234567]),
        (["1'234.5", "1’234"], [1234.5, 1234]),
        (["−5", " 6 "], [-5, 6]),
        (["12 %", "3.5%"], [12, 3.5]),
        (["", "NA", "n/a", "NaN", "1"], [np.nan, np.nan, np.nan, np.nan, 1]),
        (["inf", "-Infinity", "1"], [np.inf, np.inf, 1]),
    ],
)
def test_what_reads_in_one_way_is_read(cells, values):
    out = read(cells)
    assert not out.faults
    np.testing.assert_array_equal(out.columns["a"], values)


def test_numbers_of_any_type_are_taken_as_they_are():
    out = read([1, 2.5, None, True], pd.array([1, None, 3, 4], dtype="Int64"),
               pd.Series([1, "2", "n/a", 4.0], dtype=object))  # fmt: skip
    np.testing.assert_array_equal(out.columns["a"], [1, 2.5, np.nan, 1])
    np.testing.assert_array_equal(out.columns["b"], [1, np.nan, 3, 4])
    np.testing.assert_array_equal(out.columns["c"], [1, 2, np.nan, 4])


def test_a_separator_in_doubt_is_asked_about():
    for cell, low, high in (("1,234", "1234", "1.234"), ("1.234", "1.234", "1234")):
        (fault,) = read([cell, "5"]).faults
        assert f"f.csv, row 2, column 'a': '{cell}' can be {low} or {high}; say which" in str(fault)
    assert read(["1,234"], decimal=",").columns["a"] == [1.234]
    assert read(["1,234"], decimal=".").columns["a"] == [1234]


def test_other_columns_and_the_delimiter_settle_a_doubt():
    assert read(["1,234"], ["0,5"]).columns["a"] == [1.234]
    assert read(["1,234"], ["0.5"]).columns["a"] == [1234]
    assert read(["1.234"], delimiter=",").columns["a"] == [1.234]
    out = read(["1,234"], delimiter=",")
    assert out.columns["a"] == [1234]
    assert out.notes == [
        (
            "'1,234' in 'a' was read as 1234: commas separate the cells of this file, so that none is "
            "a decimal sign."
        )
    ]


def test_two_conventions_in_one_column_are_refused():
    (fault,) = read(["1.5", "2.5", "3,5"]).faults
    assert "row 4, column 'a': '1.5' has a decimal point and '3,5' a decimal comma" in str(fault)


def test_other_columns_that_disagree_settle_nothing():
    assert "'1,234' can be" in str(read(["1,234"], ["1,5"], ["1.5"]).faults[0])


@pytest.mark.parametrize("mark", ["*", "-", "–", "..", "…", ":", "<5", "≤ 5", "[c]", "(x)", "#"])
def test_marks_for_hidden_values_are_asked_about(mark):
    (fault,) = read(["1", mark, "2", mark]).faults
    assert fault.rows == (3, 5)
    assert f"2 cells hold a mark instead of a number: '{mark}' (2); " in str(fault)
    assert 'say suppressed="missing"' in str(fault)
    out = read(["1", mark, "2", mark], suppressed="missing")
    np.testing.assert_array_equal(out.columns["a"], [1, np.nan, 2, np.nan])
    assert out.notes[0] == (
        f"2 cells of 'a' were read as missing: the marks '{mark}' (2), as suppressed= says."
    )


def test_marks_can_be_told_apart():
    out = read(["1", "-", "<5", "x9"], suppressed={"-": 0, "<5": 2.5, "x9": None})
    np.testing.assert_array_equal(out.columns["a"], [1, 0, 2.5, np.nan])
    assert out.notes[0] == "1 cell of 'a' with '-' was read as 0, as suppressed= says."
    assert "'*' (1)" in str(read(["1", "-", "*"], suppressed={"-": 0}).faults[0])


def test_a_number_can_be_a_mark_in_text_and_in_numbers():
    for cells in (["1", "999"], [1, 999]):
        np.testing.assert_array_equal(
            read(cells, suppressed={"999": None}).columns["a"], [1, np.nan]
        )


def test_text_is_refused_with_its_rows():
    (fault,) = read(["1", "3O", "2"]).faults
    assert "f.csv, row 3, column 'a': '3O' is not a number; write a number" in str(fault)
    assert "suppressed={'3O': None}" in str(fault)
    (fault,) = read([f"w{i}" for i in range(8)]).faults
    assert "rows 2, 3, 4, 5, 6 and 3 more" in str(fault)
    assert "8 cells are not numbers ('w0', 'w1', 'w2' ...)" in str(fault)
    assert "'1_000' is not a number" in str(read(["1_000"]).faults[0])


def test_per_cent_throughout_or_nowhere():
    assert read(["15 %", "8%"]).notes == ["'a' is in per cent: 15 % was read as 15."]
    (fault,) = read(["15 %", "8"]).faults
    assert "row 2, column 'a': some figures are in per cent ('15 %') and others are not" in str(
        fault
    )


def test_missing_cells_are_counted():
    assert read(["1", "", "n/a"]).notes == ["2 of 3 cells of 'a' have no value: missing, not zero."]


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([",", ".", " ", "'", ""]))
def test_a_grouped_figure_is_the_number_that_was_grouped(number, thousands):
    decimal = "," if thousands == "." else "."
    text = f"{number:,.2f}".translate(str.maketrans({",": thousands, ".": decimal}))
    assert figure(text, decimal) == float(number)
    assert decimal_sign(text) == decimal


@given(st.text("0123456789.,-+eE '", max_size=10))
def test_a_text_without_a_sign_reads_alike_under_both(text):
    if decimal_sign(text) == "none":
        assert figure(text, ".") == figure(text, ",")


def test_excel_s_own_first_line_may_name_a_tab() -> None:
    cells = _delimited("sep=\t\nward\tdays\nA\t1,5\nB\t2\n", ("ward",), "a.csv")
    assert cells.frame["days"].tolist() == ["1,5", "2"]
    assert cells.rows.tolist() == [3, 4]

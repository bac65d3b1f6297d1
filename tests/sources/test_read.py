"""The door for panels: what is read, what is asked for, what is refused."""

from __future__ import annotations

import contextlib
import csv
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval import read_panel
from innoeval.errors import InnoevalError, SourceError

PLAIN = "ward,month,days\nNorth,2023-01,10\nNorth,2023-02,9.5\nEast,2023-01,12\nEast,2023-02,11\n"
EXPECTED = [[12, 11], [10, 9.5]]


def test_a_plain_file_reads_without_a_note(read):
    panel = read(PLAIN)
    assert panel.units == ("East", "North")
    assert panel.periods == ("2023-01", "2023-02")
    assert panel.freq == "month"
    assert panel.origin == "permits.csv"
    assert panel.notes == ()
    np.testing.assert_array_equal(panel.matrix("days"), EXPECTED)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("\ufeff" + PLAIN, "a.csv"),
        (PLAIN.encode("utf-16"), "a.csv"),
        (PLAIN.replace("\n", "\r\n"), "a.csv"),
        (PLAIN.replace(",", "\t"), "a.tsv"),
        (PLAIN.replace(",", "|"), "a.txt"),
        (PLAIN.replace(",", ";").replace("9.5", "9,5"), "a.csv"),
        ("sep=;\n" + PLAIN.replace(",", ";").replace("9.5", "9,5"), "a.csv"),
        (PLAIN.replace("East", '"East"').replace("2023-01", '"2023-01"'), "a.CSV"),
        (PLAIN.replace("2023-01", "Jan 2023").replace("2023-02", "February 2023"), "a.csv"),
        (PLAIN.replace("2023-01", "2023-01-01").replace("2023-02", "2023-02-01"), "a.csv"),
        (PLAIN.replace("2023-01", "31/01/2023").replace("2023-02", "28/02/2023"), "a.csv"),
        ("\n" + PLAIN + "\n\n", "a.csv"),
        (PLAIN.replace("12", "12 %").replace("11", "11%").replace("10", "10%")
         .replace("9.5", "9.5%"), "a.csv"),
    ],
)  # fmt: skip
def test_one_panel_in_many_dresses(read, content, name):
    panel = read(content, name)
    assert panel.units == ("East", "North")
    assert panel.periods == ("2023-01", "2023-02")
    np.testing.assert_array_equal(panel.matrix("days"), EXPECTED)


def test_roles_are_kept_and_single_names_do(read):
    text = "ward,month,days,reopened,all,v,near,pop,kind\nA,2023-01,1,2,9,1,0,100,rural\n"
    text += "A,2023-02,2,3,9,2,0,101,rural\n"
    panel = read(
        text, outcomes="days", balancing={"reopened": "lower"}, denominator="all", version="v",
        neighbour="near", covariates=["pop", "kind"],
    )  # fmt: skip
    assert panel.metrics == ("days", "reopened", "all", "near")
    assert panel.labels("v").tolist() == [["1", "2"]]
    assert panel.frame["pop"].tolist() == [100, 101]
    assert panel.frame["kind"].tolist() == ["rural", "rural"]


def test_negative_controls_and_kinds_of_cases_are_read_as_numbers(read):
    text = "ward,month,days,rear,easy,n_easy,hard,n_hard\nA,2023-01,1,2,1,10,9,5\n"
    text += "A,2023-02,2,3,1,n/a,9,6\n"
    panel = read(
        text, outcomes="days", negative_controls="rear",
        case_mix={"easy": "n_easy", "hard": "n_hard"},
    )  # fmt: skip
    assert panel.negative_controls == ("rear",)
    assert panel.case_mix == {"easy": "n_easy", "hard": "n_hard"}
    assert panel.metrics == ("days", "rear", "easy", "hard", "n_easy", "n_hard")
    assert panel.matrix("n_hard").tolist() == [[5.0, 6.0]]


def test_a_column_kept_as_text_says_so(read):
    panel = read("ward,month,days,band\nA,2023-01,1,2\nA,2023-02,2,3b\n", covariates=["band"])
    assert panel.frame["band"].tolist() == ["2", "3b"]
    assert panel.notes == ("'band' was kept as text: '3b' is not a number.",)


def test_lines_above_the_header_are_left_out_and_said(read):
    panel = read("Permits by ward\n\n" + PLAIN)
    assert panel.notes == ("The header stands in row 3; 1 row above it was left out.",)


def test_every_fault_is_listed_at_once_with_its_rows(refused):
    message = refused(
        "ward,month,days,open\nNorth,2023-01,1O,1\nNorth,2023-01,2,inf\n,2023-02,3,2\n"
        "north,2023-03,4,x1\n",
        outcomes=["days", "open"],
    )
    assert message.startswith("6 faults:")
    for line in (
        "permits.csv, row 2, column 'days': '1O' is not a number; write a number",
        "permits.csv, row 5, column 'open': 'x1' is not a number; write a number",
        "permits.csv, rows 2, 3: 'North' has 2 rows in 2023-01; keep one row",
        "permits.csv, row 3, column 'open': the value is infinite; leave the cell empty",
        "permits.csv, row 4, column 'ward': it is empty; every row needs one",
        "permits.csv, row 5, column 'ward': 'north' and 'North' differ by case or spaces only",
    ):
        assert line in message


def test_faults_are_capped_with_a_count_of_the_rest(refused):
    rows = "".join(f"Ward {i},2023-01,1\n" * 2 for i in range(40))
    message = refused("ward,month,days\n" + rows)
    assert message.startswith("40 faults:")
    assert message.endswith("... and 20 more")


def test_a_missing_column_with_a_near_miss(refused):
    message = refused(PLAIN, unit="wards", outcomes=["median"])
    assert "permits.csv: there is no column 'wards'; did you mean 'ward'?" in message
    assert "there is no column 'median'; the columns are ward, month, days" in message


def test_periods_side_by_side_are_told_from_a_missing_column(refused):
    message = refused("ward,2021,2022,2023\nA,1,2,3\n", period="year", outcomes="2021")
    assert "there is no column 'year'" in message
    assert "periods head the columns (2021, 2022, 2023 ...); give one row for each unit" in message


def test_an_export_with_everything_wrong_with_it(read):
    text = """Bearbeitungszeiten Bauamt;;;;
Stand: 01.03.2024;;;;

Bezirk;Monat;Tage (Median);Anträge;Quote
Mitte;01.01.2023;12,5;1.204;45,2 %
Mitte ;01.02.2023;11,8;1.310;46,0 %
Nord;01.01.2023;14,1;*;39,9 %
Nord;01.02.2023;13,9;980;n/a
Summe;;;3.494;
* Werte unter 5 werden nicht ausgewiesen
Quelle: Bauamt; Stand 2024
"""
    panel = read(
        text.encode("cp1252"), unit="Bezirk", period="Monat", encoding="cp1252",
        outcomes=["Tage (Median)", "Anträge", "Quote"], suppressed={"*": None},
    )  # fmt: skip
    assert panel.periods == ("2023-01", "2023-02")
    np.testing.assert_array_equal(panel.matrix("Tage (Median)"), [[12.5, 11.8], [14.1, 13.9]])
    np.testing.assert_array_equal(panel.matrix("Anträge"), [[1204, 1310], [np.nan, 980]])
    np.testing.assert_array_equal(panel.matrix("Quote"), [[45.2, 46], [39.9, np.nan]])
    assert panel.notes == (
        "The header stands in row 4; 2 rows above it were left out.",
        "Row 9 with totals ('Summe') was left out.",
        (
            "Rows 10, 11 below the data (such as '* Werte unter 5 werden nicht ausgewiesen') were left "
            "out."
        ),
        (
            "1 name in 'Bezirk' had stray spaces or an empty decimal place, such as 'Mitte '; 'Mitte' "
            "was read."
        ),
        "The dates in 'Monat' are all first days of months: each was read as its month.",
        "1 cell of 'Anträge' with '*' was read as missing, as suppressed= says.",
        "'Quote' is in per cent: 15 % was read as 15.",
        "1 of 4 cells of 'Anträge' has no value: missing, not zero.",
        "1 of 4 cells of 'Quote' has no value: missing, not zero.",
    )


def test_excel_without_its_reader_names_the_extra(tmp_path: Path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(SourceError, match=r"run pip install 'innoeval\[excel\]'"):
        read_panel(path, unit="ward", period="month", outcomes=["days"])


def test_a_frame_may_hold_things_that_are_no_cells():
    frame = pd.DataFrame({"ward": [["A"], ["A"]], "month": [2021, 2022], "days": [{}, 1]})
    with pytest.raises(SourceError, match=r"row 2, column 'days': '{}' is not a number"):
        read_panel(frame, unit="ward", period="month", outcomes=["days"])


def test_a_column_that_stands_there_twice(refused):
    message = refused("ward,month,days,days\nA,2023-01,1,2\n")
    assert message == "permits.csv: the column 'days' stands there 2 times; rename all but one"


def test_missing_outcomes_are_missing_and_never_zero(read):
    panel = read("ward,month,days\nA,2023-01,\nA,2023-02,n/a\nA,2023-03,3\n")
    np.testing.assert_array_equal(panel.matrix("days"), [[np.nan, np.nan, 3]])
    assert panel.notes == ("2 of 3 cells of 'days' have no value: missing, not zero.",)


def test_an_outcome_without_any_value_is_refused(refused):
    message = refused("ward,month,days\nA,2023-01,\nA,2023-02,NA\n")
    assert message.startswith("permits.csv, column 'days': every value is missing; supply")


def test_infinite_outcomes_are_refused_with_every_row(refused):
    message = refused("ward,month,days\nA,2023-01,inf\nA,2023-02,2\nA,2023-03,-Infinity\n")
    assert message.startswith("permits.csv, rows 2, 4, column 'days': the value is infinite")
    assert "row 2" in refused("ward,month,days\nA,2023-01,1e999\nA,2023-02,2\n")


def test_totals_and_footnotes_are_left_out_and_said(read):
    panel = read(
        PLAIN.replace("East,2023-01", "Total,2023-01,22\nEast,2023-01")
        + "Grand total:,,42.5\nAverage,,10.6\n\nSource: the city, published 2023\n* provisional\n"
    )
    np.testing.assert_array_equal(panel.matrix("days"), EXPECTED)
    assert panel.notes == (
        "1 blank row was left out.",
        "Rows 4, 7, 8 with totals (such as 'Total') were left out.",
        "Rows 10, 11 below the data (such as 'Source: the city') were left out.",
    )


def test_the_word_total_may_stand_in_any_column_of_a_row_without_keys(read):
    panel = read("city,ward,month,days\nX,A,2023-01,1\nX,A,2023-02,2\nTotal,,,3\n")
    assert panel.notes == ("Row 4 with totals ('Total') was left out.",)


def test_a_row_that_may_be_data_is_no_footnote(refused):
    assert "row 6, column 'month': '2023-1x' is not" in refused(PLAIN + "East,2023-1x,\n")[:200]
    assert "row 6, column 'month': it is empty" in refused(PLAIN + "West,,13\n")


def test_a_single_series_may_be_called_total(read):
    assert read("ward,month,days\nTotal,2023-01,1\nTotal,2023-02,2\n").units == ("Total",)


def test_names_lose_stray_spaces_and_say_so(read):
    panel = read(PLAIN.replace("East,2023-02", "  East\u00a0 ,2023-02"))
    assert panel.units == ("East", "North")
    assert panel.notes[0].startswith("1 name in 'ward' had stray spaces")


def test_numbers_as_units_are_whole(read):
    assert read("ward,month,days\n8001.0,2023-01,1\n8002.0,2023-01,2\n").units == ("8001", "8002")
    frame = pd.DataFrame({"ward": [8001.0, 8002.0], "month": [2021, 2021], "days": [1, 2]})
    assert read_panel(frame, unit="ward", period="month", outcomes=["days"]).units == (
        "8001",
        "8002",
    )


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.csv", "a.csv: the file is empty; give a file with a header"),
        ("\n \n", "a.csv", "a.csv: the file is empty"),
        (",,\n,,\n", "a.csv", "a.csv: there is nothing in it"),
        ("ward,month,days\n", "a.csv", "a.csv: there is a header and no row of data below it"),
        ("ward,month,days\n,,\n", "a.csv", "a.csv: there is a header and no row of data"),
        (b"PK\x03\x04...", "a.csv", "a.csv: this is an Excel workbook or a zip file, not text"),
        (PLAIN, "a.xlsx", "a.xlsx: this is not an Excel workbook, whatever its name says"),
        (b"PK\x03\x04...", "a.xlsx", "a.xlsx: the workbook is damaged"),
        (PLAIN, "a.parquet", "a.parquet: this is not a Parquet file that can be read"),
        (PLAIN, "a.docx", "a.docx: a file that ends in '.docx' is not read; give one of .csv"),
        (PLAIN, "permits", "permits: its name has no ending; give one of .csv"),
        (PLAIN.encode("utf-16-le"), "a.csv", "a.csv: it holds zero bytes"),
        ('ward,month,days\nA,2023-01,1\nB,"2023-01,2\n', "a.csv",
         "a.csv, row 3: from here on the quotation marks do not pair up"),
        ("ward,month,days\nA,2023-01,1,5\n", "a.csv",
         "a.csv, row 2: there are more cells than columns in the header"),
    ],
)  # fmt: skip
def test_files_that_are_not_what_they_seem(refused, content, name, message):
    assert message in refused(content, name)


def test_a_file_that_is_not_utf8_names_byte_row_and_remedy(read, refused):
    text = "ward,month,days\nNorth,2023-01,10\nOrléans,2023-01,9\n".encode("cp1252")
    message = refused(text)
    assert message.startswith("permits.csv, row 3: byte 0xE9 at position 36 is not UTF-8")
    assert "'Orléans,2023-01'" in message
    assert 'say encoding="cp1252"' in message
    assert read(text, encoding="cp1252").units == ("North", "Orléans")
    assert "the encoding 'latin9000' is not known" in refused(text, encoding="latin9000")
    assert "is not ascii" in refused(text, encoding="ascii")


def test_absent_files_and_directories(tmp_path: Path):
    (tmp_path / "permits.csv").write_text(PLAIN)
    roles = {"unit": "ward", "period": "month", "outcomes": ["days"]}
    with pytest.raises(SourceError, match=r"permit.csv: there is no such file; did you mean 'perm"):
        read_panel(tmp_path / "permit.csv", **roles)
    with pytest.raises(SourceError, match="there is no such file; check the path"):
        read_panel(tmp_path / "no" / "permit.csv", **roles)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(SourceError, match=r"folder.csv: this is a directory"):
        read_panel(tmp_path / "folder.csv", **roles)
    with pytest.raises(SourceError, match="cannot be read from a list"):
        read_panel([1, 2], **roles)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"outcomes": []}, "no outcome is named"),
        ({"period": "ward"}, "name one column of units, another"),
        ({"outcomes": ["ward"]}, "name one column of units, another"),
        ({"balancing": {"days": "smaller"}}, "say 'lower' or 'higher'"),
        ({"freq": "monthly"}, "freq= is 'monthly'; say one of year, financial_year"),
        ({"decimal": ";"}, "decimal= is ';'"),
        ({"suppressed": "zero"}, "suppressed= is 'zero'"),
    ],
)
def test_arguments_that_no_file_could_satisfy(refused, options, message):
    assert message in refused(PLAIN, **options)


def test_excel_with_dates_numbers_and_one_fitting_sheet(tmp_path: Path):
    path = tmp_path / "permits.xlsx"
    frame = pd.DataFrame({
        "ward": ["North", "North", None, "Total"],
        "month": [pd.Timestamp("2023-01-01"), pd.Timestamp("2023-02-01"), None, None],
        "days": [10, "*", None, 10],
    })  # fmt: skip
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"About": ["This workbook ..."]}).to_excel(book, sheet_name="Read me")
        frame.to_excel(book, sheet_name="Data", index=False)
    roles = {"unit": "ward", "period": "month", "outcomes": ["days"]}
    with pytest.raises(SourceError, match=r"permits.xlsx, sheet 'Data', row 3, column 'days'"):
        read_panel(path, **roles)
    panel = read_panel(path, **roles, suppressed="missing")
    assert panel.origin == "permits.xlsx, sheet 'Data'"
    np.testing.assert_array_equal(panel.matrix("days"), [[10, np.nan]])
    with pytest.raises(SourceError, match="there is no sheet 'data'; did you mean 'Data'"):
        read_panel(path, **roles, sheet="data")
    with pd.ExcelWriter(path) as book:
        frame[:2].to_excel(book, sheet_name="2023", index=False)
        frame[:2].to_excel(book, sheet_name="2024", index=False)
    with pytest.raises(
        SourceError, match=r'2023, 2024 could all be meant; say which.*sheet="2023"'
    ):
        read_panel(path, **roles)
    assert read_panel(path, **roles, sheet="2024", suppressed="missing").units == ("North",)


def test_parquet_and_frames_keep_their_types(tmp_path: Path):
    frame = pd.DataFrame({
        "ward": pd.Categorical(["North", "North"]),
        "month": pd.period_range("2023-01", periods=2, freq="M"),
        "days": pd.array([1, None], dtype="Int64"),
    })  # fmt: skip
    roles = {"unit": "ward", "period": "month", "outcomes": ["days"]}
    from_frame = read_panel(frame, **roles)
    assert from_frame.freq == "month"
    np.testing.assert_array_equal(from_frame.matrix("days"), [[1, np.nan]])
    assert read_panel(frame.set_index(["ward", "month"]), **roles) == from_frame
    path = tmp_path / "permits.parquet"
    frame.astype({"month": "datetime64[ns]"}).to_parquet(path)
    assert read_panel(path, **roles) == from_frame


def test_duplicate_keys_under_a_duplicate_index_are_a_named_fault():
    frame = pd.DataFrame({"ward": ["A", "A"], "month": ["2023-01"] * 2, "days": [1, 2]}, [7, 7])
    with pytest.raises(SourceError, match="the data frame, rows 2, 3: 'A' has 2 rows in 2023-01"):
        read_panel(frame, unit="ward", period="month", outcomes=["days"])


def test_an_empty_frame_is_refused():
    frame = pd.DataFrame({"ward": [], "month": [], "days": []})
    with pytest.raises(SourceError, match="there is no row of data"):
        read_panel(frame, unit="ward", period="month", outcomes=["days"])


def test_an_offset_of_a_thousand_million_is_read_exactly(read):
    panel = read("ward,month,days\nA,2023-01,1000000000.25\nA,2023-02,1000000000.5\n")
    np.testing.assert_array_equal(panel.matrix("days"), [[1e9 + 0.25, 1e9 + 0.5]])


def test_the_source_frame_is_not_changed():
    frame = pd.DataFrame({"ward": ["A "], "month": ["2023-01"], "days": ["1"]})
    before = frame.copy()
    read_panel(frame, unit="ward", period="month", outcomes=["days"])
    pd.testing.assert_frame_equal(frame, before)


def test_a_hundred_thousand_rows_take_seconds(tmp_path: Path):
    wards, months = 1000, 100
    frame = pd.DataFrame({
        "ward": np.repeat([f"Ward {i}" for i in range(wards)], months),
        "month": np.tile(pd.period_range("2015-01", periods=months, freq="M").astype(str), wards),
    } | {f"y{k}": np.linspace(0, 1e4, wards * months) for k in range(10)})  # fmt: skip
    path = tmp_path / "big.csv"
    frame.to_csv(path, index=False)
    begin = time.process_time()
    read_panel(path, unit="ward", period="month", outcomes=[f"y{k}" for k in range(10)])
    assert time.process_time() - begin < 15  # about 2 s alone on one core


CELLS = st.one_of(
    st.sampled_from(["", "A", "a", "2023-01", "01/02/2023", "2011-12", "Q1 2023", "1,234", "1.5",
                     "*", "<5", "n/a", "Total", "inf", "15%", '"', "\n", "44927", "W05 2023"]),
    st.text(max_size=5),
)  # fmt: skip
OPTIONS = st.fixed_dictionaries({}, optional={
    "dayfirst": st.booleans(),
    "suppressed": st.sampled_from(["missing", {"*": None}]),
    "decimal": st.sampled_from([".", ","]),
    "freq": st.sampled_from(["month", "year", "day", "integer", "quarter", "financial_year"]),
})  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), options=OPTIONS)
def test_any_cells_read_or_are_refused_by_name(tmp_path_factory, rows, options):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    with path.open("w", newline="", encoding="utf-8", errors="replace") as file:
        csv.writer(file).writerows([("ward", "month", "days"), *rows])
    with contextlib.suppress(InnoevalError):
        panel = read_panel(path, unit="ward", period="month", outcomes=["days"], **options)
        assert np.isfinite(panel.matrix("days")).any()


@settings(max_examples=100, deadline=None)
@given(
    head=st.sampled_from([b"", b"ward,month,days\n", b"\xef\xbb\xbfward;month;days\r\n"]),
    body=st.binary(max_size=60),
    name=st.sampled_from(["any.csv", "any.xlsx", "any.parquet"]),
)
def test_any_bytes_read_or_are_refused_by_name(tmp_path_factory, head, body, name):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(head + body)
    with contextlib.suppress(InnoevalError):
        read_panel(path, unit="ward", period="month", outcomes=["days"])


@pytest.mark.parametrize(
    "name", ["All", "All wards", "Total England", "England total", "all units"]
)
def test_a_unit_that_reads_like_a_total_is_asked_about(tmp_path, name):
    path = tmp_path / "a.csv"
    path.write_text(f"ward,month,days\nA,2023-01,1\nB,2023-01,2\n{name},2023-01,3\n")
    with pytest.raises(SourceError, match="reads like a total") as caught:
        read_panel(path, unit="ward", period="month", outcomes=["days"])
    assert caught.value.faults[0].rows == (4,)


def test_all_saints_is_a_ward(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("ward,month,days\nAll Saints,2023-01,1\nB,2023-01,2\n")
    assert "All Saints" in read_panel(path, unit="ward", period="month", outcomes=["days"]).units


def test_cases_near_a_target_are_read_and_one_column_is_refused(read, refused):
    text = "ward,month,days,met,missed\nA,2023-01,1,20,21\nA,2023-02,2,30,9\n"
    panel = read(text, outcomes="days", near_target=["met", "missed"])
    assert panel.near_target == ("met", "missed")
    assert panel.matrix("missed").tolist() == [[21, 9]]
    assert "near_target= is 'met'; name two columns" in refused(text, near_target="met")

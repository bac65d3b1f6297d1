"""Records and tables of denominators that cannot be read as they are: what is said, and what to do."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.sources.test_service_records import cases, frame

import innoeval as ie
from innoeval.errors import SourceError
from innoeval.sources.labels import readings

M = ie.metrics
COUNT = {"n": M.Count()}
RATE = {"rate": M.Rate(over="residents")}
NEVER = pd.to_datetime([None] * 5)


@pytest.mark.parametrize(
    ("table", "arguments", "said"),
    [
        (frame()[:0], {}, "there is no row of data; give at least one"),
        (frame(opened=NEVER, closed=NEVER), {"as_of": None},
         "no record has a date; name the column of dates with opened="),
        (frame(), {"as_of": "2022-12-31"}, "no record has both a unit and a date; check unit="),
        (frame(ward=[None] * 5), {}, "no record has both a unit and a date; check unit="),
        (frame(closed=frame()["closed"].dt.tz_localize("UTC")), {"time_zone": "UTC"},
         "'opened' and 'closed' do not both name a time zone; write both in one way"),
    ],
)  # fmt: skip
def test_records_that_say_nothing(
    table: pd.DataFrame, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(SourceError) as caught:
        cases(table, **arguments).panel(metrics=COUNT)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"metrics": {}}, r'no metric is named; say metrics=\{"requests": innoeval.metrics.Count\(\)\}'),
        ({"suppress_below": -1}, "suppress_below= is -1; give a whole number, such as 5"),
        ({"suppress_below": 2.5}, "suppress_below= is 2.5; give a whole number"),
        ({"period": {"spring": ("2023-04-01", "2023-01-04")}},
         r"the term 'spring' ends before it begins; write \(first day, last day\)"),
        ({"period": {"spring": ("2023-01-04", "Easter")}},
         r"the term 'spring' is \('2023-01-04', 'Easter'\); write two dates such as 2023-09-01"),
        ({"complete_after": "learned"}, "no record says when it came in; say after how many days"),
    ],
)  # fmt: skip
def test_choices_that_no_record_fits(choices: dict[str, Any], said: str) -> None:
    never = frame(came=NEVER)
    with pytest.raises(SourceError, match=said):
        cases(never, recorded="came").panel(**{"metrics": COUNT, **choices})


def test_a_date_written_wrong_by_centuries_asks_for_a_window() -> None:
    # Ten wards by day from the year 1 to 9999 would be 36 million cells.
    table = pd.DataFrame(
        {"ward": list("ABCDEFGHIJ"), "opened": ["0001-01-01"] + ["9998-12-31"] * 9}
    )
    records = ie.records(table, unit="ward", opened="opened", as_of="9999-12-31")
    with pytest.raises(SourceError, match=r"run from 0001-01-01 to 9998-12-31.*say window="):
        records.panel(period="day", metrics=COUNT)


def test_numbers_of_units_are_read_as_text() -> None:
    assert cases(frame(ward=[7, 7, 7, 12, 12])).panel(metrics=COUNT).units == ("12", "7")


def test_of_silent_cells_a_share_s_parts_are_nought_and_the_share_is_not_known() -> None:
    web = {"share": M.Share({"channel": "web"})}
    panel = cases(frame()[:4]).panel(metrics=web, silent="zero")
    np.testing.assert_array_equal(panel.matrix("share"), [[0.5, 1], [1, np.nan]])
    np.testing.assert_array_equal(panel.matrix("share_numerator"), [[1, 1], [1, 0]])
    np.testing.assert_array_equal(panel.matrix("share_denominator"), [[2, 1], [1, 0]])


def test_several_workbooks_are_not_one_table(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(SourceError, match="several workbooks or databases are not one table; give"):
        ie.records([tmp_path / "a.xlsx", tmp_path / "b.xlsx"], unit="ward", opened="opened")


def test_a_period_of_pandas_that_no_panel_has_is_no_period() -> None:
    assert readings(pd.Period("2023-01-01 10:00", freq="h")) == {}
    assert readings(pd.Period("2023-01", freq="M")) == {"month": "2023-01"}


def test_a_table_of_a_schema_of_a_database(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "city.duckdb"
    with duckdb.connect(str(path)) as con:
        con.register("given", frame())
        con.execute("CREATE SCHEMA ward; CREATE TABLE ward.requests AS FROM given")
    panel = cases(path, table="ward.requests").panel(metrics=COUNT)
    np.testing.assert_array_equal(panel.matrix("n"), [[2, 1], [1, 1]])
    with pytest.raises(
        SourceError, match="no table 'request'; say table=: did you mean 'requests'"
    ):
        cases(path, table="ward.request")


def test_a_driver_that_cannot_be_closed_is_read_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import ibis

    rows = pa.Table.from_pandas(frame(), preserve_index=False)
    held = ibis.duckdb.connect().create_table("requests", rows)
    driver = SimpleNamespace(list_tables=lambda: ["requests"], table=lambda _: held)
    monkeypatch.setattr(ibis, "connect", lambda _: driver)
    panel = cases("warehouse://host/city").panel(metrics=COUNT)
    np.testing.assert_array_equal(panel.matrix("n"), [[2, 1], [1, 1]])
    assert panel.origin.startswith("warehouse://host/city, table '")


def people(**columns: Any) -> pd.DataFrame:
    given = {"ward": ["A", "B"], "year": [2023, 2023], "residents": [1000, 500]}
    return pd.DataFrame({**given, **columns})


def test_denominators_may_be_a_file(tmp_path: Path) -> None:
    people().to_csv(tmp_path / "people.csv", index=False)
    panel = cases().panel(metrics=RATE, denominators=tmp_path / "people.csv")
    np.testing.assert_array_equal(panel.matrix("rate_denominator"), [[1000, 1000], [500, 500]])
    assert any("Denominators came from people.csv" in note for note in panel.notes)


@pytest.mark.parametrize(
    ("table", "period", "said"),
    [
        (people().rename(columns={"ward": "wards"}), "month", "no column 'ward'; did you mean 'wards'"),
        (people(year=["2023", "soon"]), "month", "soon"),
        (people(), {"spring": ("2023-01-01", "2023-03-31")},
         "its periods are years and the panel's are terms; number its periods as the terms are"),
        (people(ward=["A", "A"]), "month",
         "'A' has two rows in one period; keep one row for each unit and period"),
    ],
)  # fmt: skip
def test_denominators_that_do_not_fit(table: pd.DataFrame, period: Any, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        cases().panel(metrics=RATE, denominators=table, period=period)
    assert said in str(caught.value)

"""Periods as exports write them: inferred where one reading fits, asked for where two do."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoeval import read_panel
from innoeval.records.calendar import label, ordinal
from innoeval.sources.labels import readings
from innoeval.sources.periods import read_periods
from innoeval.tables import table_of_frame


def read(cells, *, second=None, **options):
    """Periods of one column, or of a year and its part."""
    columns = {"when": cells} if second is None else {"year": cells, second[0]: second[1]}
    table = table_of_frame(pd.DataFrame(columns), list(columns), "a.csv")
    return read_periods(table, tuple(columns), **options)


@pytest.mark.parametrize(
    ("cells", "freq", "labels"),
    [
        (["2011", "2012"], "year", ["2011", "2012"]),
        ([2011, 2012], "year", ["2011", "2012"]),
        ([2011.0, 2012.0], "year", ["2011", "2012"]),
        (["2011.0", "2012.0"], "year", ["2011", "2012"]),
        (["2023-Q1", "2023 Q2"], "quarter", ["2023-Q1", "2023-Q2"]),
        (["Q1 2023", "q2/2023", "Q32023", "4Q2023"], "quarter",
         ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]),
        (["Jan 2023", "February 2023", "2023 Mar", "Sept. 2023", "Oct-2023"], "month",
         ["2023-01", "2023-02", "2023-03", "2023-09", "2023-10"]),
        (["2023-1", "2023/02", "03/2023", "2023M04"], "month",
         ["2023-01", "2023-02", "2023-03", "2023-04"]),
        (["2022/23", "2023/24"], "financial_year", ["2022/23", "2023/24"]),
        (["2022-23", "FY2023-24", "2024/2025", "FY25/26"], "financial_year",
         ["2022/23", "2023/24", "2024/25", "2025/26"]),
        (["2011-12", "2012-13"], "financial_year", ["2011/12", "2012/13"]),
        (["2011-12", "2012-01"], "month", ["2011-12", "2012-01"]),
        (["2023-W05", "2023W6", "Week 7 2023", "W08-2023"], "week",
         ["2023-W05", "2023-W06", "2023-W07", "2023-W08"]),
        (["2023-01-01", "2023-02-01"], "month", ["2023-01", "2023-02"]),
        (["2023-01-31", "2023-02-28"], "month", ["2023-01", "2023-02"]),
        (["2023-01-01", "2023-04-01", "2023-07-01"], "quarter", ["2023-Q1", "2023-Q2", "2023-Q3"]),
        (["2023-03-31", "2023-06-30", "2023-09-30"], "quarter", ["2023-Q1", "2023-Q2", "2023-Q3"]),
        (["2023-01-01", "2024-01-01"], "year", ["2023", "2024"]),
        (["2022-12-31", "2023-12-31"], "year", ["2022", "2023"]),
        (["2023-01-02", "2023-01-09", "2023-01-16"], "week", ["2023-W01", "2023-W02", "2023-W03"]),
        (["2023-01-02", "2023-01-03", "2023-01-05"], "day",
         ["2023-01-02", "2023-01-03", "2023-01-05"]),
        (["20230102", "20230103", "20230105"], "day", ["2023-01-02", "2023-01-03", "2023-01-05"]),
        (["13/02/2023", "01/02/2023"], "day", ["2023-02-13", "2023-02-01"]),
        (["02/13/2023", "02/01/2023"], "day", ["2023-02-13", "2023-02-01"]),
        (["01.02.2023", "01.03.2023"], "month", ["2023-02", "2023-03"]),
        (["1 Jan 2023", "02-Jan-2023", "January 4, 2023"], "day",
         ["2023-01-01", "2023-01-02", "2023-01-04"]),
        (["2023-01-02T00:00:00Z", "2023-01-03 00:00"], "day", ["2023-01-02", "2023-01-03"]),
        ([date(2023, 1, 2), pd.Timestamp("2023-01-03"), np.datetime64("2023-01-05")], "day",
         ["2023-01-02", "2023-01-03", "2023-01-05"]),
        ([1, 2, 3], "integer", ["1", "2", "3"]),
        (["-1", "0", "+1"], "integer", ["-1", "0", "1"]),
        (pd.period_range("2022", periods=2, freq="Y-MAR"), "financial_year", ["2021/22", "2022/23"]),
        (pd.period_range("2022Q1", periods=2, freq="Q"), "quarter", ["2022-Q1", "2022-Q2"]),
        (pd.period_range("2023-01-02", periods=2, freq="W"), "week", ["2023-W01", "2023-W02"]),
    ],
)  # fmt: skip
def test_what_reads_in_one_way_is_read(cells, freq, labels):
    out = read(cells)
    assert not out.faults
    assert (out.freq, out.labels) == (freq, labels)


@pytest.mark.parametrize(
    ("cells", "question", "answers"),
    [
        (["01/02/2023", "02/03/2023"],
         ("'01/02/2023' can be a date with the day first (2023-02-01) or a date with the month "
         "first (2023-01-02); say dayfirst=True or dayfirst=False"),
         [({"dayfirst": True}, "day", ["2023-02-01", "2023-03-02"]),
          ({"dayfirst": False}, "day", ["2023-01-02", "2023-02-03"]),
          ({"dayfirst": True, "freq": "month"}, "month", ["2023-02", "2023-03"])]),
        (["2009-10", "2010-11", "2011-12"],
         ("'2009-10' can be a month (2009-10) or a financial year (2009/10); "
         'say freq="month" or freq="financial_year"'),
         [({"freq": "month"}, "month", ["2009-10", "2010-11", "2011-12"]),
          ({"freq": "financial_year"}, "financial_year", ["2009/10", "2010/11", "2011/12"])]),
        (["202301", "202302"], "'202301' can be a month (2023-01) or a whole number (202301)",
         [({"freq": "month"}, "month", ["2023-01", "2023-02"]),
          ({"freq": "integer"}, "integer", ["202301", "202302"])]),
        (["Jan-23", "Feb-23"], "'Jan-23' can be a month of a year or a day of a month",
         [({"freq": "month"}, "month", ["2023-01", "2023-02"])]),
        (["44927", "44958"], "'44927' looks like Excel's number of the day 2023-01-01",
         [({"freq": "integer"}, "integer", ["44927", "44958"])]),
        (["31/12/22", "01/12/22"], "'31/12/22' has a year of two digits, and its place does not",
         [({"dayfirst": True}, "day", ["2022-12-31", "2022-12-01"])]),
        (["12/31/22", "12/01/22"], "'12/31/22' has a year of two digits",
         [({"dayfirst": False, "freq": "year"}, "year", ["2022", "2022"])]),
        (["2023-01-15", "2023-02-15", "2023-03-15"], "all dates are the 15th of a month",
         [({"freq": "month"}, "month", ["2023-01", "2023-02", "2023-03"]),
          ({"freq": "day"}, "day", ["2023-01-15", "2023-02-15", "2023-03-15"])]),
    ],
)  # fmt: skip
def test_what_reads_in_two_ways_is_asked_about(cells, question, answers):
    (fault,) = read(cells).faults
    assert question in str(fault)
    assert fault.rows == tuple(range(2, 2 + len(cells)))
    for options, freq, labels in answers:
        out = read(cells, **options)
        assert not out.faults
        assert (out.freq, out.labels) == (freq, labels)


def test_dates_alike_in_either_order_need_no_answer():
    assert read(["01/01/2023", "02/02/2023"]).labels == ["2023-01-01", "2023-02-02"]


@pytest.mark.parametrize(
    ("cells", "options", "message"),
    [
        (["2023-01", "2023-02", "soon"], {},
         "a.csv, row 4, column 'when': 'soon' is not a month like those of the other 2 rows"),
        (["2023-01", "2023-02", "2023-Q1"], {}, "row 4, column 'when': '2023-Q1' is not a month"),
        (["13/02/2023", "14/02/2023", "02/13/2023"], {},
         "'02/13/2023' is not a date with the day first"),
        (["2023-01-31", "2023-02-30"], {}, "row 3, column 'when': '2023-02-30' is not a date"),
        (["soon"], {}, "'soon' is not a period; write periods such as 2023-01"),
        (["2023-W54"], {}, "'2023-W54' is not a period"),
        (["2023-13"], {}, "'2023-13' is not a period"),
        (["2011/13"], {}, "'2011/13' is not a period"),
        (["1899/1900", "1990.25"], {}, "'1990.25' is not a financial year"),
        ([f"x{i}" for i in range(9)], {}, "9 cells ('x0', 'x1', 'x2' ...) are not a period"),
        (["2023-01"], {"freq": "day"}, "'2023-01' is not a date"),
        (["2023-01-01"], {"freq": "integer"}, "'2023-01-01' is not a whole number"),
        ([None, ""], {}, "a.csv, column 'when': every period is missing"),
    ],
)  # fmt: skip
def test_what_is_no_period_is_refused(cells, options, message):
    columns = {"when": cells, "more": [1] * len(cells)}
    table = table_of_frame(pd.DataFrame(columns), ["when"], "a.csv")
    assert message in " ".join(map(str, read_periods(table, ("when",), **options).faults))


def test_how_dates_were_read_is_said():
    assert read(["2023-01-01", "2023-02-01"]).notes == [
        "The dates in 'when' are all first days of months: each was read as its month."
    ]
    assert read(["2023-01-02", "2023-01-09", "2023-01-16"]).notes == [
        "The dates in 'when' are all Mondays: each was read as its week."
    ]
    assert read(["2023-01-02 09:30", "2023-01-03 00:00"]).notes == [
        "The times of day in 'when' were left out."
    ]


def test_dates_become_the_frequency_that_was_named():
    assert read(["2023-03-31", "2023-04-01"], freq="financial_year").labels == [
        "2022/23",
        "2023/24",
    ]
    assert read(["2023-05", "2023-08"], freq="quarter").labels == ["2023-Q2", "2023-Q3"]


@pytest.mark.parametrize(
    ("second", "options", "labels"),
    [
        (("month", [1, 2]), {}, ["2023-01", "2024-02"]),
        (("month", ["1.0", "02"]), {}, ["2023-01", "2024-02"]),
        (("m", ["Jan", "February"]), {}, ["2023-01", "2024-02"]),
        (("qtr", [1.0, 2.0]), {}, ["2023-Q1", "2024-Q2"]),
        (("part", ["Q1", "Q2"]), {}, ["2023-Q1", "2024-Q2"]),
        (("week", [1, 2]), {}, ["2023-W01", "2024-W02"]),
        (("part", [1, 2]), {"freq": "week"}, ["2023-W01", "2024-W02"]),
    ],
)
def test_a_year_and_its_part_in_two_columns(second, options, labels):
    out = read([2023, 2024], second=second, **options)
    assert not out.faults
    assert out.labels == labels


def test_a_part_of_a_year_that_does_not_show_what_it_is():
    (fault,) = read([2023, 2024], second=("part", [1, 2])).faults
    assert "column 'part': it does not show whether its numbers are months" in str(fault)
    (fault,) = read([2023, 2023], second=("month", [12, 13])).faults
    assert "a.csv, row 3, column 'year and month': '2023-13' is not a month" in str(fault)


FREQS = {"year": (1900, 2100), "financial_year": (1900, 2100), "quarter": (8000, 8200),
         "month": (24000, 25000), "week": (0, 3000), "day": (0, 20000)}  # fmt: skip


@given(st.sampled_from(sorted(FREQS)).flatmap(
    lambda freq: st.tuples(st.just(freq), st.integers(*FREQS[freq]))))  # fmt: skip
def test_every_label_of_the_calendar_reads_as_itself(freq_and_number):
    freq, number = freq_and_number
    text = label(number, freq)
    kind = "date" if freq == "day" else freq
    assert ordinal(readings(text)[kind], freq) == number


@given(st.one_of(st.text(max_size=12), st.text("0123456789-/. QWFYJan", max_size=12)))
def test_every_reading_is_a_period_of_its_frequency(text):
    for kind, found in readings(text).items():
        freq = {
            "date": "day",
            "day_first": "day",
            "month_first": "day",
            "short_month": "month",
            "short_day_first": "day",
            "short_month_first": "day",
        }
        ordinal(found, freq.get(kind, kind))


def test_months_of_financial_years_that_were_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("ward,when,days\nA,2001-02,1\nB,2023-01,2\n")
    panel = read_panel(path, unit="ward", period="when", outcomes=["days"], freq="financial_year")
    assert (panel.periods[0], panel.periods[-1]) == ("2000/01", "2022/23")

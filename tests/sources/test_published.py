"""Real exports read as they are, without a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from innoeval import read_panel
from innoeval.errors import SourceError


@pytest.mark.parametrize(
    ("file", "roles", "freq", "units", "first", "last", "values"),
    [
        ("organ_donations", ("State", "Quarter", "Rate"), "quarter", 27, "2010-Q4", "2012-Q1", 162),
        ("california_prop99", ("state", "year", "packs"), "year", 39, "1970", "2000", 1209),
        ("ehec_medicaid", ("stfips", "year", "dins"), "year", 46, "2008", "2019", 552),
        ("german_reunification", ("country", "year", "gdp"), "year", 17, "1960", "2003", 748),
        ("kansas_taxcut", ("state", ("year", "qtr"), "lngdpcapita"), "quarter", 50, "1990-Q1",
         "2016-Q1", 5250),
        ("mpdta", ("countyreal", "year", "lemp"), "year", 500, "2003", "2007", 2500),
        ("turnout_edr", ("abb", "year", "turnout"), "year", 47, "1920", "2012", 1128),
        ("sicily_smoking", ("smokban", ("year", "month"), "aces"), "month", 2, "2002-01", "2006-11",
         59),
    ],
)  # fmt: skip
def test_published_files(shared_data: Path, file, roles, freq, units, first, last, values):
    unit, period, outcome = roles
    panel = read_panel(shared_data / f"{file}.csv", unit=unit, period=period, outcomes=outcome)
    assert panel.freq == freq
    assert len(panel.units) == units
    assert (panel.periods[0], panel.periods[-1]) == (first, last)
    assert panel.frame[outcome].notna().sum() == values


def test_a_third_key_shows_as_duplicates(shared_data: Path):
    path = shared_data / "nhs_ae_attendances.csv"
    with pytest.raises(SourceError, match=r"rows 2, 3, 4: 'RF4' has 3 rows in 2017-03; keep one"):
        read_panel(path, unit="org_code", period="period", outcomes="attendances")

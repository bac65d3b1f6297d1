"""Dates of registration."""

from __future__ import annotations

import pytest
from tests.checks.cases import finding
from tests.checks.measured import LAUNCH, noise, panel_with
from tests.panels import claim_on

from innoeval.records import Panel

PANEL = panel_with(20 + noise())  # from 2000 on, 18 years; the start is 2012


@pytest.mark.parametrize(
    ("registered", "status", "known"),
    [
        ("2011-06-01", "clear", 0),
        ("2012-12-31", "clear", 0),  # 2012 is not over
        ("2013-01-01", "problem", 1),
        ("2015", "problem", 3),
        ("2016-02", "problem", 4),
        ("2030-01-01T10:00", "problem", 6),
    ],
)
def test_periods_that_were_over(registered: str, status: str, known: int) -> None:
    claim = claim_on(range(10), LAUNCH, registered_on=registered)
    found = finding("registration", claim, PANEL)
    assert (found.status, found.severity) == (status, "note")
    assert found.statistic == pytest.approx(known / 6)


@pytest.mark.parametrize("registered", ["", "last spring", "2015-13-01"])
def test_no_date_is_not_applicable(registered: str) -> None:
    claim = claim_on(range(10), LAUNCH, registered_on=registered)
    assert finding("registration", claim, PANEL).status == "not_applicable"


def test_plain_numbers_have_no_dates() -> None:
    frame = PANEL.frame.assign(year=PANEL.frame["year"].dt.year - 2000)
    panel = Panel(frame=frame, unit="unit", period="year", freq="integer", outcomes=("y",))
    claim = claim_on(range(10), LAUNCH, first_year=0, registered_on="2015-01-01")
    assert "bear no dates" in finding("registration", claim, panel).says

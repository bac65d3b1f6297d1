"""A claim and a panel that do not speak of the same thing are told so, every fault at once."""

from __future__ import annotations

import numpy as np
import pytest
from tests.panels import claim_on, panel_of

from innoeval.records import Event, Panel
from innoeval.records.match import mismatches

VALUES = np.array([[9.0, 8, 7, 6], [5, 6, 7, 8], [1, 2, 3, 4]])
PANEL = panel_of(VALUES)


def faults(panel: Panel = PANEL, launch: int = 2, **claimed: object) -> list[str]:
    return [str(fault) for fault in mismatches(claim_on([0], launch, **claimed), panel)]


def test_a_claim_that_fits_has_none():
    assert faults() == []
    assert faults(windows=(("2000", "2001"), ("2002", "2003")), definition_changes=["2001"],
                  events=[Event(period="1990", scope=("u01",), what="law")]) == []  # fmt: skip


@pytest.mark.parametrize(
    ("claimed", "message"),
    [
        ({"outcome": "Y"}, ("claim 'c', column 'outcome': the outcome 'Y' is not a metric of the "
         "data frame; did you mean 'y'?")),
        ({"outcome": "cost"}, "is not a metric of the data frame; the panel has y"),
        ({"treated": ["u0"]}, "the treated unit 'u0' is not in the data frame; did you mean 'u0"),
        ({"treated": ["Leeds"]}, "'Leeds' is not in the data frame; the panel has u00, u01, u02"),
        ({"start": "2000"}, ("u00 starts in 2000, and the panel begins in 2000; add periods from "
         "before the start")),
        ({"start": "1999"}, "u00 starts in 1999, and the panel begins in 2000"),
        ({"start": "2004"}, "u00 starts in 2004, and the panel ends in 2003; add periods from after"),
        ({"start": "soon"}, "the start of u00: 'soon' is not a year; write it as a year, such as 2003"),
        ({"events": [Event(period="2001", scope=("u9",), what="law")]},
         "the unit 'u9' of the event 'law' is unknown"),
        ({"events": [Event(period="soon", scope="all", what="law")]}, "column 'events': 'soon' is not"),
        ({"definition_changes": ["soon"]}, "column 'definition_changes': 'soon' is not a year"),
        ({"windows": (("2001", "2000"), ("2002", "2003"))}, "do not lie one after the other"),
        ({"windows": (("2000", "2002"), ("2002", "2003"))}, "do not lie one after the other"),
        ({"windows": (("2000", "2001"), ("2002", "2009"))}, "do not lie one after the other"),
        ({"windows": (("2000", "2001"), ("2002", "then"))}, "column 'windows': 'then' is not a year"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(claimed, message):
    found = faults(**claimed)
    assert found == [] if message is None else any(message in line for line in found)


def test_every_fault_is_listed_at_once():
    assert len(faults(outcome="x", treated=["u8", "u9"], start="1990")) == 4


@pytest.mark.parametrize(
    ("values", "claimed", "message"),
    [
        (np.full((2, 4), 3.0), {}, "column 'y': every value of the outcome is 3; check the column"),
        (np.full((2, 4), 1e9), {}, "every value of the outcome is 1e+09"),
        (VALUES * 20, {"scale": "percentage_points"}, ("the outcome runs from 20 to 180; percentage "
         "points are for shares")),
        (np.where(np.arange(4) < 2, VALUES / 10, VALUES * 10), {"scale": "percentage_points"},
         ("the outcome mixes shares from 0 to 1 (6 values) and from 0 to 100 (6 values); record it in "
          "one way")),
        (np.where(np.arange(4) < 2, VALUES / 10, VALUES * 10), {"scale": "relative", "size": 0.2},
         "the outcome mixes shares from 0 to 1 (6 values) and from 0 to 100 (6 values)"),
        (VALUES / 10, {"scale": "percentage_points", "size": 0.05},
         "write 5 if 5 points are meant, or scale='absolute'"),
        (-VALUES, {"scale": "relative", "size": 0.1}, ("relative and the outcome takes the negative "
         "value -9")),
    ],
)  # fmt: skip
def test_values_that_no_claim_can_be_held_against(values, claimed, message):
    (found,) = faults(panel_of(values), **claimed)
    assert message in found


def test_a_panel_with_one_period_or_without_values_for_the_treated():
    (found,) = faults(panel_of(VALUES[:, :1]))
    assert "has the single period 2000; a before and an after are needed" in found
    frame = PANEL.frame.assign(year=PANEL.frame["year"].astype(str))
    roles = {"unit": "unit", "period": "year", "freq": "year", "outcomes": ("y",)}
    hidden = Panel(frame=frame.assign(y=frame["y"].mask(frame["unit"] == "u00")), **roles)
    (found,) = faults(hidden)
    assert "the treated units u00 have no value of the outcome; supply the values" in found
    (found,) = faults(Panel(frame=frame.assign(y=np.nan), **roles))
    assert "every value of the outcome is missing" in found


def test_an_offset_of_a_thousand_million_fits():
    assert faults(panel_of(VALUES + 1e9)) == []


def test_a_share_with_a_few_cells_above_one_is_asked_about():
    values = np.full((4, 10), 0.8) + np.arange(10) / 100
    values[1, 3] = 1.02
    (found,) = faults(panel_of(values), scale="percentage_points", size=5)
    assert "1 of 40 values of the outcome lie above 1, and most do not" in found


def test_units_of_different_size_are_no_mixed_shares() -> None:
    values = np.array([[0.9, 0.8, 0.7, 0.6], [50, 60, 70, 80], [1, 0.5, 0.6, 0.7]])
    assert faults(panel_of(values), scale="relative", size=0.2) == []

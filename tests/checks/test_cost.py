"""What an improvement cost."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from tests.checks.cases import by_hand, finding
from tests.checks.measured import LAUNCH, noise, panel_with, step
from tests.panels import claim_on

from innoeval.checks.cost import Cost, _period


def test_cost_of_one_day_at_one_site_for_one_year() -> None:
    # Two days at ten sites for six years: 120; 240,000 are 2,000 each, and 1,000 as announced.
    claim = claim_on(range(10), LAUNCH, size=4.0, cost=240_000)
    found = finding("cost", claim, panel_with(20 + noise(sd=0.001) - step(2.0)))
    assert (found.status, found.severity) == ("clear", "note")
    assert found.statistic == pytest.approx(2000, rel=1e-3)
    assert "1 in y at one site for one year cost 2,000" in found.says
    assert "As announced it would be 1,000." in found.says


def test_where_there_may_be_none_the_cost_has_no_upper_end() -> None:
    claim = claim_on(range(10), LAUNCH, size=4.0, cost=240_000)
    found = finding("cost", claim, panel_with(20 + noise(11, sd=3.0) - step(0.5)))
    assert found.status == "cannot_tell"
    assert "no upper bound" in found.says or "no improvement is seen" in found.says
    worse = finding("cost", claim, panel_with(20 + noise() + step(2.0)))
    assert "no improvement is seen" in worse.says


def test_no_cost_on_record() -> None:
    found = finding("cost", claim_on(range(10), LAUNCH), panel_with(20 + noise()))
    assert (found.status, found.severity) == ("cannot_tell", "note")
    assert "No cost is on record" in found.says


VALUES = noise()[:4, :6]


def paid(low: float, middle: float, high: float, **more: object) -> tuple[str, str, float | None]:
    """The answer for 240 spent on two sites for four years each, with an improvement as given."""
    # Infinite ends are those of a design that sets no bound.
    case = by_hand(VALUES, 2, 2, improved=(middle, low, high), claim={"cost": 240.0}, **more)
    found = Cost().measure(case)
    assert found.severity == "note"
    return found.status, found.says, found.statistic


def test_cost_by_hand() -> None:
    # Eight site-years: 240 / 8 = 30, from 240 / 16 to 240 / 4; announced 2, so 15.
    status, says, each = paid(0.5, 1.0, 2.0)
    assert (status, each) == ("clear", 30.0)
    assert (
        says
        == "An improvement of 1 in y at one site for one year cost 30 (15 to 60). As announced it would be 15."
    )
    assert paid(0.5, 1.0, 2.0, claimed=None)[1].endswith("cost 30 (15 to 60).")


def test_cost_where_there_may_be_no_improvement() -> None:
    for low in (0.0, -1.0):
        status, says, each = paid(low, 1.0, 2.0)
        assert (status, each) == ("cannot_tell", 30.0)
        assert "cost 30 (15 to no upper bound, as there may be no improvement)." in says
    assert "cost 30 (15 to 240)." in paid(0.125, 1.0, 2.0)[1]
    assert paid(0.125, 1.0, 2.0)[0] == "clear"
    assert "cost 30 (0 to 60)." in paid(0.5, 1.0, float("inf"))[1]


def test_cost_of_no_improvement() -> None:
    told = "240 were spent at 2 sites, and no improvement is seen that it could be divided by."
    assert paid(-2.0, -1.0, 0.0) == ("cannot_tell", told, None)
    assert paid(-2.0, 0.0, 0.5) == ("cannot_tell", told, None)
    assert paid(-2.0, 0.1, 0.0) == ("cannot_tell", told, None)
    # An eighth of a unit is one in all.
    assert paid(-2.0, 0.125, 0.125)[2] == 240.0


@pytest.mark.parametrize(
    ("freq", "step", "word"),
    [
        ("year", 1, "year"),
        ("school_year", 1, "school year"),
        ("integer", 1, "period"),
        ("year", 2, "period"),
    ],
)
def test_words_for_a_period(freq: str, step: int, word: str) -> None:
    calendar = SimpleNamespace(freq=freq, step=step)
    assert _period(SimpleNamespace(panel=SimpleNamespace(calendar=calendar))) == word

"""What an improvement cost."""

from __future__ import annotations

import pytest
from tests.checks.cases import finding
from tests.checks.measured import LAUNCH, noise, panel_with, step
from tests.panels import claim_on


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

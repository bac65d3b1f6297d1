"""Missing values that come with the start, and what they can have done."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.panels import claim_on, panel_of

from innoeval.evaluate import evaluate
from innoeval.records import Panel

CLAIM = claim_on(range(10), 12, size=1.0)


def drawn(seed: int = 4, sd: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(40, 20)) * sd + 20


def test_the_worst_sites_go_and_the_bounds_say_so() -> None:
    values = drawn()
    values[:4, 12:] += 3.0
    values[:4, 13:] = np.nan
    found = finding("attrition", CLAIM, panel_of(values))
    assert found.status == "problem"
    assert "35 points more" in found.says
    assert "u00, u01, u02 and more end early, having done worse" in found.says
    # 4 of 10 units lose 7 of 8 periods: 35 % fewer values. Of normal cells the best 65 % lie
    # φ(.385) / .65 = .57 standard deviations above the mean.
    assert found.bias == pytest.approx(0.57, abs=0.08)
    assert found.left is not None
    assert found.left.low < 0


def test_the_bounds_decide() -> None:
    values = drawn(sd=0.5)
    values[:10, 12:] -= 0.4
    claim = claim_on(range(10), 12, size=0.4)
    kept = evaluate(claim, panel_of(values)).verdict
    assert kept.status in {"supported", "partly_supported", "inconclusive"}
    # Trimming takes .57 × .5 = .28 off, which leaves no improvement that is shown.
    values[:4, 13:] = np.nan
    ev = evaluate(claim, panel_of(values))
    assert next(f.status for f in ev.findings if f.check == "attrition") == "problem"
    assert ev.verdict.status == "inconclusive"


def test_rows_that_get_lost_anyhow_are_no_matter() -> None:
    values = drawn(sd=0.3)
    values[:10, 12:] -= 1.0
    values[np.random.default_rng(1).random(values.shape) < 0.03] = np.nan
    assert finding("attrition", CLAIM, panel_of(values)).status == "clear"


def test_comparison_units_that_go_count_as_well() -> None:
    values = drawn()
    values[10:25, 13:] = np.nan
    found = finding("attrition", CLAIM, panel_of(values))
    # 15 of 30 lose 7 of 8: the treated are trimmed to 56 %, φ(−.15) / .5625 = .70.
    assert found.bias == pytest.approx(0.70, abs=0.1)
    assert found.statistic == pytest.approx(-7 / 16)


def test_nothing_missing_and_nobody_to_compare_with() -> None:
    assert finding("attrition", CLAIM, panel_of(drawn())).status == "clear"
    frame = panel_of(drawn()[:6]).frame.assign(year=lambda f: f["year"].astype(str)).drop(index=[3])
    alone = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",))
    found = finding("attrition", claim_on(range(6), 12, size=1.0), alone)
    assert found.status == "cannot_tell"

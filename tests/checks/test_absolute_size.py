"""A percentage in plain numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.checks.measured import LAUNCH, N, T, noise, panel_with
from tests.panels import claim_on

THIRD = claim_on(range(10), LAUNCH, size=0.3, scale="relative")


def test_a_third_of_two_cases_is_less_than_one() -> None:
    cases = np.random.default_rng(1).poisson(2.0, (N, T)).astype(float)
    found = finding("absolute_size", THIRD, panel_with(cases))
    assert (found.status, found.severity) == ("problem", "note")
    # The counterfactual average is a little below two here.
    assert 0.3 < found.statistic < 0.7
    assert "less than one, the step in which it is recorded" in found.says


def test_a_third_of_twenty_days_is_six() -> None:
    found = finding("absolute_size", THIRD, panel_with(20 + noise()))
    assert found.status == "clear"
    assert found.statistic == pytest.approx(6.0, abs=0.1)
    assert found.says.startswith("30 % of 20")


@pytest.mark.parametrize(("cases", "status"), [(20.0, "problem"), (2000.0, "clear")])
def test_a_rate_is_turned_into_cases(cases: float, status: str) -> None:
    # 30 % of 10 per 100 are 3 per 100: of 20 cases 0.6, of 2,000 cases 60.
    rate = 10 + noise(sd=1e-6)
    size = np.full((N, T), cases)
    panel = panel_with(
        rate, events=rate * size / 100, cases=size, numerator="events", denominator="cases"
    )
    found = finding("absolute_size", THIRD, panel)
    assert found.status == status
    if status == "problem":
        assert "less than one case at a site in a period (0.6" in found.says


def test_absolute_claims_are_not_asked() -> None:
    found = finding("absolute_size", claim_on(range(10), LAUNCH), panel_with(20 + noise()))
    assert found.status == "not_applicable"

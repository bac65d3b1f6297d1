"""A percentage in plain numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand, finding
from tests.checks.measured import LAUNCH, N, T, noise, panel_with
from tests.panels import claim_on

from innoeval.checks.absolute_size import AbsoluteSize, _cases

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


def counted(step: float, size: float) -> tuple[str, str]:
    """Status and words for recorded multiples of a step, of a claimed tenth that is so large."""
    values = step * np.array([[3.0, 4, 5, 6], [7, 5, 4, 3], [3, 9, 6, 4]])
    case = by_hand(values, 1, 2, claim={"size": 0.1, "scale": "relative"}, claimed=size)
    found = AbsoluteSize().measure(case)
    assert found.severity == "note"
    assert found.statistic == size
    return found.status, found.says


def test_a_change_of_one_step_is_as_much_as_can_be_seen() -> None:
    assert counted(1.0, 1.0) == ("clear", "10 % of 10 is 1 in units of y.")
    told = (
        "10 % of 10 is 0.99 in units of y; that is less than one, the step in which it is recorded."
    )
    assert counted(1.0, 0.99) == ("problem", told)
    assert counted(0.1, 0.09)[1].endswith(
        "; that is less than 0.1, the step in which it is recorded."
    )


def rated(size: float, **roles: object) -> object:
    # Rates per 10 cases; 40 and 60 of them at the treated unit since its start, others elsewhere.
    cases = np.array([[20.0, 30, 40, 60], [7, 9, 400, 600], [80, 70, 60, 50]])
    events = np.array([[3.0, 4, 5, 6], [1, 2, 3, 4], [3, 9, 6, 4]])
    return by_hand(
        10 * events / cases, 1, 2, {"n": cases, "k": events}, roles=roles,
        claim={"size": 0.1, "scale": "relative"}, claimed=size,
    )  # fmt: skip


def test_one_case_at_a_site_in_a_period_is_enough() -> None:
    both = {"denominator": "n", "numerator": "k"}
    # A change of .2 in ten is .02 of (40 + 60) / 2 cases: one.
    assert _cases(rated(0.2, **both), 0.2) == pytest.approx(1.0)
    assert AbsoluteSize().measure(rated(0.2000001, **both)).status == "clear"
    found = AbsoluteSize().measure(rated(0.1, **both))
    assert found.status == "problem"
    assert found.says.endswith("that is less than one case at a site in a period (0.5).")
    assert _cases(rated(0.2, denominator="n"), 0.2) is None
    assert _cases(rated(0.2, numerator="k"), 0.2) is None


def test_without_cases_or_a_rate_of_them_nothing_is_counted() -> None:
    cases = np.full((3, 4), 50.0)
    events = np.array([[3.0, 4, 5, 6], [1, 2, 3, 4], [3, 9, 6, 4]])
    both = {"denominator": "n", "numerator": "k"}
    assert _cases(by_hand(events**2, 1, 2, {"n": cases, "k": events}, roles=both), 1.0) is None
    cases[0, 2:] = np.nan
    assert _cases(by_hand(events / 50, 1, 2, {"n": cases, "k": events}, roles=both), 1.0) is None
    # Periods before the start do not count, nor do cells without a number.
    cases[0, 3] = 20.0
    assert _cases(by_hand(events / cases, 1, 2, {"n": cases, "k": events}, roles=both), 0.1) == 2.0

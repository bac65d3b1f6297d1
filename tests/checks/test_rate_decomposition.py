"""Whether a rate's numerator or its denominator moved."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.checks.measured import LAUNCH, N, T, noise, panel_with
from tests.panels import claim_on

from innoeval.evaluate import evaluate

CLAIM = claim_on(range(10), LAUNCH, size=4.0)
BUSY = np.round(1000 * np.exp(noise(6, 0.01)))
EVENTS = np.round(200 * np.exp(noise(7, 0.02)))
ROLES = {"numerator": "events", "denominator": "cases"}


def rate(events: np.ndarray, cases: np.ndarray) -> object:
    return panel_with(100 * events / cases, events=events, cases=cases, **ROLES)


def test_the_parts_add_up_and_a_padded_denominator_is_told() -> None:
    cases = BUSY.copy()
    cases[:10, LAUNCH:] = np.round(1.25 * cases[:10, LAUNCH:])
    ev = evaluate(CLAIM, rate(EVENTS, cases))
    found = next(f for f in ev.findings if f.check == "rate_decomposition")
    assert (found.status, found.severity) == ("problem", "major")
    # 20 per 100 become 16, all of it by dividing by a quarter more.
    assert found.bias == pytest.approx(4.0, abs=0.3)
    # The design is linear: the two parts add up to its estimate.
    assert sum(found.left) / 2 + found.bias == pytest.approx(ev.estimate.improvement, abs=1e-9)
    assert ev.verdict.status == "inconclusive"


def test_fewer_events_over_the_same_cases_are_an_improvement() -> None:
    events = EVENTS.copy()
    events[:10, LAUNCH:] *= 0.8
    ev = evaluate(CLAIM, rate(np.round(events), BUSY))
    found = next(f for f in ev.findings if f.check == "rate_decomposition")
    assert found.status == "clear"
    assert abs(found.bias) < 0.3
    assert ev.verdict.status == "supported"


def test_a_service_that_grows_in_step_is_no_fault_of_the_rate() -> None:
    cases, events = BUSY.copy(), EVENTS.copy()
    cases[:10, LAUNCH:] *= 1.25
    events[:10, LAUNCH:] *= 1.25
    found = finding("rate_decomposition", CLAIM, rate(np.round(events), np.round(cases)))
    assert found.status != "problem"
    assert found.bias == pytest.approx(4.0, abs=1.2)


def test_what_is_no_rate_is_not_applicable() -> None:
    assert finding("rate_decomposition", CLAIM, panel_with(20 + noise())).status == "not_applicable"
    panel = panel_with(20 + noise(), events=np.full((N, T), 7.0), cases=BUSY, **ROLES)
    found = finding("rate_decomposition", CLAIM, panel)
    assert found.status == "not_applicable"
    assert "not events divided by cases" in found.says

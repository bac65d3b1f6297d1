"""Figures that are not final."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.checks.measured import LAUNCH, N, T, noise, panel_with, step
from tests.panels import claim_on

from innoeval.evaluate import evaluate

CLAIM = claim_on(range(10), LAUNCH, size=1.0)
LATE = np.zeros((N, T))
LATE[:, -2:] = 1


def test_a_gain_in_the_last_two_of_six_years_is_told() -> None:
    values = 20 + noise()
    values[:10, -2:] -= 3.0
    ev = evaluate(CLAIM, panel_with(values, open=LATE, provisional="open"))
    found = next(f for f in ev.findings if f.check == "provisional_data")
    assert found.status == "problem"
    # Three in two of six periods: one on average, and nothing without them.
    assert found.bias == pytest.approx(1.0, abs=0.1)
    assert "33 % of the figures" in found.says
    assert found.left.low < 0.05
    assert found.left.high < 0.2
    assert ev.verdict.status == "inconclusive"


def test_a_lasting_gain_is_clear_also_with_stated_windows() -> None:
    windows = (("2000", "2011"), ("2012", "2017"))
    claim = claim_on(range(10), LAUNCH, size=1.0, windows=windows)
    panel = panel_with(20 + noise() - step(1.0), open=LATE, provisional="open")
    assert finding("provisional_data", claim, panel).status == "clear"


def test_cells_here_and_there_are_left_out_one_by_one() -> None:
    flags = np.zeros((N, T))
    flags[3, LAUNCH + 1] = flags[15, 4] = 1
    panel = panel_with(20 + noise() - step(1.0), open=flags, provisional="open")
    found = finding("provisional_data", CLAIM, panel)
    assert found.status == "clear"
    assert "2 % of the figures" in found.says


@pytest.mark.parametrize(("first", "status"), [(T, "clear"), (LAUNCH, "cannot_tell")])
def test_none_or_all(first: int, status: str) -> None:
    flags = np.zeros((N, T))
    flags[:, first:] = 1
    panel = panel_with(20 + noise() - step(1.0), open=flags, provisional="open")
    assert finding("provisional_data", CLAIM, panel).status == status


def test_late_records_are_seen_in_the_number_of_cases() -> None:
    values, cases = 20 + noise(), np.round(1000 * np.exp(noise(13, 0.02)))
    values[:10, -3:] -= 2.0
    cases[:, -3:] *= 0.7
    ev = evaluate(CLAIM, panel_with(values, cases=cases, denominator="cases"))
    found = next(f for f in ev.findings if f.check == "provisional_data")
    assert found.status == "problem"
    assert "30 % fewer cases" in found.says
    # Two in three of six periods are one on average.
    assert found.bias == pytest.approx(1.0, abs=0.1)
    assert ev.verdict.status not in {"supported", "partly_supported"}
    fine = panel_with(values, cases=np.round(1000 * np.exp(noise(13, 0.02))), denominator="cases")
    assert finding("provisional_data", CLAIM, fine).status == "clear"


def test_without_the_column_it_is_not_applicable() -> None:
    assert finding("provisional_data", CLAIM, panel_with(20 + noise())).status == "not_applicable"

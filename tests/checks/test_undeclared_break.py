"""Changes of counting and recording that nobody declared."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.checks.measured import LAUNCH, N, T, noise, panel_with, step
from tests.panels import claim_on

from innoeval import simulate
from innoeval.evaluate import evaluate

CLAIM = claim_on(range(10), LAUNCH)
Y = 20 + noise() - step(1.0)
CASES = np.round(1000 * np.exp(noise(2, 0.02)))


def test_a_quarter_fewer_cases_from_the_start_on() -> None:
    cases = CASES.copy()
    cases[:10, LAUNCH:] *= 0.75
    panel = panel_with(Y, cases=cases, denominator="cases")
    found = finding("undeclared_break", CLAIM, panel)
    assert (found.status, found.severity, found.left) == ("problem", "major", None)
    assert "25 % fewer cases (cases)" in found.says
    # Days are no rate of the cases: nobody can say what the lost quarter did.
    assert found.bias is None
    assert evaluate(CLAIM, panel).verdict.status == "inconclusive"


def test_a_drop_that_everybody_shares_is_none() -> None:
    cases = CASES.copy()
    cases[:, LAUNCH:] *= 0.75
    found = finding("undeclared_break", CLAIM, panel_with(Y, cases=cases, denominator="cases"))
    assert found.status == "clear"


def test_of_a_rate_the_bias_is_what_its_denominator_does() -> None:
    cases = np.full((N, T), 1000.0) + np.round(10 * noise(3, 1.0))
    cases[:10, LAUNCH:] *= 1.25
    events = np.full((N, T), 200.0)
    panel = panel_with(
        100 * events / cases, events=events, cases=cases, numerator="events", denominator="cases"
    )
    found = finding("undeclared_break", claim_on(range(10), LAUNCH, size=4.0), panel)
    # 16 per 100 are observed; without a quarter more cases it would be 20: four of the four.
    assert found.bias == pytest.approx(4.0, abs=0.1)
    assert found.share_explained == pytest.approx(1.0, abs=0.03)


def test_decimals_left_off_widen_what_is_left_by_a_whole_unit() -> None:
    values = np.round(20 + noise(4, 1.0), 1)
    values[:10, LAUNCH:] = np.floor(values[:10, LAUNCH:])
    panel = panel_with(values)
    ev = evaluate(CLAIM, panel)
    found = next(f for f in ev.findings if f.check == "undeclared_break")
    assert found.status == "problem"
    assert "round numbers" in found.says
    base = ev.estimate.improvement_int
    assert found.left == pytest.approx((base.low - 1, base.high + 1))


def test_a_proportional_change_of_spread_goes_with_the_level() -> None:
    values = 20 + noise(5, 2.0)
    values[:10, LAUNCH:] *= 0.5
    found = finding("undeclared_break", claim_on(range(10), LAUNCH, size=10.0), panel_with(values))
    assert found.status == "cannot_tell"
    values[:10, LAUNCH:] = values[:10, LAUNCH:].mean(axis=1, keepdims=True) + 0.01 * (
        values[:10, LAUNCH:] - values[:10, LAUNCH:].mean(axis=1, keepdims=True)
    )
    ev = evaluate(claim_on(range(10), LAUNCH, size=10.0), panel_with(values))
    found = next(f for f in ev.findings if f.check == "undeclared_break")
    assert found.status == "problem"
    assert "less than goes with their level" in found.says
    # A calmer service is no reason to doubt its level.
    assert found.left == ev.estimate.improvement_int


def test_one_treated_unit_and_a_single_series_have_their_own_history() -> None:
    for settings in (
        {"n_units": 30, "n_treated": 1},
        {"n_units": 1, "n_treated": 1, "shock_sd": 0.0, "n_before": 48, "n_after": 24},
    ):
        bad = simulate.draw("volume_shift", seed=3, size=2.0, **settings)
        assert finding("undeclared_break", bad.claim, bad.panel).status == "problem"
        fine = simulate.draw("with_cases", seed=3, size=2.0, **settings)
        assert finding("undeclared_break", fine.claim, fine.panel).status != "problem"


def test_without_inputs_it_cannot_tell_and_changes_nothing() -> None:
    ev = evaluate(CLAIM, panel_with(Y))
    found = next(f for f in ev.findings if f.check == "undeclared_break")
    assert found.status == "cannot_tell"
    assert "not on record" in found.says
    assert ev.verdict.deciding != "hull" or "number of cases" not in " ".join(ev.verdict.reasons)


@pytest.mark.parametrize("periods", [2, 3, 5])
def test_two_periods_are_no_error(periods: int) -> None:
    values = np.round(20 + noise(sd=2.0))[:, :periods]
    found = finding("undeclared_break", claim_on(range(10), 1), panel_with(values))
    assert found.status in {"cannot_tell", "not_applicable"}


def test_gaps_and_missing_inputs_are_no_error() -> None:
    values, cases = 20 + noise(), CASES.copy()
    values[0, 3:6] = cases[2] = cases[:, 4] = np.nan
    panel = panel_with(values, cases=cases, denominator="cases")
    assert finding("undeclared_break", CLAIM, panel).status in {"clear", "cannot_tell"}

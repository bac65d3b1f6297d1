"""Faults of measuring and telling: what they leave in a panel and in a claim."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval import simulate
from innoeval.simulate import faults_measure, faults_telling

KINDS = {**faults_measure.KINDS, **faults_telling.KINDS}
TWINS = {
    "volume_shift": "with_cases", "denominator_shift": "rate", "rounded_down": "tenths",
    "gaming": "with_near_target", "provisional_gain": "with_provisional", "peeking": "looked_at",
    "late_records": "with_cases", "heaped": "rounded", "copied_rows": "tenths",
}  # fmt: skip
SHARE = {"level": 60.0, "size": 5.0, "better": "higher"}


@pytest.mark.parametrize(("fault", "twin"), TWINS.items())
def test_no_column_gives_a_fault_away(fault: str, twin: str) -> None:
    one, other = simulate.draw(fault, seed=2), simulate.draw(twin, seed=2)
    assert list(one.panel.frame.columns) == list(other.panel.frame.columns)
    assert one.panel.metrics == other.panel.metrics
    assert KINDS[twin].true_share == 1.0
    assert "supported" in other.truth.allowed


def test_a_quarter_of_the_cases_goes() -> None:
    case = simulate.draw("volume_shift", seed=3)
    cases = case.panel.matrix("cases")
    ours, theirs = np.log(cases[:10]), np.log(cases[10:])
    change = (
        ours[:, 24:].mean() - ours[:, :24].mean() - theirs[:, 24:].mean() + theirs[:, :24].mean()
    )
    assert np.exp(change) == pytest.approx(0.75, abs=0.03)
    assert "supported" not in case.truth.allowed


def test_a_padded_denominator_makes_the_size() -> None:
    case = simulate.draw("denominator_shift", seed=3, size=4.0)
    rate = case.panel.matrix("outcome")
    change = rate[:10, 24:].mean() - rate[:10, :24].mean()
    others = rate[10:, 24:].mean() - rate[10:, :24].mean()
    assert change - others == pytest.approx(-4.0, abs=0.4)


def test_peeking_ends_the_panel_at_a_lucky_look() -> None:
    case = simulate.draw("peeking", seed=4)
    assert 24 + 6 <= case.panel.calendar.n <= 36
    assert case.claim.looks
    assert max(case.claim.looks) < case.panel.periods[-1]


def test_per_cent_as_points() -> None:
    case = simulate.draw("percent_for_points", seed=1, **SHARE)
    assert case.claim.scale == "percentage_points"
    assert case.claim.size == pytest.approx(100 * 5 / 60)
    assert "overstated" in case.truth.allowed


@pytest.mark.parametrize("fault", KINDS)
def test_every_draw_repeats(fault: str) -> None:
    settings = SHARE if "points" in fault or fault == "share" else {}
    one, other = (simulate.draw(fault, seed=7, **settings) for _ in range(2))
    assert one.panel.fingerprint == other.panel.fingerprint
    assert one.claim.digest == other.claim.digest

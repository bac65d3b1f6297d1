"""The result without the one or two sites that improved most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.checks.cases import by_hand, finding
from tests.panels import claim_on, panel_of

from innoeval.checks.base import Case
from innoeval.checks.carried_by_few import CarriedByFew, _outlying
from innoeval.evaluate import evaluate
from innoeval.records.display import amount

NOISE = np.random.default_rng(3).normal(size=(30, 20)) * 0.3 + 50


def with_gains(gains: list[float]) -> np.ndarray:
    values = NOISE.copy()
    values[: len(gains), 12:] -= np.array(gains)[:, None]
    return values


@pytest.mark.parametrize(("gains", "named", "shift"), [
    # An average of 2, and 0 without the one: or of 2 × 10 / 10, and 0 without the two.
    ([20.0, *[0.0] * 9], "u00", 2.0),
    ([10.0, 10.0, *[0.0] * 8], "u00", 2.0),
])  # fmt: skip
def test_one_or_two_sites_carry_it(gains: list[float], named: str, shift: float) -> None:
    claim = claim_on(range(10), 12, size=2.0)
    found = finding("carried_by_few", claim, panel_of(with_gains(gains)))
    assert found.status == "problem"
    assert named in found.says
    assert found.bias == pytest.approx(shift, abs=0.1)
    assert found.left is not None
    # The others gained nothing; that those sites did may be true.
    assert -0.5 < found.left.low < 0.5 < found.left.high


def test_one_site_that_improved_far_more_does_not_hide_that_the_others_did() -> None:
    claim = claim_on(range(10), 12, size=2.0)
    verdict = evaluate(claim, panel_of(with_gains([30.0] + [2.0] * 9))).verdict
    assert verdict.status == "supported"
    assert verdict.interval is not None
    assert verdict.interval.low == pytest.approx(2.0, abs=0.1)


def test_where_no_analysis_is_left_without_the_site_the_gains_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Case, "without", lambda self, units: (None, None))
    claim = claim_on(range(10), 12, size=2.0)
    found = finding("carried_by_few", claim, panel_of(with_gains([20.0] + [0.0] * 9)))
    assert found.says.startswith("The average gain of the sites is 1.9")
    assert "larger with u00 than without: this site improved far more" in found.says
    assert found.left is None


def test_with_several_starts_the_design_is_fitted_without_the_site() -> None:
    values = NOISE.copy()
    values[:6, 12:] -= 1.0
    values[6:10, 15:] -= 1.0
    values[0, 12:] -= 12.0
    starts = {f"u{i:02d}": "2012" if i < 6 else "2015" for i in range(10)}
    claim = replace(claim_on(range(10), 12, size=1.0), treated=starts)
    found = finding("carried_by_few", claim, panel_of(values))
    treated = {unit: start for unit, start in starts.items() if unit != "u00"}
    alone = evaluate(replace(claim, treated=treated), panel_of(values).drop_units("u00"))
    assert alone.estimate is not None
    improvement = alone.estimate.improvement
    assert f"Without u00 the improvement would be {amount(improvement)} instead of" in found.says
    assert found.left is not None
    assert found.left.low == pytest.approx(alone.estimate.improvement_int.low)


def test_an_even_gain_is_clear() -> None:
    claim = claim_on(range(10), 12, size=2.0)
    found = finding("carried_by_few", claim, panel_of(with_gains([2.0] * 10)))
    assert found.status == "clear"


def test_it_needs_sites_to_leave_out() -> None:
    claim = claim_on(range(3), 12, size=2.0)
    found = finding("carried_by_few", claim, panel_of(with_gains([2.0] * 3)))
    assert found.status == "not_applicable"
    assert "there are 3 and 27" in found.says


def test_how_far_the_best_lie_by_hand() -> None:
    from scipy.special import stdtr

    # Seven gains: 9 against 3, 2, 2, 1, 1, 0 (mean 1.5, squares 5.5 on five degrees).
    gains, others = np.array([9.0, 3, 2, 2, 1, 1, 0]), np.array([0.0, 2.0, 4.0])
    error = (5.5 / 5 * (1 + 1 / 6)) ** 0.5
    assert _outlying(gains, others, 1) == pytest.approx(7 * stdtr(5, -7.5 / error))
    # Of six the spread of the others counts as well: 5.2 + 8 on four and two degrees.
    six = gains[[0, 1, 2, 3, 4, 6]]
    squares = ((six[1:] - 1.6) ** 2).sum() + 8
    assert _outlying(six, others, 1) == pytest.approx(
        6 * stdtr(6, -7.4 / (squares / 6 * (1 + 1 / 5)) ** 0.5)
    )
    # Two of four: six choices; no p-value is more than one.
    assert _outlying(np.array([2.0, 1.9, 1.8, 1.7]), others, 2) == 1.0


def test_without_any_spread_the_best_lie_beyond_chance_or_not_at_all() -> None:
    alike = np.zeros(3)
    assert _outlying(np.array([5.0, 1, 1, 1]), alike, 1) == 0.0
    assert _outlying(np.array([1.5, 1, 1, 1]), alike, 1) == 0.0
    assert _outlying(np.ones(4), alike, 1) == 1.0


def test_four_treated_and_two_others_are_enough() -> None:
    values = np.random.default_rng(1).normal(size=(6, 6))
    assert CarriedByFew().measure(by_hand(values, 4, 3)).status != "not_applicable"
    three = CarriedByFew().measure(by_hand(values, 3, 3))
    assert (three.status, three.severity) == ("not_applicable", "note")
    assert three.says.endswith("there are 3 and 3.")
    assert CarriedByFew().measure(by_hand(values[:5], 4, 3)).status == "not_applicable"

"""The result without the one or two sites that improved most."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.panels import claim_on, panel_of

from innoeval.evaluate import evaluate

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


def test_an_even_gain_is_clear() -> None:
    claim = claim_on(range(10), 12, size=2.0)
    found = finding("carried_by_few", claim, panel_of(with_gains([2.0] * 10)))
    assert found.status == "clear"


def test_it_needs_sites_to_leave_out() -> None:
    claim = claim_on(range(3), 12, size=2.0)
    found = finding("carried_by_few", claim, panel_of(with_gains([2.0] * 3)))
    assert found.status == "not_applicable"
    assert "there are 3 and 27" in found.says

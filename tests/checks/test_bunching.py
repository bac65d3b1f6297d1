"""Cases moved just over the line of a target."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.checks.measured import LAUNCH, N, T, noise, panel_with, step
from tests.panels import claim_on

from innoeval.evaluate import evaluate

CLAIM = claim_on(range(10), LAUNCH, size=5.0, better="higher")
NEAR = ("met", "missed")


def counts(moved: int) -> dict[str, np.ndarray]:
    """Forty cases near the target in each cell, `moved` of them over the line."""
    rng = np.random.default_rng(8)
    over = (step(1.0) * moved).astype(int)
    met, missed = rng.integers(18, 23, (N, T)), rng.integers(18, 23, (N, T))
    return {"met": met + over, "missed": missed - over}


def test_ten_of_four_hundred_cases_moved_are_two_and_a_half_points() -> None:
    near = counts(10)
    cases = np.full((N, T), 400.0)
    inside = 240 + np.round(noise(9, 2.0)) + step(10)
    panel = panel_with(
        100 * inside / cases, inside=inside, cases=cases, numerator="inside", denominator="cases",
        near_target=NEAR, **near,
    )  # fmt: skip
    found = finding("bunching", CLAIM, panel)
    assert found.status == "problem"
    # 10 of 400 cases are 2.5 points; nothing else changed, so nothing is left.
    assert found.bias == pytest.approx(2.5, abs=0.15)
    assert found.share_explained == pytest.approx(0.5, abs=0.03)
    assert found.left.low < 0 < found.left.high


def test_where_the_outcome_is_no_share_nobody_can_say_what_is_left() -> None:
    claim = claim_on(range(10), LAUNCH)
    panel = panel_with(20 + noise() - step(1.0), near_target=NEAR, **counts(10))
    ev = evaluate(claim, panel)
    found = next(f for f in ev.findings if f.check == "bunching")
    assert (found.status, found.bias, found.left) == ("problem", None, None)
    assert ev.verdict.status == "inconclusive"


def test_bins_that_do_not_tilt_are_clear_and_a_shared_tilt_is_none() -> None:
    claim = claim_on(range(10), LAUNCH)
    fine = panel_with(20 + noise() - step(1.0), near_target=NEAR, **counts(0))
    assert finding("bunching", claim, fine).status == "clear"
    near = counts(0)
    near["met"][:, LAUNCH:] += 10
    near["missed"][:, LAUNCH:] -= 10
    shared = panel_with(20 + noise() - step(1.0), near_target=NEAR, **near)
    assert finding("bunching", claim, shared).status == "clear"


def test_one_treated_unit_and_none_to_compare_with() -> None:
    near = counts(10)
    values = 20 + noise() - step(1.0)
    one = panel_with(values[9:], near_target=NEAR, **{k: v[9:] for k, v in near.items()})
    assert finding("bunching", claim_on([0], LAUNCH), one).status == "problem"
    alone = panel_with(values[:1], near_target=NEAR, **{k: v[:1] for k, v in near.items()})
    assert finding("bunching", claim_on([0], LAUNCH), alone).status == "problem"


def test_averages_alone_cannot_show_it() -> None:
    found = finding("bunching", claim_on(range(10), LAUNCH), panel_with(20 + noise()))
    assert found.status == "not_applicable"

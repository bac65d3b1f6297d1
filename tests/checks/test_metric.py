"""The claimed metric among all that are recorded."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding, panel_with
from tests.panels import claim_on, panel_of

from innoeval.evaluate import evaluate

NAMES = [f"m{k:02d}" for k in range(1, 12)]


def drawn(seed: int, effect: float = 0.0, best: bool = True):
    """Twelve metrics of noise; the claimed one is the clearest or the faintest, plus an effect."""
    noise = np.random.default_rng(seed).normal(size=(12, 30, 24))
    gains = noise[:, :, 12:].mean(axis=2) - noise[:, :, :12].mean(axis=2)
    apart = gains[:, :10].mean(axis=1) - gains[:, 10:].mean(axis=1)
    order = np.argsort(-np.abs(apart) if best else np.abs(apart))
    y = -np.sign(apart[order[0]]) * noise[order[0]] + 10
    y[:10, 12:] -= effect
    columns = {name: noise[k] + 10 for name, k in zip(NAMES, order[1:], strict=True)}
    return panel_with(y, columns, outcomes=("y", *NAMES))


def test_the_best_of_twelve_is_mostly_seen_and_the_interval_reaches_nought() -> None:
    claim = claim_on(range(10), 12, size=0.5)
    found = [finding("metric", claim, drawn(seed)) for seed in range(20)]
    # 23 looks × 3 % = 69 %; fewer than 9 of 20 come up once in a hundred times.
    assert sum(f.status == "problem" for f in found) >= 9
    assert all(f.left is not None and f.left.low < 0 for f in found if f.status == "problem")
    assert all(f.p_value is None for f in found)


def test_a_clear_improvement_holds_however_it_was_picked() -> None:
    found = finding("metric", claim_on(range(10), 12, size=1.0), drawn(1, effect=2.0))
    assert found.status == "clear"
    assert found.left is not None
    assert found.left.low > 0


def test_one_that_is_not_the_best_was_not_picked_for_that() -> None:
    found = finding("metric", claim_on(range(10), 12, size=1.0), drawn(2, best=False))
    assert found.status == "clear"


@pytest.mark.parametrize(("when", "status"), [
    ("2012", "clear"), ("2011-05-01", "clear"), ("2013", "problem"), ("soon", "problem"),
])  # fmt: skip
def test_a_claim_registered_before_its_results_is_believed(when: str, status: str) -> None:
    seed = next(
        s
        for s in range(9)
        if finding("metric", claim_on(range(10), 12), drawn(s)).status == "problem"
    )
    claim = claim_on(range(10), 12, registered_on=when)
    assert finding("metric", claim, drawn(seed)).status == status


def test_one_treated_unit_of_few_cannot_tell() -> None:
    noise = np.random.default_rng(5).normal(size=(2, 12, 24)) + 10
    noise[0, 0, 12:] -= 5
    panel = panel_with(noise[0], {"other": noise[1]}, outcomes=("y", "other"))
    assert finding("metric", claim_on([0], 12, size=5.0), panel).status == "cannot_tell"


def test_one_metric_and_no_comparison() -> None:
    y = np.random.default_rng(3).normal(size=(30, 24))
    assert finding("metric", claim_on(range(10), 12), panel_of(y)).status == "not_applicable"
    alone = panel_with(y[:1, :], {"other": y[1:2, :]}, outcomes=("y", "other"))
    ev = evaluate(claim_on([0], 12), alone)
    assert {f.status for f in ev.findings if f.check == "metric"} <= {"not_applicable"}

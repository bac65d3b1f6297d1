"""Controlled interrupted time series: what both series share is netted off."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS
from tests.designs.test_its import noise
from tests.panels import claim_on, panel_of

from innoeval import evaluate
from innoeval.designs import ControlledITS, DecidingDesign, SegmentedRegression
from innoeval.errors import DesignError
from innoeval.records import Assumption, Policy


def shared(effect: float, seed: int = 0) -> np.ndarray:
    """Two series with shocks, levels and trends in common and apart."""
    rng = np.random.default_rng(seed)
    shocks = np.cumsum(rng.standard_normal(48))
    ours = 20 + 0.1 * np.arange(48) + shocks + 0.5 * rng.standard_normal(48)
    ours[32:] += effect
    return np.stack([ours, 35 + shocks + 0.5 * rng.standard_normal(48)])


def test_estimates_are_those_of_the_model_of_both_series() -> None:
    y = shared(-3)
    found = ControlledITS(errors="ols").fit(panel_of(y), claim_on([0], 32))
    time = np.arange(48)
    one = np.column_stack([np.ones(48), time >= 32, time - 32, (time - 32) * (time >= 32)])
    both = np.block([[one, one], [np.zeros_like(one), one]])
    reference = OLS(np.r_[y[0], y[1]], both).fit()
    level, slope = found.components
    assert level.estimate == pytest.approx(reference.params[1])
    assert slope.estimate == pytest.approx(reference.params[3])


def test_shared_shocks_do_not_count_as_noise() -> None:
    panel, claim = panel_of(shared(-3)), claim_on([0], 32, size=3.0)
    alone = SegmentedRegression().fit(panel, claim)
    found = ControlledITS().fit(panel, claim)
    assert found.std_error < alone.std_error / 2
    assert found.conf_int.low < -3 < found.conf_int.high < 0
    np.testing.assert_allclose(found.path.observed, panel.matrix("y")[0])
    np.testing.assert_allclose(found.path.comparison, panel.matrix("y")[1])
    after = found.path.effect[32:]
    assert after.mean() == pytest.approx(found.effect, abs=0.3)
    assert found.observed == pytest.approx(panel.matrix("y")[0, 32:].mean())


def test_a_shock_to_both_changes_nothing() -> None:
    y, claim = shared(-3), claim_on([0], 32)
    base = ControlledITS().fit(panel_of(y), claim)
    moved = ControlledITS().fit(panel_of(y + 7 * np.random.default_rng(5).random(48)), claim)
    assert moved.effect == pytest.approx(base.effect)
    assert moved.conf_int == pytest.approx(base.conf_int)


def test_it_can_decide() -> None:
    assert isinstance(ControlledITS(), DecidingDesign)
    panel, claim = panel_of(shared(-5)), claim_on([0], 32, size=5.0)
    ev = evaluate(claim, panel, designs=[ControlledITS()])
    assert ev.design == "ControlledITS"
    comparison = next(f for f in ev.findings if f.check == "no_comparison")
    assert comparison.status == "clear"
    assert ev.verdict.status in {"supported", "partly_supported"}
    assert Assumption.trend_form in ControlledITS().stressed(panel, claim)


def test_it_needs_somebody_else() -> None:
    panel = panel_of([noise(30)])
    with pytest.raises(DesignError, match="no comparison series"):
        ControlledITS().fit(panel, claim_on([0], 20))
    y = np.stack([noise(30), noise(30, 1)])
    y[1, [4, 9]] = np.nan
    found = ControlledITS().fit(panel_of(y), claim_on([0], 20))
    assert "not filled in: 2004, 2009" in found.warnings[0]
    later = claim_on([0, 1], 9, treated={"u00": "2009", "u01": "2011"}, start=None)
    assert "start in different periods" in ControlledITS().objections(
        panel_of(np.vstack([y, noise(30, 2)])), later, Policy()
    )[0]  # fmt: skip
    with pytest.raises(DesignError, match="knows no errors"):
        ControlledITS(errors="none")

"""Error models by name: against published numbers and each other, and what their intervals keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS
from tests.designs.test_its import months, noise
from tests.panels import claim_on, panel_of

import innoeval as ie
from innoeval.designs import SegmentedRegression
from innoeval.errors import DesignError
from innoeval.inference import ARMA, CR2, REML, CalibratedREML, NeweyWest
from innoeval.stats.series import segmented

ERRORS = ("calibrated", "reml", "arma", "newey_west", "prais_winsten", "ols")


def test_lindens_proposition_99(shared_data: Path) -> None:
    # Linden (2015), Stata Journal 15:480-500: level −20.058 (4.724), slope −1.495 (.437).
    panel = ie.read_panel(
        shared_data / "california_prop99.csv", unit="state", period="year", outcomes=["packs"]
    )
    claim = ie.Claim(
        id="prop-99", innovation="Tobacco tax", outcome="packs", better="lower",
        treated=["California"], start="1989", size=20, scale="absolute",
    )  # fmt: skip
    found = SegmentedRegression(errors="newey_west", lags=1).fit(panel, claim)
    level, slope = found.components
    assert (level.estimate, level.std_error) == pytest.approx((-20.058, 4.724), abs=5e-4)
    assert (slope.estimate, slope.std_error) == pytest.approx((-1.495, 0.437), abs=5e-4)
    assert found.effect == pytest.approx(level.estimate + 5.5 * slope.estimate)
    assert "Newey-West errors (1 lag)" in found.inference
    assert found.df == 27


@pytest.mark.parametrize("errors", ERRORS)
def test_every_error_model_makes_a_whole_record(errors: str) -> None:
    panel, claim = months(50 + noise(60, rho=0.3), 36)
    found = SegmentedRegression(errors=errors).fit(panel, claim)
    assert found.conf_int.low < found.effect < found.conf_int.high
    assert found.std_error is not None
    assert (found.p_value < 0.05) == (not found.conf_int.low <= 0 <= found.conf_int.high)
    assert [part.term for part in found.components] == ["level change", "slope change"]
    assert np.isfinite(found.path.low[36:]).all()
    assert found.choices[0].startswith("Form by the rule for 36 periods before and 24 from")
    assert "over the 24 periods from 2018-01 to 2019-12" in found.choices[1]
    step = np.r_[np.zeros(36), np.full(24, -4.0)]
    moved = SegmentedRegression(errors=errors).fit(*months(50 + noise(60, rho=0.3) + step, 36))
    assert moved.effect == pytest.approx(found.effect - 4, abs=2e-3)
    exact = SegmentedRegression(errors=errors).fit(
        panel_of([np.r_[np.full(9, 5.0), np.full(9, 2.0)]]), claim_on([0], 9)
    )
    assert exact.effect == pytest.approx(-3)
    assert exact.conf_int == (-np.inf, np.inf)


def test_least_squares_is_least_squares() -> None:
    y = noise(40)
    found = SegmentedRegression(errors="ols").fit(panel_of([y]), claim_on([0], 25))
    X = segmented(40, 25, trend=True, slope=True)
    reference = OLS(y, X).fit()
    level = found.components[0]
    assert level.std_error == pytest.approx(reference.bse[1])
    assert (level.conf_low, level.conf_high) == pytest.approx(tuple(reference.conf_int()[1]))
    assert level.p_value == pytest.approx(reference.pvalues[1])


def test_an_inference_can_be_handed_over() -> None:
    panel, claim = panel_of([noise(40)]), claim_on([0], 25)
    by_name = SegmentedRegression(errors="newey_west", lags=2).fit(panel, claim)
    handed = SegmentedRegression().fit(panel, claim, inference=NeweyWest(lags=2))
    assert handed == by_name
    assert SegmentedRegression(errors="ols").fit(panel, claim, inference=CalibratedREML()) == (
        SegmentedRegression().fit(panel, claim)
    )
    second = SegmentedRegression().fit(panel, claim, inference=ARMA(order=(1, 0)))
    first = SegmentedRegression().fit(panel, claim, inference=REML())
    assert second.effect == pytest.approx(first.effect, abs=1e-5)
    assert second.std_error == pytest.approx(first.std_error, rel=1e-4)
    assert "REML AR(1)" in second.inference


def test_inference_for_many_units_is_refused() -> None:
    with pytest.raises(
        DesignError, match="CR2 is inference for many units, and there is one series"
    ):
        SegmentedRegression().fit(panel_of([noise(40)]), claim_on([0], 25), inference=CR2())


def test_newey_west_states_its_rule() -> None:
    found = SegmentedRegression(errors="newey_west").fit(panel_of([noise(60)]), claim_on([0], 40))
    assert "3 lags, the rule ⌊4 (n / 100)^(2/9)⌋" in found.inference
    robust = SegmentedRegression(errors="newey_west", lags=0)
    assert "robust errors (White)" in robust.fit(panel_of([noise(60)]), claim_on([0], 40)).inference


def test_block_conformal_needs_no_trend_and_no_error_model() -> None:
    y = noise(60, seed=3)
    y[40:] -= 4
    panel, claim = panel_of([y]), claim_on([0], 40)
    with pytest.raises(DesignError, match="declare trend=False, slope=False"):
        SegmentedRegression(errors="conformal").fit(panel, claim)
    found = SegmentedRegression(errors="conformal", trend=False, slope=False).fit(panel, claim)
    assert found.conf_int.low < -4 < found.conf_int.high < 0
    assert found.std_error is None
    assert "60 cyclic shifts" in found.inference
    assert found.effect == pytest.approx(y[40:].mean() - y[:40].mean())
    stressed = SegmentedRegression(errors="conformal", trend=False, slope=False).stressed
    assert list(stressed(panel, claim).values()) is not None

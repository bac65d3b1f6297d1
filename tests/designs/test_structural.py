"""Structural time series on seat belts, and at the edges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.designs.test_its import months, noise
from tests.panels import claim_on, panel_of

import innoeval as ie
from innoeval.designs import DecidingDesign, StructuralTimeSeries
from innoeval.errors import DesignError
from innoeval.records import Policy


@pytest.mark.parametrize(("who", "expected"), [("drivers", -0.21), ("front", -0.29), ("rear", 0.0)])
def test_seat_belts(shared_data: Path, who: str, expected: float) -> None:
    # Harvey & Durbin (1986): drivers −23 %, front −30 %; rear seats, without a law, are the
    # negative control.
    frame = pd.read_csv(shared_data / "uk_seatbelts.csv")
    frame["month"] = frame["year"].astype(str) + "-" + frame["month"].astype(str).str.zfill(2)
    frame["where"], frame["km"], frame["petrol"] = (
        "Great Britain", np.log(frame["kms"]), np.log(frame["PetrolPrice"]),
    )  # fmt: skip
    panel = ie.read_panel(
        frame, unit="where", period="month", outcomes=[who], covariates=["km", "petrol"]
    )
    claim = ie.Claim(
        id="law", innovation="Seat belt law", outcome=who, better="lower",
        treated=["Great Britain"], start="1983-02", size=0.2,
    )  # fmt: skip
    design = StructuralTimeSeries(log=True, covariates=("km", "petrol"))
    found = design.fit(panel, claim)
    (level,) = found.components
    assert level.estimate - 1 == pytest.approx(expected, abs=0.005)
    gain, (low, high) = found.on_scale("relative")
    assert gain == pytest.approx(1 - level.estimate)
    if who == "rear":
        assert low < 0 < high
    else:
        assert low > 0.1
        plain = StructuralTimeSeries(log=True).fit(panel, claim)
        assert plain.components[0].estimate - 1 == pytest.approx(expected, abs=0.01)


def test_a_step_is_found_in_a_drifting_level() -> None:
    rng = np.random.default_rng(3)
    y = 50 + np.cumsum(0.2 * rng.standard_normal(80)) + rng.standard_normal(80)
    y[50:] -= 6
    found = StructuralTimeSeries().fit(panel_of([y]), claim_on([0], 50))
    assert found.conf_int.low < -6 < found.conf_int.high < 0
    np.testing.assert_allclose(found.path.observed, y)
    assert found.path.effect[50:].mean() == pytest.approx(found.effect, abs=0.7)
    assert np.isnan(found.path.low[:50]).all()
    assert (found.path.low[50:] < found.path.high[50:]).all()
    far = StructuralTimeSeries().fit(panel_of([y * 1e4 + 1e8]), claim_on([0], 50))
    assert far.effect == pytest.approx(1e4 * found.effect, rel=1e-3)


def test_missing_periods_are_left_missing() -> None:
    y = 30 + noise(60)
    y[[7, 33]] = np.nan
    found = StructuralTimeSeries(trend="local linear").fit(*months(y, 40))
    assert found.n_obs == 58
    assert np.isnan(found.path.observed[[7, 33]]).all()
    assert np.isfinite(found.path.counterfactual).all()
    assert "seasons of 12 periods" in found.choices[0]


def test_what_cannot_be_is_refused() -> None:
    assert isinstance(StructuralTimeSeries(), DecidingDesign)
    panel, claim = panel_of([noise(60)]), claim_on([0], 40)
    short = StructuralTimeSeries().objections(panel_of([noise(20)]), claim_on([0], 12), Policy())
    assert "only 20 periods" in short[0]
    assert "no logarithms" in StructuralTimeSeries(log=True).objections(panel, claim, Policy())[0]
    unknown = StructuralTimeSeries(covariates=("km",)).objections(panel, claim, Policy())
    assert "no covariate km" in unknown[0]
    with pytest.raises(DesignError, match="'local level' or 'local linear'"):
        StructuralTimeSeries(trend="linear")
    with pytest.raises(DesignError, match="only 20 periods"):
        StructuralTimeSeries().fit(panel_of([noise(20)]), claim_on([0], 12))

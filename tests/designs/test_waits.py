"""Waits: medians by their number of cases, shares over a target, and cases still open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import WLS

from innoeval.designs import SegmentedRegression
from innoeval.errors import DesignError
from innoeval.records import Claim, Panel, Policy
from innoeval.stats.series import segmented
from innoeval.stats.waits import over_target, wait_quantiles

N, LAUNCH = 48, 30
MONTHS = pd.period_range("2019-01", periods=N, freq="M").astype(str)


def permits(seed: int = 0, gain: float = 0.7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days of single cases, their month, and whether they are open when the records end."""
    rng = np.random.default_rng(seed)
    month = np.repeat(np.arange(N), rng.integers(15, 120, N))
    days = rng.gamma(2, 15, len(month)) * np.where(month >= LAUNCH, gain, 1.0)
    age = 30.4 * (N - month) - 30.4 * rng.random(len(month))
    return np.minimum(days, age), month, days > age


def panel_and_claim(
    outcome: np.ndarray, size: float = 5.0, **columns: object
) -> tuple[Panel, Claim]:
    roles = columns.pop("roles", {})
    frame = pd.DataFrame({"office": "North", "month": MONTHS, "y": outcome, **columns})
    claim = Claim(
        id="c", innovation="desk", outcome="y", better="lower", treated=["North"],
        start=MONTHS[LAUNCH], size=size, scale="absolute",
    )  # fmt: skip
    panel = Panel(
        frame=frame, unit="office", period="month", freq="month", outcomes=("y",), **roles
    )
    return panel, claim


def test_medians_count_by_their_cases() -> None:
    days, month, waiting = permits()
    found = wait_quantiles(days, month, waiting, n_cells=N)
    panel, claim = panel_and_claim(
        found.value, n=found.cases, roles={"covariates": ("n",)}, size=5.0
    )
    fit = SegmentedRegression(cases="n", errors="ols", seasonal=1).fit(panel, claim)
    X = segmented(N, LAUNCH, trend=True, slope=True)
    reference = WLS(found.value, X, weights=found.cases).fit()
    level = fit.components[0]
    assert level.estimate == pytest.approx(reference.params[1])
    assert level.std_error == pytest.approx(reference.bse[1])
    assert "each period counts by its n" in " ".join(fit.choices)
    assert (fit.path.low[LAUNCH:] < fit.path.high[LAUNCH:]).all()
    # The median of a gamma of shape 2 and scale 15 is 25.2 days; with the desk 30 % less.
    weighted = SegmentedRegression(cases="n", slope=False, seasonal=1).fit(panel, claim)
    assert weighted.conf_int.low < -0.3 * 25.2 < weighted.conf_int.high < 0
    alike = SegmentedRegression(slope=False, seasonal=1).fit(panel, claim)
    assert weighted.effect != alike.effect


def test_equal_cases_change_nothing_and_none_is_a_gap() -> None:
    days, month, waiting = permits()
    value = wait_quantiles(days, month, waiting, n_cells=N).value
    cases = np.full(N, 40.0)
    panel, claim = panel_and_claim(value, n=cases, roles={"covariates": ("n",)})
    same = SegmentedRegression(cases="n").fit(panel, claim)
    plain = SegmentedRegression().fit(panel, claim)
    assert same.effect == pytest.approx(plain.effect)
    assert same.conf_int == pytest.approx(plain.conf_int)
    cases[7] = 0
    gap, _ = panel_and_claim(value, n=cases, roles={"covariates": ("n",)})
    found = SegmentedRegression(cases="n").fit(gap, claim)
    assert found.n_obs == N - 1
    assert "not filled in: 2019-08" in found.warnings[0]


def test_a_share_over_a_target_is_a_share() -> None:
    days, month, waiting = permits(gain=0.6)
    over = over_target(days, month, waiting, n_cells=N, target=30)
    panel, claim = panel_and_claim(
        over.over / over.known, late=over.over, n=over.known, size=0.1,
        roles={"numerator": "late", "denominator": "n"},
    )  # fmt: skip
    found = SegmentedRegression(family="binomial", slope=False, seasonal=1).fit(panel, claim)
    # P(gamma(2, 15) > 30) = 3 e⁻² = .406; a wait of 18 days a part: (1 + 30/9) e^(−30/9) = .155.
    truth = 3 * np.exp(-2) - (1 + 30 / 9) * np.exp(-30 / 9)
    assert found.conf_int.low < -truth < found.conf_int.high < 0
    assert found.components[0].term == "odds ratio"


def test_cases_still_open_are_noted() -> None:
    days, month, waiting = permits()
    found = wait_quantiles(days, month, waiting, n_cells=N)
    panel, claim = panel_and_claim(
        found.value, young=(found.still_open > 0).astype(float), roles={"provisional": "young"}
    )
    said = SegmentedRegression().fit(panel, claim).warnings
    assert any("cases still open: 20" in warning and "2022-12" in warning for warning in said)


def test_what_cannot_be_is_refused() -> None:
    value = 20 + np.random.default_rng(0).standard_normal(N)
    panel, claim = panel_and_claim(value, n=-np.ones(N), roles={"covariates": ("n",)})
    design = SegmentedRegression(cases="n")
    assert "'n' is negative" in design.objections(panel, claim, Policy())[0]
    missing = SegmentedRegression(cases="k").objections(panel, claim, Policy())
    assert "cases='k' is not there" in missing[0]
    for settings in ({"family": "poisson"}, {"errors": "conformal"}):
        with pytest.raises(DesignError, match="cases='n' is for family='gaussian'"):
            SegmentedRegression(cases="n", **settings)

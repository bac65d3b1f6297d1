"""How far the answer hangs on the model: one series on which they disagree, and what decides then."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from statsmodels.regression.linear_model import GLSAR, OLS
from statsmodels.tsa.statespace.sarimax import SARIMAX
from tests.designs.test_its import months, noise
from tests.panels import claim_on, panel_of

from innoeval import evaluate
from innoeval.designs import SegmentedRegression
from innoeval.designs.its.form import choose_form
from innoeval.designs.its.span import admissible
from innoeval.inference.serial import BlockConformal, CalibratedREML, NeweyWest
from innoeval.records import Assumption, Evaluation
from innoeval.stats.series import segmented


def disagreement() -> np.ndarray:
    """A true step of −3 after 48 of 60 months, in a drifting level with seasons.

    The seed is one on which usual models are far apart.
    """
    rng = np.random.default_rng(7477)
    level = np.zeros(60)
    for t in range(1, 60):
        level[t] = 0.95 * level[t - 1] + 0.6 * rng.standard_normal()
    y = 40 + level + 2 * np.cos(2 * np.pi * np.arange(60) / 12) + 0.4 * rng.standard_normal(60)
    y[48:] -= 3
    return y


def test_usual_models_disagree_and_the_span_holds_them_all() -> None:
    y = disagreement()
    panel, claim = months(y, 48, size=3.0)
    X = segmented(60, 48, trend=True, slope=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seasonal = SARIMAX(y, X, order=(1, 0, 0), seasonal_order=(1, 0, 0, 12)).fit(disp=0)
    own = SegmentedRegression(errors="reml", slope=False, seasonal=1).fit(panel, claim)
    found = {
        "ols": OLS(y, X).fit().params[1],
        # As it comes GLSAR does not iterate: its autocorrelation stays 0, and it is least squares
        # without the first period.
        "glsar": GLSAR(y, X, rho=1).fit().params[1],
        "autoregressive": own.effect,
        "sarimax": seasonal.params[1],
    }
    assert found["ols"] == pytest.approx(-1.69, abs=0.01)
    assert found["glsar"] == pytest.approx(-1.77, abs=0.01)
    assert found["glsar"] == pytest.approx(OLS(y[1:], X[1:]).fit().params[1])
    assert found["autoregressive"] == pytest.approx(-2.97, abs=0.01)
    assert found["sarimax"] == pytest.approx(-2.69, abs=0.02)
    spanned = SegmentedRegression().stressed(panel, claim)[Assumption.trend_form]
    assert all(spanned.conf_int.low < effect < spanned.conf_int.high for effect in found.values())
    assert spanned.conf_int.low < -3 < spanned.conf_int.high
    # Iterated it lands beside the others, and so does our own of its kind.
    iterated = GLSAR(y, X, rho=1)
    assert iterated.iterative_fit(maxiter=50).params[1] == pytest.approx(-2.9, abs=0.3)
    winsten = SegmentedRegression(errors="prais_winsten", slope=False, seasonal=1)
    assert winsten.fit(panel, claim).effect == pytest.approx(-2.9, abs=0.3)


def test_a_claim_holds_up_only_where_the_models_agree() -> None:
    panel, claim = months(disagreement(), 48, size=3.0)
    ev = evaluate(claim, panel)
    assert ev.verdict.deciding == "hull"
    assert ev.verdict.status == "partly_supported"
    assert ev.stressed is not None
    assert len(ev.stressed.components) == 5
    # Where the step towers over everything they agree.
    y = disagreement()
    y[48:] -= 15
    panel, claim = months(y, 48, size=15.0, smallest_effect=3.0)
    ev = evaluate(claim, panel)
    assert (ev.verdict.deciding, ev.verdict.status) == ("hull", "supported")
    assert "Other models by the rule for the numbers of periods" in ev.stressed.choices[0]
    assert Evaluation.from_json(ev.to_json()) == ev


def test_the_span_is_the_hull_of_its_models() -> None:
    panel, claim = months(50 + noise(72), 48)
    base = SegmentedRegression().fit(panel, claim)
    spanned = SegmentedRegression().stressed(panel, claim)[Assumption.trend_form]
    assert [part.term for part in spanned.components] == [
        "long-run level", "level change only", "AR(2) errors", "drift under noise", "free seasons",
    ]  # fmt: skip
    assert spanned.conf_int.low == min(part.conf_low for part in spanned.components)
    assert spanned.conf_int.high == max(part.conf_high for part in spanned.components)
    assert spanned.effect == spanned.components[0].estimate
    assert spanned.std_error is None
    assert spanned.inference.startswith("hull of the intervals of 5 models: long-run level,")
    second = SegmentedRegression(errors="calibrated_ar2").fit(panel, claim)
    assert spanned.components[2].estimate == second.effect
    assert base.observed == spanned.observed


def test_what_is_admissible_hangs_on_numbers_of_periods() -> None:
    def names(before: int, after: int, cycle: int = 1, choice: object = None) -> list[str]:
        form = choose_form(before, after, cycle)
        return [name for name, _, _ in admissible(form, before, after, choice or CalibratedREML())]

    assert names(5, 4) == ["linear trend"]
    assert names(8, 6) == ["long-run level"]
    assert names(20, 4) == ["long-run level", "AR(2) errors", "drift under noise"]
    assert names(20, 10) == [
        "long-run level", "level change only", "AR(2) errors", "drift under noise",
    ]  # fmt: skip
    assert "free seasons" not in names(35, 12, 12)
    assert "free seasons" in names(36, 12, 12)
    assert "AR(2) errors" not in names(36, 12, choice=NeweyWest())
    assert names(36, 12, choice=BlockConformal())[0] == "long-run level"
    assert names(36, 12, choice=CalibratedREML(model="AR(2)")) == [
        "long-run level", "level change only", "drift under noise",
    ]  # fmt: skip


def test_short_series_leave_out_what_they_cannot_bear() -> None:
    stressed = SegmentedRegression().stressed(panel_of([noise(8)]), claim_on([0], 4))
    assert [part.term for part in stressed[Assumption.trend_form].components] == ["linear trend"]

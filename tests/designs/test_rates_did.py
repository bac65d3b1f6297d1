"""Ratio of ratios and fractional difference-in-differences against other libraries and by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from tests.panels import claim_on, panel_of

from innoeval import evaluate
from innoeval.designs import DecidingDesign, FractionalDiD, PoissonDiD
from innoeval.errors import DesignError
from innoeval.records import Panel, Policy
from innoeval.stats.families import FAMILIES
from innoeval.stats.pooled import pooled_did

TREATED = np.arange(20) < 8


def counts(ratio: float = 0.7, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    level = rng.gamma(5, 6, (20, 1)) * np.exp(0.02 * np.arange(12))
    return rng.poisson(level * ratio ** (TREATED[:, None] & (np.arange(12) >= 7))).astype(float)


def shares(shift: float = -0.6, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    eta = 1 + 0.4 * rng.standard_normal((20, 1)) + 0.03 * np.arange(12)
    eta = eta + shift * (TREATED[:, None] & (np.arange(12) >= 7))
    return rng.binomial(60, 1 / (1 + np.exp(-eta))) / 60


def whole(outcomes: np.ndarray, **roles: object) -> Panel:
    return panel_of(outcomes, **roles)


def test_poisson_agrees_with_pyfixest() -> None:
    y = counts()
    found = PoissonDiD().fit(whole(y), claim_on(range(8), 7))
    frame = pd.DataFrame({
        "y": y.ravel(), "unit": np.repeat(np.arange(20), 12), "year": np.tile(np.arange(12), 20),
        "d": (TREATED[:, None] & (np.arange(12) >= 7)).astype(float).ravel(),
    })  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        reference = pf.fepois("y ~ d | unit + year", frame, vcov={"CRV1": "unit"})
    ratio = found.components[0]
    assert np.log(ratio.estimate) == pytest.approx(reference.coef().iloc[0], abs=1e-6)
    # pyfixest's errors know of unit effects and divide by another small-sample factor.
    assert ratio.std_error / ratio.estimate == pytest.approx(reference.se().iloc[0], rel=0.1)
    assert found.effect == pytest.approx(found.observed * (1 - 1 / ratio.estimate))
    assert found.std_error == pytest.approx(np.sqrt((found.influence**2).sum()) / 20, rel=0.1)


def test_shares_agree_with_statsmodels() -> None:
    y = shares()
    found = FractionalDiD().fit(whole(y), claim_on(range(8), 7))
    post = np.arange(12) >= 7
    d = (TREATED[:, None] & post).astype(float).ravel()
    X = np.column_stack([np.tile(np.eye(12), (20, 1)), np.repeat(TREATED * 1.0, 12), d])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = GLM(y.ravel(), X, family=Binomial()).fit(
            cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(20), 12)}
        )
    ratio = found.components[0]
    assert np.log(ratio.estimate) == pytest.approx(reference.params[-1], abs=1e-6)
    assert ratio.std_error / ratio.estimate == pytest.approx(reference.bse[-1], rel=0.1)
    with_, without = (reference.predict(x) for x in (X, np.column_stack([X[:, :-1], 0 * d])))
    assert found.effect == pytest.approx((with_ - without)[d == 1].mean(), abs=1e-6)
    assert found.on_scale("percentage_points")[0] == pytest.approx(-100 * found.effect)


def test_ratio_of_ratios_by_hand() -> None:
    # Treated 10 → 5, others 10 → 20: (5/10) / (20/10) = .25; 20 would have been, so −15 a period.
    y = np.array([[6.0, 3], [4, 2], [6, 12], [4, 8]])
    found = pooled_did(
        FAMILIES["poisson"], y, np.ones((4, 2)), np.array([True, True, False, False]),
        np.array([False, True]),
    )  # fmt: skip
    assert np.exp(found.effect) == pytest.approx(0.25)
    # Each unit's share of its group's counts is the same before and after: nothing is left over.
    np.testing.assert_allclose(found.influence, 0, atol=1e-12)


def test_denominators_are_the_exposure() -> None:
    rng = np.random.default_rng(4)
    size = rng.integers(200, 900, (20, 12)).astype(float)
    size[:, 7:] *= 1.5
    y = rng.poisson(0.05 * size * 0.6 ** (TREATED[:, None] & (np.arange(12) >= 7)))
    frame = whole(y).frame.assign(size=size.ravel())
    panel = Panel(
        frame=frame, unit="unit", period="year", freq="year", outcomes=("y",), denominator="size"
    )
    found = PoissonDiD().fit(panel, claim_on(range(8), 7))
    ratio = found.components[0]
    assert ratio.conf_low < 0.6 < ratio.conf_high < 1
    assert "y over size" in found.choices[0]


def test_a_true_null_is_kept_and_the_truth_covered() -> None:
    rejected = covered = 0
    for seed in range(200):
        claim = claim_on(range(8), 7)
        rejected += PoissonDiD().fit(whole(counts(1.0, seed)), claim).p_value < 0.05
        ratio = FractionalDiD().fit(whole(shares(seed=seed)), claim).components[0]
        covered += ratio.conf_low < np.exp(-0.6) < ratio.conf_high
    assert rejected / 200 < 0.05 + 4 * 0.0154
    assert covered / 200 > 0.95 - 4 * 0.0154


def test_they_can_decide() -> None:
    claim = claim_on(range(8), 7, size=8.0)
    for design, y in ((PoissonDiD(), counts(0.5)), (FractionalDiD(), shares(-1.5))):
        assert isinstance(design, DecidingDesign)
        ev = evaluate(claim, whole(y), designs=[design])
        assert ev.design == type(design).__name__
        assert ev.stressed is not None


def test_what_does_not_fit_is_refused() -> None:
    few = PoissonDiD().objections(whole(counts()), claim_on(range(3), 7), Policy())
    assert "more than 5 units on each side, and there are 3 and 17" in few[0]
    y = counts()
    y[3, 2] = np.nan
    assert "1 cell is missing" in PoissonDiD().objections(
        whole(y), claim_on(range(8), 7), Policy()
    )[0]  # fmt: skip
    y = counts()
    y[15, 2] = -1
    with pytest.raises(DesignError, match="negative value -1"):
        PoissonDiD().fit(whole(y), claim_on(range(8), 7))
    y = shares()
    y[:8, 7:] = 0
    with pytest.raises(DesignError, match="does not settle"):
        FractionalDiD().fit(whole(y), claim_on(range(8), 7))
    assert "every unit is treated" in PoissonDiD().objections(
        whole(counts()), claim_on(range(20), 7), Policy()
    )[0]  # fmt: skip

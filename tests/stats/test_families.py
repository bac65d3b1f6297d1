"""Generalised linear models of one series against R's glm, glm.nb and sandwich, and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from innoeval.stats.families import (
    FAMILIES,
    irls,
    negative_binomial_dispersion,
    working,
)
from innoeval.stats.least_squares import newey_west, ordinary
from innoeval.stats.series import segmented

REFERENCE = Path(__file__).parents[1] / "reference"


def test_agrees_with_glm() -> None:
    series = pd.read_csv(REFERENCE / "rates_series.csv")
    answers = pd.read_csv(REFERENCE / "rates_glm.csv")
    for (case, name), answer in answers.groupby(["case", "family"]):
        rows, first = series[series["case"] == case], answer.iloc[0]
        y, size = (
            rows[column].to_numpy(float)
            for column in (("good", "trials") if name == "binomial" else ("y", "size"))
        )
        X = segmented(len(y), int(first["launch"]), trend=True, slope=True, cycle=12)
        family, alpha = FAMILIES[name], 0.0
        if name == "negative_binomial":
            alpha = negative_binomial_dispersion(y, X, size)
            assert alpha == pytest.approx(first["alpha"], rel=1e-4, abs=1e-6)
        fit = irls(family, y, X, size, alpha=alpha)
        assert fit.converged[0]
        np.testing.assert_allclose(fit.coefficients[0], answer["estimate"], atol=1e-5)
        assert fit.dispersion[0] == pytest.approx(first["dispersion"], rel=1e-4)
        at = working(family, y, size, fit.eta[0], alpha)
        Z, z = X * at.root_weight[:, None], at.response * at.root_weight
        eye = np.eye(X.shape[1])
        quasi = np.sqrt(np.diag(ordinary(z, Z, eye).covariance[0]))
        np.testing.assert_allclose(quasi, answer["quasi"], rtol=1e-4)
        np.testing.assert_allclose(quasi / fit.dispersion**0.5, answer["one"], rtol=1e-4)
        hac = newey_west(z, Z, eye, lags=2).covariance[0]
        np.testing.assert_allclose(np.sqrt(np.diag(hac)), answer["NW2"], rtol=1e-3)


def test_rate_ratio_and_odds_ratio_by_hand() -> None:
    X = np.column_stack([np.ones(4), [0, 0, 1, 1]])
    # 30 cases over 300 before, 12 over 200 after: rates .1 and .06.
    rates = irls(FAMILIES["poisson"], [10.0, 20, 4, 8], X, [100.0, 200, 80, 120])
    np.testing.assert_allclose(np.exp(rates.coefficients[0]), [0.1, 0.6])
    # 30 of 40 before, odds 3; 10 of 40 after, odds 1/3.
    shares = irls(FAMILIES["binomial"], [14.0, 16, 4, 6], X, 20.0)
    np.testing.assert_allclose(np.exp(shares.coefficients[0]), [3, 1 / 9])


def test_many_at_once_equal_one_at_a_time() -> None:
    rng = np.random.default_rng(0)
    X = segmented(24, 12, trend=True, slope=False)
    Y = rng.poisson(8, (5, 24)).astype(float)
    together = irls(FAMILIES["poisson"], Y, X)
    for k in range(5):
        alone = irls(FAMILIES["poisson"], Y[k], X)
        np.testing.assert_allclose(alone.coefficients[0], together.coefficients[k], atol=1e-8)


def test_separation_is_seen() -> None:
    X = segmented(12, 6, trend=False, slope=False)
    assert not irls(FAMILIES["poisson"], np.r_[np.full(6, 5.0), np.zeros(6)], X).converged[0]
    assert not irls(FAMILIES["binomial"], np.r_[np.full(6, 5.0), np.full(6, 9.0)], X, 9).converged[
        0
    ]


def test_no_overdispersion_is_poisson() -> None:
    X = segmented(40, 20, trend=False, slope=False)
    y = np.tile([4.0, 5, 5, 6], 10)
    assert negative_binomial_dispersion(y, X, np.ones(40)) == 0


def test_values_by_least_squares_and_counts_that_had_no_time_to_settle() -> None:
    # By hand: (1 + 3) / 2 = 2 before, (6 + 8) / 2 = 7 after.
    X = np.column_stack([np.ones(4), [0, 0, 1, 1]])
    found = irls(FAMILIES["gaussian"], [1.0, 3, 6, 8], X)
    assert found.coefficients == pytest.approx(np.array([[2.0, 5.0]]))
    counts = [900.0, 1, 5, 7]
    assert irls(FAMILIES["poisson"], counts, X).converged.all()
    assert not irls(FAMILIES["poisson"], counts, X, rounds=1).converged.any()

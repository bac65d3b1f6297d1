"""ARMA errors against nlme, against AR(1), and against simulated autocovariances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.arima_process import arma_acovf

from innoeval.stats.arma import arma_reml, autocovariances
from innoeval.stats.calibrated import ar1
from innoeval.stats.reml import reml
from innoeval.stats.series import segmented

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.mark.parametrize(
    ("ar", "ma"),
    [([0.7], []), ([0.5, -0.3], []), ([0.6], [-0.4]), ([], [0.5]), ([0.2, 0.1, 0.3], [0.4, 0.2])],
)
def test_autocovariances_agree_with_statsmodels(ar: list[float], ma: list[float]) -> None:
    ours = autocovariances(np.array(ar), np.array(ma), 12)
    theirs = arma_acovf(np.r_[1, -np.array(ar)], np.r_[1, ma], 12)
    np.testing.assert_allclose(ours, theirs, atol=1e-10)


@pytest.mark.parametrize("gaps", [False, True])
def test_one_autoregressive_term_is_the_other_solver(*, gaps: bool) -> None:
    rng = np.random.default_rng(0)
    y, X = ar1(rng.standard_normal((50, 1)), 0.5)[:, 0], segmented(50, 30, trend=True, slope=True)
    present = rng.random(50) > 0.2 if gaps else np.ones(50, dtype=bool)
    contrasts = np.eye(4)[1:]
    found = arma_reml(y[present], X[present], contrasts, (1, 0), np.flatnonzero(present))
    other = reml(np.where(present, y, np.nan), X, contrasts, present[None])
    assert found.ar[0] == pytest.approx(other.rho[0], abs=1e-5)
    np.testing.assert_allclose(found.estimates, other.estimates[0], atol=1e-5)
    np.testing.assert_allclose(found.std_errors, other.std_errors[0], rtol=1e-5)
    np.testing.assert_allclose(found.df, other.df[0], rtol=1e-3)
    np.testing.assert_allclose(found.spread, other.scale[0] / (1 - other.rho[0] ** 2), rtol=1e-4)


def test_agrees_with_nlme() -> None:
    series = pd.read_csv(REFERENCE / "its_series.csv")
    compared = 0
    for (case, p, q), answer in pd.read_csv(REFERENCE / "its_arma.csv").groupby(["case", "p", "q"]):
        y = series.loc[series["case"] == case, "y"].to_numpy()
        first = answer.iloc[0]
        X = segmented(
            len(y), int(first["launch"]), trend=True, slope=bool(first["slope"]),
            cycle=int(first["cycle"]),
        )  # fmt: skip
        found = arma_reml(y, X, np.eye(X.shape[1]), (int(p), int(q)))
        if q and abs(found.ar[0] + found.ma[0]) < 0.05 and abs(found.ar[0]) > 0.9:
            continue  # both terms cancel: the likelihood is flat along them
        assert np.sqrt(found.spread) == pytest.approx(first["sigma"], rel=1e-5)
        np.testing.assert_allclose(found.estimates, answer["estimate"], atol=2e-5)
        np.testing.assert_allclose(found.std_errors, answer["std_error"], rtol=1e-4)
        compared += 1
    assert compared >= 35


def test_an_oscillation_is_seen_by_two_terms_and_not_by_one() -> None:
    rng = np.random.default_rng(4)
    y = np.zeros(200)
    for t in range(2, 200):
        y[t] = 1.2 * y[t - 1] - 0.7 * y[t - 2] + rng.standard_normal()
    X = segmented(200, 100, trend=True, slope=False)
    found = arma_reml(y, X, np.eye(3)[1:2], (2, 0))
    np.testing.assert_allclose(found.ar, [1.2, -0.7], atol=0.15)
    assert found.scale == pytest.approx(1, abs=0.25)

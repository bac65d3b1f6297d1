"""Least squares and its errors against R's sandwich, statsmodels and published numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from innoeval.stats.least_squares import newey_west, ordinary, robust
from innoeval.stats.series import LEVEL, segmented

REFERENCE = Path(__file__).parents[1] / "reference"


def deviations(covariance: np.ndarray) -> np.ndarray:
    return np.sqrt(np.diag(covariance[0]))


def test_agrees_with_sandwich() -> None:
    series = pd.read_csv(REFERENCE / "its_series.csv")
    cases = 0
    for case, answer in pd.read_csv(REFERENCE / "its_sandwich.csv").groupby("case"):
        y = series.loc[series["case"] == case, "y"].to_numpy()
        first = answer.iloc[0]
        X = segmented(
            len(y), int(first["launch"]), trend=True, slope=bool(first["slope"]),
            cycle=int(first["cycle"]),
        )  # fmt: skip
        eye = np.eye(X.shape[1])
        found = {
            "ordinary": ordinary(y, X, eye),
            **{kind: robust(y, X, eye, kind=kind) for kind in ("HC0", "HC1", "HC2", "HC3")},
            "NW1": newey_west(y, X, eye, lags=1, small_sample=False),
            "NW3": newey_west(y, X, eye, lags=3, small_sample=False),
            "NW1_adjusted": newey_west(y, X, eye, lags=1),
        }
        for name, fit in found.items():
            np.testing.assert_allclose(fit.coefficients[0], answer["estimate"], atol=1e-9)
            np.testing.assert_allclose(deviations(fit.covariance), answer[name], rtol=1e-8)
        cases += 1
    assert cases >= 20


def test_linden_on_proposition_99(shared_data: Path) -> None:
    # Linden (2015), Stata Journal 15:480-500: level −20.058 (4.724), slope −1.495 (.437).
    packs = pd.read_csv(shared_data / "california_prop99.csv").query("state == 'California'")
    packs = packs.sort_values("year")
    launch = int((packs["year"] < 1989).sum())
    X = segmented(len(packs), launch, trend=True, slope=True)
    found = newey_west(packs["packs"].to_numpy(), X, np.eye(4)[[LEVEL, LEVEL + 2]], lags=1)
    np.testing.assert_allclose(
        found.coefficients[0, [LEVEL, LEVEL + 2]], [-20.058, -1.495], atol=5e-4
    )
    np.testing.assert_allclose(deviations(found.covariance), [4.724, 0.437], atol=5e-4)


def test_agrees_with_statsmodels_on_sicily(shared_data: Path) -> None:
    sicily = pd.read_csv(shared_data / "sicily_smoking.csv")
    y = np.log(sicily["aces"].to_numpy() / sicily["stdpop"].to_numpy())
    X = segmented(len(y), int((sicily["smokban"] == 0).sum()), trend=True, slope=True, cycle=12)
    eye = np.eye(X.shape[1])
    reference = OLS(y, X).fit()
    np.testing.assert_allclose(
        ordinary(y, X, eye).coefficients[0], reference.params, rtol=1e-8, atol=1e-10
    )
    np.testing.assert_allclose(deviations(ordinary(y, X, eye).covariance), reference.bse, rtol=1e-8)
    hac = OLS(y, X).fit(cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": True})
    np.testing.assert_allclose(
        deviations(newey_west(y, X, eye, lags=4).covariance), hac.bse, rtol=1e-8
    )


@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_many_at_once_equal_one_at_a_time_and_an_offset_costs_no_digits(offset: float) -> None:
    Y = np.random.default_rng(0).standard_normal((4, 30))
    X = segmented(30, 18, trend=True, slope=True)
    contrasts = np.eye(4)[1:3]
    together = newey_west(offset + Y, X, contrasts, lags=2)
    for k in range(4):
        alone = newey_west(Y[k], X, contrasts, lags=2)
        np.testing.assert_allclose(
            together.coefficients[k, 1:], alone.coefficients[0, 1:], rtol=1e-5, atol=1e-6
        )
        np.testing.assert_allclose(together.covariance[k], alone.covariance[0], rtol=1e-5)

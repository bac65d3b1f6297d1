"""Columns of a segmented regression, and least squares against published numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from innoeval.stats.series import LEVEL, least_squares, mean_effect, seasons, segmented


def test_mean_effect_is_the_mean_of_what_the_columns_add_after_the_launch() -> None:
    X = segmented(20, 12, trend=True, slope=True)
    coefficients = np.array([5.0, -2.0, 0.3, 0.5])
    # −2 at the launch, then 0.5 more for each of the 7 later periods: −2 + 0.5 × 3.5 = −0.25.
    added = X[12:, [LEVEL, LEVEL + 2]] @ coefficients[[LEVEL, LEVEL + 2]]
    weights = mean_effect(20, 12, slope=True, columns=4)
    assert weights @ coefficients == pytest.approx(added.mean())
    assert weights @ coefficients == pytest.approx(-0.25)


@pytest.mark.parametrize("cycle", [4, 5, 7])
def test_a_short_cycle_gets_one_free_effect_for_each_of_its_periods(cycle: int) -> None:
    time = np.arange(3 * cycle)
    columns = np.column_stack([np.ones(len(time)), seasons(time, cycle)])
    assert columns.shape[1] == cycle
    assert np.linalg.matrix_rank(columns) == cycle
    np.testing.assert_allclose(columns[:cycle], columns[cycle : 2 * cycle], atol=1e-12)


def test_no_season_without_a_cycle() -> None:
    assert segmented(10, 5, trend=True, slope=False, cycle=1).shape == (10, 3)


def test_least_squares_agrees_with_linden_on_proposition_99(shared_data: Path) -> None:
    # Linden (2015), Stata Journal 15:480-500: level −20.058, slope −1.495 packs.
    packs = pd.read_csv(shared_data / "california_prop99.csv").query("state == 'California'")
    packs = packs.sort_values("year")
    launch = int((packs["year"] < 1989).sum())
    X = segmented(len(packs), launch, trend=True, slope=True)
    coefficients, _ = least_squares(packs["packs"].to_numpy(), X)
    assert coefficients[LEVEL] == pytest.approx(-20.058, abs=5e-4)
    assert coefficients[LEVEL + 2] == pytest.approx(-1.495, abs=5e-4)


def test_least_squares_agrees_with_statsmodels_on_sicily(shared_data: Path) -> None:
    sicily = pd.read_csv(shared_data / "sicily_smoking.csv")
    y = np.log(sicily["aces"].to_numpy() / sicily["stdpop"].to_numpy())
    launch = int((sicily["smokban"] == 0).sum())
    X = segmented(len(y), launch, trend=True, slope=True, cycle=12)
    coefficients, covariance = least_squares(y, X)
    reference = OLS(y, X).fit()
    np.testing.assert_allclose(coefficients, reference.params, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), reference.bse, rtol=1e-8)

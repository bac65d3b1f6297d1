"""Random effects against R's metafor, and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.calibration.portfolio import covered

from innoeval.stats.random_effects import leave_one_out, prediction, predictive, random_effects

REFERENCE = Path(__file__).parents[1] / "reference"
DATA = pd.read_csv(REFERENCE / "sites_data.csv")
METAFOR = pd.read_csv(REFERENCE / "sites_metafor.csv").set_index(["case", "name"])["value"]

SHARED = pd.read_csv(REFERENCE / "sites_metafor_shared.csv").set_index(["case", "name"])["value"]


@pytest.mark.parametrize("case", sorted(DATA["case"].unique()))
def test_agrees_with_metafor(case: str) -> None:
    from scipy.special import chdtrc, stdtr, stdtrit

    rows = DATA[DATA["case"] == case]
    y, v = rows["effect"].to_numpy(), rows["std_error"].to_numpy() ** 2
    fit = random_effects(y, v)
    mean, error = fit.coefficients[0], float(np.sqrt(fit.covariance[0, 0]))
    low, high = prediction(fit, np.ones(1))
    half = stdtrit(fit.df, 0.975) * error
    without = leave_one_out(y, v)[:, 0]
    found = {
        "mean": mean, "std_error": error, "conf_low": mean - half, "conf_high": mean + half,
        "p_value": 2 * stdtr(fit.df, -abs(mean / error)), "tau2": fit.tau2, "i2": fit.i2,
        "q": fit.q, "q_p": chdtrc(fit.df, fit.q), "predict_low": low, "predict_high": high,
        "least_without_one": without.min(), "most_without_one": without.max(),
    }  # fmt: skip
    if len(rows) > 4:
        X = np.column_stack([np.ones(len(y)), rows["moderator"]])
        by = random_effects(y, v, X)
        slope, slope_error = by.coefficients[1], float(np.sqrt(by.covariance[1, 1]))
        found |= {
            "slope": slope, "slope_error": slope_error,
            "slope_p": 2 * stdtr(by.df, -abs(slope / slope_error)),
            "tau2_left": by.tau2, "i2_left": by.i2, "q_left": by.q,
        }  # fmt: skip
    assert found == pytest.approx(METAFOR[case].to_dict(), abs=1e-6, rel=1e-6)


@pytest.mark.parametrize("case", sorted(DATA["case"].unique()))
def test_agrees_with_metafor_where_errors_are_alike(case: str) -> None:
    """`sites_metafor_shared.R`: errors of the first half of the sites correlate by 0.4."""
    from scipy.special import chdtrc

    rows = DATA[DATA["case"] == case]
    y, error = rows["effect"].to_numpy(), rows["std_error"].to_numpy()
    k, half = len(y), -(-len(y) // 2)
    alike = np.eye(k)
    alike[:half, :half] = 0.4
    np.fill_diagonal(alike, 1.0)
    fit = random_effects(y, alike * np.outer(error, error))
    residual = y - fit.coefficients[0]
    weights = np.linalg.inv(alike * np.outer(error, error) + fit.tau2 * np.eye(k))
    scale = residual @ weights @ residual / fit.df
    found = {
        "mean": fit.coefficients[0], "std_error": np.sqrt(fit.covariance[0, 0]),
        "plain_error": np.sqrt(fit.covariance[0, 0] / scale), "tau2": fit.tau2, "q": fit.q,
        "q_p": chdtrc(fit.df, fit.q),
    }  # fmt: skip
    assert found == pytest.approx(SHARED[case].to_dict(), abs=1e-6, rel=1e-6)


def test_independent_errors_as_a_matrix_are_the_same() -> None:
    rows = DATA[DATA["case"] == DATA["case"].iloc[0]]
    y, v = rows["effect"].to_numpy(), rows["std_error"].to_numpy() ** 2
    one, other = random_effects(y, v), random_effects(y, np.diag(v))
    assert other.tau2 == pytest.approx(one.tau2, abs=1e-12)
    np.testing.assert_allclose(other.coefficients, one.coefficients, atol=1e-12)
    np.testing.assert_allclose(leave_one_out(y, np.diag(v)), leave_one_out(y, v), atol=1e-10)
    assert predictive(y, np.diag(v)).interval() == pytest.approx(predictive(y, v).interval())


def test_shared_comparison_units_are_counted_in() -> None:
    """Ten sites against the same six units: a slice of docs/calibration/portfolio.md."""
    found = covered(10, 6, 0.3, draws=40, seed=8)
    # 40 draws at 95 %: standard error 3.4 points.
    assert found.mean_alone < 0.7
    assert found.mean_together > 0.8
    assert found.new_together > 0.8


def test_equal_variances_by_hand() -> None:
    """With equal variances REML is the variance of the effects less the sampling variance."""
    fit = random_effects([1.0, 2.0, 3.0, 6.0], [0.5] * 4)
    assert fit.tau2 == pytest.approx(14 / 3 - 0.5)
    assert fit.covariance[0, 0] == pytest.approx(14 / 3 / 4)


def test_sites_alike_have_no_spread() -> None:
    assert random_effects([1.0, 1.1, 0.9], [0.5] * 3).tau2 == 0


def test_the_interval_for_a_new_site_covers_where_the_plug_in_one_does_not() -> None:
    rng, k = np.random.default_rng(6), 5
    ours, plug_in = [], []
    for _ in range(150):
        theta, error = rng.normal(1, 0.3, k + 1), rng.uniform(0.15, 0.45, k)
        y = theta[:k] + error * rng.standard_normal(k)
        for hits, (low, high) in (
            (ours, predictive(y, error**2).interval()),
            (plug_in, prediction(random_effects(y, error**2), np.ones(1))),
        ):
            hits.append(low <= theta[k] <= high)
    # 150 draws at 95 %: standard error 1.8 points.
    assert np.mean(ours) > 0.9
    assert np.mean(plug_in) < np.mean(ours)


def test_the_spread_does_not_hang_on_the_order_of_sites() -> None:
    """Scoring alone swings about this root without end: it gave 0.06 to 0.20 by the order."""
    y = np.array([0.0, 1.0, 1.5, 1.75, 0.5, 0.75, 0.25, 0.125, 0.0625])
    v = np.array([1.0, 1.0, 1.0, 0.25, 1.0, 1.0, 1.0, 1.0, 1.0])
    rng = np.random.default_rng(0)
    spreads = []
    for _ in range(20):
        order = rng.permutation(9)
        spreads.append(random_effects(y[order], v[order]).tau2)
    np.testing.assert_allclose(spreads, spreads[0], rtol=1e-9)

    def likelihood(tau2: float) -> float:
        w = 1 / (v + tau2)
        mean = (w * y).sum() / w.sum()
        return float(np.log(w).sum() - np.log(w.sum()) - (w * (y - mean) ** 2).sum())

    assert all(likelihood(spreads[0]) > likelihood(spreads[0] * k) for k in (0.99, 1.01))

"""Restricted likelihood against a slow dense solver, against nlme, and at the edges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from innoeval.stats.calibrated import ar1
from innoeval.stats.reml import HIGHEST, LOWEST, fits_exactly, reml
from innoeval.stats.series import segmented

REFERENCE = Path(__file__).parents[1] / "reference"


def dense(y: np.ndarray, X: np.ndarray, time: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """The definition, with full matrices: ρ, coefficients and their covariance."""
    n, k = X.shape

    def parts(rho: float) -> tuple[float, np.ndarray, np.ndarray, float]:
        omega = rho ** np.abs(time[:, None] - time[None, :]) / (1 - rho**2)
        weight = np.linalg.inv(omega)
        information = X.T @ weight @ X
        beta = np.linalg.solve(information, X.T @ weight @ y)
        rss = float((y - X @ beta) @ weight @ (y - X @ beta))
        logs = np.linalg.slogdet(omega)[1] + np.linalg.slogdet(information)[1]
        return rss, beta, information, (n - k) * np.log(rss) + logs

    found = minimize_scalar(
        lambda rho: parts(rho)[3],
        bounds=(LOWEST, HIGHEST),
        method="bounded",
        options={"xatol": 1e-12},
    )
    rss, beta, information, _ = parts(found.x)
    return found.x, beta, rss / (n - k) * np.linalg.inv(information)


@pytest.mark.parametrize("rho", [-0.4, 0.3, 0.7])
@pytest.mark.parametrize(("n", "launch", "cycle"), [(16, 8, 1), (40, 30, 4), (60, 36, 12)])
def test_agrees_with_the_dense_solver(n: int, launch: int, cycle: int, rho: float) -> None:
    y = ar1(np.random.default_rng(n).standard_normal((n, 1)), rho)[:, 0] + 20
    X = segmented(n, launch, trend=True, slope=True, cycle=cycle)
    fit = reml(y, X, np.eye(X.shape[1]))
    expected_rho, beta, covariance = dense(y, X, np.arange(n, dtype=float))
    assert fit.rho[0] == pytest.approx(expected_rho, abs=1e-6)
    np.testing.assert_allclose(fit.coefficients[0], beta, atol=1e-6)
    np.testing.assert_allclose(fit.covariance[0], covariance, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(fit.std_errors[0], np.sqrt(np.diag(covariance)), rtol=1e-5)


def test_absent_cells_count_with_their_true_distance() -> None:
    rng = np.random.default_rng(3)
    y = ar1(rng.standard_normal((40, 1)), 0.6)[:, 0]
    X = segmented(40, 20, trend=True, slope=False)
    present = rng.random((1, 40)) > 0.3
    fit = reml(np.where(present[0], y, np.nan), X, np.eye(3), present)
    time = np.flatnonzero(present[0]).astype(float)
    rho, beta, covariance = dense(y[present[0]], X[present[0]], time)
    assert fit.rho[0] == pytest.approx(rho, abs=1e-6)
    np.testing.assert_allclose(fit.coefficients[0], beta, atol=1e-6)
    np.testing.assert_allclose(fit.covariance[0], covariance, rtol=1e-5, atol=1e-9)


def test_agrees_with_nlme() -> None:
    series = pd.read_csv(REFERENCE / "its_series.csv")
    for case, answer in pd.read_csv(REFERENCE / "its_nlme.csv").groupby("case"):
        rows = series[series["case"] == case]
        n = int(rows["t"].max()) + 1
        y = np.full(n, np.nan)
        y[rows["t"]] = rows["y"]
        first = answer.iloc[0]
        X = segmented(
            n,
            int(first["launch"]),
            trend=True,
            slope=bool(first["slope"]),
            cycle=int(first["cycle"]),
        )
        fit = reml(y, X, np.eye(X.shape[1]), np.isfinite(y)[None])
        assert fit.rho[0] == pytest.approx(first["rho"], abs=1e-5)
        assert np.sqrt(fit.scale[0] / (1 - fit.rho[0] ** 2)) == pytest.approx(
            first["sigma"], rel=1e-5
        )
        np.testing.assert_allclose(fit.coefficients[0], answer["estimate"], atol=1e-5)
        np.testing.assert_allclose(fit.std_errors[0], answer["std_error"], rtol=1e-5)


def test_many_at_once_equal_one_at_a_time() -> None:
    rng = np.random.default_rng(5)
    Y = ar1(rng.standard_normal((30, 4)), 0.5).T
    X = segmented(30, 15, trend=True, slope=False)
    present = rng.random((4, 30)) > 0.1
    together = reml(Y, X, np.eye(3), present)
    for k in range(4):
        alone = reml(Y[k], X, np.eye(3), present[k : k + 1])
        np.testing.assert_allclose(alone.estimates[0], together.estimates[k])
        np.testing.assert_allclose(alone.std_errors[0], together.std_errors[k])
        np.testing.assert_allclose(alone.df[0], together.df[k])


def test_degrees_of_freedom_are_those_of_least_squares_where_nothing_hangs_on_rho() -> None:
    # With many points the autocorrelation is known, and n − k is all that is left to lose.
    y = np.random.default_rng(0).standard_normal(4000)
    X = segmented(4000, 2000, trend=False, slope=False)
    df = reml(y, X, np.eye(2)).df[0, 1]
    assert 1000 < df <= 3998


@pytest.mark.parametrize(("offset", "scale"), [(1e9, 1.0), (0.0, 1e-9), (-1e9, 1e3), (0.0, 1e12)])
def test_offset_and_scale_cost_no_digits(offset: float, scale: float) -> None:
    y = ar1(np.random.default_rng(2).standard_normal((36, 1)), 0.4)[:, 0]
    X = segmented(36, 18, trend=True, slope=True)
    plain, moved = reml(y, X, np.eye(4)), reml(offset + scale * y, X, np.eye(4))
    np.testing.assert_allclose(moved.estimates[0, 1:], scale * plain.estimates[0, 1:], rtol=1e-6)
    np.testing.assert_allclose(moved.std_errors[0], scale * plain.std_errors[0], rtol=1e-6)


def test_a_perfect_fit_and_a_hopeless_one_are_named_not_guessed() -> None:
    X = segmented(12, 6, trend=True, slope=False)
    perfect = reml(X @ [1e6, 2.0, 0.1], X, np.eye(3))
    assert perfect.exact[0]
    np.testing.assert_allclose(perfect.estimates[0], [1e6, 2.0, 0.1])
    assert np.isinf(perfect.std_errors).all()
    # No cell after the launch: a level change cannot be estimated.
    present = (np.arange(12) < 6)[None]
    hopeless = reml(np.random.default_rng(0).standard_normal(12), X, np.eye(3), present)
    assert hopeless.exact[0]
    assert np.isnan(hopeless.estimates).all()


def test_columns_that_cannot_be_told_apart_leave_nothing_to_spare() -> None:
    time = np.arange(10.0)
    y = np.random.default_rng(1).normal(size=10)
    assert not fits_exactly(y, np.column_stack([np.ones(10), time]))
    assert fits_exactly(y, np.column_stack([np.ones(10), time, 2 * time + 1]))
    assert fits_exactly(y[:3], np.column_stack([np.ones(3), time[:3], time[:3] ** 2]))

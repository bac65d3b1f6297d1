"""Prais-Winsten against its definition with full matrices, and against itself."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from innoeval.stats.calibrated import ar1
from innoeval.stats.prais_winsten import prais_winsten
from innoeval.stats.series import segmented


def dense(y: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    n, k = X.shape
    beta, rho = np.linalg.lstsq(X, y, rcond=None)[0], 0.0
    for _ in range(500):
        e = y - X @ beta
        rho = e[1:] @ e[:-1] / (e[:-1] @ e[:-1])
        weight = np.linalg.inv(rho ** np.abs(np.subtract.outer(np.arange(n), np.arange(n))))
        beta = np.linalg.solve(X.T @ weight @ X, X.T @ weight @ y)
    e = y - X @ beta
    # σ² of the innovations; weight is that of errors with variance 1, so 1 − ρ² comes in.
    scale = float(e @ weight @ e) / (n - k)
    return beta, scale * np.linalg.inv(X.T @ weight @ X), rho


@pytest.mark.parametrize("rho", [-0.3, 0.4, 0.8])
def test_agrees_with_its_definition(rho: float) -> None:
    Y = 5 + ar1(np.random.default_rng(1).standard_normal((40, 3)), rho).T
    X = segmented(40, 25, trend=True, slope=True)
    found = prais_winsten(Y, X)
    for k in range(3):
        beta, covariance, at = dense(Y[k], X)
        assert found.rho[k] == pytest.approx(at, abs=1e-6)
        np.testing.assert_allclose(found.coefficients[k], beta, atol=1e-6)
        np.testing.assert_allclose(found.covariance[k], covariance, rtol=1e-4, atol=1e-10)


def test_offset_costs_no_digits_and_a_perfect_fit_has_no_error() -> None:
    y = ar1(np.random.default_rng(2).standard_normal((30, 1)), 0.4)[:, 0]
    X = segmented(30, 18, trend=True, slope=False)
    plain, far = prais_winsten(y, X), prais_winsten(y + 1e9, X)
    np.testing.assert_allclose(far.coefficients[0, 1:], plain.coefficients[0, 1:], rtol=1e-5)
    exact = prais_winsten(X @ [1.0, 2.0, 3.0], X)
    np.testing.assert_allclose(exact.coefficients[0], [1, 2, 3])
    assert exact.scale[0] < 1e-20


def test_with_one_round_it_is_the_estimator_in_two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.column_stack([np.ones(20), np.arange(20) >= 12])
    y = np.random.default_rng(3).normal(size=20).cumsum()
    left = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    by_hand = (left[1:] @ left[:-1]) / (left[:-1] @ left[:-1])
    whole = prais_winsten(y, X)
    monkeypatch.setattr(sys.modules["innoeval.stats.prais_winsten"], "_ROUNDS", 1)
    found = prais_winsten(y, X)
    assert found.rho == pytest.approx([by_hand])
    assert abs(found.rho[0] - whole.rho[0]) > 1e-4

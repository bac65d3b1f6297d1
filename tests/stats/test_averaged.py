"""Averaged fits against generalised least squares, and what their critical values keep."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import toeplitz

from innoeval.stats import averaged_tables as kept
from innoeval.stats.arma import autocovariances
from innoeval.stats.averaged import Averaged
from innoeval.stats.averaged_tables import averaged_tables
from innoeval.stats.error_shapes import FAMILIES, Shape, correlations, persistence
from innoeval.stats.series import mean_effect, segmented

N, LAUNCH = 48, 32
X = segmented(N, LAUNCH, trend=True, slope=True)
CONTRASTS = np.stack([mean_effect(N, LAUNCH, slope=True, columns=4), np.eye(4)[1]])


def drawn(shape: Shape, draws: int, seed: int = 5) -> np.ndarray:
    omega = toeplitz(correlations(shape, np.arange(N)))
    noise = np.random.default_rng([seed, N]).standard_normal((N, draws))
    return np.linalg.cholesky(omega) @ noise


def test_correlations_are_those_of_the_process() -> None:
    # Partial autocorrelations .6 and .3 are φ = .6 · (1 − .3) = .42 and .3.
    gamma = autocovariances(np.array([0.42, 0.3]), np.empty(0), 6)
    found = correlations(Shape(0.6, 0.3, 0.25), np.arange(6))
    np.testing.assert_allclose(found[1:], 0.75 * (gamma / gamma[0])[1:])
    assert found[0] == 1
    many = autocovariances(np.array([0.42, 0.3]), np.empty(0), 4000)
    long = np.log(1 + 2 * (many[1:] / many[0]).sum())
    assert persistence(Shape(0.6, 0.3)) == pytest.approx((long, 0.6))


def test_an_average_of_one_shape_is_generalised_least_squares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shape = Shape(0.5, 0.2)
    monkeypatch.setitem(FAMILIES, "one", FAMILIES["AR(2)"]._replace(grid=(shape,)))
    y = 40 + drawn(shape, 1)[:, 0]
    found = Averaged(X, CONTRASTS, "one").fit(y)
    inverse = np.linalg.inv(toeplitz(correlations(shape, np.arange(N))))
    gram = np.linalg.inv(X.T @ inverse @ X)
    b = gram @ X.T @ inverse @ y
    left = y - X @ b
    covariance = gram * (left @ inverse @ left) / (N - 4 - 2)
    np.testing.assert_allclose(found.coefficients, b)
    np.testing.assert_allclose(found.covariance, covariance)
    np.testing.assert_allclose(found.estimates[:, 0], CONTRASTS @ b)
    errors = np.sqrt(np.einsum("ci,ij,cj->c", CONTRASTS, covariance, CONTRASTS))
    np.testing.assert_allclose(found.std_errors[:, 0], errors)


@pytest.mark.parametrize("model", FAMILIES)
def test_errors_of_contrasts_are_those_of_the_covariance(model: str) -> None:
    y = drawn(Shape(0.5), 60)
    ready = Averaged(X, CONTRASTS, model)
    one, many = ready.fit(y[:, 0]), ready.fit(y)
    errors = np.sqrt(np.einsum("ci,ij,cj->c", CONTRASTS, one.covariance, CONTRASTS))
    np.testing.assert_allclose(one.std_errors[:, 0], errors)
    # Many are fitted in single precision.
    np.testing.assert_allclose(many.estimates[:, 0], one.estimates[:, 0], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(many.std_errors[:, 0], one.std_errors[:, 0], rtol=1e-3)
    far = ready.fit(1e9 + 1e3 * y[:, 0])
    np.testing.assert_allclose(far.std_errors, 1e3 * one.std_errors, rtol=1e-4)


def test_absent_periods_count_at_their_distance() -> None:
    at = np.delete(np.arange(N), [5, 6, 7, 20])
    gaps = Averaged(X[at], CONTRASTS, "AR(2)", at).fit(drawn(Shape(0.7), 1)[at])
    closed = Averaged(X[at], CONTRASTS, "AR(2)").fit(drawn(Shape(0.7), 1)[at])
    assert not np.allclose(gaps.std_errors, closed.std_errors)


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        ("AR(2)", Shape(0)),
        ("AR(2)", Shape(0.5 / 0.7, 0.3)),  # φ = .5, .3: AR(1) rejects 17 %
        ("AR(2)", Shape(0.9 / 1.3, -0.3)),
        ("AR(1) and noise", Shape(0)),
        ("AR(1) and noise", Shape(0.8)),
        ("AR(1) and noise", Shape(0.8, 0, 0.5)),  # AR(1) rejects 15 %
    ],
)
def test_five_per_cent_are_kept(model: str, shape: Shape) -> None:
    found = Averaged(X, CONTRASTS, model).fit(drawn(shape, 2000))
    tables = averaged_tables(X, CONTRASTS, model, seed=1)
    t = np.abs(found.estimates / found.std_errors)
    rejected = (t > tables.critical(found.persistence)).mean(axis=1)
    assert (rejected >= 0.03 - 0.004).all(), rejected
    assert (rejected <= 0.07 + 0.005).all(), rejected
    p_values = tables.p_values(found.persistence, t)
    np.testing.assert_array_equal(p_values < 0.05, t > tables.critical(found.persistence))
    assert (p_values > 0).all()
    assert (p_values <= 1).all()


def test_tables_are_read_back_as_they_were_made(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INNOEVAL_CACHE", str(tmp_path))
    short, contrast = segmented(20, 10, trend=True, slope=False), np.eye(3)[1:2]
    made = averaged_tables(short, contrast, "AR(1) and noise")
    kept._tables.cache_clear()
    monkeypatch.setattr(kept, "_simulate", None)
    again = averaged_tables(short, contrast, "AR(1) and noise")
    for one, two in zip(made, again, strict=True):
        np.testing.assert_array_equal(one, two)

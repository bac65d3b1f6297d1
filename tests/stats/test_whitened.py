"""Closed-form fits are those of the search, one series or many, with and without gaps."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.calibrated import ar1
from innoeval.stats.reml import HIGHEST, reml
from innoeval.stats.series import mean_effect, segmented
from innoeval.stats.whitened import BATCH, Whitened


def design(n: int, launch: int, cycle: int = 1) -> tuple[np.ndarray, np.ndarray]:
    X = segmented(n, launch, trend=True, slope=True, cycle=cycle)
    columns = X.shape[1]
    return X, np.stack([mean_effect(n, launch, slope=True, columns=columns), np.eye(columns)[1]])


@pytest.mark.parametrize("rho", [-0.4, 0.0, 0.5, 0.8])
@pytest.mark.parametrize(("n", "launch", "cycle"), [(24, 12, 4), (60, 36, 1), (72, 48, 12)])
def test_closed_form_is_the_search(n: int, launch: int, cycle: int, rho: float) -> None:
    X, contrasts = design(n, launch, cycle)
    Y = ar1(np.random.default_rng(n).standard_normal((n, 60)), rho)
    found, searched = Whitened(X, contrasts).fit(Y, freedom=True), reml(Y.T, X, contrasts)
    inner = searched.rho < HIGHEST - 0.04  # at the end of the grid the profile is no parabola
    assert inner.mean() > 0.7
    np.testing.assert_allclose(found.rho[inner], searched.rho[inner], atol=0.01)
    t = searched.estimates / searched.std_errors
    np.testing.assert_allclose((found.estimates / found.std_errors).T[inner], t[inner], atol=0.05)
    ratio = found.df.T / searched.df
    assert np.median(np.abs(np.log(ratio))) < 0.05


def test_absent_periods_count_with_their_true_distance() -> None:
    X, contrasts = design(48, 30)
    rng = np.random.default_rng(1)
    present = rng.random(48) > 0.25
    Y = ar1(rng.standard_normal((48, 20)), 0.5)
    found = Whitened(X[present], contrasts, np.flatnonzero(present)).fit(Y[present])
    searched = reml(np.where(present, Y.T, np.nan), X, contrasts, np.tile(present, (20, 1)))
    np.testing.assert_allclose(found.rho, searched.rho, atol=0.02)
    np.testing.assert_allclose(found.estimates.T, searched.estimates, atol=0.02)
    np.testing.assert_allclose(found.std_errors.T, searched.std_errors, rtol=0.02)


@pytest.mark.parametrize("absent", [[], [2, 9, 10, 17]])
def test_batches_change_nothing(absent: list[int]) -> None:
    X, contrasts = design(24, 12)
    Y = ar1(np.random.default_rng(3).standard_normal((24, BATCH + 7)), 0.3)
    present = np.delete(np.arange(24), absent)
    Y, ready = Y[present], Whitened(X[present], contrasts, present)
    whole, tail = ready.fit(Y), ready.fit(Y[:, BATCH:])
    np.testing.assert_allclose(whole.estimates[:, BATCH:], tail.estimates)
    np.testing.assert_allclose(ready.fit(Y[:, 0]).rho, whole.rho[:1])
    assert whole.df.shape == (0, BATCH + 7)

"""Simulated critical values: the same estimator, the right limits, and a promise that is kept."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student
from tests.calibration.its import Cell, rejections

from innoeval.stats.calibrated import TRUE, Calibrated, _tables, ar1, calibrate, tables
from innoeval.stats.series import mean_effect, segmented


def design(
    n: int, launch: int, *, slope: bool = True, cycle: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    X = segmented(n, launch, trend=True, slope=slope, cycle=cycle)
    columns = X.shape[1]
    return X, np.stack([mean_effect(n, launch, slope=slope, columns=columns), np.eye(columns)[1]])


def test_series_have_the_autocorrelation_asked_for() -> None:
    y = ar1(np.random.default_rng(1).standard_normal((30, 20000)), 0.8)
    np.testing.assert_allclose(y.var(axis=1) * (1 - 0.8**2), 1, atol=0.05)
    assert np.corrcoef(y[10], y[11])[0, 1] == pytest.approx(0.8, abs=0.01)


def test_known_case_without_autocorrelation_comes_near_student() -> None:
    # In a long series ρ is known, and least squares with n − k degrees of freedom is exact.
    X, contrasts = design(240, 120)
    found = calibrate(0.0, np.array([2.0, 2.0]), X, contrasts)
    assert found.rho == pytest.approx(0, abs=0.03)
    np.testing.assert_allclose(found.critical, student.ppf(0.975, 236), atol=0.12)
    np.testing.assert_allclose(found.p_values, 2 * student.sf(2.0, 236), atol=0.015)


def test_interval_leaves_out_zero_exactly_where_p_is_small() -> None:
    X, contrasts = design(24, 16)
    for level in (0.8, 0.95):
        critical = calibrate(0.4, np.ones(2), X, contrasts, level=level).critical
        inside = calibrate(0.4, critical * (1 - 1e-9), X, contrasts, level=level).p_values
        beyond = calibrate(0.4, critical * (1 + 1e-9), X, contrasts, level=level).p_values
        assert (inside > 1 - level).all()
        assert (beyond <= 1 - level).all()


def test_the_autocorrelation_is_looked_up_higher_where_a_test_would_reject_too_often() -> None:
    # With 8 periods nothing tells how much one resembles the next; with 48 it is plain.
    few, many = design(8, 4, slope=False)[0][:, :2], design(48, 24)
    found = calibrate(0.3, np.ones(1), few, np.eye(2)[1:2])
    assert found.raised[0] >= found.rho + 0.25 - 1e-6
    plain = calibrate(0.3, np.ones(2), *many)
    np.testing.assert_allclose(plain.raised, plain.rho, atol=0.2)
    assert calibrate(0.95, np.ones(1), few, np.eye(2)[1:2]).raised.max() <= TRUE[-1]


def test_many_series_at_once_equal_one_at_a_time() -> None:
    X, contrasts = design(30, 20)
    Y = ar1(np.random.default_rng(2).standard_normal((30, 5)), 0.5)
    ready = Calibrated(X, contrasts, seed=3)
    together = ready.fit(Y)
    for k in range(5):
        for alone, ours in zip(ready.fit(Y[:, k]), together, strict=True):
            np.testing.assert_allclose(alone[..., 0], ours[..., k])
    single = calibrate(
        float(together.rho[0]), together.estimates[:, 0] / together.std_errors[:, 0],
        X, contrasts, seed=3,
    )  # fmt: skip
    np.testing.assert_allclose(single.critical, together.critical[:, 0])
    np.testing.assert_allclose(single.p_values, together.p_values[:, 0])


def test_absent_periods_have_their_own_table() -> None:
    X, contrasts = design(40, 24)
    present = np.setdiff1d(np.arange(40), [5, 6, 7, 8, 30])
    whole = calibrate(0.6, np.ones(2), X, contrasts)
    gaps = calibrate(0.6, np.ones(2), X[present], contrasts, time=present)
    shifted = calibrate(0.6, np.ones(2), X[present], contrasts, time=present + 7)
    assert (gaps.critical != whole.critical).all()
    np.testing.assert_array_equal(gaps.critical, shifted.critical)


def test_tables_are_made_once_for_equal_columns() -> None:
    X, contrasts = design(20, 10, slope=False)
    tables(X, contrasts, draws=200, seed=7)
    before = _tables.cache_info()
    tables(X.copy(order="F"), contrasts.copy(), draws=200, seed=7)
    after = _tables.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)


def test_a_small_slice_of_the_calibration_keeps_its_promise() -> None:
    # 5 % ± 4 standard errors of 400 draws; the whole table is docs/calibration/its.md.
    for rho in (0.0, 0.8):
        shares = rejections(Cell(24, 12, 1, rho), draws=400, seed=5)
        assert (shares["calibrated"] < 0.05 + 4 * 0.011).all(), shares
        assert (shares["calibrated"] > 0.01).all(), shares
    assert shares["OLS"][1] > 0.2  # what the calibration is for

"""Errors on cells, against the regression with all its dummies written out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from innoeval.inference import HC, Clustered, DriscollKraay, Randomization
from innoeval.inference.cells import Cells, compare_cells

N, T = 9, 16
TREATED = np.arange(N) < 4
OUTCOMES = np.random.default_rng(5).normal(size=(N, T)) + TREATED[:, None] * np.linspace(0, 2, T)
CELLS = Cells(outcomes=OUTCOMES, treated=TREATED, columns={"region": np.arange(N) % 5})
BEFORE, AFTER = np.arange(T) < 10, np.arange(T) >= 10


def compared(choice, before=BEFORE, after=AFTER, level=0.95):
    return compare_cells(choice, CELLS, before[None], after[None], level)


def with_dummies(before=BEFORE, after=AFTER):
    """Regressor first, then units, then periods but the first; outcome; residuals; leverages."""
    used = np.flatnonzero(before | after)
    unit, period = (code.ravel() for code in np.indices((N, len(used))))
    X = np.column_stack([
        TREATED[unit] & after[used][period], np.eye(N)[unit], np.eye(len(used))[period][:, 1:],
    ]).astype(float)  # fmt: skip
    y = OUTCOMES[:, used].ravel()
    inverse = np.linalg.inv(X.T @ X)
    beta = inverse @ X.T @ y
    return X, inverse, beta, y - X @ beta, (X @ inverse * X).sum(axis=1), period


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
@pytest.mark.parametrize("first", [0, 4])
def test_robust_errors_count_every_dummy(kind, first) -> None:
    before = BEFORE & (np.arange(T) >= first)
    X, inverse, beta, e, h, _ = with_dummies(before)
    n, k = X.shape
    scaled = {
        "HC0": e,
        "HC1": e * np.sqrt(n / (n - k)),
        "HC2": e / np.sqrt(1 - h),
        "HC3": e / (1 - h),
    }
    variance = (inverse @ (X * scaled[kind][:, None] ** 2).T @ X @ inverse)[0, 0]
    found = compared(HC(kind=kind), before)
    assert found.effect[0] == pytest.approx(beta[0])
    assert found.std_error[0] == pytest.approx(np.sqrt(variance))
    assert found.df[0] == n - k
    half = student.ppf(0.975, n - k) * np.sqrt(variance)
    assert (found.low[0], found.high[0]) == pytest.approx((beta[0] - half, beta[0] + half))


@pytest.mark.parametrize(("lags", "reach"), [(0, 0), (1, 1), (3, 3), (None, 2)])
def test_driscoll_and_kraay_by_hand(lags, reach) -> None:
    # Without a number ⌊16^(1/4)⌋ = 2 lags are taken.
    X, inverse, _, e, _, period = with_dummies()
    sums = np.array([(X * e[:, None])[period == p].sum(axis=0) for p in range(T)])
    meat = sum(
        max(0.0, 1 - abs(a - b) / (reach + 1)) * np.outer(sums[a], sums[b])
        for a in range(T) for b in range(T)
    )  # fmt: skip
    found = compared(DriscollKraay(lags=lags))
    assert found.std_error[0] == pytest.approx(np.sqrt((inverse @ meat @ inverse)[0, 0]))
    assert found.df[0] == T - 1


#: Groups, coefficients without nested fixed effects, and all of them.
SIZES = {
    "period": (Clustered(by="period"), T, 1 + N, N + T),
    "lags": (DriscollKraay(lags=1), T, 1 + N, N + T),
    "two": (Clustered(by=("unit", "period")), N, 2, None),
    "column": (Clustered(by=("region", "period")), 5, 2, None),
}


@pytest.mark.parametrize("name", SIZES)
def test_factors_on_the_variance(name) -> None:
    choice, groups, nonnested, every = SIZES[name]
    by = {"by": choice.by} if isinstance(choice, Clustered) else {"lags": choice.lags}

    def ratio(convention: str) -> float:
        plain = compared(type(choice)(small_sample="none", **by)).std_error[0]
        found = compared(type(choice)(small_sample=convention, **by))
        assert found.df[0] == groups - 1
        return (found.std_error[0] / plain) ** 2

    n, g = N * T, groups / (groups - 1)
    assert ratio("groups") == pytest.approx(g)
    assert ratio("nonnested") == pytest.approx(g * (n - 1) / (n - nonnested))
    assert ratio("slopes") == pytest.approx(g)
    if every:
        assert ratio("all") == pytest.approx(g * (n - 1) / (n - every))


def test_each_grouping_has_its_own_factor_where_r_gives_it_one() -> None:
    def variance(by, convention) -> float:
        return float(compared(Clustered(by=by, small_sample=convention)).std_error[0] ** 2)

    unit, period, cell = N / (N - 1), T / (T - 1), N * T / (N * T - 1)
    both = (N * T - 1) / (N * T - (N + T))
    alone = compared(HC(kind="HC0")).std_error[0] ** 2
    by_unit = variance(("unit", "period"), "none") - variance("period", "none") + alone
    expected = both * (unit * by_unit + period * variance("period", "none") - cell * alone)
    assert variance(("unit", "period"), "sandwich") == pytest.approx(expected)
    assert variance(("unit", "period"), "all") == pytest.approx(expected)


def test_a_choice_that_needs_no_cells_is_refused() -> None:
    with pytest.raises(TypeError, match="does not need cells"):
        compared(Randomization())

"""Errors by hand, against R and statsmodels, and what must not change them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval.stats.covariance import (
    Counts,
    bartlett,
    clustered,
    group_sums,
    kilometres,
    nearby,
    robust,
    small_sample,
    weighted,
)
from innoeval.stats.reduced_bias import jackknife, reduced_bias

REFERENCE = Path(__file__).parents[1] / "reference"
ANSWERS = pd.read_csv(REFERENCE / "covariance.csv")
ROWS = pd.read_csv(REFERENCE / "covariance_regression.csv")
TERMS = ("x", "w")


def answer(call: str, term: str, column: str = "std_error") -> float:
    """What R gave."""
    rows = ANSWERS[(ANSWERS["data"] == "regression") & (ANSWERS["call"] == call)]
    return float(rows.loc[rows["term"] == term, column].iloc[0])


@pytest.fixture(scope="module")
def fit() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    X = np.column_stack([np.ones(len(ROWS)), ROWS["x"], ROWS["w"]])
    y = ROWS["y"].to_numpy()
    residuals = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    return X, residuals[:, None], ROWS["g"].to_numpy() - 1


def errors(covariance: np.ndarray) -> np.ndarray:
    return np.sqrt(np.diagonal(covariance[0]))[1:]


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_robust_errors_equal_sandwich(fit: tuple, kind: str) -> None:
    X, residuals, _ = fit
    found = errors(robust(X, residuals, kind))
    assert found == pytest.approx([answer(f"sandwich vcovHC {kind}", t) for t in TERMS], rel=1e-9)


def test_clustered_errors_equal_sandwich_and_clubsandwich(fit: tuple) -> None:
    X, residuals, codes = fit
    counts = Counts(n=len(X), slopes=2, other=1)
    for convention, call in (
        ("none", "clubSandwich CR0"), ("groups", "clubSandwich CR1"), ("all", "clubSandwich CR1S"),
        ("clubSandwich", "clubSandwich CR1"), ("sandwich", "sandwich vcovCL HC1"),
        ("groups", "sandwich vcovCL HC0"),
    ):  # fmt: skip
        factor = small_sample(convention, counts, 12)
        found = errors(clustered(X, residuals, codes) * factor)
        assert found == pytest.approx([answer(call, term) for term in TERMS], rel=1e-9)


@pytest.mark.parametrize("kind", ["CR2", "CR3"])
def test_bias_reduced_errors_and_their_freedom_equal_clubsandwich(fit: tuple, kind: str) -> None:
    X, residuals, codes = fit
    found = reduced_bias(X, residuals, codes, kind)
    call = f"clubSandwich {kind}"
    assert errors(found.covariance) == pytest.approx([answer(call, t) for t in TERMS], rel=1e-9)
    assert found.df[1:] == pytest.approx([answer(call, t, "df") for t in TERMS], rel=1e-7)


def test_clustered_errors_equal_statsmodels(fit: tuple) -> None:
    from statsmodels.regression.linear_model import OLS

    X, residuals, codes = fit
    model = OLS(ROWS["y"].to_numpy(), X)
    one = model.fit(cov_type="cluster", cov_kwds={"groups": codes})
    factor = small_sample("statsmodels", Counts(n=len(X), slopes=2, other=1), 12)
    assert errors(clustered(X, residuals, codes) * factor) == pytest.approx(one.bse[1:], rel=1e-9)


def test_driscoll_kraay_equals_statsmodels(fit: tuple) -> None:
    from statsmodels.regression.linear_model import OLS

    X, residuals, _ = fit
    time = np.arange(len(X)) % 9
    order = np.argsort(time, kind="stable")
    found = weighted(X, residuals, time, bartlett(9, 2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = OLS(ROWS["y"].to_numpy()[order], X[order]).fit(
            cov_type="hac-groupsum",
            cov_kwds={"time": time[order], "maxlags": 2, "use_correction": False},
        )
    assert errors(found) == pytest.approx(theirs.bse[1:], rel=1e-9)


@pytest.mark.parametrize(
    ("kernel", "metric"), [("uniform", "haversine"), ("bartlett", "euclidean")]
)
def test_conley_equals_diff_diff(fit: tuple, kernel: str, metric: str) -> None:
    from diff_diff.conley import _compute_conley_vcov

    X, residuals, _ = fit
    places = np.random.default_rng(5).normal(loc=(50, 5), size=(len(X), 2))
    apart = (
        kilometres(*places.T) if metric == "haversine"
        else np.hypot(*(np.subtract.outer(one, one) for one in places.T))
    )  # fmt: skip
    cutoff = float(np.quantile(apart, 0.1))
    likeness = nearby(apart, cutoff, fading=kernel == "bartlett")
    found = weighted(X, residuals, np.arange(len(X)), likeness)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = _compute_conley_vcov(X, residuals[:, 0], places, cutoff, metric, kernel, X.T @ X)
    np.testing.assert_allclose(found[0], theirs, rtol=1e-7)


def test_the_jackknife_is_what_leaving_clusters_out_gives(fit: tuple) -> None:
    X, residuals, codes = fit
    y = ROWS["y"].to_numpy()
    full = np.linalg.lstsq(X, y, rcond=None)[0]
    moved = [np.linalg.lstsq(X[codes != g], y[codes != g], rcond=None)[0] - full for g in range(12)]
    expected = 11 / 12 * sum(np.outer(m, m) for m in moved)
    np.testing.assert_allclose(jackknife(X, y[:, None], codes)[0], expected, rtol=1e-9)
    np.testing.assert_allclose(
        jackknife(X, residuals, codes)[0],
        11 / 12 * reduced_bias(X, residuals, codes, "CR3").covariance[0],
        rtol=1e-9,
    )


def test_two_way_by_hand() -> None:
    # A mean over a 2 × 2 of units and periods with residuals 1, 2 / −1, −2. By unit: sums 3, −3,
    # (9 + 9)/16; by period: sums 0, 0; crossed: (1 + 4 + 1 + 4)/16. Together 18/16 − 10/16 = 1/2.
    X, residuals = np.ones((4, 1)), np.array([[1.0], [2], [-1], [-2]])
    unit, period, cell = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.arange(4)
    total = (
        clustered(X, residuals, unit) + clustered(X, residuals, period)
        - clustered(X, residuals, cell)
    ).item()  # fmt: skip
    assert total == pytest.approx(0.5)


def test_likeness_of_one_place_with_itself_alone_is_clustering(fit: tuple) -> None:
    X, residuals, codes = fit
    np.testing.assert_allclose(
        weighted(X, residuals, codes, np.eye(12)), clustered(X, residuals, codes), rtol=1e-12
    )
    # Everybody alike: the scores of the regression sum to nothing.
    assert weighted(X, residuals, codes, np.ones((12, 12))) == pytest.approx(0, abs=1e-20)


def test_distances() -> None:
    # Brussels to Ghent is some 50 km.
    apart = kilometres(np.array([50.8503, 51.0543]), np.array([4.3517, 3.7174]))
    assert apart[0, 1] == pytest.approx(50, abs=1)
    assert apart[0, 1] == apart[1, 0]
    assert nearby(apart, 60, fading=False).tolist() == [[1, 1], [1, 1]]
    assert nearby(apart, 40, fading=False).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("cluster", "counts", "n_groups", "size"),
    [
        # K as pyfixest 0.60 counts it: y ~ d | fixed effects, clustered by the group named.
        ("unit, fixed effects of units", Counts(720, 1, 60, 0), 60, 2),
        ("unit, of units and periods", Counts(720, 1, 60, 12), 60, 13),
        ("period, of units and periods", Counts(720, 1, 12, 60), 12, 61),
        ("unit, of regions", Counts(720, 2, 0, 12), 60, 14),
        ("unit, none but two indicators", Counts(720, 3, 0, 1), 60, 4),
        ("unit and period, of both", Counts(720, 1, 72, 0), 12, 2),
    ],
)
def test_what_pyfixest_counts(cluster: str, counts: Counts, n_groups: int, size: int) -> None:
    expected = n_groups / (n_groups - 1) * 719 / (720 - size)
    assert small_sample("pyfixest", counts, n_groups) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-3, 1e3))
def test_scales_labels_and_order(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    n, n_groups = 30, 6
    X = np.column_stack([np.ones(n), rng.normal(size=n), rng.normal(size=n)])
    codes = np.append(np.arange(n_groups), rng.integers(n_groups, size=n - n_groups))
    y = rng.normal(size=(n, 2))
    residuals = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    order, names = rng.permutation(n), rng.permutation(n_groups)
    for function in (
        clustered,
        lambda X, e, c: reduced_bias(X, e, c).covariance,
        lambda X, e, c: reduced_bias(X, e, c, "CR3").covariance,
        jackknife,
        lambda X, e, c: robust(X, e, "HC3"),
    ):
        plain = function(X, residuals, codes)
        np.testing.assert_allclose(
            function(X, scale * residuals, codes), scale**2 * plain, rtol=1e-9
        )
        np.testing.assert_allclose(function(X, residuals, names[codes]), plain, rtol=1e-7)
        np.testing.assert_allclose(
            function(X[order], residuals[order], codes[order]), plain, rtol=1e-7
        )
        # Both outcomes at once, or one at a time.
        np.testing.assert_allclose(function(X, residuals[:, 1:], codes)[0], plain[1], rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_inflation_goes_up_step_by_step(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 24
    X = np.column_stack([np.ones(n), np.arange(n) < 8])
    y = rng.normal(size=n)
    residuals = (y - X @ np.linalg.lstsq(X, y, rcond=None)[0])[:, None]
    codes = np.arange(n) // 2
    steps = [
        clustered(X, residuals, codes), reduced_bias(X, residuals, codes).covariance,
        reduced_bias(X, residuals, codes, "CR3").covariance,
    ]  # fmt: skip
    assert steps[0][0, 1, 1] < steps[1][0, 1, 1] < steps[2][0, 1, 1]


def test_group_sums_keep_the_order_of_the_codes() -> None:
    values = np.arange(12.0).reshape(6, 2)
    codes = np.array([2, 0, 1, 0, 2, 1])
    expected = np.stack([values[codes == g].sum(axis=0) for g in range(3)])
    np.testing.assert_array_equal(group_sums(values, codes), expected)

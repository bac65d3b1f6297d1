"""One series under each error model: what is told of it, against sums written out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from innoeval.inference.serial import (
    ARMA,
    REML,
    BlockConformal,
    CalibratedREML,
    Independent,
    NeweyWest,
    PraisWinsten,
)
from innoeval.inference.serial_fits import Rows, SerialFit, fit_serial
from innoeval.stats.series import segmented

N, START = 40, 25
X = segmented(N, START, trend=True, slope=False)
C = np.eye(3)[[1, 2]]


def series(seed: int = 3, rho: float = 0.5) -> np.ndarray:
    rng, y = np.random.default_rng(seed), np.zeros(N)
    for t in range(N):
        y[t] = rho * y[t - 1] * (t > 0) + rng.standard_normal()
    return 3.0 * (y + 5 + 2 * X[:, 1])


ROWS = Rows(y=series(), X=X, time=np.arange(N), plain=X, contrasts=C)


def fitted(choice, rows: Rows = ROWS, level: float = 0.95) -> SerialFit:
    return fit_serial(choice, rows, level=level, seed=1)


def spread_by_hand(found: SerialFit, rows: Rows = ROWS) -> float:
    """Standard deviation of an AR(1) error: of its innovations, over sqrt(1 − ρ²)."""
    rest = rows.y - rows.X @ found.coefficients
    rho = found.rho
    first = np.sqrt(1 - rho**2) * rest[0]
    squares = first**2 + ((rest[1:] - rho * rest[:-1]) ** 2).sum()
    return float(np.sqrt(squares / (N - 3) / (1 - rho**2)))


@pytest.mark.parametrize("choice", [PraisWinsten(), REML(), CalibratedREML()], ids=type)
def test_spread_is_that_of_one_periods_error(choice) -> None:
    found = fitted(choice)
    assert found.rho is not None
    assert 0.1 < found.rho < 0.9
    assert found.spread == pytest.approx(spread_by_hand(found), rel=1e-5)
    assert not found.exact


@pytest.mark.parametrize("level", [0.95, 0.8])
@pytest.mark.parametrize(
    "choice", [PraisWinsten(), NeweyWest(), Independent(), REML(), ARMA(), ARMA(order=(1, 1))]
)
def test_chance_by_student(choice, level) -> None:
    found = fitted(choice, level=level)
    exact = isinstance(choice, PraisWinsten | NeweyWest | Independent)
    assert (found.df == N - 3) == exact
    assert found.critical[0] == pytest.approx(student.ppf((1 + level) / 2, found.df))
    assert found.critical.shape == (2,)
    for t in (-2.5, 0.3):
        assert found.p_value(0, t) == pytest.approx(2 * student.sf(abs(t), found.df))
    words = f", t with {found.df:.{0 if exact else 1}f} degrees of freedom"
    assert found.named.endswith(words if exact else f"{words} (Satterthwaite)")


@pytest.mark.parametrize("model", ["AR(1)", "AR(2)", "AR(1) and noise"])
def test_simulated_chance_agrees_with_its_critical_value(model) -> None:
    found = fitted(CalibratedREML(model=model))
    assert found.df is None
    assert found.critical.shape == (2,)
    for c, critical in enumerate(found.critical):
        assert critical > norm.ppf(0.975)
        assert found.p_value(c, critical) == pytest.approx(0.05, abs=2e-3)
        assert found.p_value(c, -critical) == pytest.approx(0.05, abs=2e-3)
        assert found.p_value(c, 2 * critical) < 0.02
        assert found.p_value(c, 0.5 * critical) > 0.2
    assert f"simulated critical value {found.critical[0]:.2f} (" in found.named
    assert found.named.endswith("seed 1)")
    assert not found.exact


@pytest.mark.parametrize("model", ["AR(2)", "AR(1) and noise"])
def test_an_average_over_shapes_tells_persistence_and_spread(model) -> None:
    found = fitted(CalibratedREML(model=model))
    rest = ROWS.y - X @ found.coefficients
    # Shapes that last long spread more than what is left over shows.
    assert 0.7 < found.spread / float(rest.std(ddof=3)) < 3
    assert found.rho == pytest.approx(
        float((rest[1:] * rest[:-1]).sum() / (rest**2).sum()), abs=0.3
    )
    assert found.named.startswith(
        f"REML averaged over shapes of {model}, first autocorrelation {found.rho:.2f}, "
    )


def test_units_carry_over_to_spread_and_errors() -> None:
    ten = replace(ROWS, y=10 * ROWS.y)
    for choice in (CalibratedREML(), CalibratedREML(model="AR(2)"), REML(), ARMA(), NeweyWest(),
                   PraisWinsten(), Independent()):  # fmt: skip
        one, other = fitted(choice), fitted(choice, ten)
        assert other.spread == pytest.approx(10 * one.spread, rel=1e-4)
        assert other.coefficients == pytest.approx(10 * one.coefficients, rel=1e-4)
        assert other.covariance == pytest.approx(100 * one.covariance, rel=1e-3)


@pytest.mark.parametrize(
    "choice", [CalibratedREML(), CalibratedREML(model="AR(2)"), REML(), ARMA()]
)
def test_gaps_count_and_where_time_starts_does_not(choice) -> None:
    kept = np.r_[0:12, 15:N]
    gap = Rows(y=ROWS.y[kept], X=X[kept], time=kept, plain=X[kept], contrasts=C)
    found, later = fitted(choice, gap), fitted(choice, replace(gap, time=kept + 100))
    closed = fitted(choice, replace(gap, time=np.arange(len(kept))))
    assert later.coefficients == pytest.approx(found.coefficients)
    assert later.critical == pytest.approx(found.critical)
    assert abs(closed.coefficients[1] - found.coefficients[1]) > 1e-4 * abs(found.coefficients[1])


@pytest.mark.parametrize(
    ("lags", "words"),
    [(None, "Newey-West errors (3 lags, the rule ⌊4 (n / 100)^(2/9)⌋)"), (3, "Newey-West errors (3 lags)"),
     (1, "Newey-West errors (1 lag)"), (0, "robust errors (White)")],
)  # fmt: skip
def test_newey_and_west_by_hand(lags, words) -> None:
    # 4 · 0.4^(2/9) = 3.26.
    beta = np.linalg.lstsq(X, ROWS.y, rcond=None)[0]
    rest, inverse = ROWS.y - X @ beta, np.linalg.inv(X.T @ X)
    reach, scores = 3 if lags is None else lags, X * (ROWS.y - X @ beta)[:, None]
    meat = scores.T @ scores
    for lag in range(1, reach + 1):
        lagged = scores[lag:].T @ scores[:-lag]
        meat = meat + (1 - lag / (reach + 1)) * (lagged + lagged.T)
    plain = inverse @ meat @ inverse
    for small, factor in ((True, N / (N - 3)), (False, 1.0)):
        found = fitted(NeweyWest(lags=lags, small_sample=small))
        assert found.coefficients == pytest.approx(beta)
        assert found.covariance == pytest.approx(plain * factor)
    assert found.spread == pytest.approx(np.sqrt((rest**2).sum() / (N - 3)))
    assert (found.rho, found.exact) == (None, False)
    assert found.named == f"least squares with {words}, t with 37 degrees of freedom"


def test_independent_periods() -> None:
    beta = np.linalg.lstsq(X, ROWS.y, rcond=None)[0]
    spread = float(np.sqrt(((ROWS.y - X @ beta) ** 2).sum() / (N - 3)))
    plain = np.linalg.inv(X.T @ X)
    found = fitted(Independent())
    assert found.covariance == pytest.approx(spread**2 * plain)
    assert found.named == (
        "least squares, as if periods were independent, t with 37 degrees of freedom"
    )
    counts = replace(ROWS, gaussian=False)
    quasi, one = (fitted(Independent(dispersion=d), counts) for d in ("quasi", "one"))
    assert quasi.covariance == pytest.approx(spread**2 * plain)
    assert one.covariance == pytest.approx(plain)
    assert (quasi.spread, one.spread) == (pytest.approx(spread), 1.0)
    for fit, words in ((quasi, f"dispersion {spread**2:.2f}"), (one, "spread as the family says")):
        assert fit.named == f"as if periods were independent, {words}, normal quantiles"
        assert fit.critical == pytest.approx([norm.ppf(0.975)] * 2)
        assert fit.p_value(0, -2.0) == fit.p_value(1, 2.0) == pytest.approx(2 * norm.sf(2))
        assert (fit.df, fit.rho, fit.exact) == (None, None, False)


def test_a_fit_without_error_shows_no_chance() -> None:
    found = fitted(REML(), replace(ROWS, y=X @ np.array([5.0, 2.0, 0.1])))
    assert found.coefficients == pytest.approx([5.0, 2.0, 0.1])
    assert np.isinf(found.covariance).all()
    assert found.covariance.shape == (3, 3)
    assert found.critical.tolist() == [np.inf, np.inf]
    assert (found.p_value(0, 9.0), found.df, found.rho, found.exact) == (1.0, None, None, True)
    assert np.isnan(found.spread)
    assert found.named.startswith("none: the model fits without error")


@pytest.mark.parametrize(
    ("choice", "words"),
    [(ARMA(), ("REML AR(2), φ1 = ", "φ2 = ")), (ARMA(order=(1, 1)), ("REML ARMA(1, 1), φ1 = ", "ψ1 = ")),
     (REML(), ("REML AR(1), ρ = ",)), (PraisWinsten(), ("Prais-Winsten, ρ = ",)),
     (CalibratedREML(), ("REML AR(1), median-unbiased ρ = ",))],
)  # fmt: skip
def test_models_are_named_with_what_was_found(choice, words) -> None:
    found = fitted(choice)
    assert all(word in found.named for word in words)
    assert found.named.startswith(words[0])


def test_block_conformal_estimates_no_coefficients() -> None:
    with pytest.raises(TypeError, match="no coefficients"):
        fitted(BlockConformal())


#: Coefficients, their errors, critical values and spread, as they came out with seed 1.
KEPT = {
    CalibratedREML(): ((14.0348, 7.37231, -0.0646271), (2.09972, 3.13371, 0.136102), (2.28229, 2.33128), 3.99885),
    CalibratedREML(model="AR(2)"): ((12.5731, 8.73877, -0.173303), (5.9013, 3.68117, 0.253434), (2.22675, 2.10993), 7.30645),
    CalibratedREML(model="AR(1) and noise"): ((13.422, 7.76902, -0.100825), (3.64264, 3.22853, 0.177745), (2.86937, 2.91639), 5.06659),
    ARMA(): ((13.2217, 8.43727, -0.122136), (2.38838, 3.3318, 0.152618), None, 4.2209),
    ARMA(order=(1, 1)): ((13.2044, 8.31668, -0.125888), (2.4892, 3.3591, 0.157317), None, 4.30153),
    PraisWinsten(): ((14.3739, 6.94681, -0.0332149), (1.81099, 2.77411, 0.117837), None, 3.72995),
}  # fmt: skip


@pytest.mark.parametrize("choice", KEPT, ids=str)
def test_numbers_are_those_that_were_kept(choice) -> None:
    coefficients, errors, critical, spread = KEPT[choice]
    found = fitted(choice)
    assert found.coefficients == pytest.approx(coefficients, rel=1e-4)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(errors, rel=1e-4)
    assert found.spread == pytest.approx(spread, rel=1e-4)
    if critical:
        assert found.critical == pytest.approx(critical, rel=1e-4)

"""Segmented regressions: statsmodels, and R's nlme and sandwich."""

from __future__ import annotations

import numpy as np
import pandas as pd
from tests.differential.asked import Answer, Asked, quiet
from tests.differential.drawn import series
from tests.panels import claim_on, panel_of

from innoeval.designs import SegmentedRegression
from innoeval.records import Estimate


def interrupted(seed: int) -> Asked:
    """Level and slope change by least squares, with robust errors, and with AR(1) errors."""
    from statsmodels.regression.linear_model import GLSAR, OLS

    y, launch = series(seed)
    n, lags = len(y), int(seed % 4)
    t = np.arange(n)
    post = (t >= launch).astype(float)
    X = np.column_stack([np.ones(n), post, t - launch, (t - launch) * post])
    asked = panel_of([y], 1900), claim_on([0], launch, 1900)

    def fit(errors: str, **more: object) -> Estimate:
        return SegmentedRegression(errors=errors, trend=True, slope=True, seasonal=1, **more).fit(
            *asked
        )

    def parts(errors: str, **more: object) -> tuple[float, float, float, float]:
        level, slope = fit(errors, **more).components
        return level.estimate, level.std_error, slope.estimate, slope.std_error

    with quiet():
        plain = OLS(y, X).fit()
        robust = plain.get_robustcov_results("HAC", maxlags=lags, use_correction=True)
        ols, newey = parts("ols"), parts("newey_west", lags=lags)
        prais, reml = parts("prais_winsten"), parts("reml")
        # Ours looks for ρ up to 0.99, nlme up to 1, where a level cannot be estimated any more.
        edge = (
            float(fit("reml").inference.partition("ρ = ")[2].split(",")[0].replace("−", "-"))
            > 0.985
        )
        rho = _rho(y, X)
        cochrane = GLSAR(y, X, rho=[rho]).fit()
    found = [
        Answer("statsmodels", "level change, OLS", ols[0], plain.params[1], 1e-9),
        Answer("statsmodels", "its error", ols[1], plain.bse[1], 1e-9),
        Answer("statsmodels", "slope change, OLS", ols[2], plain.params[3], 1e-9),
        Answer("statsmodels", "error, Newey-West", newey[1], robust.bse[1], 1e-8,
               "use_correction=True"),
        Answer("R sandwich", "error, Newey-West", newey[1], None, 1e-7,
               "prewhite=FALSE, adjust=TRUE", "series", "NeweyWest"),
        *(
            Answer("R nlme", f"{what}, AR(1) by REML{', ρ at its bound' * edge}", ours, None,
                   0.05 if edge else 1e-5,
                   "EXPLAINED: ours stops at ρ = 0.99, nlme goes on to 1" if edge else "", "series", name)
            for what, ours, name in (("level change", reml[0], "reml"), ("slope change", reml[2], "slope"))
        ),
        Answer("by hand", "level change, Prais-Winsten", prais[0], _prais(y, X)[0], 1e-5,
               "iterated until ρ is still"),
        Answer("statsmodels", "level change, GLSAR beside Prais-Winsten", prais[0],
               float(cochrane.params[1]), 0.5, "EXPLAINED: it drops the first period (Cochrane-Orcutt)"),
    ]  # fmt: skip
    frame = pd.DataFrame({"y": y, "post": post, "since": t - launch, "lags": lags})
    return Asked(found, {"series": frame})


def _rho(y: np.ndarray, X: np.ndarray) -> float:
    e = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    return float(e[1:] @ e[:-1] / (e[:-1] @ e[:-1]))


def _prais(y: np.ndarray, X: np.ndarray) -> tuple[float, float]:
    """Prais-Winsten as its papers write it: first period times √(1 − ρ²), iterated."""
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    rho = 0.0
    for _ in range(1000):
        e = y - X @ beta
        new = float(e[1:] @ e[:-1] / (e[:-1] @ e[:-1]))
        new = float(np.clip(new, -0.999, 0.999))

        def turned(a: np.ndarray, r: float = new) -> np.ndarray:
            return np.concatenate([np.sqrt(1 - r**2) * a[:1], a[1:] - r * a[:-1]])

        beta = np.linalg.lstsq(turned(X), turned(y), rcond=None)[0]
        if abs(new - rho) < 1e-12:
            break
        rho = new
    return float(beta[1]), rho

"""Two-way fixed effects, event studies, counts and shares: pyfixest, statsmodels and R."""

from __future__ import annotations

import numpy as np
import pandas as pd
from tests.differential.asked import Answer, Asked, quiet
from tests.differential.drawn import panel
from tests.staggered_panels import posed

from innoeval.designs import EventStudy, FractionalDiD, PoissonDiD, TwoWayFixedEffects
from innoeval.inference import HC, Clustered
from innoeval.records import Claim, Panel
from innoeval.stats.reduced_bias import reduced_bias


def two_way(seed: int) -> Asked:
    """Coefficient and clustered errors; CR2 and its degrees of freedom where there are no weights."""
    import pyfixest as pf

    frame, _ = panel(seed, (4, 0) if seed % 2 else (3, 5, 0))
    weights = "cells" if seed % 3 == 0 else None
    asked = posed(frame)
    with quiet():
        ours = TwoWayFixedEffects(weights=weights).fit(*asked)
        peer = pf.feols("y ~ d | unit + year", frame, vcov={"CRV1": "unit"}, weights=weights,
                        fixef_tol=1e-12)  # fmt: skip
        robust = TwoWayFixedEffects(weights=weights).fit(*asked, inference=HC(kind="HC1"))
        found = [
            Answer("pyfixest", "coefficient", ours.effect, peer.coef()["d"], 1e-8),
            Answer("pyfixest", "error by unit", ours.std_error, peer.se()["d"], 1e-7),
            Answer("pyfixest", "p-value", ours.p_value, peer.pvalue()["d"], 1e-6),
            Answer("pyfixest", "error HC1", robust.std_error, peer.vcov("HC1").se()["d"], 1e-7),
        ]
        if weights:
            return Asked(found)
        error, df = _reduced(frame)
        sandwich = TwoWayFixedEffects().fit(*asked, inference=Clustered(small_sample="sandwich"))
    found += [
        Answer("R plm", "coefficient", ours.effect, None, 1e-8, "", "two_way", "plm"),
        Answer("R sandwich", "error by unit", sandwich.std_error, None, 1e-7,
               "small_sample='sandwich'", "two_way", "vcovCL"),
        Answer("R clubSandwich", "error CR2", error, None, 1e-6, "", "two_way", "CR2"),
        Answer("R clubSandwich", "degrees of freedom", df, None, 1e-5,
               "Satterthwaite", "two_way", "df"),
    ]  # fmt: skip
    return Asked(found, {"two_way": frame[["unit", "year", "y", "d"]]})


def event_study(seed: int) -> Asked:
    """Every event time, its error included."""
    import pyfixest as pf

    frame, _ = panel(seed, (4, 0))
    weights = "cells" if seed % 3 == 0 else None
    with quiet():
        ours = EventStudy(weights=weights).fit(*posed(frame))
        peer = pf.feols("y ~ i(e, ref=-1) | unit + year", frame, vcov={"CRV1": "unit"},
                        weights=weights, fixef_tol=1e-12)  # fmt: skip
    theirs = {int(str(k).split("::")[-1].strip("]").split("T.")[-1]): (v, peer.se()[k])
              for k, v in peer.coef().items()}  # fmt: skip
    return Asked([
        answer
        for part in ours.components
        for answer in (
            Answer("pyfixest", "effect by event time", part.estimate, theirs[part.event_time][0], 1e-8),
            Answer("pyfixest", "its error", part.std_error, theirs[part.event_time][1], 1e-7),
        )
    ])  # fmt: skip


def counts(seed: int) -> Asked:
    """The ratio of rate ratios by Poisson quasi-likelihood."""
    import pyfixest as pf

    rng = np.random.default_rng([seed, 4])
    n, T, launch = int(rng.integers(16, 40)), 8, 5
    treated = np.arange(n) < n // 2
    level = rng.gamma(4, 3, (n, 1)) * np.exp(0.03 * np.arange(T))
    y = rng.poisson(level * 0.8 ** (treated[:, None] & (np.arange(T) >= launch))).astype(float)
    y[y.sum(axis=1) == 0, 0] = 1
    frame = _long(y, treated, launch)
    with quiet():
        ours = PoissonDiD().fit(*_asked(frame)).components[0]
        peer = pf.fepois("y ~ d | unit + year", frame, vcov={"CRV1": "unit"}, iwls_tol=1e-12)
    found = [
        Answer("pyfixest", "log ratio", float(np.log(ours.estimate)), peer.coef()["d"], 1e-6),
        Answer("R glm", "log ratio", float(np.log(ours.estimate)), None, 1e-6, "", "counts", "glm"),
    ]
    return Asked(found, {"counts": frame[["unit", "year", "y", "d"]]})


def shares(seed: int) -> Asked:
    """The ratio of odds ratios by fractional logit."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    rng = np.random.default_rng([seed, 5])
    n, T, launch = int(rng.integers(16, 40)), 8, 5
    treated = np.arange(n) < n // 2
    eta = 0.5 * rng.normal(size=(n, 1)) - 0.4 * (treated[:, None] & (np.arange(T) >= launch))
    y = rng.binomial(80, 1 / (1 + np.exp(-eta)), (n, T)) / 80
    frame = _long(y, treated, launch)
    with quiet():
        ours = FractionalDiD().fit(*_asked(frame)).components[0]
        X = np.column_stack([np.tile(np.eye(T), (n, 1)), np.repeat(treated, T), frame["d"]])
        peer = GLM(y.ravel(), X.astype(float), family=Binomial()).fit(tol=1e-12)
    log = float(np.log(ours.estimate))
    return Asked(
        [
            Answer("statsmodels", "log odds ratio", log, float(peer.params[-1]), 1e-6),
            Answer("R glm", "log odds ratio", log, None, 1e-6, "", "shares", "glm"),
        ],
        {"shares": frame.assign(treated=np.repeat(treated, T).astype(int))},
    )


def _reduced(frame: pd.DataFrame) -> tuple[float, float]:
    """CR2 error of the coefficient and its degrees of freedom, with every effect as a column."""
    codes, units = pd.factorize(frame["unit"], sort=True)
    years = pd.factorize(frame["year"], sort=True)[0]
    X = np.column_stack([
        frame["d"], np.eye(len(units))[codes], np.eye(years.max() + 1)[years][:, 1:],
    ]).astype(float)  # fmt: skip
    y = frame["y"].to_numpy(dtype=float)
    residuals = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    found = reduced_bias(X, residuals[:, None], codes)
    return float(np.sqrt(found.covariance[0, 0, 0])), float(found.df[0])


def _long(y: np.ndarray, treated: np.ndarray, launch: int) -> pd.DataFrame:
    n, T = y.shape
    year = np.tile(np.arange(T), n)
    first = np.repeat(np.where(treated, launch, 0), T)
    return pd.DataFrame({
        "unit": np.repeat([f"u{i:02d}" for i in range(n)], T), "year": year + 2000,
        "y": y.ravel(), "first": np.where(first > 0, first + 2000, 0),
        "d": ((first > 0) & (year >= first)).astype(int),
    })  # fmt: skip


def _asked(frame: pd.DataFrame) -> tuple[Panel, Claim]:
    return posed(frame)

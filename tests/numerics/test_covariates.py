"""Covariates of any level and unit, and covariates that are nearly alike, in every design that takes them."""

from __future__ import annotations

import numpy as np
import pytest
from tests.numerics.test_levels import FAR
from tests.properties.posed import noise

from innoeval import designs as d
from innoeval.errors import DesignError
from innoeval.records import Claim, Estimate, Panel

BOTH = ("x", "w")
DESIGNS = {
    "TwoWayFixedEffects": (d.TwoWayFixedEffects(covariates=BOTH), "one"),
    "EventStudy": (d.EventStudy(covariates=BOTH), "one"),
    "ExtendedTWFE": (d.ExtendedTWFE(covariates=BOTH), "staggered"),
    "SunAbraham": (d.SunAbraham(covariates=BOTH), "staggered"),
    "Imputation": (d.Imputation(covariates=BOTH), "staggered"),
    "Dose": (d.Dose(exposure="on", covariates=BOTH), "one"),
    "CallawaySantAnna, dr": (d.CallawaySantAnna(covariates=BOTH, comparison="never_treated"), "constant"),
    "CallawaySantAnna, ipw": (
        d.CallawaySantAnna(covariates=BOTH, method="ipw", comparison="never_treated"), "constant",
    ),
    "StructuralTimeSeries": (d.StructuralTimeSeries(covariates=BOTH), "series"),
}  # fmt: skip

#: These refuse a covariate that says nothing of its own; the others leave it out and say so.
REFUSING = {"ExtendedTWFE", "SunAbraham", "Imputation", "Dose", "StructuralTimeSeries"}
#: Its likelihood is climbed anew for each fit, which takes seconds.
EACH = [
    pytest.param(name, marks=pytest.mark.slow if name == "StructuralTimeSeries" else ())
    for name in DESIGNS
]


def fitted(name: str, times: float, plus: float, alike: float | None = None) -> Estimate:
    """The design with w = z · times + plus; or w = x + alike · z."""
    import pandas as pd

    design, kind = DESIGNS[name]
    rng = np.random.default_rng(1)
    n, T = (1, 32) if kind == "series" else (40, 8)
    starts = {
        "series": np.array([20]), "one": np.where(np.arange(n) < 16, 5, 0),
        "staggered": np.repeat([3, 5, 0, 0], 10 if n > 1 else 1),
    }.get(kind, np.repeat([3, 5, 0, 0], 10))  # fmt: skip
    x, z = (np.round(rng.normal(size=(n, 1 if kind == "constant" else T)) * 2**16) / 2**16
            * np.ones((1, T)) for _ in BOTH)  # fmt: skip
    y = noise(rng, n, T) + 2 * x * np.linspace(0, 1, T)
    w = z * times + plus if alike is None else x + alike * z
    names = [f"u{i:02d}" for i in range(n)]
    on = (starts[:, None] > 0) & (np.arange(T) >= starts[:, None])
    frame = pd.DataFrame({
        "unit": np.repeat(names, T), "year": np.tile(np.arange(T) + 1990, n), "y": y.ravel(),
        "on": on.ravel().astype(float), "x": x.ravel(), "w": w.ravel(),
    })  # fmt: skip
    panel = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                  covariates=("on", *BOTH))  # fmt: skip
    treated = {u: str(1990 + s) for u, s in zip(names, starts, strict=True) if s}
    claim = Claim(id="c", innovation="desk", outcome="y", better="lower", size=1.0, scale="absolute",
                  treated=treated)  # fmt: skip
    return design.fit(panel, claim)


@pytest.mark.parametrize("name", EACH)
def test_level_and_unit_of_a_covariate_change_nothing(name: str) -> None:
    one = fitted(name, 1.0, 0.0)
    close = (
        1e-5 if name == "StructuralTimeSeries" else 1e-9
    )  # its likelihood is climbed, not solved
    for times, plus in ((1.0, FAR), (FAR, 0.0), (1 / FAR, 0.0)):
        other = fitted(name, times, plus)
        assert abs(other.effect - one.effect) < close * one.std_error
        assert other.std_error == pytest.approx(one.std_error, rel=close)
        assert other.warnings == one.warnings


@pytest.mark.parametrize("name", EACH)
def test_covariates_that_are_nearly_alike_are_told_or_explain_what_they_do(name: str) -> None:
    one, near = fitted(name, 1.0, 0.0), fitted(name, 1.0, 0.0, alike=1e-3)
    close = 1e-4 if name == "StructuralTimeSeries" else 1e-8
    assert (
        abs(near.effect - one.effect) < close * one.std_error
    )  # x and x + z/1000 say what x and z do
    for alike in (1e-9, 0.0):
        if name in REFUSING:
            with pytest.raises(DesignError, match="'w' adds nothing"):
                fitted(name, 1.0, 0.0, alike=alike)
        else:
            found = fitted(name, 1.0, 0.0, alike=alike)
            assert any("left out" in said for said in found.warnings)

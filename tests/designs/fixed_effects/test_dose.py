"""Exposure as a dose: by hand, published numbers, pyfixest, a dense reference, and bad input."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.staggered_panels import drawn, posed

from innoeval.designs import Dose, Imputation
from innoeval.errors import DesignError
from innoeval.records import Claim, Panel, Policy


def phased(seed: int = 1, missing: float = 0.0, **more: object) -> pd.DataFrame:
    """Exposure rises from the start on to 1 in four periods; the effect is 2 for a unit of it."""
    frame = drawn(seed=seed, missing=missing, growth=0.0, **more)
    since = np.where(frame["first"] > 0, frame["year"] - frame["first"] + 1, 0)
    frame["dose"] = np.clip(since / 4, 0, 1)
    frame["y"] += 2.0 * frame["dose"]
    return frame


def test_castle_doctrine_laws(shared_data: Path) -> None:
    # Cheng & Hoekstra (2013), Journal of Human Resources, table 5: 0.0801 (0.0342), weighted.
    frame = pd.read_csv(shared_data / "castle_doctrine.csv")
    panel = Panel(frame=frame, unit="state", period="year", freq="year", outcomes=("l_homicide",),
                  covariates=("cdl", "popwt"))  # fmt: skip
    first = frame[frame["cdl"] > 0].groupby("state")["year"].min()
    claim = Claim(id="castle", innovation="castle doctrine", outcome="l_homicide", better="lower",
                  treated={str(s): str(y) for s, y in first.items()}, size=0.05, scale="absolute")  # fmt: skip
    found = Dose(exposure="cdl", method="two_way", weights="popwt").fit(panel, claim)
    assert round(found.effect, 4) == 0.0801
    assert round(found.std_error, 4) == 0.0342
    plain = Dose(exposure="cdl", method="two_way").fit(panel, claim)
    assert (round(plain.effect, 4), round(plain.std_error, 4)) == (0.0877, 0.0638)


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("weights", [None, "w", "cells"])
@pytest.mark.parametrize("covariate", [None, "x"])
def test_two_way_equals_pyfixest(
    missing: float, weights: str | None, covariate: str | None
) -> None:
    frame = phased(missing=missing, slope=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        more = f" + {covariate}" if covariate else ""
        peer = pf.feols(f"y ~ dose{more} | unit + year", frame, weights=weights,
                        vcov={"CRV1": "unit"}).tidy().loc["dose"]  # fmt: skip
    ours = Dose(
        exposure="dose", method="two_way", weights=weights,
        covariates=(covariate,) if covariate else (),
    ).fit(*posed(frame))  # fmt: skip
    assert ours.effect == pytest.approx(peer["Estimate"], abs=1e-8)
    assert ours.std_error == pytest.approx(peer["Std. Error"], abs=1e-6)


def dense(frame: pd.DataFrame, weights: str | None, covariate: str | None):
    """The imputed slope and its error with every effect as a column."""
    frame = frame.reset_index(drop=True)
    dose = frame["dose"].to_numpy()
    on = dose > 0
    held = np.ones(len(frame)) if weights is None else frame[weights].to_numpy()
    columns = [
        pd.get_dummies(frame["unit"], dtype=float),
        pd.get_dummies(frame["year"], dtype=float),
    ]
    X = pd.concat([*columns, *([frame[[covariate]]] if covariate else [])], axis=1).to_numpy(float)
    y = frame["y"].to_numpy()
    bread = np.linalg.pinv(X[~on].T @ (X[~on] * held[~on, None])) @ X[~on].T * held[~on]
    gap = y - X @ (bread @ y[~on])
    share = np.where(on, held, 0.0) / (held * dose).sum()
    effect = share @ gap
    v = share.copy()
    v[~on] = -(X[on].T @ share[on]) @ bread
    noise = gap - effect * dose
    return effect, np.sqrt((pd.Series(v * noise).groupby(frame["unit"]).sum() ** 2).sum())


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("weights", [None, "cells"])
@pytest.mark.parametrize("covariate", [None, "x"])
def test_imputation_equals_the_dense_reference(
    missing: float, weights: str | None, covariate: str | None
) -> None:
    frame = phased(seed=2, missing=missing, slope=1.0)
    ours = Dose(exposure="dose", weights=weights, covariates=(covariate,) if covariate else ()).fit(
        *posed(frame)
    )
    assert (ours.effect, ours.std_error) == pytest.approx(dense(frame, weights, covariate))


def test_exposure_of_one_is_imputation() -> None:
    frame = drawn(seed=3)
    frame["dose"] = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).astype(float)
    ours, plain = (
        Dose(exposure="dose").fit(*posed(frame)),
        Imputation(leave_out=False).fit(*posed(frame)),
    )
    assert ours.effect == pytest.approx(plain.effect, abs=1e-12)
    parts = plain.aggregate("event").components
    for mine, theirs in zip(ours.components, parts, strict=True):
        assert mine.estimate == pytest.approx(theirs.estimate, abs=1e-12)
    assert ours.std_error >= plain.std_error  # no averages by cohort are taken off


def test_rescaled_exposure_rescales_the_effect() -> None:
    frame = phased(seed=4)
    for method in ("imputation", "two_way"):
        plain = Dose(exposure="dose", method=method).fit(*posed(frame))
        percent = Dose(exposure="dose", method=method).fit(
            *posed(frame.assign(dose=frame["dose"] * 100))
        )
        assert percent.effect == pytest.approx(plain.effect / 100, rel=1e-9)
        assert percent.std_error == pytest.approx(plain.std_error / 100, rel=1e-9)


def test_a_relative_effect_is_held_against_no_exposure() -> None:
    frame = phased(seed=5)
    frame["y"] += 100
    panel, claim = posed(frame, scale="relative", size=0.1)
    found = Dose(exposure="dose").fit(panel, claim)
    assert found.baseline == pytest.approx(100, abs=3)
    assert found.on_scale("relative")[0] == pytest.approx(found.effect / found.baseline)


def test_growing_effects_make_some_weights_negative_and_that_is_told() -> None:
    frame = drawn(seed=6, starts=(1, 6), periods=8, growth=1.0)
    frame["dose"] = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).astype(float)
    said = Dose(exposure="dose", method="two_way").fit(*posed(frame)).warnings
    assert any("of the weight on exposed cells is negative" in text for text in said)


def test_exposure_that_ends_may_still_last() -> None:
    frame = phased(seed=7)
    frame.loc[frame["year"] == 2007, "dose"] = 0.0
    kept = Dose(exposure="dose").fit(*posed(frame))
    gone = Dose(exposure="dose", lasting=True).fit(*posed(frame))
    cut = Dose(exposure="dose").fit(*posed(frame[frame["year"] < 2007]))
    assert gone.effect == pytest.approx(cut.effect, abs=1e-9)
    assert kept.effect != pytest.approx(cut.effect, abs=1e-6)


def test_bad_input_is_named() -> None:
    frame = phased(seed=8)
    frame["none"], frame["all"] = 0.0, frame["w"]
    with pytest.raises(DesignError, match="'none' is 0 throughout"):
        Dose(exposure="none").fit(*posed(frame))
    with pytest.raises(DesignError, match="no exposed unit is seen without exposure"):
        Dose(exposure="all").fit(*posed(frame))
    with pytest.raises(DesignError, match="there is nothing to compare"):
        Dose(exposure="all", method="two_way").fit(*posed(frame))
    with pytest.raises(DesignError, match="'w' adds nothing"):
        Dose(exposure="dose", covariates=("w",)).fit(*posed(frame))
    with pytest.raises(DesignError, match="'imputation' or 'two_way'"):
        Dose(exposure="dose", method="ols")
    with pytest.raises(DesignError, match="needs method='imputation'"):
        Dose(exposure="dose", method="two_way", lasting=True)
    assert "too few" in Dose(exposure="dose").objections(*posed(frame), Policy(few_treated=55))[0]

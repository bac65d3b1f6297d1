"""Designs that are sums over units: clusters by a column, conventions by name, and refusals."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from tests.staggered_panels import drawn, posed

from innoeval.designs import (
    Dose,
    ExtendedTWFE,
    Imputation,
    StackedDiD,
    SunAbraham,
    SwitchingDiD,
)
from innoeval.errors import ClaimError, DesignError
from innoeval.inference import CR2, HC, Clustered
from innoeval.records import Claim, Policy

EVERY = (
    Imputation(), SunAbraham(), ExtendedTWFE(), StackedDiD(before=2, after=1),
    SwitchingDiD(exposure="on"), Dose(exposure="on"), Dose(exposure="on", method="two_way"),
)  # fmt: skip


def regions(seed: int = 1, missing: float = 0.0):
    frame = drawn(seed=seed, n=120, missing=missing)
    frame["on"] = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).astype(float)
    frame["region"] = "r" + (frame["unit"].str[1:].astype(int) % 17).astype(str)
    return frame


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_clusters_by_region_equal_pyfixest(missing: float) -> None:
    frame = regions(missing=missing)
    frame["cell"] = np.where(frame["on"] > 0, frame["first"] * 10000 + frame["year"], 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        peer = pf.feols("y ~ i(cell, ref=0) | unit + year", frame, vcov={"CRV1": "region"}).tidy()
        slope = pf.feols("y ~ on | unit + year", frame, vcov={"CRV1": "region"}).tidy().loc["on"]
    asked = Clustered(by="region", small_sample="pyfixest")
    ours = ExtendedTWFE().fit(*posed(frame), inference=asked)
    for part in ours.components:
        row = peer.loc[next(name for name in peer.index if f"{part.cohort}{part.period}" in name)]
        assert part.std_error == pytest.approx(row["Std. Error"], abs=1e-6)
    assert ours.n_clusters == 17
    dose = Dose(exposure="on", method="two_way").fit(*posed(frame), inference=asked)
    assert dose.std_error == pytest.approx(slope["Std. Error"], abs=1e-6)


@pytest.mark.parametrize("design", EVERY, ids=lambda design: type(design).__name__)
def test_every_design_clusters_by_what_is_asked(design) -> None:
    frame = regions(seed=2)
    panel, claim = posed(frame)
    plain = design.fit(panel, claim, inference=Clustered(small_sample="none"))
    by_region = design.fit(panel, claim, inference=Clustered(by="region", small_sample="none"))
    assert by_region.effect == plain.effect
    assert (plain.n_clusters, by_region.n_clusters) == (plain.n_units, 17)
    region = frame.groupby("unit")["region"].first().to_numpy()
    sums = np.array([by_region.influence[region == name].sum() for name in np.unique(region)])
    assert np.sqrt((sums**2).sum()) / plain.n_units == pytest.approx(by_region.std_error)
    assert "clustered by region, no small-sample factor (CR0)" in by_region.inference
    wider = design.fit(panel, claim, inference=Clustered(by="region", small_sample="groups"))
    assert wider.std_error == pytest.approx(by_region.std_error * np.sqrt(17 / 16))


@pytest.mark.parametrize(
    "choice", [HC(), CR2(), Clustered(by="period"), Clustered(by=("unit", "period"))]
)
def test_other_errors_are_refused(choice) -> None:
    with pytest.raises(DesignError, match="ask for Clustered"):
        SunAbraham().fit(*posed(regions()), inference=choice)


def test_few_treated_clusters_are_refused() -> None:
    frame = regions(seed=3)
    frame["region"] = np.where(frame["first"] > 0, "a", frame["region"])
    with pytest.raises(DesignError, match="1 treated unit is too few"):
        Imputation().fit(*posed(frame), inference=Clustered(by="region"))
    with pytest.raises(DesignError, match="there is no column 'area'"):
        Imputation().fit(*posed(frame), inference=Clustered(by="area"))
    with pytest.raises(DesignError, match="'year' changes within"):
        Imputation().fit(*posed(frame), inference=Clustered(by="year"))
    assert Imputation().fit(*posed(frame), policy=Policy()).n_clusters == 120


@pytest.mark.parametrize("design", EVERY, ids=lambda design: type(design).__name__)
def test_an_exact_fit_has_no_error_and_no_nan(design) -> None:
    frame = regions(seed=4)
    level = frame["unit"].str[1:].astype(int) + 3.0 * (frame["year"] - 2000) ** 2
    found = design.fit(*posed(frame.assign(y=level + 2.0 * frame["on"])))
    assert found.effect == pytest.approx(2.0, abs=1e-8)
    assert found.std_error == pytest.approx(0.0, abs=1e-8)
    assert found.conf_int == pytest.approx((2.0, 2.0), abs=1e-7)
    assert np.isfinite([part.estimate for part in found.components]).all()


@pytest.mark.parametrize("design", EVERY, ids=lambda design: type(design).__name__)
def test_claims_that_do_not_fit_the_panel_are_refused(design) -> None:
    frame = regions(seed=5)
    with pytest.raises(ClaimError, match="a constant cannot show a change"):
        design.fit(*posed(frame.assign(y=1.0)))
    with pytest.raises(ClaimError, match="every value of the outcome is missing"):
        design.fit(*posed(frame.assign(y=np.nan)))
    panel, claim = posed(frame)
    with pytest.raises(ClaimError, match="begins in 2000"):
        design.fit(panel, replaced(claim, "2000"))
    gone = frame[(frame["first"] == 0) | (frame["year"] >= frame["first"])]
    with pytest.raises(DesignError):  # nothing from before any start
        design.fit(*posed(gone))


def replaced(claim: Claim, start: str) -> Claim:
    """The same claim with another start for all units."""
    return Claim(id="c", innovation="i", outcome="y", better="higher", size=1.0, scale="absolute",
                 treated=list(claim.treated), start=start)  # fmt: skip

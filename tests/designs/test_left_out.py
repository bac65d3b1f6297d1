"""Treated units that say nothing of the effect are named, and do not count where errors rest on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.staggered_panels import drawn, posed

from innoeval.designs import (
    CallawaySantAnna,
    Dose,
    EventStudy,
    ExtendedTWFE,
    Imputation,
    StackedDiD,
    SunAbraham,
    SwitchingDiD,
    TripleDifference,
    TwoWayFixedEffects,
)
from innoeval.errors import DesignError
from innoeval.evaluate import evaluate
from innoeval.inference import Clustered, Multiplier
from innoeval.records import Claim, Estimate, Panel, Policy


def panel_of(frame: pd.DataFrame, starts: dict[str, str]) -> tuple[Panel, Claim]:
    """A panel with an exposure column, and a claim on it."""
    begun = frame["unit"].map(starts).astype(float)
    frame = frame.assign(on=(frame["year"] >= begun).astype(float))
    panel = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                  covariates=("on",))  # fmt: skip
    claim = Claim(id="c", innovation="desk", outcome="y", better="higher", treated=starts, size=1,
                  scale="absolute")  # fmt: skip
    return panel, claim


def two_cohorts(first: int, second: int, *, blind: int) -> tuple[Panel, Claim]:
    """30 units from 2000 to 2007; `blind` units of the cohort of 2003 have no value before it."""
    rng = np.random.default_rng(4)
    starts = {f"u{i:02d}": "2003" if i < first else "2005" for i in range(first + second)}
    frame = pd.DataFrame(
        [(f"u{i:02d}", 2000 + t, rng.normal()) for i in range(30) for t in range(8)],
        columns=["unit", "year", "y"],
    )
    gone = frame["unit"].isin([f"u{i:02d}" for i in range(blind)]) & (frame["year"] < 2003)
    return panel_of(frame.assign(y=frame["y"].where(~gone)), starts)


def told(found: Estimate, text: str) -> bool:
    """Whether some warning says so."""
    return any(text in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("design", "text"),
    [
        (
            CallawaySantAnna(),
            "for the cohort of 2003 nobody can be compared in 5 periods from 2003",
        ),
        (Imputation(), "u00, u01, u02, u03 without any value from before the start"),
        (SunAbraham(), "effects of cohorts 2003 cannot be told"),
        (ExtendedTWFE(), "effects of cohorts 2003 cannot be told"),
        (SwitchingDiD(exposure="on"), "left out for lack of values on both sides of a switch"),
        (Dose(exposure="on"), "exposed cells have nothing without exposure to compare with"),
        (Dose(exposure="on", method="two_way"), "exposed alike in all their periods: u00"),
        (TwoWayFixedEffects(), "no value before the start: u00, u01, u02, u03;"),
    ],
    ids=str,
)
def test_a_cohort_without_earlier_values_is_named_and_does_not_count(
    design: object, text: str
) -> None:
    found = design.fit(*two_cohorts(4, 7, blind=4))
    assert found.n_treated == 7
    assert told(found, text)


@pytest.mark.parametrize(
    "design",
    [
        Imputation(), SunAbraham(), ExtendedTWFE(), SwitchingDiD(exposure="on"),
        Dose(exposure="on"), Dose(exposure="on", method="two_way"),
    ],
    ids=str,
)  # fmt: skip
def test_errors_need_six_treated_units_that_have_a_part_in_the_effect(design: object) -> None:
    with pytest.raises(DesignError, match=r"5 treated units are too few .* \(5 more have no part"):
        design.fit(*two_cohorts(5, 5, blind=5))


@pytest.mark.parametrize("design", [Imputation(), SunAbraham(), ExtendedTWFE()], ids=str)
def test_objections_know_of_units_without_a_part(design: object) -> None:
    case = two_cohorts(5, 5, blind=5)
    assert design.objections(*case, Policy()) == (
        "5 treated units are too few for clustered errors; at least 6 are needed",
    )


def test_claims_are_evaluated_by_the_units_that_are_seen() -> None:
    panel, claim = two_cohorts(5, 5, blind=5)
    found = evaluate(claim, panel)
    assert (found.design, found.estimate.n_treated) == ("CallawaySantAnna", 5)
    assert not any(other.design == "Imputation" for other in found.alternatives)


@pytest.mark.parametrize("design", [TwoWayFixedEffects(), EventStudy()], ids=str)
def test_two_way_regressions_count_units_seen_on_both_sides(design: object) -> None:
    with pytest.raises(DesignError, match="5 treated units: inference is then by randomisation"):
        design.fit(*two_cohorts(5, 5, blind=5))


def test_staggered_start_dates_are_randomised_where_few_units_bear_the_effect() -> None:
    case = two_cohorts(5, 5, blind=5)
    found = CallawaySantAnna().fit(*case)
    assert found.n_treated == 5
    assert found.inference.startswith("randomisation of the start dates")
    with pytest.raises(DesignError, match="and there are 5 and"):
        CallawaySantAnna().fit(*case, inference=Clustered())


def test_missing_covariates_do_not_leave_clustered_errors_to_few_units() -> None:
    panel, claim = two_cohorts(5, 5, blind=0)
    late = np.random.default_rng(1).normal(size=len(panel.frame))
    frame = panel.frame.assign(x=np.where(panel.frame["year"].dt.year > 2003, late, np.nan))
    panel = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                  covariates=("x",))  # fmt: skip
    with pytest.raises(DesignError, match="of 10 treated units 5 have a part in the effect"):
        CallawaySantAnna(covariates=("x",)).fit(panel, claim)


@pytest.mark.parametrize(
    "design",
    [Imputation(), SunAbraham(), ExtendedTWFE(), StackedDiD(), CallawaySantAnna()],
    ids=str,
)
def test_cohorts_of_one_unit_are_named(design: object) -> None:
    found = design.fit(*two_cohorts(9, 1, blind=0))
    assert told(found, "2005")
    assert told(found, "alone starts in") or told(found, "a single unit")


def test_a_place_with_one_kind_of_unit_is_told() -> None:
    rng = np.random.default_rng(2)
    rows = [
        (f"p{p:02d} {kind}", 2000 + t, f"p{p:02d}", kind, rng.normal())
        for p in range(16) for kind in (0, 1) for t in range(4)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["unit", "year", "place", "old", "y"])
    claim = Claim(id="c", innovation="desk", outcome="y", better="higher",
                  treated=[f"p{p:02d} 1" for p in range(7)], start="2002", size=1,
                  scale="absolute")  # fmt: skip
    design = TripleDifference(within="old", place="place")

    def fit(some: pd.DataFrame) -> Estimate:
        return design.fit(
            Panel(frame=some, unit="unit", period="year", freq="year", outcomes=("y",)), claim
        )

    assert not fit(frame).warnings
    found = fit(frame[frame["unit"] != "p00 0"])
    assert told(found, "4 cells of 1 place have no cell of the other kind beside them")


def test_cases_of_one_period_are_no_missing_cells_and_regressions_say_what_to_do() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        [(f"c{k:03d}", 2000 + k % 4, rng.normal()) for k in range(160)],
        columns=["unit", "year", "y"],
    )
    panel, claim = panel_of(frame, {f"c{k:03d}": "2002" for k in range(80)})
    assert not ExtendedTWFE(cross_sections=True).fit(panel, claim).warnings
    with pytest.raises(DesignError, match=r"ExtendedTWFE\(cross_sections=True\)"):
        TwoWayFixedEffects().fit(panel, claim)


@pytest.mark.parametrize("design", [TwoWayFixedEffects(), EventStudy()], ids=str)
def test_influences_are_centred_under_randomisation(design: object) -> None:
    frame = drawn(seed=3, n=30)
    ours = frame.loc[frame["first"] > 0, "unit"].unique()[:4]
    few = frame[(frame["first"] == 0) | frame["unit"].isin(ours)]
    found = design.fit(*posed(few))
    assert found.inference.startswith("randomisation")
    assert np.abs(found.influence.mean()) < 1e-9


@pytest.mark.parametrize(
    "design",
    [TwoWayFixedEffects(weights="w"), CallawaySantAnna(weights="w"), Imputation(weights="w")],
    ids=str,
)
def test_cells_without_weight_are_told_and_do_not_count(design: object) -> None:
    frame = drawn(seed=3, n=60)
    ours = frame.loc[frame["first"] > 0, "unit"].unique()
    frame["w"] = frame["w"].where(~frame["unit"].isin(ours[:5]), 0.0)
    found = design.fit(*posed(frame))
    assert told(found, "a weight of 0")
    assert found.n_treated == len(ours) - 5
    with pytest.raises(DesignError, match="all weights 'w' are 0"):
        design.fit(*posed(frame.assign(w=0.0)))


def test_cells_that_nobody_stands_beside_are_told() -> None:
    panel, claim = two_cohorts(7, 6, blind=0)
    frame = panel.frame[panel.frame["unit"].isin(claim.treated)]
    found = SwitchingDiD(exposure="on").fit(
        Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
              covariates=("on",)), claim,
    )  # fmt: skip
    assert found.n_treated == 7
    assert told(found, "21 cells since a switch have nobody beside them")


def test_bands_of_staggered_designs_say_which_weights_they_have() -> None:
    found = CallawaySantAnna().fit(*two_cohorts(7, 6, blind=0), inference=Multiplier(draws=99))
    assert found.inference.endswith("from 99 draws with normal weights, not rademacher")

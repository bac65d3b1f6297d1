"""Inference of designs with donors: the declared default, the others by name, and bad input told."""

from __future__ import annotations

import numpy as np
import pytest
from tests.designs.donor_panels import factors
from tests.panels import claim_on, panel_of

import innoeval as ie
from innoeval.designs.synthetic import MatrixCompletion, SyntheticControl, SyntheticDiD
from innoeval.designs.synthetic.base import DonorDesign
from innoeval.evaluate import evaluate
from innoeval.records import Evaluation


def near(seed: int, n: int = 24, periods: int = 40, n_treated: int = 1) -> np.ndarray:
    """Outcomes in which the first units follow the next ones, and fall by 4 in the last 8 periods."""
    outcomes = factors(seed, n=n, periods=periods)
    rng = np.random.default_rng(seed)
    for unit in range(n_treated):
        followed = outcomes[n_treated + 2 * unit : n_treated + 2 * unit + 4].mean(axis=0)
        outcomes[unit] = followed + rng.normal(size=periods) * 0.5
    outcomes[:n_treated, -8:] -= 4.0
    return outcomes


@pytest.mark.parametrize(
    ("name", "n_treated", "design", "said"),
    [
        ("PlaceboInSpace", 1, SyntheticControl(), "23 donors"),
        ("PlaceboInSpace", 3, SyntheticDiD(), "199 sets of 3 of 21 donors"),
        ("Conformal", 1, SyntheticControl(), "conformal"),
        ("Conformal", 3, SyntheticControl(intercept=True), "conformal"),
        ("JackknifePlus", 1, SyntheticControl(), "jackknife+"),
        ("JackknifePlus", 3, SyntheticControl(), "jackknife+"),
        ("JackknifePlus", 3, SyntheticDiD(), "jackknife+"),
        ("UnitJackknife", 3, SyntheticDiD(), "each unit left out"),
        ("PredictionInterval", 1, SyntheticControl(), "prediction interval"),
        ("PredictionInterval", 3, SyntheticControl(), "prediction interval"),
    ],
)
def test_every_inference_is_reached_by_its_name(
    name: str, n_treated: int, design: DonorDesign, said: str
) -> None:
    panel, claim = panel_of(near(1, n_treated=n_treated)), claim_on(range(n_treated), 32)
    choice = getattr(ie.inference, name)()
    found = design.fit(panel, claim, inference=choice)
    assert said in found.inference
    assert found.conf_int.low < found.effect < found.conf_int.high < 0
    assert found.conf_int.low < -4.0 < found.conf_int.high
    assert found.effect == pytest.approx(-4.0, abs=1.0)


@pytest.mark.parametrize("n_treated", [1, 2, 5])
@pytest.mark.parametrize("n", [8, 24, 40])
@pytest.mark.parametrize("design", [SyntheticControl(), SyntheticDiD()])
def test_the_default_is_placebos_in_space_whatever_the_data(
    design: DonorDesign, n: int, n_treated: int
) -> None:
    panel, claim = panel_of(factors(n, n=n)), claim_on(range(n_treated), 12)
    found = design.fit(panel, claim)
    assert found.inference.startswith("placebos in space")
    named = design.fit(panel, claim, inference=ie.inference.PlaceboInSpace())
    assert named.conf_int == found.conf_int


@pytest.mark.parametrize("n", [6, 20, 40])
def test_no_p_value_is_below_one_in_so_many_and_this_is_said(n: int) -> None:
    outcomes = factors(2, n=n)
    outcomes[0, 12:] -= 1e6
    found = SyntheticDiD().fit(panel_of(outcomes), claim_on([0], 12))
    assert found.p_value == pytest.approx(1 / n)
    assert f"no p-value is below 1/{n}" in found.inference
    assert np.isfinite(found.conf_int.low) == (n >= 20)


def test_only_checks_go_beyond_the_last_rank() -> None:
    # An estimate, its stressed one too, keeps the rank; a question among many needs a finer answer.
    outcomes = factors(2, n=30)
    outcomes[0, 12:] -= 1e3
    panel, claim = panel_of(outcomes), claim_on([0], 12)
    after = np.arange(20) >= 12
    asked = SyntheticDiD().kernel(panel, claim).effects(~after[None], after[None])
    assert asked.p_value[0] < 1 / 3000
    spells = SyntheticDiD().stressed(panel, claim).values()
    assert all(found.p_value is None or found.p_value >= 1 / 30 for found in spells)
    assert SyntheticDiD().fit(panel, claim).p_value == pytest.approx(1 / 30)
    # Among the placebos the rank stands.
    plain = SyntheticDiD().kernel(panel_of(factors(3, n=30)), claim)
    ratios = np.abs(plain._carried) / plain._main_scales
    assert plain.drift().p_value[0] == pytest.approx((ratios >= ratios[0]).mean())


@pytest.mark.parametrize("name", ["JackknifePlus", "PredictionInterval"])
def test_intervals_that_are_too_short_in_slow_series_say_so(name: str) -> None:
    panel, claim = panel_of(near(3)), claim_on([0], 32)
    found = SyntheticControl().fit(panel, claim, inference=getattr(ie.inference, name)())
    assert "too short where" in " ".join(found.warnings)
    assert "too short" not in " ".join(SyntheticControl().fit(panel, claim).warnings)
    panel, claim = panel_of(near(3, n_treated=3)), claim_on(range(3), 32)
    units = SyntheticDiD().fit(panel, claim, inference=ie.inference.UnitJackknife())
    assert "too short: of three" in " ".join(units.warnings)


def test_an_intercept_reaches_a_unit_above_all_donors() -> None:
    outcomes = near(4)
    outcomes[0] += 50.0
    panel, claim = panel_of(outcomes), claim_on([0], 32)
    shifted = SyntheticControl(intercept=True).fit(panel, claim)
    assert shifted.effect == pytest.approx(-4.0, abs=1.0)
    assert SyntheticControl().fit(panel, claim).effect > 20
    # Ferman & Pinto: demeaned, and ranked relative to the misfit before.
    assert shifted.conf_int.low < -4.0 < shifted.conf_int.high < 0


def test_a_penalty_keeps_to_donors_that_are_alike() -> None:
    # Opposite pairs at distance 1 and 10 from the treated unit: each averages to it exactly.
    level = np.array([0.0, -1, 1, -10, 10, *np.linspace(20, 40, 15)])
    rng = np.random.default_rng(5)
    outcomes = level[:, None] + rng.normal(size=20) + rng.normal(size=(20, 20)) * 0.01
    panel, claim = panel_of(outcomes), claim_on([0], 12)
    found = SyntheticControl(penalty=0.1).fit(panel, claim)
    weights = {
        c.term.removeprefix("weight of "): c.estimate
        for c in found.components
        if c.term.startswith("weight of ")
    }
    assert set(weights) == {"u01", "u02"}


def judged(outcomes: np.ndarray, launch: int, design: DonorDesign | None = None) -> Evaluation:
    chosen = "auto" if design is None else [design]
    return evaluate(claim_on([0], launch), panel_of(outcomes), designs=chosen)


def objection(ev: Evaluation, design: str) -> str:
    return next(" ".join(o.reasons) for o in ev.objections if o.design == design)


def test_fewer_than_five_donors_are_objected_to() -> None:
    ev = judged(factors(6, n=5), 12)
    assert ev.design not in {"SyntheticDiD", "SyntheticControl"}
    for design in ("SyntheticDiD", "SyntheticControl"):
        assert "4 donors; with fewer than 5" in objection(ev, design)


def test_one_period_before_the_start_is_objected_to() -> None:
    ev = judged(factors(7), 1)
    assert ev.design not in {"SyntheticDiD", "SyntheticControl"}
    assert "any donor at all would seem a perfect imitation" in objection(ev, "SyntheticControl")


def test_donors_with_gaps_are_named_where_they_are_left_out() -> None:
    outcomes = factors(8, n=26)
    outcomes[[3, 7], [2, 15]] = np.nan
    ev = judged(outcomes, 12)
    assert ev.design == "SyntheticDiD"
    assert ev.estimate is not None
    assert "donors left out for missing values: u03, u07" in " ".join(ev.estimate.warnings)
    assert ev.estimate.n_units == 24


@pytest.mark.parametrize("design", [SyntheticControl(), SyntheticDiD()])
def test_a_unit_outside_the_hull_is_a_finding(design: DonorDesign) -> None:
    outcomes = factors(9)
    outcomes[0] += 3.0 * np.arange(20)
    ev = judged(outcomes, 12, design)
    hull = next(f for f in ev.findings if f.check == "donor_hull")
    assert hull.status == "problem"
    assert "no mix of them can follow it" in hull.says
    assert ev.verdict.status not in {"supported", "partly_supported"}


@pytest.mark.parametrize("design", [SyntheticControl(), SyntheticDiD()])
def test_a_collinear_pool_is_objected_to_and_warned_of(design: DonorDesign) -> None:
    outcomes = np.tile(factors(10, n=4), (6, 1))
    outcomes[0] += np.random.default_rng(1).normal(size=20)
    ev = judged(outcomes, 12)
    assert ev.design not in {"SyntheticDiD", "SyntheticControl"}
    told = "4 donors (of 23, the others are copies or exact mixes of these); with fewer than 5"
    assert told in objection(ev, type(design).__name__)
    found = design.fit(panel_of(outcomes), claim_on([0], 12))
    assert "the 23 donors are only 4 different ones" in " ".join(found.warnings)


def test_a_total_among_many_donors_is_a_finding_and_no_objection() -> None:
    outcomes = factors(11, n=30, periods=40)
    outcomes[29] = outcomes[1:29].mean(axis=0)
    ev = judged(outcomes, 28)
    assert ev.design == "SyntheticDiD"
    told = next(f for f in ev.findings if f.check == "distinct_donors")
    assert told.status == "problem"
    assert "29 comparison units are only 28 different ones" in told.says


def test_factors_that_weigh_no_period_are_tested_by_moving_residuals() -> None:
    panel, claim = panel_of(near(1)), claim_on([0], 32)
    found = MatrixCompletion(rank=1).fit(panel, claim, inference=ie.inference.Conformal())
    assert found.inference.startswith("conformal")
    assert found.conf_int.low < -4 < found.conf_int.high < 0

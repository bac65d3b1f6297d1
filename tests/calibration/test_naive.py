"""Foils give the numbers that they are known for."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.calibration import JUDGES
from innoeval.calibration.naive import averaged, two_way
from innoeval.calibration.oracle import oracle
from innoeval.designs import TwoWayFixedEffects
from innoeval.inference import Clustered
from innoeval.simulate import draw, scenarios


@pytest.mark.parametrize("fault", ["none", "recorded", "growing_effects"])
def test_two_way_agrees_with_the_design(fault: str) -> None:
    case = draw(fault, seed=3)
    ours = two_way(case.claim, case.panel)
    theirs = TwoWayFixedEffects().fit(case.panel, case.claim, inference=Clustered(by="unit"))
    assert ours.effect == pytest.approx(theirs.effect, abs=1e-8)
    assert ours.std_error == pytest.approx(theirs.std_error, rel=1e-6)
    assert np.allclose(ours.conf_int, theirs.conf_int)


def test_two_way_is_sure_of_one_treated_unit_as_papers_were() -> None:
    family = scenarios()["one_city"]
    answers = [JUDGES["twfe"](c.claim, c.panel) for c in (family.draw(s, "true") for s in range(5))]
    assert all(answer.interval is not None for answer in answers)


def test_the_average_holds_what_is_recorded() -> None:
    case = draw("recorded", seed=1)
    claim, panel = averaged(case.claim, case.panel)
    matrix = case.panel.matrix("outcome")[case.panel.places(case.claim.units)]
    assert np.allclose(panel.matrix("outcome")[0], np.nanmean(matrix, axis=0))
    assert claim.units == ("average",)


def test_a_foil_that_cannot_compare_says_so() -> None:
    case = scenarios()["single_48_rho_3"].draw(seed=1, truth="null")
    assert JUDGES["twfe"](case.claim, case.panel).status == "not_evaluable"
    assert JUDGES["its_ols"](case.claim, case.panel).status != "not_evaluable"


def test_the_oracle_keeps_its_level() -> None:
    family = scenarios()["single_48_rho_3"]
    draws = [family.draw(seed, "true") for seed in range(200)]
    answers = [oracle(case) for case in draws]
    covered = [
        answer.interval[0] <= case.truth.effect <= answer.interval[1]
        for case, answer in zip(draws, answers, strict=True)
        if answer is not None and answer.interval is not None
    ]
    assert len(covered) == 200
    assert 0.9 < np.mean(covered) < 0.99


def test_the_oracle_passes_over_what_chance_chose() -> None:
    family = scenarios()["lucky_look"]
    assert oracle(family.draw(seed=1, truth="null")) is None
    assert oracle(family.draw(seed=1, truth="true")) is not None

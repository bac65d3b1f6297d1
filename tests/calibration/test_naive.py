"""Foils give the numbers that they are known for."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.calibration import JUDGES
from innoeval.calibration.naive import averaged, two_way
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

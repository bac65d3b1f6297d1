"""Foils give the numbers that they are known for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from innoeval.calibration import JUDGES, Answer, naive
from innoeval.calibration.naive import averaged, two_way
from innoeval.calibration.oracle import oracle, oracle_trend
from innoeval.designs import TwoWayFixedEffects
from innoeval.inference import Clustered
from innoeval.simulate import Scenario, draw, scenarios


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


def test_the_oracle_without_trend_is_blind_to_trends_and_keeps_its_level() -> None:
    family = scenarios()["pre_trend"]
    draws = [family.draw(seed, "null") for seed in range(100)]
    answers = [oracle_trend(case) for case in draws]
    missed = [a.interval[0] > 0 or a.interval[1] < 0 for a in answers if a and a.interval]
    assert len(missed) == 100
    assert np.mean(missed) < 0.12


def test_the_oracle_without_trend_passes_over_chance_that_was_chosen_before_the_start() -> None:
    case = scenarios()["bad_spell"].draw(seed=1, truth="true")
    assert oracle(case) is not None
    assert oracle_trend(case) is None


def test_what_a_trend_leaves_of_a_step_agrees_with_the_formula() -> None:
    case = draw("none", seed=1, n_units=6, n_treated=2, n_before=5, n_after=4, size=2.0)
    answer = oracle_trend(case)
    assert answer is not None
    assert answer.interval is not None
    assert case.known is not None
    columns = np.column_stack([np.ones(9), np.arange(9), np.arange(9) >= 5])
    inverse = np.linalg.inv(columns.T @ np.linalg.inv(case.known.covariance) @ columns)
    error = np.sqrt((1 / 2 + 1 / 4) * inverse[2, 2])
    low, high = answer.interval
    assert (high - low) / 2 == pytest.approx(1.959964 * error, rel=1e-5)


def without(case: Scenario, unit: int, periods: slice) -> Scenario:
    """The scenario with some values of a unit lost."""
    values = case.panel.matrix("outcome").copy()
    values[unit, periods] = np.nan
    return replace(case, panel=case.panel.with_values("outcome", values))


def width(answer: Answer | None) -> float:
    assert answer is not None
    assert answer.interval is not None
    return answer.interval[1] - answer.interval[0]


def test_a_unit_without_values_tells_the_oracles_nothing() -> None:
    case = draw("none", seed=1, n_units=6, n_treated=2, n_before=5, n_after=4, size=2.0)
    assert case.known is not None
    first, second, *_ = np.flatnonzero(case.known.reached.any(axis=1))
    # Two treated units of equal noise: without one the error is the root of two as large ...
    assert width(oracle(without(case, first, slice(None)))) == pytest.approx(
        np.sqrt(2) * width(oracle(case))
    )
    # ... and one value of a unit whose level is not known is none.
    alone, none = (without(case, second, some) for some in (slice(1, None), slice(None)))
    assert oracle_trend(alone) == oracle_trend(none)
    grown = width(oracle_trend(none)) / width(oracle_trend(case))
    assert grown == pytest.approx(np.sqrt((1 + 1 / 4) / (1 / 2 + 1 / 4)))


def test_a_step_that_nobody_saw_begin_is_not_told_from_a_level() -> None:
    case = draw("none", seed=1, n_units=6, n_treated=2, n_before=5, n_after=4, size=2.0)
    assert case.known is not None
    for unit in np.flatnonzero(case.known.reached.any(axis=1)):
        case = without(case, unit, slice(5))
    assert oracle(case) is not None
    assert oracle_trend(case) is None


def test_means_are_swept_out_until_nothing_is_left_or_patience_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = np.random.default_rng(1).normal(size=(5, 7))
    cells = np.random.default_rng(2).random((5, 7)) < 0.7
    left = naive._demeaned(values, cells)
    assert np.abs(left.sum(axis=1)).max() < 1e-9
    assert np.abs(left.sum(axis=0)).max() < 1e-9
    monkeypatch.setattr(naive, "_SWEEPS", 1)
    once = naive._demeaned(values, cells)
    assert np.abs(once.sum(axis=0)).max() < 1e-9
    assert np.abs(once.sum(axis=1)).max() > 1e-3

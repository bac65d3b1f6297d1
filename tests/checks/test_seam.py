"""What checks are given to work with, and what becomes of one that cannot run."""

from __future__ import annotations

import numpy as np
import pytest
from tests.panels import claim_on, panel_of

from innoeval.checks import Case, Measurement, examine
from innoeval.designs import DifferenceInDifferences
from innoeval.designs.base import arrange
from innoeval.errors import DesignError
from innoeval.records import Assumption, Claim, Interval, Panel, Policy

OUTCOMES = np.random.default_rng(1).normal(size=(12, 10))
CLAIM = claim_on(range(6), 5, size=2.0)


def case_of(panel: Panel, claim: Claim = CLAIM, policy: Policy = Policy()) -> Case:
    design = DifferenceInDifferences()
    return Case(
        claim=claim, panel=panel, arrangement=arrange(panel, claim), design=design,
        kernel=design.kernel(panel, claim, policy=policy),
        estimate=design.fit(panel, claim, policy=policy), announced=None,
        claimed=2.0, margin=1.0, policy=policy,
    )  # fmt: skip


class Asked:
    """A check that does as it is told."""

    name = "asked"
    question = "Is it?"
    probes = (Assumption.parallel_trends,)

    def __init__(self, outcome: Measurement | Exception) -> None:
        self.outcome = outcome

    def measure(self, case: Case) -> Measurement:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def test_a_check_that_does_not_fit_is_not_applicable_and_says_why() -> None:
    found = examine(case_of(panel_of(OUTCOMES)), [Asked(DesignError("no unit is left"))])
    assert found[0].status == "not_applicable"
    assert "no unit is left" in found[0].says


@pytest.mark.parametrize("bug", [ZeroDivisionError("x"), KeyError("x"), IndexError("x")])
def test_a_bug_in_a_check_surfaces(bug: Exception) -> None:
    with pytest.raises(type(bug)):
        examine(case_of(panel_of(OUTCOMES)), [Asked(bug)])


def test_what_is_left_stands_in_the_finding() -> None:
    told = Measurement(status="problem", says="So.", left=Interval(0.5, 1.5))
    assert examine(case_of(panel_of(OUTCOMES)), [Asked(told)])[0].left == (0.5, 1.5)


def test_weights_share_out_the_error_rate() -> None:
    # Weights 3 and 1: .03 / 3 is the smaller, .03 × (3 + 1) / 3 = .04; alike it would be .06.
    class Other(Asked):
        name = "other"

    def p(value: float) -> Measurement:
        return Measurement(status="cannot_tell", says="?", says_problem="!", p_value=value)

    checks = [Asked(p(0.03)), Other(p(0.5))]
    panel = panel_of(OUTCOMES)
    assert examine(case_of(panel), checks)[0].status == "cannot_tell"
    weighted = Policy(check_weights=(("asked", 3.0),))
    found = examine(case_of(panel, policy=weighted), checks)
    assert found[0].status == "problem"
    assert found[0].p_value == pytest.approx(0.04)


def test_a_number_per_unit_is_compared_by_the_declared_rule() -> None:
    # Means 3 and 1, variances 3.5 / 6 each (of 1..6): the error is √(2 × 3.5 / 6).
    numbers = np.concatenate([np.arange(6.0) + 0.5, np.arange(6.0) - 1.5])
    found = case_of(panel_of(OUTCOMES)).compare(numbers)
    assert found is not None
    assert found.effect[0] == pytest.approx(2.0)
    assert found.std_error[0] == pytest.approx(np.sqrt(2 * 3.5 / 6))
    alone = np.where(np.arange(12) < 11, np.nan, 1.0)
    assert case_of(panel_of(OUTCOMES)).compare(alone) is None


def test_the_kernel_of_another_metric_is_made_once() -> None:
    frame = panel_of(OUTCOMES).frame.assign(other=lambda f: -2 * f["y"], still=1.0)
    panel = Panel(frame=frame, unit="unit", period="year", freq="year",
                  outcomes=("y", "other", "still"))  # fmt: skip
    case = case_of(panel)
    kernel = case.kernel_of("other")
    assert kernel is not None
    assert np.allclose(kernel.series, -2 * case.kernel.series)
    assert case.kernel_of("other") is kernel
    assert case.kernel_of("still") is None  # a constant has no effect to look for
    assert case.kernel_of("nowhere") is None


def test_a_refit_that_does_not_fit_is_none() -> None:
    panel = panel_of(OUTCOMES)
    case = case_of(panel)
    fewer = case.refit(panel=panel.drop_units(["u11"]))
    assert fewer is not None
    assert fewer.n_units == 11
    assert case.refit(panel=panel.drop_units([f"u{i:02d}" for i in range(6, 12)])) is None

"""What is settled hangs on dates and numbers of periods, stands in the evaluation, and is printed."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from tests.designs.test_its import months, noise

from innoeval import evaluate
from innoeval.briefs import story
from innoeval.designs import SegmentedRegression
from innoeval.designs.its.choices import serial_choice
from innoeval.inference import CalibratedREML
from innoeval.records import Assumption, Evaluation


@pytest.mark.parametrize(("n", "launch"), [(14, 8), (30, 20), (60, 40), (84, 60)])
def test_no_choice_looks_at_the_outcome(n: int, launch: int) -> None:
    flat = noise(n, 1, rho=0.0)
    wild = 900 + 50 * np.cumsum(noise(n, 2)) + 80 * np.cos(np.arange(n) * np.pi / 6)
    told = []
    for y in (flat, wild):
        panel, claim = months(y, launch)
        found = SegmentedRegression().fit(panel, claim)
        stressed = SegmentedRegression().stressed(panel, claim)[Assumption.trend_form]
        told.append((found.choices, found.estimand, stressed.choices))
    assert told[0] == told[1]


def test_level_harmonics_errors_and_horizon_are_in_the_evaluation_and_on_the_brief() -> None:
    panel, claim = months(50 + noise(72), 48)
    design = SegmentedRegression(slope=False, harmonics=3, transition=2, interruptions=("2016-06",))
    ev = evaluate(claim, panel, designs=[design])
    settled = ev.estimate.choices
    assert "level may change; a linear trend and seasons of 12 periods (3 harmonics) go on" in (
        ev.estimate.estimand
    )
    assert settled[0] == "Form as declared by the analyst."
    assert settled[1] == "Effect averaged over the 22 periods from 2019-03 to 2020-12."
    assert settled[-1] == "Error model CalibratedREML (AR(1)), the default."
    assert Evaluation.from_json(ev.to_json()).estimate.choices == settled
    printed = str(asdict(story(ev)))
    for sentence in (*settled, ev.estimate.estimand[1:]):
        assert sentence in printed


def test_names_of_calibrated_errors() -> None:
    def named(errors: str, family: str = "gaussian") -> object:
        return serial_choice(errors, None, (2, 0), "quasi", family)

    assert named("calibrated") == CalibratedREML() == CalibratedREML(model="AR(1)")
    assert named("calibrated", "poisson") == CalibratedREML(model="AR(1) and noise")
    assert named("calibrated_ar2", "poisson") == CalibratedREML(model="AR(2)")
    assert named("calibrated_noise") == CalibratedREML(model="AR(1) and noise")

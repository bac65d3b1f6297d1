"""Claims with several start dates, judged: a slice of the calibration, and what checks say of them."""

from __future__ import annotations

import numpy as np
import pytest
from tests.calibration.staggered_claims import AGAINST, SCENES, SHOWN, drawn, measure

import innoeval as ie

#: The table has the first 200 seeds.
FIRST = 1000
BY_NAME = {(s.says.split(",")[0], s.treated): s for s in SCENES if not s.drift}


def test_true_claims_are_not_contradicted_and_false_ones_are_not_shown() -> None:
    true, _ = measure(BY_NAME["true", 12], 8, FIRST)
    assert sum(true[s] for s in SHOWN) >= 6
    assert sum(true[s] for s in AGAINST) <= 1
    for treated in (2, 12):
        none, missed = measure(BY_NAME["no effect", treated], 8, FIRST)
        assert sum(none[s] for s in SHOWN) == 0
        assert missed <= 2 / 8


def test_the_evaluation_says_how_it_dealt_with_several_starts() -> None:
    claim, panel = drawn(BY_NAME["true", 2], FIRST)
    claim = ie.Claim(
        id="one-stop", innovation="One-stop desk", outcome="y", better="higher", size=2.0,
        scale="absolute", treated={"ward 00": "2022-09", "ward 01": "2022-12"},
        windows=(("2022-01", "2022-06"), ("2023-01", "2023-06")), definition_changes=("2022-02",),
        events=(ie.Event(period="2022-10", scope="all", what="a new law"),),
    )  # fmt: skip
    ev = ie.evaluate(claim, panel)
    assert ev.design == "CallawaySantAnna"
    assert "randomisation of the start dates" in ev.estimate.inference
    reasons = {o.design: " ".join(o.reasons) for o in ev.objections}
    assert "2 different dates" in reasons["DifferenceInDifferences"]
    assert "already started" in reasons["TwoWayFixedEffects"]
    told = {f.check: f for f in ev.findings}
    assert told["window"].status == "not_applicable"
    assert "before each start" in told["placebo_in_time"].says
    assert told["concurrent_change"].status == "clear"
    assert ie.Evaluation.from_json(ev.to_json()) == ev
    path = ev.estimate.path
    assert np.isnan(path.effect[:20]).all()
    assert np.isfinite(path.effect[20:]).all()


def test_a_break_is_late_for_the_unit_that_it_meets_after_its_start() -> None:
    claim, panel = drawn(BY_NAME["true", 2], FIRST)
    frame = panel.frame.assign(month=panel.frame["month"].astype(str), rule="old")
    late = (frame["ward"] == "ward 00") & (frame["month"] >= "2022-10")
    frame.loc[late, "rule"] = "new"
    broken = ie.read_panel(frame, unit="ward", period="month", outcomes=["y"], version="rule")
    assert ie.evaluate(claim, broken).verdict.status == "not_evaluable"
    frame["rule"] = np.where(
        (frame["ward"] == "ward 01") & (frame["month"] >= "2022-03"), "new", "old"
    )
    early = ie.read_panel(frame, unit="ward", period="month", outcomes=["y"], version="rule")
    told = {f.check: f for f in ie.evaluate(claim, early).findings}
    assert (told["definition_break"].status, told["definition_break"].severity) == (
        "problem",
        "major",
    )


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES, ids=lambda s: f"{s.says}, {s.treated} of {s.units}")
def test_verdicts_on_staggered_claims(scene) -> None:
    statuses, missed = measure(scene, 200)
    if scene.effect == 0:
        assert sum(statuses[s] for s in SHOWN) <= 0.025 * 200 + 2 * (0.025 * 0.975 * 200) ** 0.5
    else:
        assert sum(statuses[s] for s in AGAINST) <= 0.05 * 200
    if not scene.drift:
        assert missed <= 0.05 + 2 * (0.05 * 0.95 / 200) ** 0.5

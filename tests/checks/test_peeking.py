"""Results looked at until they looked good."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import case_of, finding
from tests.checks.measured import LAUNCH, T, noise, panel_with, step
from tests.panels import claim_on

from innoeval import simulate
from innoeval.checks.peeking import Peeking
from innoeval.evaluate import evaluate


def test_looks_widen_the_interval_by_pocock() -> None:
    # Six periods since the start, looked at after the third: two looks at halves, 2.178 for 1.960.
    claim = claim_on(range(10), LAUNCH, looks=[str(2000 + LAUNCH + 2)])
    ev = evaluate(claim, panel_with(20 + noise(sd=1.0) - step(1.0)))
    found = next(f for f in ev.findings if f.check == "peeking")
    base = ev.estimate.improvement_int
    assert found.status == "clear"
    assert found.left.high - found.left.low == pytest.approx(
        (base.high - base.low) * 2.178 / 1.96, rel=1e-3
    )


def test_the_first_lucky_look_decides_nothing() -> None:
    drawn = [simulate.draw("peeking", seed=seed) for seed in range(8)]
    told = [finding("peeking", case.claim, case.panel).status for case in drawn]
    assert told.count("problem") >= 4
    case = drawn[told.index("problem")]
    ev = evaluate(case.claim, case.panel)
    found = next(f for f in ev.findings if f.check == "peeking")
    assert ev.estimate.improvement_int.low > 0 >= found.left.low
    assert ev.verdict.status not in {"supported", "partly_supported"}


def test_looks_that_change_the_answer_join_without_being_a_problem() -> None:
    seeds = range(40)
    drawn = [simulate.draw("looked_at", seed=seed) for seed in seeds]
    told = [finding("peeking", case.claim, case.panel) for case in drawn]
    at = next(k for k, found in enumerate(told) if found.status == "cannot_tell")
    ev = evaluate(drawn[at].claim, drawn[at].panel)
    assert ev.verdict.deciding == "hull"
    assert sum(found.status == "problem" for found in told) <= 2


def test_a_look_sees_the_period_in_which_it_was_taken() -> None:
    # All of the improvement came in the first period, which the only look saw: it was no lucky last one.
    values = 20 + noise(seed=2, sd=1.0)
    values[:10, LAUNCH] -= 3.0
    claim = claim_on(range(10), LAUNCH, looks=[str(2000 + LAUNCH)])
    case = case_of(claim, panel_with(values))
    found = Peeking().measure(case)
    assert found.left is not None
    assert case.estimate.improvement_int.low > 0 > found.left.low
    assert found.status == "cannot_tell"
    # Without it nothing was shown before the end.
    values[:10, LAUNCH] += 3.0
    values[:10, LAUNCH + 3] -= 3.0
    assert Peeking().measure(case_of(claim, panel_with(values))).status == "problem"


def test_looks_outside_the_time_since_the_start_are_none() -> None:
    panel = panel_with(20 + noise() - step(1.0))
    before = claim_on(range(10), LAUNCH, looks=["2003", str(2000 + T - 1)])
    assert finding("peeking", before, panel).status == "clear"


def test_a_further_version_without_dates_cannot_be_told() -> None:
    panel = panel_with(20 + noise() - step(1.0))
    found = finding("peeking", claim_on(range(10), LAUNCH, version_of="desk-1"), panel)
    assert (found.status, found.severity) == ("cannot_tell", "note")
    assert "'desk-1'" in found.says
    assert finding("peeking", claim_on(range(10), LAUNCH), panel).status == "not_applicable"


def test_staggered_starts_are_widened_too() -> None:
    starts = {f"u{i:02d}": str(2000 + LAUNCH - (i % 2)) for i in range(10)}
    claim = claim_on([0], LAUNCH, treated=starts, start=None, looks=["2014"])
    found = finding("peeking", claim, panel_with(20 + noise(sd=1.0) - step(0.3)))
    assert found.status in {"clear", "cannot_tell"}
    assert np.isfinite(found.left).all()

"""Checks of donors: fit before the start, range, single donors, neighbours, a pretended start."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.panels import claim_on, panel_of

from innoeval.designs import DifferenceInDifferences, MatrixCompletion, SyntheticControl
from innoeval.evaluate import evaluate
from innoeval.records import Panel

CLAIM = claim_on([0], 24, size=2.0)
CHECKS = ("pre_fit", "donor_hull", "distinct_donors", "leave_one_out", "donor_spillover")


def outcomes(seed: int, n: int = 30, periods: int = 36) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(2, periods)).cumsum(axis=1)
    return 20 + rng.uniform(size=(n, 2)) @ shared + rng.normal(size=(n, periods)) * 0.5


def test_they_are_asked_where_donors_decide_and_nowhere_else() -> None:
    panel = panel_of(outcomes(1))
    decided = evaluate(CLAIM, panel)
    assert decided.design == "SyntheticDiD"
    assert set(CHECKS) < {f.check for f in decided.findings}
    assert "placebo_in_time" in {f.check for f in decided.findings}
    alone = evaluate(CLAIM, panel, designs=[DifferenceInDifferences()])
    assert not set(CHECKS) & {f.check for f in alone.findings}


@pytest.mark.parametrize("n", [30, 80])
def test_a_drift_that_no_donor_shares_is_seen(n: int) -> None:
    # A rank among 30 ends at 1/30, which no correction for many tests survives: the tail goes on.
    seen = 0
    for seed in range(6):
        values = 20 + np.random.default_rng(seed).normal(size=(n, 36)) * 0.5
        values[0] -= 0.3 * np.arange(36)
        found = finding("pre_fit", CLAIM, panel_of(values))
        seen += found.status == "problem"
        assert found.status != "clear"
    assert seen >= 5


def test_a_pretended_start_that_shows_much_is_seen() -> None:
    values = 20 + np.random.default_rng(1).normal(size=(40, 36)) * 0.5
    values[0, 18:] -= 6.0
    found = finding("placebo_in_time", CLAIM, panel_of(values))
    assert found.status == "problem"
    assert "when nothing happened" in found.says


def test_a_unit_that_no_mix_can_follow_is_outside() -> None:
    values = outcomes(2)
    values[0] -= 1.5 * np.arange(36)
    hull = finding("donor_hull", CLAIM, panel_of(values))
    assert (hull.status, hull.severity) == ("problem", "major")
    assert "all comparison units" in hull.says


def test_a_collinear_pool_is_told() -> None:
    # 29 donors, of which the last five repeat the first; with the level free also at another level.
    values = outcomes(10)
    values[25:] = values[1:6] + 3.0
    found = finding("distinct_donors", CLAIM, panel_of(values))
    assert (found.status, found.severity) == ("problem", "major")
    assert "29 comparison units are only 24 different ones" in found.says
    assert "u25 repeats another" in found.says
    # Exact mixes need not be copies.
    rng = np.random.default_rng(1)
    values[25:] = rng.dirichlet(np.ones(24), size=5) @ values[1:25]
    mixed = finding("distinct_donors", CLAIM, panel_of(values))
    assert mixed.status == "problem"
    assert "repeats another" not in mixed.says
    clean = finding("distinct_donors", CLAIM, panel_of(outcomes(10)))
    assert clean.status == "clear"
    # More donors than periods cannot all be different directions, and that is no fault.
    wide = finding("distinct_donors", CLAIM, panel_of(outcomes(10, n=60)))
    assert wide.status == "clear"


def test_a_perfect_fit_is_never_silent() -> None:
    # With more donors than periods before, some mix equals a treated unit among them exactly.
    values = np.random.default_rng(2).normal(size=(60, 24))
    values[0] = values[1:].mean(axis=0)
    ev = evaluate(claim_on([0], 12, size=2.0), panel_of(values), designs=[SyntheticControl()])
    hull = next(f for f in ev.findings if f.check == "donor_hull")
    assert hull.status == "problem"
    assert "equals the treated unit in all 12 periods" in hull.says
    assert ev.estimate is not None
    assert ev.estimate.conf_int.low < 0 < ev.estimate.conf_int.high


def test_interpolation_between_unlike_donors_is_told() -> None:
    # The treated unit is the average of two that go opposite ways; none of the others is like it.
    rng = np.random.default_rng(3)
    swing = np.cumsum(rng.normal(size=36)) * 4
    values = rng.normal(size=(30, 36)) * 0.3 + np.linspace(0, 6, 36)
    values[0] -= np.linspace(0, 6, 36)
    values[1] = swing
    values[2] = -swing
    values[0] += rng.normal(size=36) * 0.01
    ev = evaluate(CLAIM, panel_of(values), designs=[SyntheticControl()])
    hull = next(f for f in ev.findings if f.check == "donor_hull")
    assert hull.status == "problem"
    assert "times as unlike it as a typical one" in hull.says


def test_a_clean_panel_is_rarely_accused() -> None:
    accused = sum(
        finding("pre_fit", CLAIM, panel_of(outcomes(seed))).status == "problem"
        for seed in range(100, 140)
    )
    assert accused <= 2


def test_a_drift_that_cannot_matter_is_ruled_out() -> None:
    values = outcomes(3)
    values[0, 24:] -= 30.0
    found = finding("pre_fit", claim_on([0], 24, size=2.0), panel_of(values))
    assert found.status == "clear"
    assert "ruled out" in found.says
    assert finding("leave_one_out", CLAIM, panel_of(values)).status == "clear"


def test_a_result_that_hangs_on_one_donor_is_said() -> None:
    # One donor alone follows the treated unit; when it jumps after the start, so does the estimate.
    rng = np.random.default_rng(5)
    values = rng.normal(size=(30, 36)) * 0.1
    shared = rng.normal(size=36).cumsum() * 3
    values[0] += shared
    values[1] += shared
    values[1, 24:] += 50.0
    found = finding("leave_one_out", CLAIM, panel_of(values))
    assert found.status == "problem"
    assert "u01" in found.says
    # Without that donor a loss of 50 is gone, so that the interval that is left holds both.
    assert found.left is not None
    assert found.left.low < -40 < 0 < found.left.high or found.left.high > 40
    assert finding("donor_hull", CLAIM, panel_of(values)).status == "problem"


def neighbours(values: np.ndarray, near: set[int]) -> Panel:
    frame = panel_of(values).frame
    frame["near"] = frame["unit"].str[1:].astype(int).isin(near).astype(int)
    return Panel(
        frame=frame, unit="unit", period="year", freq="year", outcomes=("y",), neighbour="near"
    )


def test_neighbours_among_the_donors_are_told_and_left_out() -> None:
    values = outcomes(6)
    assert finding("donor_spillover", CLAIM, panel_of(values)).status == "not_applicable"
    assert finding("donor_spillover", CLAIM, neighbours(values, set())).status == "clear"
    spilled = values.copy()
    spilled[1:25, 24:] -= 6.0
    found = finding("donor_spillover", CLAIM, neighbours(spilled, set(range(1, 25))))
    assert found.status == "problem"
    assert "changes the verdict" in found.says
    everyone = finding("donor_spillover", CLAIM, neighbours(values, set(range(1, 30))))
    assert everyone.status == "cannot_tell"


def test_a_design_without_donor_weights_says_so() -> None:
    ev = evaluate(CLAIM, panel_of(outcomes(7)), designs=[MatrixCompletion()])
    told = {f.check: f.status for f in ev.findings}
    without = ("donor_hull", "leave_one_out", "donor_spillover")
    assert {told[name] for name in without} == {"not_applicable"}
    assert told["pre_fit"] != "not_applicable"
    assert told["distinct_donors"] == "clear"


def test_the_rule_is_declared_and_its_reasons_are_printed() -> None:
    values = outcomes(8)
    few_periods = evaluate(claim_on([0], 5, size=2.0), panel_of(values))
    assert few_periods.design == "DifferenceInDifferences"
    reasons = {o.design: " ".join(o.reasons) for o in few_periods.objections}
    assert "at least 8 are needed" in reasons["SyntheticDiD"]
    several = evaluate(claim_on([0, 1], 24, size=2.0), panel_of(values))
    assert several.design == "DifferenceInDifferences"
    few_donors = evaluate(CLAIM, panel_of(values[:15]))
    assert few_donors.design == "DifferenceInDifferences"
    # 14 donors are enough for a mix, though not for its interval: what it shows is told.
    told = {other.design: other for other in few_donors.alternatives}
    assert {"SyntheticDiD", "SyntheticControl"} < set(told)
    assert np.isinf(told["SyntheticControl"].conf_int.low)
    assert np.isfinite(told["SyntheticControl"].effect)
    reason = next(o for o in few_donors.objections if o.design == "SyntheticControl").reasons
    assert "no p-value can be below 1/15" in reason[0]
    assert "shown beside" in reason[1]
    assert "SyntheticDiD" not in {
        other.design for other in evaluate(CLAIM, panel_of(values[:5])).alternatives
    }
    beside = {other.design for other in evaluate(CLAIM, panel_of(values)).alternatives}
    assert {"DifferenceInDifferences", "SyntheticControl"} < beside

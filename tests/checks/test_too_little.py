"""What checks say where there is too little to tell: they neither accuse nor clear."""

from __future__ import annotations

import runpy
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.checks import measured
from tests.checks.cases import case_of, finding, panel_with
from tests.panels import claim_on, panel_of

from innoeval import checks
from innoeval.checks import repeated_numbers
from innoeval.designs import (
    ControlledITS,
    DifferenceInDifferences,
    SegmentedRegression,
    SyntheticControl,
)
from innoeval.designs.base import Effects, Mask
from innoeval.errors import DesignError
from innoeval.evaluate import evaluate
from innoeval.records import Claim, Estimate, Evaluation, Panel, Policy

N, T, LAUNCH = measured.N, measured.T, measured.LAUNCH
Y = 20 + measured.noise() - measured.step(1.0)
CLAIM = claim_on(range(10), LAUNCH)
DID = DifferenceInDifferences()


#: Ten treated units, half of which start two years later.
STARTS = {f"u{i:02d}": str(2000 + LAUNCH + 2 * (i >= 5)) for i in range(10)}


def test_sites_left_out_with_nobody_to_compare_them_with() -> None:
    adopters = [f"u{unit:02d}" for unit in range(8)]
    values = Y[:8].copy()
    values[4:8, LAUNCH:] = np.nan
    claim = claim_on(range(4), LAUNCH, adopters=adopters)
    case = case_of(claim, panel_of(Y[:8]), DID)
    found = checks.Adopters().measure(case)
    assert found.status == "cannot_tell"
    assert found.says == (
        "4 of 8 sites that got it are not in the claim, and too few units are left to compare them with."
    )


def test_all_treated_units_end_early_and_nobody_is_left_to_hold_them_against() -> None:
    values = 20 + measured.noise(sd=1.0) - measured.step(1.0)
    values[:10, LAUNCH + 1 :] = np.nan
    found = finding("attrition", CLAIM, panel_of(values))
    assert found.status == "problem"
    assert "(u00, u01, u02 and more end early);" in found.says


def test_comparison_units_without_a_baseline_bound_nothing() -> None:
    values = 20 + measured.noise(sd=1.0) - measured.step(1.0)
    values[10:, :LAUNCH] = np.nan
    claim = claim_on(range(10), LAUNCH, treated=STARTS, start=None)
    ev = evaluate(claim, panel_of(values))
    told = {found.check: found for found in ev.findings}
    assert told["attrition"].status == "problem"
    assert "between no lower bound and no upper bound" in told["attrition"].says
    assert told["attrition"].left == (-np.inf, np.inf)
    assert told["multiverse"].status == "not_applicable"
    assert "no other analysis has the values" in told["multiverse"].says
    assert Evaluation.from_json(ev.to_json()) == ev


def test_a_measure_that_never_varies_by_chance_is_told_by_its_sign() -> None:
    walk = np.random.default_rng(3).normal(size=(1, T)).cumsum() + np.zeros((N, 1))
    for harm, status in ((50.0, "problem"), (-50.0, "clear")):
        other = walk + measured.step(harm)
        claim = claim_on(range(10), LAUNCH, smallest_effect=0.4)
        panel = panel_with(Y, {"reopened": other}, balancing={"reopened": "lower"})
        assert finding("balancing", claim, panel).status == status


def near(met: np.ndarray, missed: np.ndarray, outcome: np.ndarray = Y, **roles: object):
    return measured.panel_with(
        outcome, met=met, missed=missed, near_target=("met", "missed"), **roles
    )


FULL = np.full((N, T), 20.0)


def test_bunching_needs_counts_of_both_groups() -> None:
    unseen = FULL.copy()
    unseen[11:] = np.nan
    found = finding("bunching", CLAIM, near(unseen, FULL))
    assert found.status == "cannot_tell"
    assert found.says == "There are too few cases near the target to see."


def test_bunching_of_two_units_of_ten_is_not_told() -> None:
    unseen = FULL + measured.noise(4, 1.0).round()
    unseen[2:10] = np.nan
    found = finding("bunching", CLAIM, near(unseen, FULL))
    assert found.status == "cannot_tell"
    # Counted on one side of the target only: no ratio, and no case was moved.
    gone = FULL + measured.noise(4, 1.0).round()
    gone[:10, LAUNCH + 3 :] = np.nan
    assert (
        finding("bunching", CLAIM, near(FULL + measured.noise(5, 1.0).round(), gone)).status
        == "clear"
    )


def test_cases_moved_where_nothing_is_left_to_miss_cannot_be_counted() -> None:
    cases = np.full((N, T), 400.0)
    inside = 240 + np.round(measured.noise(9, 2.0))
    roles = {"inside": inside, "cases": cases, "numerator": "inside", "denominator": "cases"}
    met = FULL + np.round(measured.noise(5, 1.0))
    missed = FULL + np.round(measured.noise(6, 1.0))
    claim = claim_on(range(10), LAUNCH, better="higher")
    all_met = np.where(measured.step(1.0) > 0, 0.0, missed)
    found = finding("bunching", claim, near(met, all_met, 100 * inside / cases, **roles))
    assert (found.status, found.bias, found.left) == ("problem", None, None)
    # An outcome that is not the share that the two columns make.
    over = met + 10 * measured.step(1.0)
    other = near(over, missed - 10 * measured.step(1.0), Y, **roles)
    found = finding("bunching", claim, other)
    assert (found.status, found.bias) == ("problem", None)


def test_case_mix_without_comparison_units_or_kinds() -> None:
    mix = {"easy": Y, "hard": Y + 1, "n_easy": FULL, "n_hard": FULL}
    roles = {"case_mix": {"easy": "n_easy", "hard": "n_hard"}}
    alone = claim_on(range(N), LAUNCH)
    found = checks.CaseMix().measure(case_of(alone, panel_with(Y, mix, **roles)))
    assert found.status == "not_applicable"
    assert "no comparison units to hold the mix" in found.says
    gone = {**mix, "n_easy": 0 * FULL, "n_hard": 0 * FULL}
    found = checks.CaseMix().measure(case_of(CLAIM, panel_with(Y, gone, **roles), DID))
    assert found.status == "cannot_tell"
    assert found.says == "Too few units say which kinds of cases there were."


def test_one_comparison_unit_shows_no_drift() -> None:
    claim = claim_on(range(10), LAUNCH)
    found = checks.ComparatorDrift().measure(case_of(claim, panel_of(Y[:11]), ControlledITS()))
    assert (found.status, found.says) == ("not_applicable", "There are too few units to tell.")


def test_a_cost_without_a_claimed_size_is_not_compared() -> None:
    claim = claim_on(range(10), LAUNCH, size=None, cost=60_000)
    found = finding("cost", claim, panel_of(Y))
    # 60,000 for one day at ten sites over six years: 1,000 each.
    assert found.statistic == pytest.approx(1000, rel=0.1)
    assert "As announced" not in found.says


@pytest.mark.parametrize("check", [checks.DistinctDonors(), checks.PreFit()])
def test_where_nothing_is_imitated_donors_are_not_asked_about(check: checks.Check) -> None:
    found = check.measure(case_of(CLAIM, panel_of(Y), DID))
    assert (found.status, found.says) == ("not_applicable", "Nothing is imitated here.")


def test_negative_controls_that_never_move_or_were_not_seen_say_nothing() -> None:
    still = panel_with(Y, {"other": 5.0}, negative_controls=("other",))
    found = finding("negative_controls", CLAIM, still)
    assert found.status == "not_applicable"
    assert found.says == "The design does not fit any negative control."


def test_untreated_units_that_a_segmented_regression_cannot_use_are_told() -> None:
    claim = claim_on([0], LAUNCH)
    ev = evaluate(claim, panel_of(Y), designs=[SegmentedRegression()])
    found = next(f for f in ev.findings if f.check == "no_comparison")
    assert "There are 19 untreated units, but this analysis could not use them" in found.says


def test_a_rate_that_cannot_be_split() -> None:
    panel = measured.panel_with(
        Y, inside=Y, cases=FULL / 20, numerator="inside", denominator="cases"
    )
    found = checks.RateDecomposition().measure(case_of(CLAIM, panel, DID))
    assert found.status == "clear"
    assert found.says == "cases did not change: all of the change comes from inside."
    moved = 100 + np.round(measured.noise(7, 2.0))
    roles = {"numerator": "inside", "denominator": "cases"}
    case = case_of(CLAIM, measured.panel_with(Y, inside=Y * moved, cases=moved, **roles), DID)
    assert checks.RateDecomposition().measure(case).bias is not None
    found = checks.RateDecomposition().measure(replace(case, design=Blind()))
    assert found.status == "cannot_tell"
    assert "cannot be split" in found.says


def test_the_volume_of_all_units_and_of_units_without_cases() -> None:
    cases = np.round(1000 * np.exp(measured.noise(2, 0.02)))
    cut = cases * (1 - measured.step(0.25))
    claim = claim_on(range(10), LAUNCH)
    alone = measured.panel_with(Y[:10], cases=cut[:10], denominator="cases")
    found = checks.UndeclaredBreak().measure(case_of(claim, alone))
    assert found.p_value is not None
    assert found.p_value < 0.01
    assert "25 % fewer cases (cases)" in found.says_problem
    # Two comparison units are too few to compare, but what they share is taken off.
    beside = measured.panel_with(Y[:12], cases=np.round(0.5 * cut[:12]), denominator="cases")
    found = checks.UndeclaredBreak().measure(case_of(claim, beside, DID))
    assert "25 % fewer cases (cases)" in found.says_problem
    few = claim_on(range(3), LAUNCH)
    unseen = cut.copy()
    unseen[:3, LAUNCH:] = np.nan
    panel = measured.panel_with(Y, cases=unseen, denominator="cases")
    found = checks.UndeclaredBreak().measure(case_of(few, panel, DID))
    assert found.status == "not_applicable"
    assert found.says.startswith("Neither numbers of cases nor enough values are recorded")


def test_the_page_of_checks_is_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "innoeval.checks.page", raising=False)
    runpy.run_module("innoeval.checks.page", run_name="__main__")
    written = Path(__file__).parents[2] / "docs" / "methods" / "checks.md"
    assert capsys.readouterr().out == written.read_text("utf-8")


def test_looks_of_a_claim_without_a_size_or_with_several_starts() -> None:
    looks = [str(2000 + LAUNCH + 2)]
    values = 20 + measured.noise(sd=1.0) - measured.step(1.0)
    found = finding(
        "peeking", claim_on(range(10), LAUNCH, size=None, looks=looks), panel_of(values)
    )
    assert found.status == "clear"
    assert "the answer is the same if this is counted" in found.says

    lucky = claim_on(range(10), LAUNCH, treated=STARTS, start=None, looks=["2014", "2015", "2016"])
    case = case_of(lucky, panel_of(values))
    low, high = case.estimate.improvement_int
    # Shown, but not with three more looks counted; whether an early one showed it is not known.
    barely = 0.02 * (high - low) - low
    moved = replace(case, estimate=replace(case.estimate, effect=case.estimate.effect - barely,
                    conf_int=tuple(end - barely for end in case.estimate.conf_int)))  # fmt: skip
    found = checks.Peeking().measure(moved)
    assert found.left is not None
    assert found.left.low < 0 < moved.estimate.improvement_int.low
    assert found.status != "problem"


def test_a_percentage_that_cannot_be_recomputed() -> None:
    share = measured.panel_with(
        Y, inside=Y, cases=5 * FULL, numerator="inside", denominator="cases"
    )
    claim = claim_on(range(10), LAUNCH, size=0.1, scale="relative")
    found = checks.PercentPoints().measure(replace(case_of(claim, share), announced=None))
    assert found.status == "cannot_tell"


def test_pretended_units_need_values() -> None:
    values = Y.copy()
    values[13:, LAUNCH:] = np.nan
    claim = claim_on(range(6), LAUNCH)
    found = finding("placebo_units", claim, panel_of(values))
    assert found.status == "not_applicable"
    assert found.says == "Too many values are missing to pretend other treated units."


def test_windows_on_one_side_of_the_start() -> None:
    windows = (("2000", "2013"), ("2014", "2017"))
    found = finding("window", claim_on(range(10), LAUNCH, windows=windows), panel_of(Y))
    assert found.status == "not_applicable"
    assert "do not lie on either side of the start" in found.says


def test_a_panel_too_large_to_compare_all_pairs_is_searched_for_standing_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = Y.copy()
    values[3] = values[7]
    assert finding("repeated_numbers", CLAIM, panel_of(values)).status == "problem"
    monkeypatch.setattr(repeated_numbers, "_LARGEST", N)
    assert finding("repeated_numbers", CLAIM, panel_of(values)).status != "problem"


class Blind:
    """A design and kernel that can tell nothing of any window."""

    series = np.zeros(T)
    launch = LAUNCH
    assumptions = DID.assumptions

    def effects(self, before: Mask, after: Mask, level: float = 0.95) -> Effects:
        unknown = np.full(len(before), np.nan)
        return Effects(
            effect=unknown,
            std_error=unknown,
            p_value=unknown,
            low=unknown,
            high=unknown,
            df=unknown,
        )

    def trend(self, level: float = 0.95) -> None:
        return None

    def kernel(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Blind:
        return self

    def fit(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Estimate:
        raise DesignError("there is nothing to be told")


@pytest.mark.parametrize(
    "check",
    [
        checks.Anticipation(), checks.Balancing(), checks.FadeOut(), checks.MeanReversion(),
        checks.NegativeControls(), checks.PlaceboInTime(),
    ],
    ids=lambda check: check.name,
)  # fmt: skip
def test_a_design_that_can_tell_nothing_accuses_and_clears_nobody(check: checks.Check) -> None:
    open_cells = np.zeros((N, T))
    open_cells[:, -2:] = 1
    panel = panel_with(
        Y, {"other": measured.noise(2), "open": open_cells}, balancing={"other": "lower"},
        negative_controls=("other",), provisional="open",
    )  # fmt: skip
    claim = claim_on(range(10), LAUNCH, windows=(("2000", "2011"), ("2012", "2017")))
    seeing = case_of(claim, panel, DID)
    found = check.measure(replace(seeing, kernel=Blind(), design=Blind()))
    assert found.status in {"cannot_tell", "not_applicable"}
    assert found.p_value is None
    assert "nan" not in found.says


def test_no_baseline_before_a_head_start() -> None:
    class Spells(Blind):
        """Knows what happened before the start alone."""

        def effects(self, before: Mask, after: Mask, level: float = 0.95) -> Effects:
            found = np.where(after[:, LAUNCH:].any(axis=1), np.nan, 1.0)
            return Effects(
                effect=found, std_error=0.1 * found, p_value=0.01 * found, low=found - 0.2,
                high=found + 0.2, df=9 * found,
            )  # fmt: skip

    case = replace(case_of(CLAIM, panel_of(Y), DID), kernel=Spells())
    found = checks.Anticipation().measure(case)
    assert found.p_value is not None
    assert found.left is None


def test_a_treated_unit_that_its_donors_follow_exactly_has_no_misfit_to_rank_its_fading_by() -> (
    None
):
    values = 20 + np.random.default_rng(3).normal(size=(24, T))
    values[0] = values[12] - 3.0 * (np.arange(T) >= LAUNCH)
    case = case_of(claim_on([0], LAUNCH), panel_of(values), SyntheticControl())
    found = checks.FadeOut().measure(case)
    # Three in all thirds.
    assert found.says.startswith("The improvement was 3 in the first third of the time")


def late(first: int = -2) -> Panel:
    open_cells = np.zeros((N, T))
    open_cells[:, first:] = 1
    return panel_with(Y, {"open": open_cells}, provisional="open")


def test_provisional_figures_that_nothing_can_be_held_against() -> None:
    case = case_of(CLAIM, late(), DID)
    known = checks.ProvisionalData().measure(case)
    assert known.bias is not None
    assert np.isfinite(known.bias.std_error)
    # The settled figures are known, what the others add is not: any bias may be hidden there.
    found = checks.ProvisionalData().measure(replace(case, kernel=Blind()))
    assert (found.status, found.p_value) == ("cannot_tell", None)
    assert found.bias is not None
    assert found.bias.std_error == np.inf
    found = checks.ProvisionalData().measure(replace(case, design=Blind()))
    assert found.status == "cannot_tell"
    assert found.says == (
        "33 % of the figures since the start are provisional, and too few are settled."
    )


def test_provisional_figures_after_several_starts_leave_the_question_open() -> None:
    claim = claim_on(range(10), LAUNCH, treated=STARTS, start=None)
    found = checks.ProvisionalData().measure(case_of(claim, late()))
    assert (found.status, found.p_value) == ("cannot_tell", None)


def test_nothing_turns_on_a_start_that_the_design_cannot_move() -> None:
    case = case_of(CLAIM, panel_of(Y), DID)
    verdict = evaluate(CLAIM, panel_of(Y), designs=[DID]).verdict
    kinds = {flip.change for flip in checks.find_flips(case, verdict)}
    assert {"bias", "start"} <= kinds
    assert "start" not in {
        flip.change for flip in checks.find_flips(replace(case, kernel=Blind()), verdict)
    }
    boundless = replace(case, margin=np.inf)
    assert "bias" not in {flip.change for flip in checks.find_flips(boundless, verdict)}


def test_no_start_is_moved_where_two_periods_lie_on_a_side() -> None:
    values = Y[:, LAUNCH - 2 : LAUNCH + 2]
    claim = claim_on(range(10), 2)
    ev = evaluate(claim, panel_of(values), designs=[DID])
    assert ev.verdict.interval is not None
    assert "start" not in {flip.change for flip in ev.flips}

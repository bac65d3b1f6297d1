"""Checks of timing: head start, fading, odd periods, other units, drift, forbidden comparisons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.panels import claim_on, panel_of

from innoeval.designs.base import arrange
from innoeval.evaluate import evaluate
from innoeval.records import Claim, Event, Finding, Panel

NOISE = np.random.default_rng(21).normal(size=(30, 24)) * 0.3
CLAIM = claim_on(range(10), 12, size=4.0)


def changed(effect: object, noise: float = 1.0) -> np.ndarray:
    """Outcomes in which the ten treated units improve (fall) by so much in each period."""
    outcomes = 20 + NOISE * noise
    outcomes[:10] -= np.asarray(effect, dtype=float)
    return outcomes


def ask(check: str, outcomes: np.ndarray, claim: Claim = CLAIM) -> Finding:
    return finding(check, claim, panel_of(outcomes))


TIME = np.arange(24)
STEP = 4.0 * (TIME >= 12)


def test_a_head_start_is_seen_and_the_baseline_ends_before_it() -> None:
    # The effect of 4 begins two periods early: they are 2 of 12 periods of the baseline, which so
    # holds 2/12 × 4 = .667 of the effect; without them 4 is left.
    found = ask("anticipation", changed(4.0 * (TIME >= 10), 0.1))
    assert found.status == "problem"
    assert found.bias == pytest.approx(-4 * 2 / 12, abs=0.1)
    assert found.left is not None
    assert np.mean(found.left) == pytest.approx(4.0, abs=0.1)
    assert "2 periods before the start" in found.says


def test_no_head_start_is_clear_and_a_bad_spell_is_none() -> None:
    assert ask("anticipation", changed(STEP)).status == "clear"
    dip = ask("anticipation", changed(STEP - 3.0 * ((TIME >= 9) & (TIME < 12))))
    assert dip.status != "problem"


def test_a_head_start_that_is_shown_ends_the_baseline_and_the_trend_before_it() -> None:
    ev = evaluate(CLAIM, panel_of(changed(4.0 * (TIME >= 10), 0.1)))
    assert ev.estimate is not None
    assert ev.verdict.interval is not None
    # Two of twelve periods hold the effect of 4: the base estimate misses .667 of it.
    assert ev.estimate.improvement == pytest.approx(4 - 4 * 2 / 12, abs=0.1)
    assert ev.verdict.interval.low > ev.estimate.improvement_int.high
    assert ev.verdict.interval.low < 4.0 < ev.verdict.interval.high
    trend = next(f for f in ev.findings if f.check == "pre_trend")
    assert trend.bias == pytest.approx(0.0, abs=0.2)


def test_a_trend_is_no_head_start() -> None:
    # Better by .3 in every period: the last ones are better than the earlier ones, as they would be.
    found = ask("anticipation", changed(0.3 * TIME))
    ev = evaluate(CLAIM, panel_of(changed(0.3 * TIME)))
    assert found.left is not None
    assert ev.estimate is not None
    assert found.left.low <= ev.estimate.improvement_int.low
    assert ev.verdict.status not in {"supported", "partly_supported"}


def test_a_bad_spell_that_a_trend_hides_is_left_out_of_the_trend() -> None:
    # Better by .4 in every period, and by 1.2 worse in the last three: no worse than before, and so
    # a fit through all of them takes the trend for .27 less than it is.
    gain = 0.4 * TIME - 1.2 * ((TIME >= 9) & (TIME < 12))
    found = ask("pre_trend", changed(gain, 0.1))
    assert found.status == "problem"
    assert found.bias == pytest.approx(0.4 * 12, abs=0.3)


def test_an_odd_period_is_shown_where_it_moves_the_interval() -> None:
    # An effect of 4 and a month of 12 more: 1 of 5, which leaves the claim of 4 supported.
    found = ask("outliers", changed(STEP + 12.0 * (TIME == 17)))
    assert found.status == "problem"
    assert found.left is not None
    assert found.left.low < 4.0 < found.left.high


def test_a_fading_effect_is_told_in_thirds() -> None:
    # 12 periods from the start: 6, 5.5 ... .5. Thirds of four average 5.25 and 1.25, all 3.25.
    fading = np.where(TIME >= 12, 6 - 0.5 * (TIME - 12), 0.0)
    found = ask("fade_out", changed(fading, 0.1))
    assert found.status == "problem"
    assert found.bias == pytest.approx(3.25 - 1.25, abs=0.1)
    assert found.left is not None
    assert np.mean(found.left) == pytest.approx(1.25, abs=0.1)


def test_a_lasting_effect_is_clear_and_a_growing_one_no_problem() -> None:
    assert ask("fade_out", changed(STEP)).status == "clear"
    growing = np.where(TIME >= 12, 0.5 * (TIME - 11), 0.0)
    assert ask("fade_out", changed(growing)).status == "clear"


def test_few_periods_after_the_start_show_no_fading() -> None:
    claim = claim_on(range(10), 20, size=4.0)
    assert ask("fade_out", changed(4.0 * (TIME >= 20)), claim).status == "not_applicable"


def test_fading_among_donors_is_a_rank() -> None:
    outcomes = 20 + np.random.default_rng(4).normal(size=(60, 36)) * 0.3
    outcomes[0, 24:] -= np.linspace(9, 0, 12)
    ev = evaluate(claim_on([0], 24, size=4.0), panel_of(outcomes))
    assert ev.design == "SyntheticDiD"
    found = {f.check: f for f in ev.findings}["fade_out"]
    assert found.statistic is not None
    assert found.statistic > 2
    assert found.bias == pytest.approx(3.3, abs=0.6)  # the average of 4.5 less a last third of 1.2


def test_one_odd_period_is_found_and_left_out() -> None:
    # One of 12 later periods is 24 better: it makes 2 of the average, and nothing is left.
    odd = np.where(TIME == 17, 24.0, 0.0)
    found = ask("outliers", changed(odd, 0.5))
    assert found.status == "problem"
    assert found.bias == pytest.approx(2.0, abs=0.15)
    assert found.left is not None
    assert np.mean(found.left) == pytest.approx(0.0, abs=0.15)
    assert "2017" in found.says
    assert evaluate(CLAIM, panel_of(changed(odd, 0.5))).verdict.status != "supported"


def test_periods_alike_are_clear() -> None:
    assert ask("outliers", changed(STEP)).status == "clear"


def test_comparison_units_that_show_as_much_are_told() -> None:
    found = ask("placebo_units", changed(STEP))
    assert (found.status, found.statistic) == ("clear", pytest.approx(1 / 1000))
    few = claim_on(range(13), 12, size=4.0)
    assert finding("placebo_units", few, panel_of(changed(STEP)[:30])).status == "clear"
    none = claim_on(range(15), 12, size=4.0)
    assert finding("placebo_units", none, panel_of(changed(STEP))).status == "not_applicable"


def test_nothing_better_here_and_worse_elsewhere_is_a_drift() -> None:
    # The treated stay, the others get 4 worse: the design finds 4, and all of it is the others'.
    outcomes = 20 + NOISE
    outcomes[10:] += STEP
    found = ask("comparator_drift", outcomes)
    assert found.status == "problem"
    assert found.bias == pytest.approx(4.0, abs=0.2)
    # Whether the same would have happened to the treated units, nobody knows.
    assert found.left is None
    assert evaluate(CLAIM, panel_of(outcomes)).verdict.status == "inconclusive"
    event = Event(period="2012", scope="all", what="a flood")
    told = claim_on(range(10), 12, size=4.0, events=[event])
    assert ask("comparator_drift", outcomes, told).status == "cannot_tell"
    assert ask("comparator_drift", changed(STEP)).status == "clear"
    # However much got better here: what made the others worse just then is not known.
    halves = 20 + NOISE - STEP / 2
    halves[10:] += STEP
    assert ask("comparator_drift", halves).status == "problem"
    # A change of definition that they share explains it.
    frame = panel_of(halves).frame.assign(year=lambda f: f["year"].astype(str))
    frame["version"] = np.where(frame["year"] < "2012", "1", "2")
    known = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                  version="version")  # fmt: skip
    assert finding("comparator_drift", CLAIM, known).status != "problem"


def test_forbidden_comparisons_count_where_effects_grow() -> None:
    # 5 units start in period 6, 5 in period 16, 20 never.
    outcomes = 20 + NOISE * 0.3
    for first, units in ((6, slice(0, 5)), (16, slice(5, 10))):
        outcomes[units] -= np.maximum(TIME - first + 1, 0) * 0.5
    starts = {f"u{i:02d}": str(2006 if i < 5 else 2016) for i in range(10)}
    claim = Claim(id="c", innovation="i", outcome="y", better="lower", treated=starts, size=3.0,
                  scale="absolute")  # fmt: skip
    found = ask("forbidden_comparisons", outcomes, claim)
    assert (found.status, found.severity) == ("problem", "note")
    assert found.bias is not None
    assert found.bias < 0  # growth of those treated already is taken for a loss
    flat = 20 + NOISE * 0.3
    for first, units in ((6, slice(0, 5)), (16, slice(5, 10))):
        flat[units] -= 3.0 * (first <= TIME)
    assert ask("forbidden_comparisons", flat, claim).status != "problem"
    assert ask("forbidden_comparisons", changed(STEP)).status == "not_applicable"


def test_a_forbidden_part_by_hand() -> None:
    from innoeval.stats.bacon import decompose, forbidden_part

    panel = panel_of(20 + NOISE)
    claim = Claim(id="c", innovation="i", outcome="y", better="lower",
                  treated={f"u{i:02d}": str(2006 if i < 5 else 2016) for i in range(10)})  # fmt: skip
    case = arrange(panel, claim)
    parts = decompose(case.outcomes, case.starts)
    clean = np.isin(parts.kind, ["never treated", "not yet treated"])
    without = parts.weight[clean] @ parts.estimate[clean] / parts.weight[clean].sum()
    found = forbidden_part(case.outcomes, case.starts)
    assert found.moved == pytest.approx(parts.weight @ parts.estimate - without)
    assert found.df == 30 - 3


LATE = np.random.default_rng(23).normal(size=(30, 48)) * 0.3
MONTHS = np.arange(48) - 36


def late(effect: object, noise: float = 1.0) -> tuple[Claim, Panel]:
    """A claim of 4, and 36 + 12 periods in which ten of thirty units improve by so much."""
    outcomes = 20 + LATE * noise
    outcomes[:10] -= np.asarray(effect, dtype=float)
    return claim_on(range(10), 36, size=4.0), panel_of(outcomes)


def test_a_trend_that_began_shortly_before_the_start_supports_nothing() -> None:
    # Better by .4 more in every period from six before the start on: .4 × (11.5 − .417) = 4.43.
    claim, panel = late(0.4 * np.maximum(MONTHS + 6, 0))
    ev = evaluate(claim, panel)
    assert ev.estimate is not None
    assert ev.estimate.improvement == pytest.approx(4.43, abs=0.2)
    found = next(f for f in ev.findings if f.check == "late_trend")
    assert found.status == "problem"
    # Carried on from the last six periods before, it adds .4 × (11.5 − 2.5) = 3.6.
    assert found.bias == pytest.approx(3.6, abs=0.5)
    assert found.left is not None
    assert found.left.low < 0 < found.left.high
    assert ev.verdict.status not in {"supported", "partly_supported"}


@pytest.mark.parametrize(
    "effect",
    [
        4.0 * (MONTHS >= 0),  # at once
        4.0 * (MONTHS >= -3),  # ahead of its date
        8 / 13 * np.maximum(MONTHS + 1, 0),  # growing from the start on
        4.0 * (MONTHS >= 0) + 0.1 * MONTHS,  # beside an old trend
    ],
)
def test_what_is_no_late_trend_leaves_the_verdict(effect: np.ndarray) -> None:
    claim, panel = late(effect)
    found = finding("late_trend", claim, panel)
    assert found.status in {"clear", "cannot_tell"}
    assert found.left is None


def test_an_effect_beyond_a_late_trend_is_seen() -> None:
    claim, panel = late(0.2 * np.maximum(MONTHS + 6, 0) + 4.0 * (MONTHS >= 0), 0.3)
    found = finding("late_trend", claim, panel)
    assert found.left is not None
    assert found.left.low > 3
    assert np.mean(found.left) == pytest.approx(4.0, abs=0.4)


def test_a_late_trend_needs_periods_and_what_a_lottery_rules_out_stays_out() -> None:
    assert ask("late_trend", changed(STEP), claim_on(range(10), 20)).status == "not_applicable"
    # A weak one is doubtful: it joins, but not where a lot decided who was treated.
    claim, panel = late(0.02 * np.maximum(MONTHS + 6, 0) + 2.0 * (MONTHS >= 0))
    assert finding("late_trend", claim, panel).status == "cannot_tell"
    assert evaluate(claim, panel).verdict.deciding == "hull"
    assert evaluate(replace(claim, assignment="lottery"), panel).verdict.deciding == "base"

"""Plans: from the past alone, the same way as verdicts, and refused in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.panels import claim_on, panel_of

import innoeval as ie
from innoeval.errors import ClaimError, InnoevalError
from innoeval.records import Policy
from innoeval.records.plan import Plan
from innoeval.records.saved import dump, load

CASE = ie.simulate.draw(seed=4, n_units=12, n_treated=6, size=2.0)


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**31), scale=st.floats(0.1, 50))
def test_nothing_after_the_start_is_looked_at(seed, scale):
    values = CASE.panel.matrix("outcome").copy()
    values[:, 24:] = np.random.default_rng(seed).normal(10, scale, values[:, 24:].shape)
    other = CASE.panel.with_values("outcome", values)
    made = [ie.plan(CASE.claim, panel, futures=3, wait=False) for panel in (CASE.panel, other)]
    assert made[0] == made[1]


def test_a_panel_that_ends_before_the_start_gives_the_same_plan():
    past = CASE.panel.window(CASE.panel.periods[0], CASE.panel.periods[23])
    whole = ie.plan(CASE.claim, CASE.panel, futures=6, wait=False)
    early = ie.plan(CASE.claim, past, after=12, futures=6, wait=False)
    assert early == whole
    assert ie.plan(CASE.claim, past, futures=2, wait=False).after == 12


def test_the_resolution_agrees_with_what_evaluations_print():
    found = [
        ie.evaluate(case.claim, case.panel).verdict.resolution
        for case in (
            ie.simulate.draw(seed=s, n_units=30, n_treated=10, size=2.0) for s in range(20, 26)
        )
    ]
    case = ie.simulate.draw(seed=20, n_units=30, n_treated=10, size=2.0)
    made = ie.plan(case.claim, case.panel, futures=12, wait=False)
    assert made.resolution == pytest.approx(np.median(found), rel=0.25)


def test_larger_claims_are_easier_and_small_ones_call_for_waiting():
    small = ie.simulate.draw(seed=4, n_units=12, n_treated=6, size=1.3, n_after=4)
    made = ie.plan(small.claim, small.panel, futures=12)
    assert made.wait is not None
    assert made.wait > 0
    assert made.enough == made.after + made.wait
    large = ie.plan(CASE.claim, CASE.panel, futures=12, wait=False)
    assert large.supported > made.supported
    assert made.detectable > 1.3
    assert "more" in made.says[-1]
    assert sum(chance.share for chance in made.chances) == pytest.approx(1)


def test_the_price_of_the_hull_is_in_the_plan():
    made = ie.plan(CASE.claim, CASE.panel, futures=12, wait=False)
    strict = ie.plan(CASE.claim, CASE.panel, futures=12, wait=False, policy=Policy(strict=True))
    assert strict.supported <= made.supported
    assert strict.if_clear == made.if_clear
    assert made.supported <= made.if_clear


def test_one_treated_unit_and_one_series_are_planned_by_their_own_designs():
    one = ie.simulate.draw(seed=1, n_units=20, n_treated=1, size=3.0)
    assert ie.plan(one.claim, one.panel, futures=1, wait=False).design == "SyntheticDiD"
    alone = ie.simulate.draw(seed=1, n_units=1, n_treated=1, n_before=20, n_after=6, size=4.0)
    made = ie.plan(alone.claim, alone.panel, futures=1, wait=False)
    assert made.design == "SegmentedRegression"
    assert "linear trend" in made.rests_on[0]


def test_several_starts_are_planned_from_before_the_first():
    units = CASE.panel.units
    claim = ie.Claim(id="s", innovation="i", outcome="outcome", better="lower", size=2.0, scale="absolute",
                     treated={units[0]: CASE.panel.periods[18], units[1]: CASE.panel.periods[18],
                              units[2]: CASE.panel.periods[24], units[3]: CASE.panel.periods[24]})  # fmt: skip
    made = ie.plan(claim, CASE.panel, futures=1, wait=False)
    assert (made.before, made.after) == (18, 12)
    assert made.design == "CallawaySantAnna"
    assert made.supported is not None


def test_what_cannot_be_planned_is_said():
    def said(**changes):
        fields = {"id": "c", "innovation": "i", "outcome": "outcome", "better": "lower", "size": 1.0,
                  "scale": "absolute", "treated": CASE.claim.units, "start": CASE.panel.periods[24]}  # fmt: skip
        return ie.plan(ie.Claim(**{**fields, **changes}), CASE.panel, futures=2, wait=False)

    nothing = said(size=None)
    assert nothing.supported is None
    assert "neither a size" in str(nothing)
    assert "Cannot be planned" in nothing._repr_html_()
    early = said(start=CASE.panel.periods[2])
    assert "2 values before the start" in early.obstacles[0]
    event = ie.Event(period=CASE.panel.periods[24], scope="treated", what="new law")
    shared = said(events=[event])
    assert shared.supported is None
    assert "because at the same time" in str(shared)
    with pytest.raises(ClaimError, match="nowhere"):
        said(treated=["nowhere"])
    with pytest.raises(ClaimError, match="other"):
        said(outcome="other")
    with pytest.raises(ClaimError):
        said(start=CASE.panel.periods[0])
    with pytest.raises(ClaimError):
        said(start="not a month")
    with pytest.raises(InnoevalError, match="futures"):
        ie.plan(CASE.claim, CASE.panel, futures=0)


def test_gaps_and_units_that_come_late_are_planned_around():
    values = CASE.panel.matrix("outcome").copy()
    values[np.random.default_rng(0).random(values.shape) < 0.15] = np.nan
    values[-1, :24] = np.nan
    made = ie.plan(CASE.claim, CASE.panel.with_values("outcome", values), futures=2, wait=False)
    assert made.supported is not None
    values[6:, :24] = np.nan
    alone = ie.plan(CASE.claim, CASE.panel.with_values("outcome", values), futures=1, wait=False)
    assert alone.design == "SegmentedRegression"


def test_scales_and_records():
    relative = ie.Claim(id="c", innovation="i", outcome="outcome", better="lower", size=0.15,
                        treated=CASE.claim.units, start=CASE.panel.periods[24])  # fmt: skip
    made = ie.plan(relative, CASE.panel, futures=6, wait=False)
    assert 0 < made.detectable < 1
    assert "%" in made.sized(made.detectable)
    assert load(Plan, dump(made)) == made
    html = made._repr_html_()
    assert html.count("<section") == html.count("</section>") == 1
    assert "scope='col'" in html
    unsure = replace(made, enough=None, longest=96, detectable=None)
    assert "Waiting does not help" in str(unsure)
    assert "No size" in str(unsure)
    assert "Resolution" in str(unsure)
    assert "Resolution" not in str(replace(unsure, resolution=None))


def noisy(level=20.0, n=12):
    return level + np.random.default_rng(0).normal(size=(n, 16))


def test_a_design_that_does_not_fit_and_a_past_without_values_are_obstacles():
    made = ie.plan(claim_on([0], 12), panel_of(noisy()), futures=2, wait=False,
                   designs=[ie.designs.SyntheticControl()])  # fmt: skip
    assert (made.design, made.supported) == ("", None)
    assert made.obstacles[0].startswith("for SyntheticControl, 11 donors: no p-value can be below")
    unseen = noisy()
    unseen[:6, :12] = np.nan
    made = ie.plan(claim_on(range(6), 12), panel_of(unseen), futures=2, wait=False)
    assert made.obstacles == ("no treated unit has a value before the start.",)


def test_percentage_points_are_hundredths_of_a_share_and_ones_of_a_percentage():
    claim = claim_on(range(6), 12, better="higher", size=5, scale="percentage_points")
    of_hundred, of_one = (
        ie.plan(claim, panel_of(values), futures=2, wait=False)
        for values in (noisy(60.0), noisy(60.0) / 100)
    )
    assert of_hundred.detectable == pytest.approx(of_one.detectable)
    assert of_hundred.supported == of_one.supported == 1.0


def test_where_the_smallest_effect_is_what_must_be_shown_it_sets_what_can_be_detected():
    # 1.9 must be shown of 2: what is detected exceeds 1.9 by the reach of the interval alone.
    claim = claim_on(range(6), 12, size=2.0, smallest_effect=1.9)
    tight = replace(claim, smallest_effect=0.5)
    strict, lenient = (
        ie.plan(one, panel_of(noisy()), futures=8, wait=False) for one in (claim, tight)
    )
    assert strict.detectable > lenient.detectable
    assert strict.detectable > 1.9


def test_of_an_effect_far_below_the_noise_waiting_is_looked_at_to_the_end():
    made = ie.plan(claim_on(range(6), 12, size=0.01), panel_of(noisy()), futures=2)
    assert made.enough is None
    # Four times the sixteen years there are.
    assert made.longest == 64
    assert "Waiting does not help" in str(made)


def test_a_single_series_needs_three_periods_however_large_the_effect():
    made = ie.plan(claim_on([0], 12, size=50.0), panel_of(noisy(n=1)), futures=1)
    assert made.enough == 3


def test_imagined_futures_of_what_is_never_negative_are_not_negative_either():
    rng = np.random.default_rng(0)
    wild = np.exp(rng.normal(size=(12, 16)))
    claim = claim_on(range(6), 12, size=0.5, scale="relative")
    made = ie.plan(claim, panel_of(wild), futures=4, wait=False)
    assert made.obstacles == ()
    assert made.detectable is None
    assert made.supported == 0


def test_a_relative_claim_whose_level_falls_to_nothing_cannot_be_told_in_these_futures():
    wild = np.exp(2 * np.random.default_rng(5).normal(size=(12, 16)))
    claim = claim_on(range(6), 12, better="higher", size=0.9, scale="relative")
    made = ie.plan(claim, panel_of(wild), futures=6, wait=False)
    assert {chance.status: chance.share for chance in made.chances}["not_evaluable"] > 0
    assert made.if_clear == 0

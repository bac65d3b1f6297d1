"""Plans: from the past alone, the same way as verdicts, and refused in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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

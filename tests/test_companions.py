"""What stands beside a verdict agrees with it, and comes back from JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innoeval as ie
from innoeval.decide import bar, decide
from innoeval.records import Assumption, Claim, Estimate, Finding, Interval, Policy
from innoeval.records.saved import dump, load
from innoeval.records.verdict import Verdict

CLAIM = Claim(id="c", innovation="i", outcome="o", better="lower", treated=["A"], start="2021",
              size=4, smallest_effect=1, scale="absolute")  # fmt: skip


def estimate(effect: float, error: float, **other: object) -> Estimate:
    given_: dict[str, object] = {
        "design": "D", "estimand": "", "effect": effect, "std_error": error, "df": 1e9,
        "p_value": None, "better": "lower", "baseline": 50.0, "observed": 50.0 + effect,
        "conf_int": Interval(effect - 1.96 * error, effect + 1.96 * error),
        "n_units": 40, "n_treated": 10, "n_clusters": 40, "n_obs": 400, "inference": "",
        "assumptions": (Assumption.parallel_trends,),
    }  # fmt: skip
    return Estimate(**{**given_, **other})  # type: ignore[arg-type]


CLEAR = Finding(check="pre_trend", probes=(Assumption.parallel_trends,), status="clear",
                severity="major", question="?", says="Yes.")  # fmt: skip


def judged(found: Estimate, claim: Claim = CLAIM, finding: Finding = CLEAR, **stressed: Estimate):
    relaxed = {Assumption(name): one for name, one in stressed.items()}
    return decide(claim, found, relaxed, (finding,), Policy(), relaxes=Assumption.parallel_trends)


def test_by_hand():
    # Improvement 3, standard error 1, c = 4, δ = 1: against θ ≤ 0, Phi(-3) = 0.00135 = 2^-9.53;
    # against θ ≤ 1, Phi(-2) = 0.02275 = 2^-5.46; against θ ≥ 4, Phi(-1) = 0.1587 = 2^-2.66.
    beside = judged(estimate(-3.0, 1.0)).companions
    assert beside.s_none == pytest.approx(9.53, abs=0.01)
    assert beside.s_trivial == pytest.approx(5.46, abs=0.01)
    assert beside.s_claimed == pytest.approx(2.66, abs=0.01)
    # More than κc = 2 must be shown: Phi(1) = 0.8413.
    assert beside.severity_shown == pytest.approx(0.8413, abs=1e-4)
    # At θ = δ = 1: power Phi(-0.96) + Phi(-2.96) = 0.1685 + 0.0015 = 0.170.
    assert beside.power == pytest.approx(0.1700, abs=1e-3)
    # Below 0, from 0 to δ, from δ to τc = 3.2, from there on: Phi at -3, -2, 0.2.
    assert [r.probability for r in beside.posterior] == pytest.approx(
        [0.0013, 0.0214, 0.5565, 0.4207], abs=1e-3
    )
    assert [r.low for r in beside.posterior] == pytest.approx([-np.inf, 0, 1, 3.2])


def test_the_weakest_analysis_that_decides_counts():
    doubt = Finding(check="pre_trend", probes=(Assumption.parallel_trends,), status="cannot_tell",
                    severity="major", question="?", says="Unsure.")  # fmt: skip
    both = judged(estimate(-3.0, 1.0), finding=doubt, parallel_trends=estimate(-2.0, 2.0))
    # The stressed analysis: 2 with an error of 2, Phi(-1) = 0.1587 = 2^-2.66.
    assert both.deciding == "hull"
    assert both.companions.s_none == pytest.approx(2.66, abs=0.01)
    assert [r.analysis for r in both.companions.readings] == ["base", "parallel_trends"]
    none = judged(estimate(-3.0, 1.0), finding=doubt)
    assert none.companions.s_none == 0
    assert none.companions.posterior == ()


def test_they_are_silent_where_nothing_was_declared_or_nothing_can_be_evaluated():
    claim = Claim(id="c", innovation="i", outcome="o", better="lower", treated=["A"], start="2021")
    beside = judged(estimate(-3.0, 1.0), claim).companions
    assert (beside.s_trivial, beside.s_claimed, beside.severity_shown, beside.power) == (None,) * 4
    assert [r.says for r in beside.posterior] == ["worse", "better"]
    nothing = decide(CLAIM, None, {}, (), Policy(), obstacles=("There is no unit.",))
    assert nothing.companions is None


@given(
    effect=st.floats(-30, 30), error=st.floats(0.1, 20), df=st.one_of(st.none(), st.floats(1.5, 99)),
    scale=st.sampled_from(["absolute", "relative"]), better=st.sampled_from(["lower", "higher"]),
)  # fmt: skip
def test_they_agree_with_the_verdict_whatever_was_found(effect, error, df, scale, better):
    claim = Claim(id="c", innovation="i", outcome="o", better=better, treated=["A"], start="2021",
                  size=0.2 if scale == "relative" else 10, scale=scale)  # fmt: skip
    verdict = judged(estimate(effect, error, df=df, better=better), claim)
    beside, held = verdict.companions, bar(claim, Policy())
    _, severity = beside.severity_curve()
    assert (np.diff(severity) <= 1e-12).all()
    assert beside.reach.low < min(0, verdict.interval.low)
    assert beside.reach.high > max(held.claimed, verdict.interval.high)
    assert min(beside.s_none, beside.s_trivial, beside.s_claimed) >= 0
    assert sum(r.probability for r in beside.posterior) == pytest.approx(1)
    assert (beside.exaggeration or 1) >= 1 - 1e-9
    assert beside.severity_shown == pytest.approx(1 - verdict.p_holds_up)
    shown = verdict.interval.low - held.shown
    if abs(shown) > 1e-3 and df is not None:
        critical = verdict.p_holds_up < 0.025
        # The interval above was made with 1.96 whatever df, and is read as that of t(df).
        assert critical == (shown > 0)


def test_they_come_back_from_json_and_older_records_have_none():
    case = ie.simulate.draw(seed=3, n_units=12, n_treated=1)
    ev = ie.evaluate(case.claim, case.panel)
    assert ie.Evaluation.from_json(ev.to_json()) == ev
    text = dump(ev.verdict)
    back = load(Verdict, text)
    assert back == ev.verdict
    assert np.array_equal(
        back.companions.severity_curve()[1], ev.verdict.companions.severity_curve()[1]
    )
    older = json.loads(text)
    del older["companions"]
    assert load(Verdict, json.dumps(older)).companions is None


def test_a_notebook_shows_them_folded():
    case = ie.simulate.draw(seed=3, n_units=12, n_treated=6)
    html = ie.evaluate(case.claim, case.panel)._repr_html_()
    assert html.count("<details") == html.count("</details>") == 2
    assert "heads in a row" in html
    assert "Probability under a flat prior" in html
    assert "Nesta standards of evidence" in html
    assert "<script" not in html


def test_without_a_standard_error_the_interval_says_how_sure_it_is():
    # An interval of 3 ± 1.96 is as wide as with a standard error of 1.
    told, silent = (judged(replace(estimate(-3.0, 1.0), std_error=error)).companions
                    for error in (1.0, None))  # fmt: skip
    assert silent.power == pytest.approx(told.power, abs=1e-4)
    assert silent.exaggeration == pytest.approx(told.exaggeration, abs=1e-3)

"""One-sided p-values agree with the interval that decides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

import innoeval as ie
from innoeval.decide.tails import one_sided
from innoeval.records import Claim, Estimate, Interval, Policy

CLAIM = Claim(id="c", innovation="i", outcome="o", better="lower", treated=["A"], start="2021",
              size=0.2)  # fmt: skip


def estimate(effect: float, error: float, df: float | None, critical: float) -> Estimate:
    """From 100 without the innovation; the interval uses the critical value."""
    return Estimate(
        design="D", estimand="", effect=effect, std_error=error, df=df, p_value=None,
        conf_int=Interval(effect - critical * error, effect + critical * error), better="lower",
        baseline=100.0, observed=100.0 + effect, n_units=40, n_treated=10, n_clusters=40,
        n_obs=400, inference="",
    )  # fmt: skip


@given(
    effect=st.floats(-60, 60),
    error=st.floats(0.5, 15),
    df=st.one_of(st.none(), st.floats(1.5, 200)),
    edge=st.floats(0.01, 0.8),
)
def test_below_a_fortieth_exactly_where_the_interval_lies_beyond(
    effect: float, error: float, df: float | None, edge: float
) -> None:
    critical = 2.3 if df is None else float(stdtrit(df, 0.975))
    found = estimate(effect, error, df, critical)
    low, high = found.on_scale("relative")[1]
    above, below = one_sided(found, CLAIM, edge, Policy())
    if abs(low - edge) > 1e-6 and low > -1:
        assert (above < 0.025) == (low > edge)
    if abs(high - edge) > 1e-6:
        assert (below < 0.025) == (high < edge)


def test_so_few_assignments_show_no_less() -> None:
    found = replace(estimate(-60.0, 0.5, None, 2.0), n_units=20, n_treated=1)
    assert one_sided(found, CLAIM, 0.01, Policy())[0] == pytest.approx(1 / 20)
    assert one_sided(None, CLAIM, 0.01, Policy()) == (1.0, 1.0)


@pytest.mark.parametrize("strict", [False, True])
def test_verdicts_and_p_values_agree(strict: bool) -> None:
    for seed in range(12):
        for kind in ("none", "null", "pre_trend"):
            case = ie.simulate.draw(kind, seed=seed, n_units=20, n_treated=10, size=2.0)
            verdict = ie.evaluate(case.claim, case.panel, policy=Policy(strict=strict)).verdict
            if verdict.interval is None:
                continue
            held, bar = verdict.p_holds_up, 0.5 * 2.0
            assert held is not None
            assert verdict.p_falls_short is not None
            assert (held < 0.025) == (verdict.interval.low > bar)
            assert not (verdict.p_falls_short < 0.025 and verdict.interval.high >= 0.8 * 2.0)

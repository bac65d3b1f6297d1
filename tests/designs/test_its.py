"""Segmented regression by hand, by properties, on real series, and where it must refuse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS
from tests.panels import claim_on, panel_of

from innoeval import evaluate
from innoeval.designs import DecidingDesign, SegmentedRegression
from innoeval.designs.its.form import Form, choose_form
from innoeval.errors import DesignError
from innoeval.records import Assumption, Claim, Estimate, Panel, Policy
from innoeval.stats.calibrated import ar1
from innoeval.stats.reml import reml
from innoeval.stats.series import segmented

ITS = SegmentedRegression()
POLICY = Policy()


def noise(n: int, seed: int = 0, rho: float = 0.4) -> np.ndarray:
    return ar1(np.random.default_rng(seed).standard_normal((n, 1)), rho)[:, 0]


def months(values: np.ndarray, launch: int, **claim: object) -> tuple[Panel, Claim]:
    periods = pd.period_range("2015-01", periods=len(values), freq="M").astype(str)
    frame = pd.DataFrame({"unit": "North", "month": periods, "y": values})
    panel = Panel(frame=frame, unit="unit", period="month", freq="month", outcomes=("y",))
    fields = {"id": "c", "innovation": "desk", "outcome": "y", "better": "lower", "size": 1.0,
              "scale": "absolute", "treated": ["North"], "start": periods[launch]}  # fmt: skip
    return panel, Claim(**{**fields, **claim})


def test_level_only_by_hand() -> None:
    # Before: 10, 11, 9, 10, mean 10. From the launch on: 7, 6, 8, 7, mean 7. The residuals
    # (0, 1, −1, 0 and 0, −1, 1, 0) start and end at 0 on each side, so that no autocorrelation
    # moves weight between periods: the effect is 7 − 10 = −3 whatever ρ is.
    found = ITS.fit(panel_of([[10, 11, 9, 10, 7, 6, 8, 7]]), claim_on([0], 4))
    assert found.effect == pytest.approx(-3)
    assert (found.observed, found.baseline) == pytest.approx((7, 10))
    assert found.improvement == pytest.approx(3)
    assert (found.n_units, found.n_treated, found.n_clusters, found.n_obs) == (1, 1, 1, 8)
    assert [part.term for part in found.components] == ["level change"]
    assert "only 8 periods" in found.warnings[0]


def test_mean_effect_adds_level_and_slope() -> None:
    panel, claim = months(50 + noise(48), 30)
    found = ITS.fit(panel, claim)
    level, slope = found.components
    # 18 periods from the launch on: 0 … 17 later, 8.5 on average.
    assert found.effect == pytest.approx(level.estimate + 8.5 * slope.estimate)
    assert slope.term == "slope change"
    assert slope.conf_low < slope.estimate < slope.conf_high
    assert found.estimand.endswith(
        "level and slope may change; a linear trend and seasons of 12 periods go on"
    )
    assert found.inference.startswith("REML AR(1), median-unbiased ρ = ")
    assert found.df is None


def test_several_treated_units_are_averaged_with_equal_weights() -> None:
    one, two = 10 + noise(20, 1), 1000 + noise(20, 2)
    together = ITS.fit(panel_of([one, two, noise(20, 3)]), claim_on([0, 1], 12))
    average = ITS.fit(panel_of([(one + two) / 2]), claim_on([0], 12))
    assert together.effect == pytest.approx(average.effect)
    assert together.n_treated == 2


def test_the_interval_agrees_with_the_p_value() -> None:
    for size in (0.0, 0.8, 1.2, 1.6, 5.0):
        y = noise(30)
        y[20:] += size
        found = ITS.fit(panel_of([y]), claim_on([0], 20))
        outside = not found.conf_int.low <= 0 <= found.conf_int.high
        assert outside == (found.p_value < 0.05)
        assert found.conf_int.high - found.effect == pytest.approx(
            found.effect - found.conf_int.low
        )


def test_reml_keeps_the_estimate_and_names_its_degrees_of_freedom() -> None:
    panel, claim = panel_of([noise(30)]), claim_on([0], 20)
    plain = SegmentedRegression(errors="reml").fit(panel, claim)
    assert plain.effect == ITS.fit(panel, claim).effect
    assert "Satterthwaite" in plain.inference
    assert 1 <= plain.df <= 26


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**20), st.floats(-1e6, 1e6), st.sampled_from([1e-9, 0.3, 40.0, 1e6]))
def test_a_shift_changes_nothing_and_a_rescaling_rescales(
    seed: int, shift: float, factor: float
) -> None:
    y = noise(24, seed)
    base = ITS.fit(panel_of([y]), claim_on([0], 16))
    shifted = ITS.fit(panel_of([y + shift]), claim_on([0], 16))
    scaled = ITS.fit(panel_of([y * factor]), claim_on([0], 16))
    for name in ("effect", "std_error"):
        assert getattr(shifted, name) == pytest.approx(getattr(base, name), rel=1e-5, abs=1e-7)
        assert getattr(scaled, name) == pytest.approx(factor * getattr(base, name), rel=1e-5)
    assert scaled.p_value == pytest.approx(base.p_value, abs=1e-3)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**20), st.floats(-5, 5))
def test_direction_flips_the_improvement_and_a_step_adds_itself(seed: int, step: float) -> None:
    y = noise(24, seed)
    moved = y + step * (np.arange(24) >= 16)
    lower = ITS.fit(panel_of([moved]), claim_on([0], 16))
    higher = ITS.fit(panel_of([moved]), claim_on([0], 16, better="higher"))
    assert lower.improvement == -higher.improvement
    assert lower.improvement_int == higher.improvement_int.flipped
    base = ITS.fit(panel_of([y]), claim_on([0], 16))
    assert lower.effect == pytest.approx(base.effect + step, abs=1e-5)


def test_an_offset_of_a_thousand_million_costs_no_digits() -> None:
    y = noise(36)
    base, far = (
        ITS.fit(panel_of([values]), claim_on([0], 24)) for values in (y, y + 1e9)
    )  # fmt: skip
    assert far.effect == pytest.approx(base.effect, rel=1e-5)
    assert far.std_error == pytest.approx(base.std_error, rel=1e-5)


@pytest.mark.parametrize("design", [ITS, SegmentedRegression(errors="reml")])
def test_a_perfect_fit_sets_no_bound(design: SegmentedRegression) -> None:
    y = np.r_[np.full(8, 10.0), np.full(8, 7.0)]
    found = design.fit(panel_of([y]), claim_on([0], 8))
    assert found.effect == pytest.approx(-3)
    assert found.conf_int == (-np.inf, np.inf)
    assert found.std_error is None
    assert found.p_value is None
    assert "without any error" in found.warnings[0]
    assert np.isnan(found.path.low).all()


def test_the_form_follows_the_numbers_of_periods_alone() -> None:
    assert choose_form(3, 3) == Form(trend=False, slope=False)
    assert choose_form(8, 4) == Form(trend=True, slope=False)
    assert choose_form(12, 12) == Form(trend=True, slope=True)
    assert not choose_form(40, 7).slope
    assert choose_form(23, 12, 12).cycle == 1
    assert choose_form(24, 12, 12).cycle == 12
    assert choose_form(8, 4, 4).cycle == 4
    assert choose_form(24, 12, 12, slope=False, harmonics=3) == Form(
        trend=True, slope=False, cycle=12, harmonics=3
    )
    assert choose_form(60, 30, 2).cycle == 1


def test_seasons_can_be_named_or_left_out() -> None:
    wave = 5 * np.sin(2 * np.pi * np.arange(48) / 12)
    panel, claim = months(wave + noise(48, rho=0), 30)
    assert (
        ITS.fit(panel, claim).std_error
        < SegmentedRegression(seasonal=1).fit(panel, claim).std_error
    )
    assert "Seasons" in SegmentedRegression().fit(*months(noise(24), 12)).warnings[0]
    # A panel by year knows no season; six periods can be named.
    six = SegmentedRegression(seasonal=6).fit(panel_of([noise(30)]), claim_on([0], 15))
    assert "seasons of 6 periods" in six.estimand


def test_stressed_takes_the_other_form_of_trend() -> None:
    rng = np.random.default_rng(1)
    drifting = 0.5 * np.arange(36) + rng.standard_normal(36)
    panel, claim = panel_of([drifting]), claim_on([0], 24)
    stressed = ITS.stressed(panel, claim)[Assumption.trend_form]
    assert stressed.components[0].term == "long-run level"
    # A drift that the form does not know passes for autocorrelation, and the interval says so.
    assert stressed.conf_int.low < 0 < stressed.conf_int.high
    assert any("wander" in warning for warning in stressed.warnings)
    short = ITS.stressed(panel_of([noise(8)]), claim_on([0], 4))
    assert [part.term for part in short[Assumption.trend_form].components] == ["linear trend"]
    spared = ITS.stressed(panel, claim)[Assumption.no_mean_reversion]
    assert "the last 3 before the launch set aside" in spared.estimand
    assert isinstance(ITS, DecidingDesign)


def test_path_shows_what_would_have_happened_anyway() -> None:
    y = 50 + 0.2 * np.arange(40) + noise(40)
    y[28:] -= 6
    found = ITS.fit(panel_of([y]), claim_on([0], 28))
    path = found.path
    np.testing.assert_allclose(path.observed, y)
    np.testing.assert_allclose(path.effect, y - path.counterfactual)
    assert np.isnan(path.low[:28]).all()
    assert (path.low[28:] < path.counterfactual[28:]).all()
    assert (path.counterfactual[28:] < path.high[28:]).all()
    assert path.effect[28:].mean() == pytest.approx(found.effect, abs=0.5)
    assert np.isnan(path.comparison).all()


def test_a_single_period_lies_in_the_band_as_often_as_it_says() -> None:
    inside = []
    for seed in range(60):
        path = SegmentedRegression(errors="reml").fit(
            panel_of([noise(60, seed)]), claim_on([0], 40)
        ).path  # fmt: skip
        inside.append(((path.low < path.observed) & (path.observed < path.high))[40:].mean())
    assert 0.93 < np.mean(inside) <= 1


def test_objections_say_why() -> None:
    y = noise(20)
    later = claim_on([0, 1], 9, treated={"u00": "2009", "u01": "2011"}, start=None)
    assert "start in different periods (2009, 2011)" in ITS.objections(
        panel_of([y, y]), later, POLICY
    )[0]  # fmt: skip
    few = ITS.objections(panel_of([y[:8]]), claim_on([0], 6), POLICY)
    assert few == (
        (
            "there are only 2 periods from the launch; an interrupted time series needs at least 3 "
            "on each side (the EPOC rule)"
        ),
    )
    both = ITS.objections(panel_of([y[:3]]), claim_on([0], 1), POLICY)
    assert both[0].startswith("there is only 1 period before the launch")
    assert both[-1].startswith("there are only 3 periods in all")
    with pytest.raises(DesignError, match="only 2 periods from the launch"):
        ITS.fit(panel_of([y[:8]]), claim_on([0], 6))
    flat = panel_of([np.full(20, 7.0), noise(20)])
    assert "constant at 7" in ITS.objections(flat, claim_on([0], 10), POLICY)[0]


def test_gaps_are_named_counted_at_their_distance_and_never_filled_in() -> None:
    y = noise(30)
    y[[4, 13]] = np.nan
    gaps, claim = panel_of([y, noise(30)]), claim_on([0], 18)
    found = ITS.fit(gaps, claim)
    assert found.n_obs == 28
    assert "not filled in: 2004, 2013" in found.warnings[0]
    assert np.isnan(found.path.observed[[4, 13]]).all()
    assert np.isnan(found.path.low[4])
    present = np.isfinite(y)
    X = segmented(30, 18, trend=True, slope=True)
    other = reml(y, X, np.eye(4)[1:2], present[None])
    level = found.components[0]
    assert level.estimate == pytest.approx(other.estimates[0, 0])
    assert level.std_error == pytest.approx(other.std_errors[0, 0])
    for errors in ("newey_west", "prais_winsten", "conformal"):
        with pytest.raises(DesignError, match="2004, 2013 are missing"):
            SegmentedRegression(errors=errors).fit(gaps, claim)


def test_irregular_periods_are_refused_and_even_ones_read_as_they_are() -> None:
    dates = pd.date_range("2020-01-03", periods=30, freq="7D").to_series().reset_index(drop=True)
    y = noise(30)

    def weekly(days: pd.Series) -> tuple[Panel, Claim]:
        labels = days.dt.strftime("%Y-%m-%d")
        frame = pd.DataFrame({"unit": "North", "day": labels, "y": y})
        claim = Claim(id="c", innovation="desk", outcome="y", better="lower", treated=["North"],
                      start=labels[20], size=1.0, scale="absolute")  # fmt: skip
        panel = Panel(frame=frame, unit="unit", period="day", freq="day", outcomes=("y",))
        return panel, claim

    assert ITS.fit(*weekly(dates)).n_obs == 30
    uneven = dates + pd.to_timedelta((dates.index == 5) * 2, unit="D")
    panel, claim = weekly(uneven)
    (said,) = ITS.objections(panel, claim, POLICY)
    assert "values in 30 of the 204 periods (day)" in said
    assert "2020-01-03, 2020-01-10, 2020-01-17 …), at uneven distances" in said
    ev = evaluate(claim, panel)
    assert ev.verdict.status == "not_evaluable"
    assert any("uneven distances" in reason for reason in ev.verdict.reasons)


def test_too_few_points_are_not_evaluable_and_the_rule_is_named() -> None:
    ev = evaluate(claim_on([0], 28), panel_of([noise(30)]))
    assert ev.verdict.status == "not_evaluable"
    assert any("at least 3 on each side (the EPOC rule)" in why for why in ev.verdict.reasons)


def test_missing_ends_are_left_out_and_said() -> None:
    y = noise(30)
    whole = ITS.fit(panel_of([y[2:29]]), claim_on([0], 13))
    y[[0, 1, 29]] = np.nan
    found = ITS.fit(panel_of([y, noise(30)]), claim_on([0], 15))
    assert found.effect == pytest.approx(whole.effect)
    assert found.n_obs == 27
    assert "2000, 2001, 2029" in found.warnings[-1]
    assert np.isnan(found.path.counterfactual[[0, 1, 29]]).all()


def test_unknown_settings_are_refused_with_what_exists() -> None:
    with pytest.raises(DesignError, match="'calibrated' or 'calibrated_ar2' or"):
        SegmentedRegression(errors="neweywest")
    with pytest.raises(DesignError, match="lags are Newey-West's"):
        SegmentedRegression(lags=1)
    with pytest.raises(DesignError, match="'gaussian' or 'poisson'"):
        SegmentedRegression(family="poison")
    with pytest.raises(DesignError, match=r"order is \(0, 0\)"):
        SegmentedRegression(errors="arma", order=(0, 0))
    with pytest.raises(DesignError, match="'quasi' or 'one'"):
        SegmentedRegression(dispersion="two")
    with pytest.raises(DesignError, match="none is negative"):
        SegmentedRegression(transition=-1)
    with pytest.raises(DesignError, match="seasonal is 0"):
        SegmentedRegression(seasonal=0)


def test_windows_of_the_kernel_agree_with_the_design() -> None:
    # All periods, no slope change and no seasons: the base form of a series of 20.
    y = noise(20)
    panel, claim = panel_of([y]), claim_on([0], 12)
    kernel, time = ITS.kernel(panel, claim), np.arange(20)
    before, after = (time < 12)[None], (time >= 12)[None]
    base, found = ITS.fit(panel, claim), kernel.effects(before, after)
    assert found.effect[0] == pytest.approx(base.effect, abs=1e-2)
    assert found.std_error[0] == pytest.approx(base.std_error, rel=1e-2)
    assert (found.low[0], found.high[0]) == pytest.approx(base.conf_int, abs=0.05)
    assert found.p_value[0] == pytest.approx(base.p_value, abs=0.02)
    assert kernel.trend() is None
    np.testing.assert_array_equal(kernel.series, y)


def test_many_windows_at_once_equal_one_at_a_time() -> None:
    rng = np.random.default_rng(4)
    y = noise(60)
    y[7] = np.nan
    panel, claim = months(y, 40)
    kernel = SegmentedRegression(errors="reml").kernel(panel, claim)
    before, after = np.zeros((30, 60), dtype=bool), np.zeros((30, 60), dtype=bool)
    for k in range(30):
        first, second = rng.integers(0, 25), rng.integers(35, 50)
        before[k, first : first + rng.integers(3, 12)] = True
        after[k, second : second + rng.integers(2, 10)] = True
    together = kernel.effects(before, after)
    for k in range(30):
        alone = kernel.effects(before[k], after[k])
        assert alone.effect[0] == pytest.approx(together.effect[k])
        assert alone.low[0] == pytest.approx(together.low[k])
        assert alone.p_value[0] == pytest.approx(together.p_value[k])


def test_an_empty_window_sets_no_bound() -> None:
    kernel = ITS.kernel(panel_of([noise(20)]), claim_on([0], 12))
    none, time = np.zeros((1, 20), dtype=bool), np.arange(20)
    found = kernel.effects((time < 12)[None], none)
    assert np.isnan(found.effect[0])
    assert (found.low[0], found.high[0], found.p_value[0]) == (-np.inf, np.inf, 1)


def test_a_step_is_found_and_a_claim_of_it_is_covered() -> None:
    y = 30 + noise(60, seed=9)
    y[40:] -= 4
    found = ITS.fit(panel_of([y]), claim_on([0], 40))
    assert found.conf_int.low < -4 < found.conf_int.high < 0


def test_the_smoking_ban_in_sicily(shared_data: Path) -> None:
    # The published relative risk 0.885 is Poisson with seasons and level only; this is its linear
    # counterpart in logs, held against least squares in the same form and the published interval.
    sicily = pd.read_csv(shared_data / "sicily_smoking.csv")
    y = np.log(sicily["aces"] / sicily["stdpop"]).to_numpy()
    launch = int((sicily["smokban"] == 0).sum())
    panel, claim = months(y, launch)
    found = ITS.fit(panel, claim)
    X = segmented(len(y), launch, trend=True, slope=True, cycle=12)
    reference = OLS(y, X).fit()
    mean = reference.params[1] + reference.params[3] * (len(y) - launch - 1) / 2
    assert found.effect == pytest.approx(mean, abs=0.02)
    assert 0.83 < np.exp(found.effect) < 0.94
    assert found.conf_int.high < 0


def test_the_record_survives_saving() -> None:
    from innoeval.records import Evaluation

    ev = evaluate(claim_on([0], 20, size=2.0), panel_of([30 + noise(32)]))
    assert ev.design == "SegmentedRegression"
    assert isinstance(ev.estimate, Estimate)
    assert ev.verdict.certainty in {"low", "very_low"}
    assert Evaluation.from_json(ev.to_json()) == ev

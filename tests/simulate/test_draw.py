from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval.errors import InnoevalError
from innoeval.simulate import FAULTS, Scenario, draw, true_statuses
from innoeval.simulate.faults import flattering
from innoeval.simulate.series import autoregressive

#: A service in which nothing moves but what the fault moves.
STILL = {"noise": 0.0, "shock_sd": 0.0, "season": 0.0, "n_units": 8, "n_treated": 2}


def improvement(scenario: Scenario) -> tuple[np.ndarray, np.ndarray, int]:
    """Outcomes turned so that more is better, the mask of the treated, and the launch."""
    panel, claim = scenario.panel, scenario.claim
    sign = -1 if claim.better == "lower" else 1
    launch = panel.calendar.position(next(iter(claim.treated.values())))
    return sign * panel.matrix("outcome"), panel.rows(claim.units), launch


def difference_in_differences(scenario: Scenario) -> float:
    values, treated, launch = improvement(scenario)
    change = values[:, launch:].mean(axis=1) - values[:, :launch].mean(axis=1)
    return float(change[treated].mean() - change[~treated].mean())


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("better", ["lower", "higher"])
def test_a_seed_gives_one_scenario(fault: str, better: str) -> None:
    one, same, other = (draw(fault, seed=seed, better=better) for seed in (5, 5, 6))
    assert one.panel == same.panel
    assert one.claim == same.claim
    assert one.truth == same.truth
    assert one.panel != other.panel


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        ("none", 1.5), ("null", 0.0), ("harmful", -1.5), ("overstated", 0.6), ("pre_trend", 1.5),
        ("definition_break", 1.5), ("co_event", 1.5), ("common_shock", 0.0),
        ("calendar_mismatch", 0.0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("better", ["lower", "higher"])
def test_without_noise_a_comparison_shows_effect_and_fault(
    fault: str, shown: float, better: str
) -> None:
    scenario = draw(fault, seed=1, size=1.5, better=better, **STILL)
    assert difference_in_differences(scenario) == pytest.approx(shown, abs=1e-9)


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_the_true_effect_is_the_change_against_the_same_service_without_it(better: str) -> None:
    scenario = draw(seed=3, size=2.0, better=better, level=40.0)
    without = draw(seed=3, size=2.0, better=better, level=40.0, true_share=0.0)
    values, treated, launch = improvement(scenario)
    nothing, _, _ = improvement(without)
    change = (values - nothing)[treated, launch:].mean()
    assert scenario.truth.effect == pytest.approx(change)
    assert scenario.truth.relative == pytest.approx(change / abs(nothing[treated, launch:].mean()))


def test_noise_is_stationary_and_autocorrelated() -> None:
    noise = autoregressive(np.random.default_rng(1), (4000, 30), rho=0.6, sd=2.0)
    assert noise.std(axis=0) == pytest.approx(np.full(30, 2.0), rel=0.06)
    both = np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1]
    assert both == pytest.approx(0.6, abs=0.02)


def test_the_units_with_the_worst_spell_are_chosen() -> None:
    scenario = draw("bad_spell", seed=2, unit_sd=0.0, shock_sd=0.0, season=0.0, true_share=0.0)
    values, treated, launch = improvement(scenario)
    spell = values[:, launch - 3 : launch].mean(axis=1)
    assert spell[treated].max() < spell[~treated].min()


def test_with_everybody_treated_the_launch_follows_the_worst_spell() -> None:
    scenario = draw("bad_spell", seed=2, n_units=1, n_treated=1, n_before=48, season=0, shock_sd=0)
    values, _, launch = improvement(scenario)
    moving = np.convolve(values[0], np.ones(3) / 3, mode="valid")
    assert moving[: launch - 2].argmin() == launch - 3


def test_the_most_flattering_windows_are_found() -> None:
    series = np.random.default_rng(4).normal(size=20)
    launch = 9

    def windows(first: int, last: int) -> list[tuple[int, int]]:
        ends = itertools.product(range(first, last), repeat=2)
        return [(a, b) for a, b in ends if 2 <= b - a <= 11]

    def rise(before: tuple[int, int], after: tuple[int, int]) -> float:
        return float(
            series[after[0] : after[1] + 1].mean() - series[before[0] : before[1] + 1].mean()
        )

    best = max(rise(b, a) for b in windows(0, launch) for a in windows(launch, 20))
    assert rise(*flattering(series, launch)) == pytest.approx(best)


@pytest.mark.parametrize("fault", ["cherry_picked_window", "calendar_mismatch", "bad_spell"])
def test_what_is_announced_is_what_the_stated_windows_give(fault: str) -> None:
    scenario = draw(fault, seed=8, size=0.01, shock_sd=0.01)
    values, treated, _ = improvement(scenario)
    position = scenario.panel.calendar.position
    assert scenario.claim.windows is not None
    before, after = (
        values[treated, position(first) : position(last) + 1].mean()
        for first, last in scenario.claim.windows
    )
    assert scenario.claim.size == pytest.approx(after - before)
    assert scenario.truth.effect == 0


def test_a_definition_break_is_on_record() -> None:
    scenario = draw("definition_break", seed=1)
    start = next(iter(scenario.claim.treated.values()))
    assert scenario.claim.definition_changes == (start,)
    assert scenario.panel.version == "version"
    _, treated, launch = improvement(scenario)
    versions = scenario.panel.labels("version")
    assert set(versions[treated, launch:].ravel()) == {"2"}
    assert set(versions[~treated].ravel()) | set(versions[treated, :launch].ravel()) == {"1"}


def test_the_numbers_of_treated_units() -> None:
    assert len(draw("few_units", seed=1).claim.units) == 1
    assert len(draw("no_comparison", seed=1, n_units=7).claim.units) == 7
    assert len(draw(seed=1, n_units=3, n_treated=3).claim.units) == 3


#: Faults under which the panel loses rows.
LOSING = {"attrition", "recorded", "peeking", "looked_at_and_stopped"}


@settings(max_examples=40, deadline=None)
@given(
    fault=st.sampled_from(FAULTS),
    seed=st.integers(0, 2**32),
    freq=st.sampled_from(["month", "quarter", "week", "year", "day", "integer", "financial_year"]),
    n_units=st.integers(2, 12),
    n_before=st.integers(66, 80),
    n_after=st.integers(40, 60),
    stated=st.none() | st.integers(1, 100),
)
def test_every_draw_is_whole(
    fault: str, seed: int, freq: str, n_units: int, n_before: int, n_after: int, stated: int | None
) -> None:
    scenario = draw(fault, seed=seed, freq=freq, n_units=n_units, n_treated=1, n_before=n_before,
                    n_after=n_after, stated=stated)  # fmt: skip
    values = scenario.panel.matrix("outcome")
    if fault not in LOSING:
        assert values.shape == (n_units, n_before + n_after)
        assert np.isfinite(values).all()
    assert scenario.truth.claim == scenario.claim.id
    if scenario.claim.scale != "relative":
        assert scenario.truth.size == scenario.claim.size
    assert set(scenario.truth.allowed) <= {
        *true_statuses(scenario.truth.effect, scenario.truth.size, 0.25 * scenario.truth.size),
        "not_evaluable",
    }


@pytest.mark.parametrize(
    ("effect", "allowed"),
    [
        (0.9, {"supported", "partly_supported", "inconclusive"}),
        (0.7, {"supported", "partly_supported", "inconclusive", "overstated"}),
        (0.4, {"partly_supported", "inconclusive", "overstated"}),
        (0.1, {"partly_supported", "inconclusive", "overstated", "refuted"}),
        (0.0, {"inconclusive", "overstated", "refuted"}),
        (-0.1, {"inconclusive", "overstated", "refuted", "harmful"}),
    ],
)
def test_what_may_be_said_of_an_effect(effect: float, allowed: set[str]) -> None:
    assert set(true_statuses(effect, size=1.0, smallest=0.25)) == allowed


def test_a_claim_smaller_than_what_matters_is_never_supported_by_a_smaller_effect() -> None:
    assert "supported" not in true_statuses(effect=1.0, size=1.0, smallest=2.0)


@pytest.mark.parametrize(
    ("fault", "how", "says"),
    [
        ("magic", {}, "there is no fault 'magic'; name one of none"),
        ("none", {"n_treated": 41}, "41 of 40 units treated"),
        ("none", {"n_treated": 0}, "0 of 40 units treated"),
        ("none", {"rho": 1.0}, "autocorrelation 1"),
        ("none", {"n_after": 0}, "24 \\+ 0 periods"),
        ("calendar_mismatch", {"n_before": 6}, "give more periods"),
        ("bad_spell", {"n_before": 2}, "give more periods"),
    ],
)
def test_what_cannot_be_drawn_is_refused(fault: str, how: dict[str, float], says: str) -> None:
    with pytest.raises(InnoevalError, match=says):
        draw(fault, seed=1, **how)


def test_two_faults_at_once_keep_the_events_metrics_and_rounding_of_both() -> None:
    both = draw("co_event+common_shock", seed=1).claim.events
    assert [event.scope for event in both] == ["treated", "all"]
    # A rate is made of whole events and cases, and then written down in whole numbers.
    rate = draw("rate+rounded", seed=1).panel
    events, cases, outcome = (rate.matrix(name) for name in ("events", "cases", "outcome"))
    assert (outcome == np.round(100 * events / cases)).all()
    recorded = draw("harm_elsewhere+recorded", seed=1).panel
    assert dict(recorded.balancing) == {"reopened": "lower", "complaints": "lower"}
    assert recorded.case_mix


def test_with_one_comparison_unit_no_look_is_lucky_and_all_are_taken() -> None:
    case = draw("peeking", seed=1, n_units=2, n_treated=1)
    assert case.claim.looks[-1] == case.panel.periods[-2]

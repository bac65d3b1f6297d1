"""The specification curve, and what would change a verdict."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.panels import claim_on, panel_of

from innoeval import plots, simulate
from innoeval.checks import specification_curve
from innoeval.errors import DesignError
from innoeval.evaluate import evaluate
from innoeval.plots import theme
from innoeval.records import Panel

OUTCOMES = 20 + np.random.default_rng(8).normal(size=(20, 24)) * 0.5
OUTCOMES[:6, 12:] -= 3.0
CLAIM = claim_on(range(6), 12, size=3.0)


def test_every_combination_is_there_and_sorted() -> None:
    curve = specification_curve(CLAIM, panel_of(OUTCOMES))
    # 3 transformations, 2 trends, 3 sets, 2 averages, 4 baselines, 4 horizons.
    assert len(curve.effect) == 3 * 2 * 3 * 2 * 4 * 4
    assert (np.diff(curve.effect) >= 0).all()
    assert (curve.low <= curve.effect).all()
    assert (curve.effect <= curve.high).all()
    table = curve.tidy()
    assert len(table.drop_duplicates(table.columns[:6])) == len(table)


def test_the_plain_analysis_is_the_deciding_one() -> None:
    panel = panel_of(OUTCOMES)
    table = specification_curve(CLAIM, panel).tidy()
    plain = table[
        (table["transformation"] == "as recorded") & (table["earlier trend"] == "ignored")
        & (table["comparison units"] == "all") & (table["average"] == "mean")
        & (table["baseline"] == "all earlier periods") & (table["horizon"] == "all later periods")
    ]  # fmt: skip
    estimate = evaluate(CLAIM, panel).estimate
    assert estimate is not None
    assert plain["estimate"].item() == pytest.approx(estimate.improvement)
    assert plain["conf_low"].item() == pytest.approx(estimate.improvement_int.low)


def test_shares_count_what_an_analysis_would_say() -> None:
    curve = specification_curve(CLAIM, panel_of(OUTCOMES))
    assert curve.improves == pytest.approx((curve.low > 0).mean())
    assert curve.supports == pytest.approx(((curve.low > 1.5) & (curve.high >= 2.4)).mean())
    assert curve.place == pytest.approx((curve.effect >= 3.0).mean())


def test_a_relative_claim_is_held_against_on_its_own_scale() -> None:
    # 3 of 20 is 15 %: the same analyses support it as support 3 absolute, or nearly.
    panel = panel_of(OUTCOMES)
    relative = specification_curve(claim_on(range(6), 12, size=0.15, scale="relative"), panel)
    assert relative.supports == pytest.approx(specification_curve(CLAIM, panel).supports, abs=0.05)
    assert relative.claimed == pytest.approx(3.0, abs=0.1)


def test_neighbours_are_left_out_in_a_set_of_their_own() -> None:
    frame = panel_of(OUTCOMES).frame
    frame["near"] = frame["unit"].isin(["u06", "u07"]).astype(int)
    panel = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                  neighbour="near")  # fmt: skip
    sets = dict(specification_curve(CLAIM, panel).dimensions)["comparison units"]
    assert "none next to a treated unit" in sets


def test_holes_and_several_starts_are_no_obstacle() -> None:
    case = simulate.draw("growing_effects", seed=3, n_units=24, n_treated=9, size=3.0)
    assert len(specification_curve(case.claim, case.panel).effect) > 400
    holed = OUTCOMES.copy()
    holed[np.random.default_rng(1).random(holed.shape) < 0.1] = np.nan
    curve = specification_curve(CLAIM, panel_of(holed))
    assert np.isfinite(curve.effect).all()
    assert curve.median == pytest.approx(3.0, abs=0.4)


def test_without_comparison_units_there_is_no_curve() -> None:
    claim = claim_on(range(19), 12, size=3.0)
    with pytest.raises(DesignError, match="two to compare with"):
        specification_curve(claim, panel_of(OUTCOMES))
    every = claim_on(range(20), 12, size=3.0)
    assert finding("multiverse", every, panel_of(OUTCOMES)).status == "not_applicable"


def test_the_curve_is_drawn_and_told() -> None:
    curve = specification_curve(CLAIM, panel_of(OUTCOMES))
    figure, ax = theme.canvas(7.2, 6.5)
    plots.specification_curve(curve, ax)
    with theme.look():
        figure.draw_without_rendering()
    assert len(ax.child_axes) == 2
    told = plots.describe_specification_curve(curve)
    assert f"{len(curve.effect)} analyses" in told


def test_flips_say_what_would_change_the_verdict() -> None:
    ev = evaluate(CLAIM, panel_of(OUTCOMES))
    flips = {flip.change: flip for flip in ev.flips}
    assert set(flips) == {"bias", "trend", "start", "unit"}
    assert ev.verdict.breakdown is not None
    assert abs(flips["bias"].size or 0) == pytest.approx(ev.verdict.breakdown)
    # Carried from the middle of 12 periods to the middle of the next 12: over 12 periods.
    assert flips["trend"].size == pytest.approx(ev.verdict.breakdown / 12)
    assert "What would change this verdict" in _method(ev)


def test_one_unit_that_carries_the_claim_is_named() -> None:
    outcomes = 20 + np.random.default_rng(2).normal(size=(20, 24)) * 0.3
    outcomes[:6, 12:] -= 1.6
    outcomes[0, 12:] -= 5.5
    ev = evaluate(claim_on(range(6), 12, size=3.0), panel_of(outcomes))
    unit = {flip.change: flip for flip in ev.flips}["unit"]
    assert unit.status is not None
    assert "u00" in unit.says


def _method(ev: object) -> dict[str, str]:
    from innoeval.briefs import technical
    from innoeval.briefs.language import language

    return dict(technical.method(ev, language("en")))  # type: ignore[arg-type]

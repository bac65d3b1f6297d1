"""A figure that cannot be drawn is an error that says why, never a silent gap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.plots import cases as made
from tests.portfolio.portfolios import made as portfolio_of

from innoeval import plots
from innoeval.errors import BriefError, DesignError
from innoeval.records import Component, Evaluation


def emptied(ev: Evaluation) -> Evaluation:
    path = ev.estimate.path
    nothing = np.full(len(path.period), np.nan)
    blank = replace(
        path, observed=nothing, counterfactual=nothing, effect=nothing, low=nothing, high=nothing
    )
    return replace(ev, estimate=replace(ev.estimate, path=blank))


def test_series_without_a_value(build: Callable[..., Evaluation]) -> None:
    ev = emptied(build("supported"))
    for draw in (plots.counterfactual, plots.control_chart, plots.describe_control_chart):
        with pytest.raises(BriefError, match="without one observed value"):
            draw(ev)
    for draw in (plots.event_study, plots.describe_event_study):
        with pytest.raises(BriefError, match="no effects by period"):
            draw(ev)


def test_nothing_was_estimated(build: Callable[..., Evaluation]) -> None:
    ev = build("not_evaluable", estimated=False)
    for draw in (plots.event_study, plots.control_chart, plots.severity_curve, plots.donor_weights):
        with pytest.raises(BriefError):
            draw(ev)


def test_an_older_record_has_no_severity_curve(build: Callable[..., Evaluation]) -> None:
    with pytest.raises(BriefError, match="evaluate it again"):
        plots.severity_curve(build("supported"))


def test_a_design_without_effects_by_period_says_which_have_them() -> None:
    with pytest.raises(BriefError, match="fit EventStudy or CallawaySantAnna"):
        plots.event_study(made.estimate())
    with pytest.raises(BriefError, match="fit EventStudy or CallawaySantAnna"):
        plots.event_study(made.study(-8, -2))


def test_effects_that_are_all_missing() -> None:
    nothing = made.estimate(
        *(Component(term="", event_time=t, estimate=np.nan) for t in range(-2, 3))
    )
    with pytest.raises(BriefError, match="no effects by period"):
        plots.event_study(nothing)


def test_honest_intervals_of_another_shape() -> None:
    for wrong, words in (
        (pd.DataFrame({"m": [1.0]}), "conf_low, conf_high"),
        (made.HONEST[:0], "no row"),
    ):
        with pytest.raises(BriefError, match=words):
            plots.event_study(made.study(), wrong)


def test_no_donors(build: Callable[..., Evaluation]) -> None:
    with pytest.raises(BriefError, match="fit SyntheticControl"):
        plots.donor_weights(build("supported"))


def test_no_placebo() -> None:
    with pytest.raises(DesignError, match="no placebo"):
        made.in_space(0)


def test_no_analysis() -> None:
    for draw in (plots.specification_curve, plots.describe_specification_curve):
        with pytest.raises(BriefError, match="no analysis"):
            draw(made.curve(0))


def test_no_claim_with_both_numbers() -> None:
    silent = portfolio_of([{"announced": None}, {"estimate": None}])
    with pytest.raises(BriefError, match="none of 2 claims"):
        plots.portfolio_map(silent)
    with pytest.raises(BriefError, match="on the scale 'absolute'"):
        plots.portfolio_map(made.claims(), "absolute")


def test_what_is_left_out_of_a_map_is_counted() -> None:
    ax = plots.portfolio_map(made.claims())
    assert "not drawn: 1 without a size" in ax.get_title(loc="left").replace("\n", " ")
    assert "1 at the edge lie beyond it" in ax.get_title(loc="left").replace("\n", " ")


def test_no_sequence_or_several() -> None:
    with pytest.raises(BriefError, match="holds no sequence"):
        plots.sequence(pd.DataFrame({"estimate": [1.0]}))
    with pytest.raises(BriefError, match="2 sequences"):
        plots.sequence(made.versions())
    with pytest.raises(BriefError, match="there are first, other"):
        plots.sequence(made.versions(), "none")
    with pytest.raises(BriefError, match="has an estimate"):
        plots.sequence(made.looks().assign(estimate=np.nan))
    mixed = made.versions().assign(scale=["relative", "absolute", "relative"] + ["absolute"] * 2)
    with pytest.raises(BriefError, match="2 scales"):
        plots.sequence(mixed, "first")

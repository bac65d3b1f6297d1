"""Figures: what is drawn, what is refused, and nothing that overlaps."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection

from innoeval import plots
from innoeval.errors import BriefError
from innoeval.plots import lines, theme
from innoeval.records import Evaluation

Build = Callable[..., Evaluation]
MONTHS = tuple(f"{2005 + i // 12}-{i % 12 + 1:02d}" for i in range(200))
QUARTERS = tuple(f"{2005 + i // 4}-Q{i % 4 + 1}" for i in range(60))
YEARS = tuple(str(1970 + i) for i in range(45))
COUNTS = tuple(str(i) for i in range(200))
FINANCIAL = tuple(f"{2001 + i}/{(2 + i) % 100:02d}" for i in range(20))


def drawn(ev: Evaluation, draw: Callable[[Evaluation, Axes], Axes], width: float = 6.9) -> Axes:
    figure, ax = theme.canvas(width, 2.6)
    draw(ev, ax)
    with theme.look():
        figure.draw_without_rendering()
    return ax


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_lines_are_named_where_they_end_and_the_start_is_marked(build: Build) -> None:
    ax = drawn(build("overstated"), plots.counterfactual)
    assert texts(ax)[:3] == [lines.COMPARISON_LABEL, lines.OBSERVED_LABEL, lines.EXPECTED_LABEL]
    assert "Start: Jul 2024" in texts(ax)
    assert ax.get_legend() is None


def test_lines_differ_in_more_than_colour(build: Build) -> None:
    ev = build("overstated")
    ax = drawn(ev, plots.counterfactual)
    named = [line for line in ax.lines if len(line.get_xdata()) == len(ev.estimate.path.period)]
    assert len({str(line._dash_pattern) for line in named}) == len(named) == 3


def test_the_gap_and_the_interval_are_shaded(build: Build) -> None:
    def shaded(ev: Evaluation) -> int:
        ax = drawn(ev, plots.counterfactual)
        return sum(isinstance(c, FillBetweenPolyCollection) for c in ax.collections)

    assert shaded(build("overstated")) == 2
    assert shaded(build("inconclusive", found=(0.06, (-np.inf, np.inf)))) == 1


def test_a_single_series_has_no_comparison_line(build: Build) -> None:
    ev = build("supported", comparison=False, treated=["Ash"])
    assert lines.COMPARISON_LABEL not in texts(drawn(ev, plots.counterfactual))
    assert "no comparison group" in plots.describe_counterfactual(ev)


@pytest.mark.parametrize(
    "periods", [MONTHS[:6], MONTHS[:48], MONTHS, QUARTERS, YEARS, COUNTS, FINANCIAL]
)
@pytest.mark.parametrize("width", [2.5, 6.9])
def test_labels_of_periods_never_touch(
    build: Build, periods: tuple[str, ...], width: float
) -> None:
    launch = len(periods) * 2 // 3
    ev = build("supported", periods=periods, launch=launch, start=periods[launch], published_on="")
    ax = drawn(ev, plots.counterfactual, width)
    boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
    assert boxes
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


@pytest.mark.parametrize("status", ["supported", "refuted", "harmful"])
def test_names_of_lines_never_touch(build: Build, status: str) -> None:
    ax = drawn(build(status), plots.counterfactual)
    names = [text.get_window_extent() for text in ax.texts[:3]]
    assert not any(one.overlaps(other) for one, other in combinations(names, 2))
    assert all(box.x1 <= ax.figure.bbox.x1 for box in names)


def test_several_starts_are_marked_and_the_first_is_named(build: Build) -> None:
    ev = build("supported", treated={"Ash": "2024-07", "Birch": "2024-09"}, start=None)
    assert "First start: Jul 2024" in texts(drawn(ev, plots.counterfactual))


def test_a_metric_with_any_name_is_drawn_as_it_is(build: Build) -> None:
    ev = build("supported", outcome="$x^2$ \\frac{ 日本 %")
    assert drawn(ev, plots.counterfactual).get_ylabel() == "$x^2$ \\frac{ 日本 %"
    assert b"<svg" in theme.svg(drawn(ev, plots.counterfactual).figure)


def test_new_axes_are_made_where_none_are_given(build: Build) -> None:
    from matplotlib import pyplot as plt

    for draw in (plots.counterfactual, plots.findings, plots.claim_against_estimate):
        ax = draw(build("overstated"))
        assert isinstance(ax, Axes)
        plt.close(ax.figure)


def test_what_cannot_be_drawn_is_refused(build: Build) -> None:
    ev = build("not_evaluable", estimated=False)
    for draw in (plots.counterfactual, plots.claim_against_estimate, plots.findings):
        with pytest.raises(BriefError, match="claim 'triage'"):
            draw(ev)
    with pytest.raises(BriefError, match="no design fits"):
        plots.describe_counterfactual(ev)


def test_the_same_figure_gives_the_same_bytes(build: Build) -> None:
    once, again = (theme.svg(drawn(build("overstated"), plots.counterfactual).figure) for _ in "ab")
    assert once == again
    assert b"<dc:date>" not in once


def test_words_for_the_figure_name_its_numbers(build: Build) -> None:
    said = plots.describe_counterfactual(build("overstated"))
    for part in (
        "Jan 2023 to Jun 2025",
        "start in Jul 2024",
        "below the expected one",
        "20.6",
        "19.3",
    ):
        assert part in said
    assert "above the expected one" in plots.describe_counterfactual(build("harmful"))


def test_a_row_for_each_finding_with_shape_and_word(build: Build) -> None:
    ev = build("overstated")
    ax = drawn(ev, plots.findings)
    said = texts(ax)
    assert len(ax.get_yticks()) == len(ev.findings)
    for word in ("✗ Problem", "✓ Clear", "? Cannot tell", "– Not applicable"):
        assert word in said
    assert said.count("  no size measured") == 2
    markers = {line.get_marker() for line in ax.lines} - {"None"}
    assert {"X", "o", "D"} <= markers


def test_a_share_that_is_far_out_is_drawn_at_the_edge(build: Build) -> None:
    from dataclasses import replace

    ev = build("overstated")
    far = replace(ev.findings[2], share_explained=40.0)
    ax = drawn(replace(ev, findings=(far,)), plots.findings)
    assert ">" in {line.get_marker() for line in ax.lines}
    assert ax.get_xlim()[1] < 3


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((0.043, 0.079), "Found: 6.1 % (4.3 to 7.9 %)"),
        ((0.01, np.inf), "Found: 6.1 % (1.0 % or more)"),
        ((-np.inf, 0.08), "Found: 6.1 % (8.0 % or less)"),
        ((-np.inf, np.inf), "Found: 6.1 % (no bounds)"),
    ],
)
def test_the_estimate_is_told_with_its_interval(
    build: Build, ends: tuple[float, float], words: str
) -> None:
    ax = drawn(build("x", found=(0.061, ends)), plots.claim_against_estimate, 2.45)
    assert words in texts(ax)
    assert "Announced: 15 %" in texts(ax)
    inside = ax.figure.bbox
    assert all(text.get_window_extent().x1 <= inside.x1 + 1 for text in ax.texts)


def test_a_claim_without_a_number_has_no_mark_of_its_own(build: Build) -> None:
    ev = build("supported", size=None)
    assert not any("Announced" in t for t in texts(drawn(ev, plots.claim_against_estimate)))
    assert "No size was announced" in plots.describe_claim_against_estimate(ev)

"""Nothing hangs on colour: kinds differ in shape, line or hatching."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from matplotlib.collections import PathCollection
from tests.plots import cases as made

from innoeval import plots
from innoeval.plots import claims_map, control, decomposition, steps
from innoeval.records import Evaluation


def markers(ax: object) -> list[str]:
    return [str(line.get_marker()) for line in ax.lines]  # type: ignore[attr-defined]


def test_kinds_of_comparison_have_their_own_shapes() -> None:
    shapes = [shape for shape, _ in decomposition._KINDS.values()]
    assert len(set(shapes)) == len(shapes)
    assert {"o", "s", "X"} <= set(markers(plots.bacon_decomposition(made.comparisons())))


def test_verdicts_and_suggestions_have_their_own_shapes() -> None:
    filled = [
        shape for status, (shape, _) in claims_map._SHAPES.items() if status != "inconclusive"
    ]
    assert len(set(filled)) == len(filled)
    shapes = [shape for shape, _, _ in steps._SUGGESTED.values()]
    assert len(set(shapes)) == len(shapes)


def test_what_is_inconclusive_is_open() -> None:
    ax = plots.portfolio_map(made.claims())
    faces = {
        points.get_label().split(" (")[0]: points.get_facecolor()[0][:3]
        for points in ax.collections
        if isinstance(points, PathCollection)
    }
    assert np.allclose(faces["inconclusive"], 1)
    assert not np.allclose(faces["supported"], 1)


def test_negative_weights_are_hatched() -> None:
    bars = plots.donor_weights(made.imitation()).patches
    assert [bool(bar.get_hatch()) for bar in bars] == [bar.get_width() < 0 for bar in bars]


def test_an_event_study_tells_bands_from_intervals() -> None:
    ax = plots.event_study(made.study())
    thin, thick = (c.get_linewidths()[0] for c in ax.collections[:2])
    assert thick > 2 * thin
    assert "_" in markers(ax)


def test_gaps_without_an_interval_are_open_dots(build: Callable[..., Evaluation]) -> None:
    ax = plots.event_study(build("overstated"))
    open_dots = [line for line in ax.lines if line.get_markerfacecolor() == "#FFFFFF"]
    assert max(len(line.get_xdata()) for line in open_dots) == 18


def test_a_control_chart_says_that_it_never_decides(build: Callable[..., Evaluation]) -> None:
    ax = plots.control_chart(build("overstated"))
    assert ax.get_title(loc="left") == control.CAUTION
    assert control.CAUTION in plots.describe_control_chart(build("overstated"))
    assert {"D", "s"} <= set(markers(ax))


def test_only_the_extremes_of_a_large_portfolio_are_named() -> None:
    ax = plots.portfolio_map(made.claims(400))
    named = [text.get_text() for text in ax.texts if text.get_text().startswith("claim")]
    assert 1 <= len(named) <= 5
    assert "claim 1" in named


def test_ends_that_are_cut_have_an_arrow() -> None:
    assert {"v", "^"} <= set(markers(plots.event_study(made.study(), made.HONEST)))
    assert {"v", "^"} <= set(markers(plots.sequence(made.versions(), "other")))


def test_the_real_placebo_is_a_diamond() -> None:
    for placebos in (made.in_space(), made.in_space(400), made.in_time()):
        assert "D" in markers(plots.placebo_distribution(placebos))


def test_announced_and_most_flattering_windows_are_named() -> None:
    said = [text.get_text() for text in plots.window_multiverse(made.pairs_of()).texts]
    assert [words[0] for words in said] == ["▲", "◆"]


def test_many_checks_that_do_not_apply_are_counted(build: Callable[..., Evaluation]) -> None:
    ev = build("overstated")
    idle = next(f for f in ev.findings if f.status == "not_applicable")
    crowded = replace(
        ev, findings=(*ev.findings, *(replace(idle, check=f"other {i}") for i in range(20)))
    )
    ax = plots.findings(crowded)
    assert len(ax.get_yticks()) == len(ev.findings) - 1
    assert "21 more checks do not apply" in ax.get_xlabel()
    assert "21 more checks do not apply" in plots.describe_findings(crowded)


def test_the_lane_says_of_what_and_under_which_doubt() -> None:
    honest = made.HONEST.copy()
    for target, restriction, words in (
        (
            "average of",
            "at most m times the largest",
            "Average, if trends part\nup to m times as before",
        ),
        ("average of", "the slope changes by at most m", "Average, if trends\nbend by up to m"),
        ("effect at event time 3", "the slope", "Effect at 3, if trends\nbend by up to m"),
    ):
        honest.attrs = {"target": target, "restriction": restriction}
        ax = plots.event_study(made.study(), honest)
        assert words in [text.get_text() for text in ax.texts]

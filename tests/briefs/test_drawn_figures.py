"""The figures of a brief where little is known: nothing is drawn, or said, that is not there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from innoeval.briefs.drawing import PRINT
from innoeval.briefs.figure_against import comparable, describe_against, draw_against
from innoeval.briefs.figure_series import _runs, describe_series, draw_series, drawable
from innoeval.briefs.language import language
from innoeval.records import Evaluation

Build = Callable[..., Evaluation]
ENGLISH = language("en")


def with_path(ev: Evaluation, **changes: object) -> Evaluation:
    """The evaluation with other values in its series; a function is of the old ones."""
    path = ev.estimate.path  # type: ignore[union-attr]
    new = {k: v(getattr(path, k)) if callable(v) else v for k, v in changes.items()}
    return replace(ev, estimate=replace(ev.estimate, path=replace(path, **new)))  # type: ignore[type-var]


def only(some: slice) -> Callable[[np.ndarray], np.ndarray]:
    """Keeps some values of a series and loses all others."""

    def kept(values: np.ndarray) -> np.ndarray:
        left = np.full(len(values), np.nan)
        left[some] = values[some]
        return left

    return kept


def test_where_nothing_was_estimated_nothing_is_drawn(build: Build) -> None:
    ev = build("not_evaluable", estimated=False)
    assert not comparable(ev)
    assert not drawable(ev)
    for draw in (draw_against, draw_series):
        with pytest.raises(ValueError, match=r"no estimate|no series"):
            draw(ev, ENGLISH, 200, 90, "a")
    for describe in (describe_against, describe_series):
        with pytest.raises(ValueError, match=r"no estimate|no series"):
            describe(ev, ENGLISH)


def test_no_dotted_line_where_no_smallest_effect_was_declared(build: Build) -> None:
    declared = build("overstated")
    open_ended = build("x", found=(0.06, (0.03, 0.09)), size=None, smallest_effect=None)
    for ev, dotted in ((declared, 1), (open_ended, 0)):
        svg = draw_against(ev, ENGLISH, 223, 90, "a").svg(PRINT)
        assert len(re.findall('stroke-dasharray="1 2"', svg)) == dotted
    assert "No size was announced." in describe_against(open_ended, ENGLISH)


def test_words_for_a_series_leave_out_what_is_not_known(build: Build) -> None:
    ev = build("overstated")
    whole = describe_series(ev, ENGLISH)
    for part in ("Observed: 21.8", "Expected without", "below the expected", "A shaded band"):
        assert part in whole
    late = describe_series(with_path(ev, observed=only(slice(18, None))), ENGLISH)
    assert "Observed:" not in late
    assert "Expected without" in late
    nothing = only(slice(0))
    unknown = describe_series(
        with_path(ev, counterfactual=nothing, effect=nothing, low=nothing, high=nothing), ENGLISH
    )
    for part in ("Expected without", "the expected one", "A shaded band"):
        assert part not in unknown
    assert unknown.startswith("Line chart of median days to repair over 30 periods")


def test_without_bounds_there_is_no_band(build: Build) -> None:
    for ends, bands in (((0.043, 0.079), 1), ((-np.inf, np.inf), 0)):
        drawn = draw_series(build("x", found=(0.061, ends)), ENGLISH, 499, 250, "s").svg(PRINT)
        assert drawn.count(f"fill:{PRINT['band']}") == bands
        assert drawn.count("fill:url(#s-hatch)") == 1


def test_a_stretch_of_which_nothing_is_drawn_is_left_out() -> None:
    known = np.array([1, 1, 0, 1, 1, 0, 1], dtype=bool)
    kept = np.array([1, 0, 1, 0, 0, 1, 1], dtype=bool)
    assert [run.tolist() for run in _runs(known, kept)] == [[0], [6]]

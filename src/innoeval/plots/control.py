"""A control chart of the treated units: shown because readers know it; it never decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import BriefError
from innoeval.plots import labels, theme, timeline
from innoeval.plots.lines import launch_position, series
from innoeval.records.display import amount
from innoeval.records.evaluation import Evaluation
from innoeval.stats.control_chart import RUN, ControlChart
from innoeval.stats.control_chart import control_chart as computed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CAUTION = "Shown, never decides: a control chart has no comparison, trend or season"
#: From this correlation of neighbouring periods on the limits mislead, which is said.
_MEMORY = 0.3


def control_chart(ev: Evaluation, ax: Axes | None = None) -> Axes:
    """Draw the treated units' series with the limits of what was usual before the start.

    Limits are the average before the start give or take 2.66 average moving ranges (XmR). Values
    outside are diamonds, those in a run of seven on one side of the average squares.

    Parameters
    ----------
    ev
        An evaluation with an estimate that has a path.
    ax
        Where to draw; new axes if None.

    Returns
    -------
    The axes drawn on.

    Raises
    ------
    BriefError
        Where there is no series, or fewer than two neighbouring values before the start.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, size=2.0)
    >>> ax = control_chart(ie.evaluate(case.claim, case.panel))
    >>> ax.get_title(loc="left").split(":")[0]
    'Shown, never decides'
    """
    path, (launch, chart) = series(ev), _chart(ev)
    place = np.arange(len(path.period), dtype=np.float64)
    with theme.look():
        ax = theme.axes(ax, 6.8, 2.7)
        ax.fill_between([-0.5, len(place) - 0.5], chart.low, chart.high, color=theme.PANEL,
                        linewidth=0, zorder=0)  # fmt: skip
        for end in (chart.low, chart.high):
            ax.plot([-0.5, len(place) - 0.5], [end, end], color=theme.MUTED, linewidth=0.8,
                    linestyle=(0, (3, 2)), zorder=1)  # fmt: skip
        ax.plot([-0.5, len(place) - 0.5], [chart.centre, chart.centre], color=theme.MUTED,
                linewidth=1.0, zorder=1)  # fmt: skip
        ax.axvline(launch - 0.5, color=theme.INK, linewidth=0.9, zorder=1)
        ax.plot(place, path.observed, color=theme.OBSERVED, linewidth=1.3, zorder=2,
                marker="o" if len(place) <= 60 else "", markersize=2.6)  # fmt: skip
        size = 6.5 if len(place) <= 200 else 3.5
        for some, marker, colour in (
            (chart.shift & ~chart.beyond, "s", theme.COMPARISON),
            (chart.beyond, "D", theme.EXPECTED),
        ):
            ax.plot(place[some], path.observed[some], marker, color=colour, markersize=size,
                    markerfacecolor=theme.PAPER, markeredgewidth=1.4, zorder=3)  # fmt: skip
        _frame(ax, ev, chart, launch)
        labels.heading(ax, CAUTION)
        theme.finish(ax)
    return ax


def describe_control_chart(ev: Evaluation) -> str:
    """Say in words what `control_chart` shows.

    Raises
    ------
    BriefError
        As `control_chart`.
    """
    path, (launch, chart) = series(ev), _chart(ev)
    after = np.arange(len(path.period)) >= launch
    early, late = (int((chart.beyond & some).sum()) for some in (~after, after))
    said = (
        f"Control chart of {ev.claim.outcome} over {len(path.period):,} periods. Before the start it averaged "
        f"{amount(chart.centre)}, with limits of {amount(chart.low)} and {amount(chart.high)}. "
        f"Outside the limits: {early} of {int((~after).sum())} periods before the start, {late} of "
        f"{int(after.sum())} from then on. In a run of {RUN} or more on one side of the average from the "
        f"start on: {int((chart.shift & after).sum())} periods. "
    )
    if chart.memory > _MEMORY:
        said += f"{_memory(chart)} "
    return labels.minus(f"{said}{CAUTION}.")


def _chart(ev: Evaluation) -> tuple[int, ControlChart]:
    """Place of the start, and the limits from the periods before it."""
    path, launch = series(ev), launch_position(ev)
    try:
        return launch, computed(path.observed, np.arange(len(path.period)) < launch)
    except ValueError as error:
        raise BriefError(
            f"claim '{ev.claim.id}' has no control chart, because {error}; give earlier periods"
        ) from None


def _memory(chart: ControlChart) -> str:
    return (
        f"Neighbouring periods hang together (r = {chart.memory:.1f}), so limits are too narrow and "
        "runs mean little."
    )


def _frame(ax: Axes, ev: Evaluation, chart: ControlChart, launch: int) -> None:
    """Scales, ticks, and the names of lines and marks on the right."""
    path = series(ev)
    n = len(path.period)
    values = [
        float(np.nanmin(path.observed)),
        float(np.nanmax(path.observed)),
        chart.low,
        chart.high,
    ]
    low, high = min(values), max(values)
    pad = 0.1 * (high - low or abs(high) or 1.0)
    ax.set_ylim(low - pad, high + 1.8 * pad)
    share = min(labels.LETTER * theme.SIZE * 19 / max(labels.width(ax), 1.0), 0.45)
    ax.set_xlim(-0.5 - 0.01 * n, n - 0.5 + n * share / (1 - share))
    positions, words = timeline.ticks(path.period, labels.width(ax) * (1 - share), theme.SIZE)
    ax.set_xticks(positions, words)
    ax.spines["bottom"].set_bounds(-0.5, n - 0.5)
    ax.set_ylabel(labels.plain(ev.claim.outcome), fontfamily=list(theme.FACES))
    rows = [
        (chart.low, "Lower limit", theme.MUTED),
        (chart.centre, "Average before", theme.MUTED),
        (chart.high, "Upper limit", theme.MUTED),
    ]
    if chart.beyond.any():
        rows.append((high + pad, "◇ outside the limits", theme.EXPECTED))
    if (chart.shift & ~chart.beyond).any():
        rows.append((low - pad, f"□ run of {RUN} or more", theme.COMPARISON))
    rows.sort(key=lambda row: row[0])
    least = 1.35 * theme.SIZE * (high - low + 2.8 * pad) / max(labels.height(ax), 1.0)
    heights = labels.apart(
        [row[0] for row in rows], least, low - pad + least / 2, high + 1.8 * pad - least / 2
    )
    for (_, text, colour), at in zip(rows, heights, strict=True):
        ax.annotate(text, (n - 0.5, at), xytext=(5, 0), textcoords="offset points", va="center",
                    color=colour, fontweight="bold", annotation_clip=False)  # fmt: skip
    right = launch > 0.6 * n
    ax.annotate(f"Start: {timeline.short(ev.measured.launch)}", (launch - 0.5, 1),
                xycoords=("data", "axes fraction"), xytext=(-4 if right else 4, -2),
                textcoords="offset points", ha="right" if right else "left", va="top",
                bbox={"facecolor": theme.PAPER, "edgecolor": "none", "pad": 0.4})  # fmt: skip
    if chart.memory > _MEMORY:
        ax.set_xlabel(labels.broken(ax, _memory(chart)), color=theme.MUTED, loc="left",
                      fontsize=theme.SIZE - 0.5)  # fmt: skip

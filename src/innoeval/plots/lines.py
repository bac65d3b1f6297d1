"""What happened, and what would have happened anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import BriefError
from innoeval.plots import labels, theme, timeline
from innoeval.records.display import amount
from innoeval.records.estimate import Path
from innoeval.records.evaluation import Evaluation
from innoeval.records.freeze import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OBSERVED_LABEL = "Observed"
EXPECTED_LABEL = "Expected without it"
COMPARISON_LABEL = "Comparison units"
#: Least distance of two labels at the right edge, as a multiple of the size of the type.
_LEADING = 1.35


def counterfactual(ev: Evaluation, ax: Axes | None = None) -> Axes:
    """Draw the outcome of the treated units against what the design expects without the innovation.

    The gap between the two from the launch on is shaded: it is the effect. Where the design has a
    comparison group, its average is drawn too.

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
        Where the evaluation has no series to draw.
    """
    path = series(ev)
    with theme.look():
        ax = theme.axes(ax, 6.8, 2.7)
        place = np.arange(len(path.period), dtype=np.float64)
        after = place >= launch_position(ev)
        expected = np.where(after, path.counterfactual, np.nan)
        _shade(ax, place, path, expected)
        ax.plot(place[~after], path.counterfactual[~after], color=theme.EXPECTED,
                linestyle=(0, (4, 1.8)), linewidth=0.8)  # fmt: skip
        lines = [
            (COMPARISON_LABEL, path.comparison, theme.COMPARISON, (0, (1, 1.2)), 1.4),
            (EXPECTED_LABEL, expected, theme.EXPECTED, (0, (4, 1.8)), 1.8),
            (OBSERVED_LABEL, path.observed, theme.OBSERVED, "-", 2.1),
        ]
        drawn = []
        for label, values, colour, dashes, width in lines:
            if np.isfinite(values).any():
                marker = "o" if len(place) <= 40 and label == OBSERVED_LABEL else ""
                ax.plot(place, values, color=colour, linestyle=dashes, linewidth=width,
                        marker=marker, markersize=2.6, solid_joinstyle="round")  # fmt: skip
                drawn.append((label, values, colour))
        _frame(ax, path, drawn, ev.claim.outcome)
        _mark_starts(ax, ev, path)
        theme.finish(ax)
    return ax


def series(ev: Evaluation) -> Path:
    """The path that can be drawn.

    Raises
    ------
    BriefError
        Where there is none.
    """
    if ev.estimate is None or ev.estimate.path is None:
        why = "no design fits" if ev.estimate is None else f"{ev.estimate.design} gives no series"
        raise BriefError(
            f"claim '{ev.claim.id}' has no counterfactual to draw, because {why}; "
            "draw plots.findings(ev), or read ev.verdict.reasons"
        )
    path = ev.estimate.path
    if not np.isfinite(path.observed).any():
        raise BriefError(
            f"claim '{ev.claim.id}' has a path without one observed value; "
            "check the outcome of the treated units"
        )
    return path


def launch_position(ev: Evaluation) -> int:
    """Place of the launch on the path; its end where the path stops before it.

    Raises
    ------
    BriefError
        Where there is no path.
    """
    periods = series(ev).period
    if ev.measured.launch in periods:
        return periods.index(ev.measured.launch)
    return sum(period < ev.measured.launch for period in periods)


def describe_counterfactual(ev: Evaluation) -> str:
    """Say in words what `counterfactual` shows, for readers who do not see it.

    Raises
    ------
    BriefError
        Where the evaluation has no series to draw.
    """
    path = series(ev)
    launch = launch_position(ev)
    first, last = timeline.short(path.period[0]), timeline.short(path.period[-1])
    said = [
        (
            f"Line chart of {ev.claim.outcome} over {len(path.period)} periods, {first} to {last}, "
            f"with the start in {timeline.short(ev.measured.launch)} marked."
        )
    ]
    before, after = _mean(path.observed[:launch]), _mean(path.observed[launch:])
    if before is not None and after is not None:
        said.append(
            f"Observed: {amount(before)} on average before the start, {amount(after)} from then on."
        )
    expected = _mean(path.counterfactual[launch:])
    if expected is not None:
        said.append(
            f"Expected without the innovation from the start on: {amount(expected)} on average."
        )
    effect = _mean(path.effect[launch:])
    if effect is not None:
        side = "below" if effect < 0 else "above"
        said.append(
            f"The observed line runs {amount(abs(effect))} {side} the expected one on average."
        )
    others = _mean(path.comparison[:launch]), _mean(path.comparison[launch:])
    if others[0] is not None and others[1] is not None:
        said.append(
            f"Comparison units: {amount(others[0])} on average before, {amount(others[1])} after."
        )
    else:
        said.append("There is no comparison group.")
    if _band(path, launch).any():
        said.append("A shaded band shows the interval of what was expected.")
    return " ".join(said)


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def _band(path: Path, launch: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Periods from the launch on whose interval has two finite ends."""
    after = np.arange(len(path.period)) >= launch
    return np.isfinite(path.low) & np.isfinite(path.high) & after


def _shade(ax: Axes, place: Floats, path: Path, expected: Floats) -> None:
    after = np.isfinite(expected)
    band = np.isfinite(path.low) & np.isfinite(path.high) & after
    if band.any():
        ax.fill_between(place, path.low, path.high, where=band.tolist(), color=theme.BAND,
                        linewidth=0, zorder=0.8)  # fmt: skip
    both = after & np.isfinite(path.observed)
    ax.fill_between(place, path.observed, expected, where=both.tolist(), facecolor=theme.GAP,
                    edgecolor=theme.HATCH, hatch="///", linewidth=0, alpha=0.8, zorder=0.9)  # fmt: skip


def _frame(ax: Axes, path: Path, drawn: list[tuple[str, Floats, str]], outcome: str) -> None:
    """Scales, ticks, and each line's name at its right end."""
    n = len(path.period)
    width = ax.get_window_extent().width * 72 / ax.figure.dpi
    room = theme.SIZE * 0.56 * max(len(label) for label, *_ in drawn) + 10
    span = max(n - 1, 1)
    share = min(room / max(width, 1.0), 0.45)
    ax.set_xlim(-0.02 * span, span * (1 + share / (1 - share)))
    values = np.concatenate([path.counterfactual, *(line for _, line, _ in drawn)])
    band = _band(path, 0) & np.isfinite(path.counterfactual)
    if band.any():
        launch_band = np.concatenate([path.low[band], path.high[band]])
        centre, reach = np.nanmean(values), 3 * max(np.nanmax(values) - np.nanmin(values), 1e-12)
        values = np.concatenate([values, np.clip(launch_band, centre - reach, centre + reach)])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    pad = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
    ax.set_ylim(low - pad, high + 2.2 * pad)
    positions, words = timeline.ticks(path.period, width * (1 - share), theme.SIZE)
    ax.set_xticks(positions, words)
    ax.spines["bottom"].set_bounds(0, span)
    ax.grid(axis="y")
    if max(abs(low), abs(high)) >= 1000 and high - low >= 4:
        ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.set_ylabel(labels.plain(outcome), fontfamily=list(theme.FACES))
    _name_lines(ax, drawn)


def _name_lines(ax: Axes, drawn: list[tuple[str, Floats, str]]) -> None:
    """Names at the right edge, level with each line's last value; moved apart where they would touch."""
    bottom, top = ax.get_ylim()
    height = ax.get_window_extent().height * 72 / ax.figure.dpi
    least = _LEADING * theme.SIZE * (top - bottom) / max(height, 1.0)
    right = max(len(values) for _, values, _ in drawn) - 1
    ends = [
        (float(values[np.flatnonzero(np.isfinite(values))[-1]]), label, colour)
        for label, values, colour in drawn
    ]
    ends.sort()
    heights = labels.apart([end[0] for end in ends], least, bottom + least / 2, top - least / 2)
    for (_, label, colour), at in zip(ends, heights, strict=True):
        ax.annotate(label, (right, at), xytext=(6, 0), textcoords="offset points", va="center",
                    color=colour, fontsize=theme.SIZE, fontweight="bold", annotation_clip=False,
                    bbox={"facecolor": theme.PAPER, "edgecolor": "none", "pad": 0.4})  # fmt: skip


def _mark_starts(ax: Axes, ev: Evaluation, path: Path) -> None:
    """A line for each start, and the name of the first."""
    starts = sorted({path.period.index(s) for s in ev.claim.treated.values() if s in path.period})
    launch = launch_position(ev)
    for start in starts or [launch]:
        first = start == launch
        ax.axvline(start - 0.5, color=theme.INK, linewidth=0.9 if first else 0.5,
                   linestyle="-" if first else (0, (2, 2)), zorder=1)  # fmt: skip
    word = "First start" if len(starts) > 1 else "Start"
    right = launch > 0.75 * len(path.period)
    ax.annotate(f"{word}: {timeline.short(ev.measured.launch)}", (launch - 0.5, 1),
                xycoords=("data", "axes fraction"), xytext=(-4 if right else 4, -2),
                textcoords="offset points", ha="right" if right else "left", va="top",
                fontsize=theme.SIZE, bbox={"facecolor": theme.PAPER, "edgecolor": "none", "pad": 0.4})  # fmt: skip

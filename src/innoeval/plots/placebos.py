"""What a design shows where and when nothing happened, beside what it shows for real."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.plots import labels, theme, timeline
from innoeval.records.display import amount
from innoeval.records.placebos import Placebos

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: More placebos than this are not named one by one.
_NAMED = 40
_ROW = 0.17


def placebo_distribution(placebos: Placebos, ax: Axes | None = None) -> Axes:
    """Draw the real effect among those of other units, or of earlier starts.

    In space: a row for each placebo in order of its effect, the real one as a diamond; between the
    dashed lines effects are smaller than it. In time: the effect of each pretended start with its
    interval, the real one last.

    Parameters
    ----------
    placebos
        From `innoeval.designs.placebos_in_space` or `placebos_in_time`.
    ax
        Where to draw; new axes if None.

    Returns
    -------
    The axes drawn on.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=20, n_treated=1, size=3.0)
    >>> found = ie.designs.placebos_in_space(ie.designs.SyntheticControl(), case.panel, case.claim)
    >>> placebo_distribution(found).get_title(loc="left")
    'None of 19 other units shows an effect as large as the real one, of either sign: rank 1 of 20'
    """
    with theme.look():
        if placebos.kind == "space":
            rows = len(placebos.effect) + 1
            high = 0.9 + _ROW * rows if rows <= _NAMED + 1 else 4.2
            ax = theme.axes(ax, 6.8, max(high, 1.6))
            _space(ax, placebos)
        else:
            ax = theme.axes(ax, 6.8, 2.7)
            _time(ax, placebos)
        labels.heading(ax, _said(placebos))
        theme.finish(ax)
    return ax


def describe_placebo_distribution(placebos: Placebos) -> str:
    """Say in words what `placebo_distribution` shows."""
    many, low, high = (
        len(placebos.effect), float(placebos.effect.min()), float(placebos.effect.max())
    )  # fmt: skip
    what = "units without the innovation, taken for treated"
    if placebos.kind == "space" and not placebos.labels:
        what = "random groups of units without the innovation, taken for treated"
    if placebos.kind == "time":
        what = "starts pretended before the real one"
    relative = (
        ", each relative to its misfit before the start" if placebos.misfit is not None else ""
    )
    return labels.minus(
        f"Chart of the effect of {placebos.name} on {placebos.outcome}, {amount(placebos.real)}, beside "
        f"those of {many:,} {what}: from {amount(low)} to {amount(high)}. {_said(placebos)}{relative}."
    )


def _said(placebos: Placebos) -> str:
    """How many placebos show as much, in one sentence."""
    many, as_large = len(placebos.effect), placebos.rank - 1
    others = "pretended start" if placebos.kind == "time" else "random group"
    if placebos.labels and placebos.kind == "space":
        others = "other unit"
    count = "None" if not as_large else f"{as_large:,}"
    verb = "show" if as_large > 1 else "shows"
    return (
        f"{count} of {many:,} {others}{'s' if many > 1 else ''} {verb} an effect as large as the "
        f"real one, of either sign: rank {placebos.rank:,} of {many + 1:,}"
    )


def _space(ax: Axes, placebos: Placebos) -> None:
    values = placebos.measured
    order = np.argsort(values, kind="stable")
    row = np.empty(len(values))
    row[order] = np.arange(len(values))
    low, high = float(min(values.min(), 0)), float(max(values.max(), 0))
    wide = high - low or 1.0
    ax.axvline(0, color=theme.INK, linewidth=0.9, zorder=1)
    for side in (-1, 1):
        edge = side * abs(values[0])
        if low - 0.1 * wide < edge < high + 0.1 * wide:
            ax.axvline(edge, color=theme.MUTED, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    size = 3.5 if len(values) <= 150 else 1.8
    ax.plot(values[1:], row[1:], "o", color=theme.COMPARISON, markersize=size, zorder=2)
    ax.plot(values[0], row[0], "D", color=theme.OBSERVED, markersize=6.5, zorder=4)
    ax.set_xlim(low - 0.08 * wide, high + 0.08 * wide)
    ax.set_ylim(-0.03 * len(values) - 0.7, 1.03 * len(values) - 0.3)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(
        f"Effect on {labels.plain(placebos.outcome)}"
        + (", in multiples of the misfit before the start" if placebos.misfit is not None else "")
    )
    names = [placebos.name, *(placebos.labels or [""] * len(placebos.effect))]
    if len(values) <= _NAMED + 1 and placebos.labels:
        words = [labels.short(names[k], 24) for k in order]
        ax.set_yticks(range(len(order)), words, fontsize=theme.SIZE - 1)
        mine = ax.get_yticklabels()[int(row[0])]
        mine.set_fontweight("bold")
        mine.set_color(theme.OBSERVED)
        return
    ax.set_yticks([])
    ax.set_ylabel(f"{len(placebos.effect):,} placebos, by effect")
    _name(ax, values[0], row[0], labels.short(placebos.name, 24), theme.OBSERVED, low, high)
    for k in (order[0], order[-1]):
        if k and placebos.labels and abs(row[k] - row[0]) > 0.06 * len(values):
            _name(ax, values[k], row[k], labels.short(names[k], 24), theme.COMPARISON, low, high)


def _name(ax: Axes, x: float, y: float, name: str, colour: str, low: float, high: float) -> None:
    labels.beside(ax, (x, y), name, colour, left=x > (low + high) / 2)


def _time(ax: Axes, placebos: Placebos) -> None:
    many = len(placebos.effect)
    place = np.arange(many)
    known = np.isfinite(placebos.low) & np.isfinite(placebos.high)
    ax.axhline(0, color=theme.INK, linewidth=0.9, zorder=1)
    ax.axvline(many - 0.5, color=theme.INK, linewidth=0.9, zorder=1)
    ax.vlines(place[known], placebos.low[known], placebos.high[known], color=theme.COMPARISON,
              linewidth=1.4, zorder=2)  # fmt: skip
    ax.plot(place, placebos.effect, "o", color=theme.COMPARISON, markersize=4, zorder=3)
    low, high = placebos.real_low, placebos.real_high
    if low is not None and high is not None:
        ax.plot([many, many], [low, high], color=theme.OBSERVED, linewidth=2.4, zorder=2)
    ax.plot(many, placebos.real, "D", color=theme.OBSERVED, markersize=6.5, zorder=4)
    names = (*placebos.labels, placebos.name)
    room = labels.width(ax) * 0.85
    wide = 1 + 0.11 * theme.SIZE * 8 / max(room, 1) * many
    ax.set_xlim(-0.6, many + 0.4 + wide)
    places, words = timeline.ticks(names[:-1], room * many / (many + 1.5 + wide), theme.SIZE)
    gap = (many + wide) * theme.SIZE * 6 / max(room, 1)
    shown = [(p, w) for p, w in zip(places, words, strict=True) if many - p > gap]
    ax.set_xticks(
        [*(p for p, _ in shown), many],
        [*(w for _, w in shown), timeline.short(placebos.name)],
    )
    mine = ax.get_xticklabels()[-1]
    mine.set_fontweight("bold")
    mine.set_color(theme.OBSERVED)
    labels.beside(ax, (many, placebos.real), "Real start", theme.OBSERVED)
    ax.set_xlabel("Start: pretended (dots) and real (diamond)")
    ax.set_ylabel(f"Effect on {labels.plain(placebos.outcome)}", fontfamily=list(theme.FACES))
    ax.grid(axis="y")

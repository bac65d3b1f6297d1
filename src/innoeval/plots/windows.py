"""The announced pair of windows among all that could have been announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.plots import labels, theme, timeline
from innoeval.records.display import amount
from innoeval.records.window_pairs import WindowPairs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: More pairs of lengths than this are drawn without a row's name for each.
_ROWS = 16


def window_multiverse(windows: WindowPairs, ax: Axes | None = None) -> Axes:
    """Draw the improvement between every admissible pair of windows, and between those announced.

    A row for each pair of lengths, short windows, which scatter most, at the top. A tick is a pair
    of windows; the diamond is the announced one, the triangle the most flattering.

    Parameters
    ----------
    windows
        From `innoeval.checks.window_multiverse`.
    ax
        Where to draw; new axes if None.

    Returns
    -------
    The axes drawn on.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1)
    >>> stated = ("2022-07", "2022-12"), ("2023-01", "2023-06")
    >>> found = ie.checks.window_multiverse(replace(case.claim, windows=stated), case.panel)
    >>> len(window_multiverse(found).get_yticks())
    9
    """
    row_of, rows = _rows(windows)
    best = int(windows.improvement.argmax())
    with theme.look():
        ax = theme.axes(ax, 7.2, min(1.4 + 0.24 * len(rows), 6.0))
        ax.plot([0, 0], [-0.7, len(rows) - 0.5], color=theme.INK, linewidth=0.9, zorder=1)
        ax.plot(windows.improvement, row_of, "|", color=theme.COMPARISON, markersize=7,
                markeredgewidth=0.6, alpha=0.5, zorder=2)  # fmt: skip
        low, high = (
            float(min(windows.improvement.min(), 0)),
            float(max(windows.improvement.max(), 0)),
        )
        wide = high - low or 1.0
        ax.set_xlim(low - 0.06 * wide, high + 0.06 * wide)
        below = float(len(rows)) - 0.4
        if best != windows.stated:
            below = _mark(
                ax, windows, best, ("^", "▲ Most flattering", theme.EXPECTED), row_of, below
            )
        below = _mark(
            ax, windows, windows.stated, ("D", "◆ Announced", theme.OBSERVED), row_of, below
        )
        ax.set_ylim(below, -0.7)
        named = [f"{a:.0f} before, {b:.0f} after" for a, b in rows]
        shown = (
            range(len(rows)) if len(rows) <= _ROWS else range(0, len(rows), -(-len(rows) // _ROWS))
        )
        ax.set_yticks(list(shown), [named[k] for k in shown])
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(f"Improvement of {labels.plain(windows.outcome)}, beyond its trend")
        labels.heading(ax, _said(windows))
        theme.finish(ax)
    return ax


def describe_window_multiverse(windows: WindowPairs) -> str:
    """Say in words what `window_multiverse` shows."""
    best = int(windows.improvement.argmax())
    values = windows.improvement
    return labels.minus(
        f"Chart of the improvement of {windows.outcome} between {len(values):,} pairs of windows before and after "
        f"the start, from {amount(float(values.min()))} to {amount(float(values.max()))}, "
        f"{amount(float(np.median(values)))} in the middle. Announced: {_told(windows, windows.stated)}. "
        f"Most flattering: {_told(windows, best)}. {_said(windows)}."
    )


def _said(windows: WindowPairs) -> str:
    return (
        f"{100 * windows.percentile:.0f} % of {windows.pairs:,} pairs of windows show no more than the "
        "announced one, their lengths allowed for"
    )


def _rows(windows: WindowPairs) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Row of each pair, and the lengths of each row, those that scatter most first."""
    lengths = windows.lengths
    found = {(float(a), float(b)) for a, b in lengths}
    rows = sorted(found, key=lambda pair: (-(1 / pair[0] + 1 / pair[1]), pair))
    place = {pair: k for k, pair in enumerate(rows)}
    return np.array([place[float(a), float(b)] for a, b in lengths]), rows


def _told(windows: WindowPairs, which: int) -> str:
    """A pair in words: its improvement and its periods."""
    first, last, start, end = map(timeline.short, windows.named(which))
    before = first if first == last else f"{first} to {last}"
    after = start if start == end else f"{start} to {end}"
    return f"{amount(float(windows.improvement[which]))}, {before} against {after}"


def _mark(
    ax: Axes, windows: WindowPairs, which: int, look: tuple[str, str, str], row_of: np.ndarray,
    below: float,
) -> float:  # fmt: skip
    """One pair; its name and windows stand below all rows, and cover none: where the next may begin."""
    shape, name, colour = look
    x, y = float(windows.improvement[which]), float(row_of[which])
    ax.plot(x, y, shape, color=colour, markersize=7.5, markeredgecolor=theme.PAPER, zorder=5)
    words = labels.broken(ax, f"{name}: {_told(windows, which)}", 0.85)
    ax.text(0.0, below, words, transform=ax.get_yaxis_transform(), va="top", color=colour,
            fontweight="bold", fontsize=theme.SIZE, zorder=6)  # fmt: skip
    # A line of text is about as high as two thirds of a row.
    rows = max(labels.height(ax) / float(row_of.max() + 4), 1.0)
    return below + (words.count("\n") + 1) * max(0.65, 1.35 * theme.SIZE / rows)

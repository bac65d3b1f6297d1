"""The claim against the estimate, on the claim's own scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from innoeval.errors import BriefError
from innoeval.plots import scale, theme
from innoeval.records.evaluation import Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def claim_against_estimate(ev: Evaluation, ax: Axes | None = None) -> Axes:
    """Draw the announced improvement and the one found, with its interval, on the claim's scale.

    Parameters
    ----------
    ev
        An evaluation with an estimate.
    ax
        Where to draw; new axes if None.

    Returns
    -------
    The axes drawn on.

    Raises
    ------
    BriefError
        Where there is no estimate.
    """
    found = _found(ev)
    lower = ev.claim.better == "lower"
    better, worse = (
        ("lower, better", "higher, worse") if lower else ("higher, better", "lower, worse")
    )
    with theme.look():
        ax = theme.axes(ax, 3.2, 1.25)
        low, high = scale.limits(ev, found)
        ax.set_xlim(low, high)
        ax.set_ylim(-0.85, 2.15)
        ax.plot([0, 0], [-0.25, 2.15], color=theme.INK, linewidth=0.9, zorder=1)
        small = ev.verdict.smallest
        if small is not None:
            ax.plot([small, small], [-0.25, 2.15], color=theme.MUTED, linewidth=0.8,
                    linestyle=(0, (1, 1.5)), zorder=1)  # fmt: skip
        if ev.claim.size is not None:
            _claim(ax, ev, low, high)
        _estimate(ax, ev, found, low, high)
        ax.set_yticks([])
        ax.set_xticks([])
        ax.spines[["left", "bottom"]].set_visible(False)
        _label(ax, 0, -0.85, "no change", theme.MUTED, low, high, bold=False)
        right = -low / (high - low) < 0.5  # where "no change" leaves room
        ax.text(right, -0.85, f"{better} →" if right else f"← {worse}", va="bottom",
                ha="right" if right else "left", transform=ax.get_yaxis_transform(),
                color=theme.MUTED, fontsize=theme.SIZE - 0.5)  # fmt: skip
        theme.finish(ax)
    return ax


def describe_claim_against_estimate(ev: Evaluation) -> str:
    """Say in words what `claim_against_estimate` shows.

    Raises
    ------
    BriefError
        Where there is no estimate.
    """
    found, places = _found(ev), scale.places(ev)
    said = []
    if ev.claim.size is not None:
        said.append(f"Announced improvement: {scale.stated(ev.claim.size, ev.claim.scale)}.")
    else:
        said.append("No size was announced.")
    said.append(f"Improvement found: {_words(ev, found, places)}.")
    if ev.verdict.smallest is not None:
        said.append(
            f"A dotted line marks the smallest improvement that matters, "
            f"{scale.stated(ev.verdict.smallest, ev.claim.scale)}; a solid line marks no change."
        )
    return "Chart of the claim against the estimate. " + " ".join(said)


def _found(ev: Evaluation) -> scale.Found:
    found = scale.found(ev)
    if found is None:
        raise BriefError(
            f"claim '{ev.claim.id}' has no estimate to draw against; read ev.verdict.reasons"
        )
    return found


def _words(ev: Evaluation, found: scale.Found, places: int) -> str:
    low, high = (
        scale.size(end, ev.claim.scale, places) if math.isfinite(end) else ""
        for end in found.interval
    )
    if low and high:
        ends = f"{low.split(' ')[0]} to {high}"
    elif low or high:
        ends = f"{low} or more" if low else f"{high} or less"
    else:
        ends = "no bounds"
    return f"{scale.size(found.value, ev.claim.scale, places)} ({ends})"


def _claim(ax: Axes, ev: Evaluation, low: float, high: float) -> None:
    size = ev.claim.size or 0.0
    ax.plot([0, size], [1.25, 1.25], color=theme.RULE, linewidth=5, solid_capstyle="butt", zorder=2)
    ax.plot(size, 1.25, marker="D", markersize=5.5, color=theme.EXPECTED, zorder=4)
    text = f"Announced: {scale.stated(size, ev.claim.scale)}"
    _label(ax, size, 1.5, text, theme.EXPECTED, low, high)


def _estimate(ax: Axes, ev: Evaluation, found: scale.Found, low: float, high: float) -> None:
    places = scale.places(ev)
    ends = [min(max(end, low), high) for end in found.interval]
    ax.plot(ends, [0.1, 0.1], color=theme.OBSERVED, linewidth=2.2, solid_capstyle="butt", zorder=3)
    for end, shown, mark in zip(found.interval, ends, ("<", ">"), strict=True):
        inside = low < end < high
        ax.plot(shown, 0.1, marker="|" if inside else mark, markersize=6, color=theme.OBSERVED,
                markeredgewidth=1.6 if inside else 0, clip_on=False, zorder=3)  # fmt: skip
    ax.plot(found.value, 0.1, marker="o", markersize=6.5, color=theme.OBSERVED, zorder=4)
    _label(ax, found.value, 0.4, f"Found: {_words(ev, found, places)}", theme.OBSERVED, low, high)


def _label(
    ax: Axes,
    at: float,
    y: float,
    text: str,
    colour: str,
    low: float,
    high: float,
    *,
    bold: bool = True,
) -> None:
    """A label above a mark, kept inside the axes."""
    share = (at - low) / (high - low)
    width = ax.get_window_extent().width * 72 / ax.figure.dpi
    half = 0.5 * 0.52 * theme.SIZE * len(text) / max(width, 1.0)
    middle = min(max(share, half), 1 - half) if half < 0.5 else 0.5
    ax.text(middle, y, text, transform=ax.get_yaxis_transform(), ha="center", va="bottom",
            color=colour, fontsize=theme.SIZE - (not bold) / 2, zorder=5,
            bbox={"facecolor": theme.PAPER, "edgecolor": "none", "pad": 0.6},
            fontweight="bold" if bold else "normal")  # fmt: skip

"""The specification curve: every admissible analysis, and which choices make which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import BriefError
from innoeval.plots import labels, theme
from innoeval.records.display import amount
from innoeval.records.specifications import SpecificationCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Height of the upper part, and of one row below, in inches.
_UPPER, _ROW = 2.2, 0.17


def specification_curve(curve: SpecificationCurve, ax: Axes | None = None) -> Axes:
    """Draw the improvement of every analysis from smallest to largest, and their choices below.

    Parameters
    ----------
    curve
        From `innoeval.checks.specification_curve`.
    ax
        Where to draw; new axes if None. The lower part takes the share of it that its rows need.

    Returns
    -------
    The axes drawn on: those of the upper part.

    Raises
    ------
    BriefError
        Where the curve holds no analysis.
    """
    _refuse_none(curve)
    options = [
        (d, o, option)
        for d, (_, names) in enumerate(curve.dimensions)
        for o, option in enumerate(names)
    ]
    rows = len(options) + len(curve.dimensions)
    height = _UPPER + _ROW * rows
    with theme.look():
        ax = theme.axes(ax, 7.2, height)
        ax.set_axis_off()
        upper = ax.inset_axes((0.0, 1 - _UPPER / height, 1.0, _UPPER / height))
        lower = ax.inset_axes((0.0, 0.0, 1.0, 1 - (_UPPER + 0.25) / height), sharex=upper)
        _estimates(upper, curve)
        _choices(lower, curve)
        theme.finish(ax)
    return ax


def describe_specification_curve(curve: SpecificationCurve) -> str:
    """Say in words what `specification_curve` shows.

    Raises
    ------
    BriefError
        Where the curve holds no analysis.
    """
    _refuse_none(curve)
    said = (
        f"Chart of {len(curve.effect)} analyses in order of the improvement that they find: from "
        f"{amount(curve.effect[0])} to {amount(curve.effect[-1])}, {amount(curve.median)} in the middle. "
        f"{100 * curve.improves:.0f} % show an improvement, {100 * curve.supports:.0f} % would support the claim."
    )
    if curve.place is not None:
        said += f" {100 * curve.place:.0f} % find at least as much as was announced."
    return said.replace("-", "−")


def _refuse_none(curve: SpecificationCurve) -> None:
    if not len(curve.effect):
        raise BriefError(
            f"no analysis of claim '{curve.claim}' came to a number, so there is no curve to draw; look "
            "for missing values with innoeval.profile(panel)"
        )


def _estimates(ax: Axes, curve: SpecificationCurve) -> None:
    place = np.arange(len(curve.effect))
    shown = curve.low > 0
    for some, colour, marker in (
        (shown, theme.OBSERVED, "o"),
        (~shown, theme.COMPARISON, "x"),
    ):
        ax.vlines(place[some], curve.low[some], curve.high[some], color=theme.HATCH
                  if colour == theme.OBSERVED else theme.RULE, linewidth=0.7, zorder=1)  # fmt: skip
        ax.plot(place[some], curve.effect[some], marker, color=colour, markersize=2.2,
                markeredgewidth=0.7, zorder=2)  # fmt: skip
    ax.axhline(0, color=theme.INK, linewidth=0.8)
    reach = np.percentile(np.concatenate([curve.low, curve.high]), [1, 99])
    lines = [0.0] if curve.claimed is None else [0.0, curve.claimed]
    low, high = min(reach[0], *lines), max(reach[1], *lines)
    ax.set_ylim(low - 0.05 * (high - low), high + 0.12 * (high - low))
    if curve.claimed is not None:
        ax.axhline(curve.claimed, color=theme.EXPECTED, linewidth=1.0, linestyle=(0, (4, 2)))
        ax.text(0, curve.claimed, "announced", color=theme.EXPECTED, va="bottom",
                bbox={"facecolor": theme.PAPER, "edgecolor": "none", "pad": 0.5}, zorder=3)  # fmt: skip
    ax.set_ylabel("Improvement")
    ax.tick_params(labelbottom=False, length=0, axis="x")
    labels.heading(
        ax,
        f"{len(curve.effect)} analyses: {100 * curve.improves:.0f} % show an improvement (dots), "
        f"{100 * curve.supports:.0f} % would support the claim",
    )


def _choices(ax: Axes, curve: SpecificationCurve) -> None:
    place, row = np.arange(len(curve.effect)), 0.0
    ticks, names = [], []
    for d, (dimension, options) in enumerate(curve.dimensions):
        ax.text(0.0, row, dimension, transform=ax.get_yaxis_transform(), va="center",
                color=theme.MUTED, fontsize=theme.SIZE - 1)  # fmt: skip
        row += 1
        for o, option in enumerate(options):
            taken = place[curve.choice[:, d] == o]
            ax.plot(taken, np.full(len(taken), row), "|", color=theme.INK, markersize=5,
                    markeredgewidth=0.5)  # fmt: skip
            ticks.append(row)
            names.append(option)
            row += 1
    ax.set_ylim(row - 0.4, -0.6)
    ax.set_yticks(ticks, names, fontsize=theme.SIZE - 1)
    ax.tick_params(axis="both", length=0)
    ax.set_xticks([])
    ax.spines[["left", "bottom"]].set_visible(False)

"""Bacon's decomposition: what a two-way regression averages, by kind of comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.plots import labels, theme
from innoeval.records.comparisons import Comparisons
from innoeval.records.display import amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: More comparisons than this crowd near zero: weights are drawn on a square-root scale.
_CROWDED = 20
#: Shape and colour of each kind; forbidden comparisons are crosses.
_KINDS = {
    "never treated": ("o", theme.OBSERVED),
    "not yet treated": ("s", "#155D3B"),
    "already treated": ("X", theme.EXPECTED),
    "always treated": ("P", "#5E1542"),
}


def bacon_decomposition(comparisons: Comparisons, ax: Axes | None = None) -> Axes:
    """Draw the weight of each two-by-two comparison against its estimate.

    Shapes are kinds of comparison: crosses hold units against others that have started already.
    The dashed line is the coefficient that they average to.

    Parameters
    ----------
    comparisons
        From `innoeval.designs.bacon`.
    ax
        Where to draw; new axes if None.

    Returns
    -------
    The axes drawn on.

    Examples
    --------
    >>> import pandas as pd
    >>> import innoeval as ie
    >>> frame = pd.DataFrame({"ward": list("BBBCCC"), "year": [2020, 2021, 2022] * 2,
    ...                       "days": [5., 4, 3, 5, 5, 4]})
    >>> panel = ie.Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = ie.Claim(id="c", innovation="desk", outcome="days", better="lower",
    ...                  treated={"B": "2021", "C": "2022"}, size=1, scale="absolute")
    >>> bacon_decomposition(ie.designs.bacon(panel, claim)).get_xlabel()
    'Weight in the coefficient'
    """
    kinds = comparisons.by_kind()
    with theme.look():
        ax = theme.axes(ax, 7.2, 3.2)
        right = float(comparisons.weight.max())
        if len(comparisons.kind) > _CROWDED:
            ax.set_xscale("function", functions=(np.sqrt, np.square))
        ax.plot([0, right], [0, 0], color=theme.INK, linewidth=0.9, zorder=1)
        ax.plot([0, right], [comparisons.coefficient] * 2, color=theme.MUTED, linewidth=1.0,
                linestyle=(0, (3, 2)), zorder=1)  # fmt: skip
        of = np.array(comparisons.kind)
        for kind in kinds:
            marker, colour = _KINDS[kind]
            one = of == kind
            ax.plot(comparisons.weight[one], comparisons.estimate[one], marker, color=colour,
                    markersize=7 if len(of) <= 60 else 4, markeredgecolor=theme.PAPER,
                    markeredgewidth=0.5, alpha=0.9, zorder=3)  # fmt: skip
        ax.set_xlim(*(_along(ax, share, right) for share in (0.0, 1.55)))
        values = [0.0, comparisons.coefficient, *comparisons.estimate]
        low, high = min(values), max(values)
        pad = 0.08 * (high - low or 1.0)
        ax.set_ylim(low - pad, high + pad)
        _ticks(ax, right)
        ax.spines["bottom"].set_bounds(0, right)
        crowded = ", on a square-root scale" if ax.get_xscale() == "function" else ""
        ax.set_xlabel(f"Weight in the coefficient{crowded}")
        ax.set_ylabel(
            f"Estimate, {labels.plain(comparisons.outcome)}", fontfamily=list(theme.FACES)
        )
        _names(ax, comparisons, kinds, right, (low - pad, high + pad))
        labels.heading(ax, _said(comparisons))
        theme.finish(ax)
    return ax


def describe_bacon_decomposition(comparisons: Comparisons) -> str:
    """Say in words what `bacon_decomposition` shows."""
    told = "; ".join(
        f"{100 * weight:.0f} % of the weight is on comparisons with units {kind}, which show "
        f"{amount(effect)} on average"
        for kind, (weight, effect) in comparisons.by_kind().items()
    )
    return labels.minus(
        f"Chart of {len(comparisons.kind):,} comparisons that a two-way regression of {comparisons.outcome} averages "
        f"to {amount(comparisons.coefficient)}: {told}."
    )


def _said(comparisons: Comparisons) -> str:
    forbidden = sum(
        weight for kind, (weight, _) in comparisons.by_kind().items()
        if kind in {"already treated", "always treated"}
    )  # fmt: skip
    return (
        f"{len(comparisons.kind):,} comparisons; {100 * forbidden:.0f} % of the weight is on units that had "
        "started already, which are no fair comparison"
    )


def _along(ax: Axes, share: float, right: float) -> float:
    """The weight that stands at a share of the way to the largest, on either kind of scale."""
    return right * (share**2 if ax.get_xscale() == "function" else share)


def _ticks(ax: Axes, right: float) -> None:
    """Round weights up to the largest."""
    if ax.get_xscale() == "function":
        steps = [0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0]
        kept = [t for t in steps if t <= right and (t == 0 or t >= 0.01 * right)]
    else:
        kept = [float(t) for t in ax.get_xticks() if 0 <= t <= 1.02 * right]
    ax.set_xticks(kept, [f"{100 * t:.3g} %" for t in kept])


def _names(
    ax: Axes,
    comparisons: Comparisons,
    kinds: dict[str, tuple[float, float]],
    right: float,
    ends: tuple[float, float],
) -> None:
    """Each kind's name at its average, on the right, with its shape, weight and average."""
    least = 2.5 * theme.SIZE * (ends[1] - ends[0]) / max(labels.height(ax), 1.0)
    rows = sorted(
        [(effect, f"{kind}: {100 * weight:.0f} %,\naverage {amount(effect)}", _KINDS[kind])
         for kind, (weight, effect) in kinds.items()]
        + [(comparisons.coefficient, f"Coefficient\n{amount(comparisons.coefficient)}", ("_", theme.MUTED))]
    )  # fmt: skip
    heights = labels.apart(
        [row[0] for row in rows], least, ends[0] + least / 2, ends[1] - least / 2
    )
    for (effect, text, (marker, colour)), at in zip(rows, heights, strict=True):
        start, bend, mark, word = (_along(ax, share, right) for share in (1.01, 1.06, 1.09, 1.12))
        ax.plot([start, bend], [effect, at], color=colour, linewidth=0.6, zorder=1)
        ax.plot(mark, at, marker, color=colour, markersize=6.5, zorder=3)
        ax.text(word, at, text[0].upper() + text[1:], va="center", color=colour,
                fontsize=theme.SIZE, fontweight="bold", linespacing=1.05)  # fmt: skip

"""The forest: every site of an innovation, their average, and where a new site will lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.plots import labels, theme
from innoeval.records.display import amount, span
from innoeval.records.estimate import Interval
from innoeval.records.pooled import Pooled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_AXES = {"relative": "Improvement, %", "percentage_points": "Improvement, points",
         "absolute": "Improvement, in outcome units"}  # fmt: skip
#: More sites than this are drawn without their names, on axes no higher than a page.
_NAMED, _HIGHEST = 60, 11.0
#: Height of a row, in inches.
_ROW = 0.24


def forest(pooled: Pooled, ax: Axes | None = None) -> Axes:
    """Draw a row for each site, one for their average, and one for a new site.

    A square is a site's estimate, its area the weight in the average; a line its interval. The
    diamond is the average of all sites; the open bar below holds the improvement at a new site.

    Parameters
    ----------
    pooled
        From `innoeval.pool`.
    ax
        Where to draw; new axes, as high as the rows need, if None.

    Returns
    -------
    The axes drawn on.
    """
    sites = pooled.sites.sort_values("estimate", ascending=False)
    k = len(sites)
    factor = 100.0 if pooled.scale == "relative" else 1.0
    high = min(1.0 + _ROW * (k + 2), _HIGHEST)
    # Many sites have thin rows: the average and the new site keep the room of a usual one.
    deep = max(1.0, _ROW * (k + 2) / (high - 1.0)) if k > _NAMED else 1.0
    average = k - 1 + deep
    with theme.look():
        ax = theme.axes(ax, 7.2, high)
        ax.axvline(0, color=theme.INK, linewidth=0.8, zorder=1)
        ax.axvline(factor * pooled.estimate, color=theme.MUTED, linewidth=0.8,
                   linestyle=(0, (3, 2)), zorder=1)  # fmt: skip
        rows = np.arange(k)
        ends = _drawable(sites[["conf_low", "conf_high"]].to_numpy(dtype=np.float64), pooled)
        ax.hlines(rows, factor * ends[:, 0], factor * ends[:, 1], color=theme.OBSERVED, zorder=2,
                  linewidth=max(1.5 / deep, 0.3))  # fmt: skip
        ax.scatter(
            factor * sites["estimate"], rows, marker="s", color=theme.OBSERVED, zorder=3,
            s=(10 + 90 * sites["weight"] / sites["weight"].max()) / deep,
        )  # fmt: skip
        low, high = (factor * end for end in pooled.conf_int)
        middle = factor * pooled.estimate
        ax.fill(
            [low, middle, high, middle],
            [average, average - 0.3 * deep, average, average + 0.3 * deep],
            color=theme.EXPECTED, zorder=3,
        )  # fmt: skip
        new = [factor * end for end in pooled.new_site]
        ax.barh(average + deep, new[1] - new[0], left=new[0], height=0.4 * deep, facecolor="none",
                edgecolor=theme.EXPECTED, hatch="////", linewidth=1.0, zorder=3)  # fmt: skip
        names, at = [labels.short(str(name)) for name in sites["id"]], [*map(float, rows)]
        if k > _NAMED:
            names, at = [f"{k:,} sites, best on top"], [(k - 1) / 2]
        ax.set_yticks(
            [*at, average, average + deep], [*names, "Average of all sites", "A new site"]
        )
        ax.set_ylim(average + 1.6 * deep, -0.6 * deep)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel(_AXES.get(pooled.scale, "Improvement"))
        theme.finish(ax)
    return ax


def describe_forest(pooled: Pooled) -> str:
    """Say in words what `forest` shows.

    Parameters
    ----------
    pooled
        From `innoeval.pool`.
    """
    factor, unit = (100.0, " %") if pooled.scale == "relative" else (1.0, "")
    sites = pooled.sites.sort_values("estimate")
    worst, best = sites.iloc[0], sites.iloc[-1]

    def said(interval: Interval) -> str:
        return span(Interval(interval.low * factor, interval.high * factor)) + unit

    return (
        f"Chart of {len(sites)} sites of {pooled.group}. Their improvements run from "
        f"{amount(factor * worst['estimate'])}{unit} ({worst['id']}) to "
        f"{amount(factor * best['estimate'])}{unit} ({best['id']}). The average is "
        f"{amount(factor * pooled.estimate)}{unit} ({said(pooled.conf_int)}); a new site can expect "
        f"{said(pooled.new_site)}."
    )


def _drawable(
    ends: np.ndarray[tuple[int, ...], np.dtype[np.float64]], pooled: Pooled
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Intervals with infinite ends cut where everything else ends."""
    finite = np.concatenate([ends[np.isfinite(ends)], pooled.new_site])
    return np.clip(ends, finite.min(), finite.max())

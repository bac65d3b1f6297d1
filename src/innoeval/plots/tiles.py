"""A map of a panel: which unit has a value in which period, and who was treated from when on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import BriefError
from innoeval.plots import theme, timeline

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from innoeval.records.claim import Claim
    from innoeval.records.panel import Panel

#: What a tile is, its colour and, so that nothing hangs on colour, its hatching.
TILES = (
    ("no value", theme.PAPER, ""),
    ("value", theme.GAP, ""),
    ("value, treated", theme.OBSERVED, ""),
    ("provisional", theme.BAND, "////"),
    ("small number not shown", theme.RULE, "...."),
)
_NAMED = 60


def tiles_of(panel: Panel, outcome: str, claim: Claim | None = None) -> npt.NDArray[np.int64]:
    """What each cell of a panel is, as a place in `TILES`, shape (units, periods).

    Raises
    ------
    PanelError
        Where the panel has no such metric.
    """
    values = panel.matrix(outcome)
    cells = np.isfinite(values).astype(np.int64)
    for unit, start in (claim.treated if claim is not None else {}).items():
        if unit in panel.units:
            row, first = panel.units.index(unit), max(panel.calendar.position(start), 0)
            cells[row, first:] *= 2
    if panel.provisional is not None:
        cells[(panel.matrix(panel.provisional) == 1) & (cells > 0)] = 3
    bounds = (f"{outcome}_low", f"{outcome}_high")
    if set(bounds) <= set(panel.covariates):
        low, high = map(panel.matrix, bounds)
        cells[low < high] = 4
    return cells


def coverage(
    panel: Panel, claim: Claim | None = None, *, outcome: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw a tile for each unit and period: value or none, treated, provisional, not shown.

    Parameters
    ----------
    panel
        The panel.
    claim
        Marks who was treated from when on.
    outcome
        The metric; that of the claim, or else the first.
    ax
        Axes to draw on; new ones where not given.

    Raises
    ------
    BriefError
        Where there are more units than lines of a figure can show.
    """
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    name = outcome or (claim.outcome if claim is not None else panel.outcomes[0])
    if len(panel.units) > 2000:
        raise BriefError(f"a map of {len(panel.units):,} units cannot be read; draw some of them")
    cells = tiles_of(panel, name, claim)
    order = _order(panel, claim)
    rows, periods = cells[order], panel.periods
    with theme.look():
        ax = theme.axes(ax, 6.9, min(1.2 + 0.16 * len(rows), 9.0))
        ax.pcolormesh(
            np.arange(len(periods) + 1) - 0.5, np.arange(len(rows) + 1) - 0.5, rows,
            cmap=ListedColormap([colour for _, colour, _ in TILES]), vmin=0, vmax=len(TILES) - 1,
            edgecolors="white" if len(rows) <= _NAMED else "none", linewidth=0.4,
        )  # fmt: skip
        _hatch(ax, rows)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        places, labels = timeline.ticks(
            periods, width=72 * 0.8 * ax.figure.bbox.width / ax.figure.dpi, size=theme.SIZE
        )
        ax.set_xticks(places, labels)
        named = [panel.units[i] for i in order]
        ax.set_yticks(
            range(len(named)) if len(named) <= _NAMED else [], named if len(named) <= _NAMED else []
        )
        ax.set_ylabel("" if len(named) <= _NAMED else f"{len(named):,} units")
        shown = [Patch(facecolor=colour, edgecolor=theme.MUTED, hatch=hatch, label=word)
                 for i, (word, colour, hatch) in enumerate(TILES) if (rows == i).any()]  # fmt: skip
        ax.legend(
            handles=shown, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(shown), frameon=False
        )
        theme.finish(ax)
    return ax


def describe_coverage(
    panel: Panel, claim: Claim | None = None, *, outcome: str | None = None
) -> str:
    """The map in words, to stand instead of it."""
    name = outcome or (claim.outcome if claim is not None else panel.outcomes[0])
    cells = tiles_of(panel, name, claim)
    parts = [
        f"{int((cells == i).sum()):,} {word}"
        for i, (word, _, _) in enumerate(TILES)
        if (cells == i).any()
    ]
    return (
        f"A map of {name}: {len(panel.units):,} units by {len(panel.periods):,} periods, "
        f"{panel.periods[0]} to {panel.periods[-1]}. Cells: {', '.join(parts)}."
    )


def _order(panel: Panel, claim: Claim | None) -> list[int]:
    """Units by the start of their treatment, those without last."""
    starts = dict(claim.treated) if claim is not None else {}
    key = {
        unit: panel.calendar.position(start)
        for unit, start in starts.items()
        if unit in panel.units
    }
    return sorted(
        range(len(panel.units)), key=lambda i: (key.get(panel.units[i], panel.calendar.n), i)
    )


def _hatch(ax: Axes, rows: npt.NDArray[np.int64]) -> None:
    """Hatching of the tiles whose colour would not be enough, run by run."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    for place, (_, _, hatch) in enumerate(TILES):
        if not hatch:
            continue
        here = np.pad((rows == place).astype(np.int64), ((0, 0), (1, 1)))
        begins, ends = (np.argwhere(np.diff(here) == change) for change in (1, -1))
        runs = [
            Rectangle((first - 0.5, row - 0.5), last - first, 1)
            for (row, first), (_, last) in zip(begins, ends, strict=True)
        ]
        if runs:
            ax.add_collection(
                PatchCollection(
                    runs, facecolor="none", edgecolor=theme.MUTED, linewidth=0, hatch=hatch
                )
            )

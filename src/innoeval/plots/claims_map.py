"""A portfolio as a map: what was claimed against what was found; on the diagonal they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import BriefError
from innoeval.plots import labels, theme
from innoeval.records.display import amount
from innoeval.records.freeze import Floats
from innoeval.records.portfolio import Portfolio
from innoeval.records.verdict import Status

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: A shape for each status, and its word, in the order of the key; what is inconclusive is open.
_SHAPES: dict[Status, tuple[str, str]] = {
    "supported": ("o", "supported"),
    "partly_supported": ("D", "partly supported"),
    "inconclusive": ("o", "inconclusive"),
    "overstated": ("v", "overstated"),
    "refuted": ("X", "refuted"),
    "harmful": ("s", "harmful"),
    "not_evaluable": ("_", "not evaluable"),
}
_UNITS = {"relative": ", %", "percentage_points": ", points", "absolute": ", outcome units"}
#: Claims up to so many have their intervals drawn; so many extremes are named.
_FEW, _NAMED = 60, 5
#: Shares of all claims between which axes reach; what lies beyond stands at the edge.
_REACH = (2, 98)


def portfolio_map(portfolio: Portfolio, scale: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw each claim of a portfolio: the size announced against the improvement found.

    On the diagonal a claim is exactly as large as what was found; below it is larger. Shapes are
    verdicts. Only the claims farthest from the diagonal are named. Claims that announce no size,
    or have no estimate, are counted in the heading.

    Parameters
    ----------
    portfolio
        The claims.
    scale
        Which claims are drawn: "relative", "absolute" or "percentage_points"; by default the scale
        of most of them.
    ax
        Where to draw; new axes if None.

    Returns
    -------
    The axes drawn on.

    Raises
    ------
    BriefError
        Where no claim on that scale has both numbers.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=10, size=2.0)
    >>> portfolio_map(ie.evaluate_all([case.claim], case.panel)).get_xlabel()
    'Announced, outcome units'
    """
    found = _drawn(portfolio, scale)
    factor = 100.0 if found.scale == "relative" else 1.0
    x, y = factor * found.column("announced"), factor * found.column("estimate")
    with theme.look():
        ax = theme.axes(ax, 6.8, 4.6)
        ends_x, ends_y = _ends(x), _ends(np.concatenate([y, x]))
        ax.set_xlim(*ends_x)
        ax.set_ylim(*ends_y)
        ax.axhline(0, color=theme.INK, linewidth=0.9, zorder=1)
        _diagonal(ax)
        if len(x) <= _FEW:
            low, high = (factor * found.column(name) for name in ("found_low", "found_high"))
            low, high = (np.clip(np.where(np.isnan(e), y, e), *ends_y) for e in (low, high))
            ax.vlines(np.clip(x, *ends_x), low, high, color=theme.RULE, linewidth=1.0, zorder=1.5)
        inside = np.clip(x, *ends_x), np.clip(y, *ends_y)
        _points(ax, found, *inside)
        _name_extremes(ax, found, x, y, inside)
        unit = _UNITS.get(found.scale, "")
        ax.set_xlabel(f"Announced{unit}")
        ax.set_ylabel(f"Found{unit}")
        ax.grid(visible=True)
        beyond = int(((inside[0] != x) | (inside[1] != y)).sum())
        labels.heading(
            ax, _said(found, x, y) + (f"; {beyond:,} at the edge lie beyond it" if beyond else "")
        )
        theme.finish(ax)
    return ax


def describe_portfolio_map(portfolio: Portfolio, scale: str | None = None) -> str:
    """Say in words what `portfolio_map` shows.

    Raises
    ------
    BriefError
        As `portfolio_map`.
    """
    found = _drawn(portfolio, scale)
    factor, unit = (100.0, " %") if found.scale == "relative" else (1.0, "")
    x, y = factor * found.column("announced"), factor * found.column("estimate")
    counts = ", ".join(
        f"{int((found.table['status'] == status).sum()):,} {word}"
        for status, (_, word) in _SHAPES.items()
        if (found.table["status"] == status).any()
    )
    far = int((y - x).argmin())
    return labels.minus(
        f"Map of {len(x):,} claims, what was announced against what was found. {_said(found, x, y)}. "
        f"In the middle {amount(float(np.median(x)))}{unit} was announced and "
        f"{amount(float(np.median(y)))}{unit} found. Verdicts: {counts}. Farthest below its claim is "
        f"{found.table['id'].iloc[far]}: {amount(float(x[far]))}{unit} announced, "
        f"{amount(float(y[far]))}{unit} found."
    )


class _Claims:
    """Rows of one scale with both numbers, and how many have been left out, and why."""

    def __init__(self, table: pd.DataFrame, scale: str, left_out: dict[str, int]) -> None:
        self.table, self.scale, self.left_out = table, scale, left_out

    def column(self, name: str) -> Floats:
        return np.asarray(self.table[name].to_numpy(dtype=np.float64))


def _drawn(portfolio: Portfolio, scale: str | None) -> _Claims:
    table = portfolio.tidy()
    failed = table["error"].notna()
    known = np.isfinite(table[["announced", "estimate"]].to_numpy(dtype=np.float64)).all(axis=1)
    counts = table.loc[known & ~failed, "scale"].value_counts()
    if scale is None:
        scale = str(counts.index[0]) if len(counts) else ""
    here = (table["scale"] == scale) & known & ~failed
    if not here.any():
        raise BriefError(
            f"none of {len(table):,} claims has an announced size and an estimate"
            + (f" on the scale '{scale}'" if scale else "")
            + "; see portfolio.tidy() for what became of each"
        )
    silent = table["announced"].isna() & ~failed
    left_out = {
        "on other scales": int((known & ~failed & ~here).sum()),
        "without a size": int(silent.sum()),
        "without an estimate": int((~known & ~failed & ~silent).sum()),
        "failed": int(failed.sum()),
    }
    return _Claims(table[here], scale, {why: n for why, n in left_out.items() if n})


def _said(found: _Claims, x: Floats, y: Floats) -> str:
    below = int((y < x).sum())
    said = f"{below:,} of {len(x):,} claims lie below the diagonal: less was found than announced"
    if found.left_out:
        said += "; not drawn: " + ", ".join(f"{n:,} {why}" for why, n in found.left_out.items())
    return said


def _ends(values: Floats) -> tuple[float, float]:
    """Where an axis ends: zero, and all values but the farthest."""
    low, high = np.percentile(values, _REACH) if len(values) > 20 else (values.min(), values.max())
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    pad = 0.08 * (high - low or 1.0)
    return low - pad, high + pad


def _diagonal(ax: Axes) -> None:
    """The line on which what was found is what was announced, named along itself."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    ends = [max(left, low), min(right, high)]
    ax.plot(ends, ends, color=theme.MUTED, linewidth=1.2, linestyle=(0, (5, 2)), zorder=1)
    at = ends[0] + 0.86 * (ends[1] - ends[0])
    ax.text(at, at, "found what was announced", ha="right", va="bottom", rotation=45,
            rotation_mode="anchor", transform_rotates_text=True, color=theme.INK,
            fontsize=theme.SIZE - 0.5, zorder=4,
            bbox={"facecolor": theme.PAPER, "edgecolor": "none", "pad": 0.2, "alpha": 0.7})  # fmt: skip


def _points(ax: Axes, found: _Claims, x: Floats, y: Floats) -> None:
    """A shape for each claim, and a key with the number of each."""
    many = len(x)
    size = 46 if many <= _FEW else 18 if many <= 2000 else 7
    handles = []
    for status, (marker, word) in _SHAPES.items():
        one = (found.table["status"] == status).to_numpy(dtype=bool)
        if one.any():
            colour = theme.VERDICTS[status]
            hollow = status == "inconclusive"
            handles.append(
                ax.scatter(x[one], y[one], s=size, marker=marker, zorder=3, clip_on=False,
                           facecolor=theme.PAPER if hollow else colour, linewidth=0.9 if hollow else 0.4,
                           edgecolor=colour if hollow or marker == "_" else theme.PAPER,
                           alpha=0.9 if many <= 2000 else 0.6, rasterized=many > 2000,
                           label=f"{word} ({int(one.sum()):,})")
            )  # fmt: skip
    key = ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False,
              borderaxespad=0, handletextpad=0.3, markerscale=(46 / size) ** 0.5)  # fmt: skip
    for handle in filter(None, key.legend_handles):
        handle.set_alpha(1.0)


def _name_extremes(
    ax: Axes, found: _Claims, x: Floats, y: Floats, inside: tuple[Floats, Floats]
) -> None:
    """Names of the claims farthest from the diagonal, none nearer to another than a line."""
    names = found.table["id"].astype(str).to_numpy()
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    wide, tall = max(labels.width(ax), 1.0), max(labels.height(ax), 1.0)
    # Places on the page, in points.
    across = (inside[0] - left) / (right - left) * wide
    up = (inside[1] - low) / (high - low) * tall
    placed: list[tuple[float, float, float]] = []
    for k in np.argsort(-np.abs(y - x), kind="stable")[: 4 * _NAMED]:
        if len(placed) == _NAMED:
            break
        words = labels.short(names[k], 22)
        room = labels.LETTER * theme.SIZE * len(words) + 8
        sides = []
        for on_left, start in ((False, across[k]), (True, across[k] - room)):
            near = np.abs(up - up[k]) < 0.8 * theme.SIZE
            covered = int((near & (across > start + 2) & (across < start + room - 2)).sum())
            taken = any(
                abs(at - up[k]) < 1.3 * theme.SIZE and begin < start + room and start < end
                for begin, end, at in placed
            )
            if start >= 0 and start + room <= wide and not taken:
                sides.append((covered, on_left, start))
        if sides:
            _, on_left, start = min(sides)
            placed.append((start, start + room, float(up[k])))
            at = float(inside[0][k]), float(inside[1][k])
            labels.beside(ax, at, words, theme.INK, left=on_left)

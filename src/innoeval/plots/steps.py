"""Versions of an innovation, or looks at one claim, in order: what each may still be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import BriefError
from innoeval.plots import labels, theme, timeline
from innoeval.records.display import amount, span
from innoeval.records.estimate import Interval
from innoeval.records.freeze import Floats

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Shape and colour of what is suggested after each step, by its first words.
_SUGGESTED = {
    "stop: an improvement is shown": ("o", theme.OBSERVED, "improvement shown"),
    "stop: an improvement that matters is ruled out": ("X", theme.FINDINGS["problem"], "ruled out"),
    "stop: it got worse": ("s", theme.FINDINGS["problem"], "got worse"),
    "go on: these data cannot tell yet": ("D", theme.FINDINGS["cannot_tell"], "cannot tell yet"),
}
_UNITS = {"relative": "Improvement, %", "percentage_points": "Improvement, points"}
#: More steps than this are drawn as bands.
_BARS = 40


def sequence(table: pd.DataFrame, of: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw estimates step by step with intervals that allow for having looked, or tried, before.

    For looks at one claim thick bars hold at the looks that were planned, thin bars with ends at
    every look at once. Shapes say what is suggested at each step.

    Parameters
    ----------
    table
        From `innoeval.portfolio.versions` or `innoeval.portfolio.watch`.
    of
        For versions of several innovations: id of the first version of the one that is drawn.
    ax
        Where to draw; new axes if None.

    Returns
    -------
    The axes drawn on.

    Raises
    ------
    BriefError
        Where the table is none of these, holds several sequences and `of` names none, or no number.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=20, size=2.0)
    >>> looks = ie.portfolio.watch(case.claim, case.panel, ["2023-03", "2023-06", "2023-12"])
    >>> sequence(looks).get_xlabel()
    'Look'
    """
    rows = _rows(table, of)
    looks = "look" in rows
    factor = 100.0 if _scale(rows) == "relative" else 1.0
    estimate = factor * rows["estimate"].to_numpy(dtype=np.float64)
    bars = [_column(rows, name, factor) for name in ("conf_low", "conf_high")]
    wide = (
        [_column(rows, name, factor) for name in ("always_low", "always_high")] if looks else bars
    )
    place = np.arange(len(rows), dtype=np.float64)
    with theme.look():
        ax = theme.axes(ax, 6.8, 2.9)
        ends = _ends(estimate, *wide, *bars)
        ax.set_ylim(*ends)
        ax.plot([-0.5, len(rows) - 0.5], [0, 0], color=theme.INK, linewidth=0.9, zorder=1)
        _intervals(ax, place, bars, wide if looks else None, ends)
        shown = _marks(ax, rows, place, np.clip(estimate, *ends))
        _frame(ax, rows, place, shown)
        ax.set_ylabel(_UNITS.get(_scale(rows), "Improvement"))
        ax.grid(axis="y")
        labels.heading(ax, _key(rows, looks=looks))
        theme.finish(ax)
    return ax


def describe_sequence(table: pd.DataFrame, of: str | None = None) -> str:
    """Say in words what `sequence` shows.

    Raises
    ------
    BriefError
        As `sequence`.
    """
    rows = _rows(table, of)
    looks = "look" in rows
    factor, unit = (100.0, " %") if _scale(rows) == "relative" else (1.0, "")
    names = _names(rows)
    shown = range(len(rows)) if len(rows) <= 6 else [0, len(rows) - 1]
    told = []
    for k in shown:
        row = rows.iloc[k]
        ends = Interval(factor * row["conf_low"], factor * row["conf_high"])
        told.append(
            f"{names[k]}: {amount(factor * row['estimate'])}{unit} ({span(ends)}); {row['suggestion']}."
        )
    what = "looks at one claim" if looks else "versions of one innovation"
    return labels.minus(
        f"Chart of {len(rows)} {what}, in order, with intervals that allow for all of them. "
        + " ".join(told)
    )


def _rows(table: pd.DataFrame, of: str | None) -> pd.DataFrame:
    """The one sequence that is drawn."""
    needed = {"estimate", "conf_low", "conf_high", "suggestion"}
    if not needed <= set(table.columns) or not {"look", "version"} & set(table.columns):
        raise BriefError(
            "this table holds no sequence; give what innoeval.portfolio.versions(portfolio) or "
            "innoeval.portfolio.watch(claim, panel, looks) returns"
        )
    if "sequence" in table.columns:
        names = list(dict.fromkeys(table["sequence"]))
        if of is None and len(names) > 1:
            raise BriefError(
                f"this table holds {len(names)} sequences ({labels.short(', '.join(map(str, names)), 80)}); "
                "name one with of="
            )
        if of is not None and of not in names:
            raise BriefError(
                f"there is no sequence '{of}'; there are {labels.short(', '.join(map(str, names)), 80)}"
            )
        table = table[table["sequence"] == of] if of is not None else table
    if not np.isfinite(table["estimate"].to_numpy(dtype=np.float64)).any():
        raise BriefError("none of these versions or looks has an estimate; see the table for why")
    return table


def _scale(rows: pd.DataFrame) -> str:
    """Scale of all rows; "" for looks, which are in outcome units."""
    scales = set(rows["scale"]) if "scale" in rows else set()
    if len(scales) > 1:
        raise BriefError(
            f"these versions are claimed on {len(scales)} scales ({', '.join(map(str, scales))}), and "
            "one axis holds one; state the claims on the same scale"
        )
    return str(scales.pop()) if scales else ""


def _names(rows: pd.DataFrame) -> list[str]:
    if "look" in rows:
        return [timeline.short(str(look)) for look in rows["look"]]
    return [
        f"{number}: {labels.short(str(name), 16)}"
        for number, name in zip(rows["version"], rows["id"], strict=True)
    ]


def _column(rows: pd.DataFrame, name: str, factor: float) -> Floats:
    return np.asarray(factor * rows[name].to_numpy(dtype=np.float64))


def _ends(*values: Floats) -> tuple[float, float]:
    """Where the axis ends: far ends of intervals are cut, within five times the reach of estimates."""
    estimate = values[0][np.isfinite(values[0])]
    centre = [0.0, float(estimate.min()), float(estimate.max())]
    core = max(centre) - min(centre) or 1.0
    all_ends = np.concatenate(values)
    near = all_ends[np.isfinite(all_ends)]
    low = max(min([*centre, *near]), min(centre) - 2.5 * core)
    high = min(max([*centre, *near]), max(centre) + 2.5 * core)
    pad = 0.08 * (high - low)
    return low - pad, high + pad


def _intervals(
    ax: Axes,
    place: Floats,
    bars: list[Floats],
    wide: list[Floats] | None,
    ends: tuple[float, float],
) -> None:
    """Thick bars, and thin ones with ends; bands where there are many steps; arrows where cut."""
    for pair, colour, width, tint in (
        (bars, theme.HATCH, 5.0, theme.GAP),
        (wide, theme.INK, 0.9, "none"),
    ):
        if pair is None:
            continue
        known = ~np.isnan(pair[0]) & ~np.isnan(pair[1])
        low, high = (np.clip(end, *ends) for end in pair)
        if len(place) > _BARS:
            ax.fill_between(place, low, high, where=known.tolist(), facecolor=tint,
                            edgecolor=theme.MUTED, linewidth=0.6, zorder=1)  # fmt: skip
            continue
        ax.vlines(place[known], low[known], high[known], color=colour, linewidth=width, zorder=2)
        for end, inside, cut in zip(pair, (low, high), ("v", "^"), strict=True):
            beyond = known & (end != inside)
            if width < 1:
                ax.plot(
                    place[known & ~beyond], inside[known & ~beyond], "_", color=colour, markersize=7
                )
            ax.plot(
                place[beyond], inside[beyond], cut, color=theme.MUTED, markersize=5, clip_on=False
            )


def _marks(
    ax: Axes, rows: pd.DataFrame, place: Floats, estimate: Floats
) -> list[tuple[str, str, str]]:
    """A shape for what is suggested at each step; those that were used."""
    if len(rows) > _BARS:
        ax.plot(place, estimate, color=theme.OBSERVED, linewidth=1.2, zorder=3)
    shown = []
    for words, (marker, colour, short) in _SUGGESTED.items():
        one = (rows["suggestion"] == words).to_numpy(dtype=bool)
        if one.any():
            ax.plot(place[one], estimate[one], marker, color=colour, zorder=4,
                    markersize=7 if len(rows) <= _BARS else 3)  # fmt: skip
            shown.append((marker, colour, short))
    return shown


def _frame(ax: Axes, rows: pd.DataFrame, place: Floats, shown: list[tuple[str, str, str]]) -> None:
    """Names of the steps below, and of the shapes on the right."""
    names, many = _names(rows), len(rows)
    share = min(labels.LETTER * theme.SIZE * 19 / max(labels.width(ax), 1.0), 0.45)
    ax.set_xlim(-0.6, many - 0.4 + many * share / (1 - share))
    letters = max(map(len, names)) + 1.5
    room = labels.width(ax) * (1 - share) / many
    every = int(-(-labels.LETTER * theme.SIZE * letters // room))
    kept = [k for k in range(many) if k % max(every, 1) == 0]
    ax.set_xticks(place[kept], [names[k] for k in kept])
    ax.spines["bottom"].set_bounds(-0.5, many - 0.5)
    ax.set_xlabel("Look" if "look" in rows else "Version", x=(1 - share) / 2)
    low, high = ax.get_ylim()
    step = 1.6 * theme.SIZE * (high - low) / max(labels.height(ax), 1.0)
    left = many - 0.5 + 0.06 * many * share / (1 - share)
    for k, (marker, colour, word) in enumerate(shown):
        at = high - (k + 0.8) * step
        ax.plot(left, at, marker, color=colour, markersize=6.5)
        ax.annotate(word, (left, at), xytext=(8, 0), textcoords="offset points", va="center",
                    color=colour, fontweight="bold",
                    bbox={"facecolor": theme.PAPER, "edgecolor": "none", "pad": 0.4})  # fmt: skip


def _key(rows: pd.DataFrame, *, looks: bool) -> str:
    thick, thin = "Thick bars hold", "thin bars with ends"
    if len(rows) > _BARS:
        thick, thin = "The shaded band holds", "the outlined one"
    if looks:
        return f"{thick} at the planned looks together; {thin} at every look, planned or not"
    return f"{len(rows)} versions tried; each interval is widened for those tried before"

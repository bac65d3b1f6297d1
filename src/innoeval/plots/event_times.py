"""Effects by period since the start: with bands that hold all at once, and what doubt leaves of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import BriefError
from innoeval.plots import labels, theme
from innoeval.plots.study import Study, study_of
from innoeval.records.display import amount, span
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.evaluation import Evaluation
from innoeval.records.freeze import Floats

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: More event times than this are drawn as a line with a band instead of dots with bars.
_DOTS = 60
#: Share of the width that the honest intervals take.
_LANE = 0.26


def event_study(
    of: Evaluation | Estimate, honest: pd.DataFrame | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the effect in each period before and after the start.

    Dots are effects and thick bars their intervals, one by one; thin bars with ends are a band
    that holds all of them at once. Open dots are gaps before the start for which the design gives
    no interval. On the right stand, where given, intervals of the average effect that allow for
    trends that part.

    Parameters
    ----------
    of
        An evaluation, or an estimate with effects by event time: one that `aggregate("event")` can
        sum up is summed up.
    honest
        From `innoeval.sensitivity.relative_magnitudes` or `smoothness`.
    ax
        Where to draw; new axes if None.

    Returns
    -------
    The axes drawn on.

    Raises
    ------
    BriefError
        Where there are no effects by period.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, size=2.0)
    >>> found = ie.designs.CallawaySantAnna().fit(case.panel, case.claim)
    >>> honest = ie.sensitivity.relative_magnitudes(found, m=[0.5, 1])
    >>> event_study(found, honest).get_xlabel()
    'Periods since the start'
    """
    study = study_of(of)
    if honest is not None:
        _refuse(honest)
    with theme.look():
        ax = theme.axes(ax, 7.2, 3.0)
        ax.axhline(0, color=theme.INK, linewidth=0.9, zorder=1)
        ax.axvline(-0.5, color=theme.INK, linewidth=0.9, zorder=1)
        _draw(ax, study)
        ax.set_xlabel("Periods since the start")
        unit = f"Effect on {labels.plain(study.outcome)}" if study.outcome else "Effect"
        ax.set_ylabel(unit, fontfamily=list(theme.FACES))
        ax.grid(axis="y")
        _frame(ax, study, honest)
        better = f"; {study.better} is better" if study.better else ""
        labels.heading(ax, f"{_key(study)}{better}")
        theme.finish(ax)
    return ax


def describe_event_study(of: Evaluation | Estimate, honest: pd.DataFrame | None = None) -> str:
    """Say in words what `event_study` shows.

    Raises
    ------
    BriefError
        Where there are no effects by period.
    """
    study = study_of(of)
    after = study.time >= 0
    said = [
        (
            f"Chart of the effect by period since the start, from {study.time[0]:.0f} to "
            f"{study.time[-1]:.0f}, by {study.design}."
        )
    ]
    early = study.effect[~after]
    if np.isfinite(early).any():
        said.append(
            f"Before the start effects lie between {amount(float(np.nanmin(early)))} and "
            f"{amount(float(np.nanmax(early)))}{_shown(study, ~after)}."
        )
    else:
        said.append("Nothing is shown before the start.")
    said.append(
        f"From then on they average {amount(float(np.nanmean(study.effect[after])))} and lie between "
        f"{amount(float(np.nanmin(study.effect[after])))} and "
        f"{amount(float(np.nanmax(study.effect[after])))}{_shown(study, after)}."
    )
    if study.banded:
        said.append("The band holds all effects at once.")
    if honest is not None:
        _refuse(honest)
        said.append(f"The {honest.attrs.get('target', 'average effect')}:")
        parts = [
            f"{span(Interval(low, high))} for m = {m:g}"
            for m, low, high in honest[["m", "conf_low", "conf_high"]].to_numpy(dtype=np.float64)
        ]
        said.append("; ".join(parts) + ".")
        if "restriction" in honest.attrs:
            said.append(f"There, {honest.attrs['restriction']}.")
    return labels.minus(" ".join(said))


def _shown(study: Study, some: np.ndarray) -> str:
    """How many of some effects differ from none, by the band where there is one."""
    low, high = (study.band_low, study.band_high) if study.banded else (study.low, study.high)
    known = some & np.isfinite(low)
    if not known.any():
        return ", without intervals"
    differ = int(((low[known] > 0) | (high[known] < 0)).sum())
    return f"; {differ} of {int(known.sum())} differ from none"


def _key(study: Study) -> str:
    """What the marks mean, in words."""
    level = f"{100 * study.level:.0f} %"
    parts = [f"Thick bars: {level} interval of each effect"]
    if study.banded:
        parts.append("thin bars with ends: band that holds all at once")
    if not np.isfinite(study.low[study.time < 0]).any() and (study.time < 0).any():
        parts.append("open dots: gaps before the start, no interval")
    if len(study.time) > _DOTS:
        parts[0] = f"Dark band: {level} interval of each effect"
        if study.banded:
            parts[1] = "light band: holds all at once"
    return "; ".join(parts)


def _draw(ax: Axes, study: Study) -> None:
    known = np.isfinite(study.low) & np.isfinite(study.high)
    band = np.isfinite(study.band_low) & np.isfinite(study.band_high)
    if len(study.time) > _DOTS:
        ax.fill_between(study.time, study.band_low, study.band_high, where=band.tolist(),
                        color=theme.PANEL, edgecolor=theme.RULE, linewidth=0.6, zorder=1)  # fmt: skip
        ax.fill_between(study.time, study.low, study.high, where=known.tolist(),
                        color=theme.GAP, linewidth=0, zorder=1.5)  # fmt: skip
        ax.plot(study.time, study.effect, color=theme.OBSERVED, linewidth=1.2, zorder=3)
        return
    ax.vlines(study.time[band], study.band_low[band], study.band_high[band], color=theme.MUTED,
              linewidth=0.8, zorder=2)  # fmt: skip
    for ends in (study.band_low, study.band_high):
        ax.plot(study.time[band], ends[band], "_", color=theme.MUTED, markersize=4, zorder=2)
    ax.vlines(study.time[known], study.low[known], study.high[known], color=theme.OBSERVED,
              linewidth=2.2, zorder=3)  # fmt: skip
    for some, face in ((known, theme.OBSERVED), (~known, theme.PAPER)):
        ax.plot(study.time[some], study.effect[some], "o", color=theme.OBSERVED,
                markerfacecolor=face, markersize=4.2, zorder=4)  # fmt: skip


def _frame(ax: Axes, study: Study, honest: pd.DataFrame | None) -> None:
    """Scales; on the right a lane for honest intervals, whose far ends are cut with an arrow."""
    first, last = study.time[0], study.time[-1]
    wide = last - first + 1
    ends = [0.0, *study.effect, *study.low, *study.high, *study.band_low, *study.band_high]
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    reach = high - low or abs(high) or 1.0
    room = wide * _LANE / (1 - _LANE) if honest is not None else 0.0
    ax.set_xlim(first - 0.02 * wide - 0.5, last + 0.5 + 0.02 * wide + room)
    if honest is not None:
        limits = honest[["conf_low", "conf_high"]].to_numpy(dtype=np.float64)
        near = np.clip(limits, low - 0.5 * reach, high + 0.5 * reach)
        low, high = min(low, near.min()), max(high, near.max())
        _lane(ax, honest, near, limits, (last + 0.5 + 0.04 * wide, room), (high, 0.16 * reach))
        high += 0.34 * reach
    ax.set_ylim(low - 0.06 * reach, high + 0.06 * reach)
    ticks = [t for t in ax.get_xticks() if first <= t <= last and float(t).is_integer()]
    ax.set_xticks(ticks, [labels.minus(f"{t:.0f}") for t in ticks])
    ax.spines["bottom"].set_bounds(first, last)


def _lane(
    ax: Axes,
    honest: pd.DataFrame,
    near: Floats,
    limits: Floats,
    place: tuple[float, float],
    top: tuple[float, float],
) -> None:
    """An interval for each bound m, its m written above."""
    left, room = place
    at = left + room * (np.arange(len(honest)) + 0.5) / len(honest)
    ax.axvspan(left, left + room, color=theme.PANEL, linewidth=0, zorder=0)
    ax.text(left + room / 2, top[0] + 1.15 * top[1], _doubt(honest), ha="center",
            va="bottom", fontsize=theme.SIZE - 0.5, color=theme.EXPECTED, fontweight="bold")  # fmt: skip
    every = -(-len(honest) // 5)
    for k, (x, m) in enumerate(zip(at, honest["m"], strict=True)):
        ax.plot(
            [x, x], near[k], color=theme.EXPECTED, linewidth=1.8, linestyle=(0, (3, 1)), zorder=3
        )
        for end, shown, mark in zip(limits[k], near[k], "v^", strict=True):
            cut = end != shown
            ax.plot(x, shown, mark if cut else "_", color=theme.EXPECTED, markersize=5, zorder=3)
        if k % every == 0:
            ax.text(x, top[0] + 0.2 * top[1], f"{m:g}", ha="center", va="bottom",
                    fontsize=theme.SIZE - 1, color=theme.EXPECTED)  # fmt: skip


def _doubt(honest: pd.DataFrame) -> str:
    """What the honest intervals are of, and what m allows for, in two lines."""
    target = str(honest.attrs.get("target", ""))
    alone = target.removeprefix("effect at event time ")
    what = f"Effect at {alone}" if alone != target else "Average"
    restriction = str(honest.attrs.get("restriction", ""))
    if "slope" in restriction:
        return f"{what}, if trends\nbend by up to m"
    if "m times" in restriction:
        return f"{what}, if trends part\nup to m times as before"
    return f"{what}, if trends\npart by up to m"


def _refuse(honest: pd.DataFrame) -> None:
    lacking = [name for name in ("m", "conf_low", "conf_high") if name not in honest]
    if lacking or not len(honest):
        raise BriefError(
            f"honest= has {'no row' if not lacking else 'no column ' + ', '.join(lacking)}; give what "
            "innoeval.sensitivity.relative_magnitudes(est, m=[...]) returns"
        )

"""The findings: what was checked, and how much of the claim each violation could explain."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import TYPE_CHECKING

from innoeval.errors import BriefError
from innoeval.plots import labels, theme
from innoeval.records.evaluation import Evaluation
from innoeval.records.finding import Finding, FindingStatus

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKERS: dict[FindingStatus, str] = {
    "problem": "X",
    "clear": "o",
    "cannot_tell": "D",
    "not_applicable": "_",
}
_RANK: dict[FindingStatus, int] = {"problem": 0, "cannot_tell": 1, "clear": 2, "not_applicable": 3}
_Z = 1.96
_WRAP = 44
#: More checks that do not apply than this are counted, not drawn.
_MOST_APART = 6
#: A figure no wider than this, in points, has fewer ticks and shorter lines.
_NARROW = 320
#: Shares beyond this are drawn at the edge, with an arrow.
_FURTHEST = 2.0


def ranked(ev: Evaluation) -> tuple[Finding, ...]:
    """Findings in the order in which they are shown: problems first, what could not run last."""
    return tuple(sorted(ev.findings, key=lambda finding: _RANK[finding.status]))


def findings(ev: Evaluation, ax: Axes | None = None) -> Axes:
    """Draw a row for each finding: its status in shape and word, and the share of the claim at stake.

    A dot is the share of the claimed improvement that the violation could explain, a bar its 95 %
    interval; a row without a dot has no size. More than six checks that do not apply are counted in
    a line below instead.

    Parameters
    ----------
    ev
        An evaluation with at least one finding.
    ax
        Where to draw; new axes, as high as the rows need, if None.

    Returns
    -------
    The axes drawn on.

    Raises
    ------
    BriefError
        Where the evaluation holds no finding.
    """
    rows, gathered = _gathered(ev)
    with theme.look():
        ax = theme.axes(ax, 7.2, 0.75 + 0.42 * len(rows) + 0.2 * bool(gathered))
        low, high = _limits(rows)
        ax.set_xlim(low, high)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        for share in (0.0, 1.0):
            ax.axvline(share, color=theme.INK, linewidth=0.8 if share == 0 else 0.6,
                       linestyle="-" if share == 0 else (0, (3, 2)), zorder=1)  # fmt: skip
        for place, finding in enumerate(rows):
            _row(ax, finding, place, low, high)
        page = ax.figure.bbox.width * 72 / ax.figure.dpi
        letters = min(int(0.4 * page / (labels.LETTER * theme.SIZE)), _WRAP)
        ax.set_yticks(range(len(rows)), ["\n".join(wrap(f.question, letters)[:3]) for f in rows])
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        step = 0.5 if high - low < 4 and page > _NARROW else 1.0
        ticks = [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
        ax.set_xticks(ticks, [f"{100 * tick:.0f} %".replace("-", "−") for tick in ticks])
        below = ["Share of the claimed improvement that it could explain"]
        below += [f"{_counted(gathered)}: not in the chart"] * bool(gathered)
        narrow = page <= _NARROW
        ax.set_xlabel("\n".join(labels.broken(ax, line, 0.5 if narrow else 1.0) for line in below))
        theme.finish(ax)
    return ax


def describe_findings(ev: Evaluation) -> str:
    """Say in words what `findings` shows.

    Raises
    ------
    BriefError
        Where the evaluation holds no finding.
    """
    rows, gathered = _gathered(ev)
    said = [f"Chart of {len(rows)} checks, one row each."]
    for finding in rows:
        share = finding.share_explained
        size = f", could explain {100 * share:.0f} % of the claim" if share is not None else ""
        said.append(f"{finding.question} {theme.FINDING_WORDS[finding.status]}{size}.")
    if gathered:
        said.append(f"{_counted(gathered)}.")
    return labels.minus(" ".join(said))


def _rows(ev: Evaluation) -> tuple[Finding, ...]:
    if not ev.findings:
        raise BriefError(
            f"claim '{ev.claim.id}' was evaluated without checks, so there are no findings to draw; "
            "evaluate it with the default checks"
        )
    return ranked(ev)


def _gathered(ev: Evaluation) -> tuple[tuple[Finding, ...], int]:
    """Findings with a row each, and the number of those that are counted below instead."""
    rows = _rows(ev)
    applied = tuple(finding for finding in rows if finding.status != "not_applicable")
    gathered = len(rows) - len(applied)
    return (applied, gathered) if applied and gathered > _MOST_APART else (rows, 0)


def _counted(gathered: int) -> str:
    return f"{gathered} more checks do not apply to this claim or these data"


def spread(finding: Finding) -> float | None:
    """Half the width of a share's 95 % interval; None where it is not known."""
    if finding.share_explained is None or not finding.bias or finding.bias_se is None:
        return None
    return abs(finding.share_explained / finding.bias) * finding.bias_se * _Z


def _limits(rows: tuple[Finding, ...]) -> tuple[float, float]:
    ends = [0.0, 1.0]
    for finding in rows:
        if finding.share_explained is not None:
            half = spread(finding) or 0.0
            ends += [finding.share_explained - half, finding.share_explained + half]
    low, high = max(min(ends), -_FURTHEST), min(max(ends), _FURTHEST)
    return low - 0.08 * (high - low), high + 0.08 * (high - low)


def _row(ax: Axes, finding: Finding, place: int, low: float, high: float) -> None:
    colour, word = theme.FINDINGS[finding.status], theme.FINDING_WORDS[finding.status]
    if place % 2 == 0:
        ax.axhspan(place - 0.5, place + 0.5, color=theme.PANEL, linewidth=0, zorder=0)
    share = finding.share_explained
    if share is None:
        narrow = ax.figure.bbox.width * 72 / ax.figure.dpi <= _NARROW
        ax.text(
            0,
            place,
            "  no size" if narrow else "  no size measured",
            va="center",
            color=theme.MUTED,
        )
    else:
        half = spread(finding) or 0.0
        ends = [min(max(share + side * half, low), high) for side in (-1, 1)]
        if half:
            ax.plot(ends, [place, place], color=colour, linewidth=1.6, zorder=2)
        at = min(max(share, low), high)
        marker = _MARKERS[finding.status] if at == share else "<>"[share > high]
        ax.plot(at, place, marker=marker, markersize=7, color=colour, zorder=3, clip_on=False)
    ax.annotate(f"{theme.FINDING_ICONS[finding.status]} {word}", (1, place),
                xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points",
                va="center", color=colour, fontweight="bold", annotation_clip=False)  # fmt: skip

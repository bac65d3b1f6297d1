"""How severely each size of improvement was tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import BriefError
from innoeval.plots import labels, scale, theme
from innoeval.records.card import likely
from innoeval.records.companions import Companions
from innoeval.records.evaluation import Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_AXES = {
    "relative": "Improvement, %",
    "percentage_points": "Improvement, points",
    "absolute": "Improvement",
}


def severity_curve(ev: Evaluation, ax: Axes | None = None) -> Axes:
    """Draw how severely "the improvement is larger than this" was tested, for every size.

    High: had the improvement been no larger, data like these would hardly have come up. Low: they
    might well have, and the statement has not been put to the test. Marks stand at no change, at
    the smallest improvement that matters, and at the size announced.

    Parameters
    ----------
    ev
        An evaluation whose verdict has companions.
    ax
        Where to draw; new axes if None.

    Returns
    -------
    The axes drawn on.

    Raises
    ------
    BriefError
        Where the verdict has none, because nothing was estimated or the record is older.

    References
    ----------
    Mayo & Spanos (2006), British Journal for the Philosophy of Science 57:323-357,
    doi:10.1093/bjps/axl003.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, size=2.0)
    >>> severity_curve(ie.evaluate(case.claim, case.panel)).get_xlabel()
    'Improvement'
    """
    found = _companions(ev)
    factor = 100.0 if ev.claim.scale == "relative" else 1.0
    size, severity = found.severity_curve()
    with theme.look():
        ax = theme.axes(ax, 6.8, 2.9)
        ax.plot(factor * size, 100 * severity, color=theme.OBSERVED, linewidth=2.0, zorder=2)
        ax.set_xlim(factor * size[0], factor * size[-1])
        ax.set_ylim(-7, 107)
        ax.set_yticks([0, 25, 50, 75, 100], [f"{tick} %" for tick in (0, 25, 50, 75, 100)])
        ax.grid(axis="y")
        ax.set_xlabel(_AXES.get(ev.claim.scale, "Improvement"))
        ax.set_ylabel("Severity")
        _marks(ax, ev, found, factor)
        labels.heading(
            ax, "How severely “the improvement is larger than this” was tested; it decides nothing"
        )
        theme.finish(ax)
    return ax


def describe_severity_curve(ev: Evaluation) -> str:
    """Say in words what `severity_curve` shows.

    Raises
    ------
    BriefError
        As `severity_curve`.
    """
    found = _companions(ev)
    told = ". ".join(
        f"Larger than {words}: {likely(value)}" for _, words, value, _, _ in _sizes(ev, found)
    )
    return (
        "Curve of how severely each statement “the improvement is larger than this” was tested, falling from "
        f"{likely(float(found.severity(np.array([found.reach.low]))[0]))} on the left to "
        f"{likely(float(found.severity(np.array([found.reach.high]))[0]))} on the right. {told}."
    )


def _companions(ev: Evaluation) -> Companions:
    found = ev.verdict.companions
    if found is None or not np.isfinite(found.reach).all():
        why = (
            "nothing was estimated"
            if ev.estimate is None
            else "its record holds none of what stands beside a verdict"
        )
        raise BriefError(
            f"claim '{ev.claim.id}' has no severity curve, because {why}; read ev.verdict.reasons, or "
            "evaluate it again"
        )
    return found


def _sizes(ev: Evaluation, found: Companions) -> list[tuple[float, str, float, str, str]]:
    """Sizes that matter: each with its words, severity, shape and colour."""
    named = [
        (0.0, "no change", "s", theme.INK),
        (ev.verdict.smallest, "the smallest that matters", "o", theme.MUTED),
        (ev.verdict.claimed, "what was announced", "D", theme.EXPECTED),
    ]
    return [
        (
            size,
            words if size == 0 else f"{words} ({scale.stated(size, ev.claim.scale)})",
            float(found.severity(np.array([size]))[0]),
            shape,
            colour,
        )
        for size, words, shape, colour in named
        if size is not None
    ]


def _marks(ax: Axes, ev: Evaluation, found: Companions, factor: float) -> None:
    """A mark on the curve at each size that matters; its words beside the axes, out of the way."""
    handles = []
    for size, words, value, shape, colour in _sizes(ev, found):
        x = factor * size
        ax.plot(
            [x, x],
            [-7, 100 * value],
            color=colour,
            linewidth=0.8,
            linestyle=(0, (1, 1.5)),
            zorder=1,
        )
        handles += ax.plot(
            x, 100 * value, shape, color=colour, markersize=7, markeredgecolor=theme.PAPER, zorder=4,
            label=f"{words}: {likely(value)}".replace(" (", "\n("),
        )  # fmt: skip
    key = ax.legend(
        handles=handles, title="Larger than …", loc="upper left", bbox_to_anchor=(1.01, 1),
        frameon=False, borderaxespad=0, handletextpad=0.3, alignment="left", labelspacing=0.9,
    )  # fmt: skip
    for text, handle in zip(key.get_texts(), handles, strict=True):
        text.set_color(handle.get_color())
        text.set_fontweight("bold")

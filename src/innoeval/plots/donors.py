"""Which units the imitation of the treated is made of, and what changes without each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import BriefError
from innoeval.plots import labels, theme
from innoeval.records.display import amount
from innoeval.records.estimate import Estimate
from innoeval.records.evaluation import Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WEIGHT, _WITHOUT = "weight of ", "effect without "
#: Most donors with a row of their own; the rest are told in one line.
_SHOWN = 30


def donor_weights(of: Evaluation | Estimate, ax: Axes | None = None) -> Axes:
    """Draw a bar for each donor: its weight, and beside it the effect if it is left out.

    Parameters
    ----------
    of
        An evaluation or an estimate of a design that imitates by donors.
    ax
        Where to draw; new axes if None.

    Returns
    -------
    The axes drawn on: those of the bars.

    Raises
    ------
    BriefError
        Where the design has no donors.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=20, n_treated=1, size=3.0)
    >>> donor_weights(ie.evaluate(case.claim, case.panel)).get_xlabel()
    'Weight'
    """
    est, weights, without = _parts(of)
    shown = list(weights)[:_SHOWN]
    rows = np.arange(len(shown))
    values = np.array([weights[name] for name in shown])
    with theme.look():
        ax = theme.axes(ax, 6.8, 1.0 + 0.2 * max(len(shown), 4))
        colours = [theme.OBSERVED if value >= 0 else theme.EXPECTED for value in values]
        ax.barh(rows, values, height=0.62, color=colours, zorder=2,
                hatch=["" if value >= 0 else "////" for value in values], edgecolor=theme.PAPER)  # fmt: skip
        ax.axvline(0, color=theme.INK, linewidth=0.9, zorder=3)
        widest = float(np.abs(values).max())
        for row, value in enumerate(values.tolist()):
            ax.text(value + 0.015 * widest * (1 if value >= 0 else -1), row, labels.minus(f"{value:.2f}"),
                    va="center", ha="left" if value >= 0 else "right", fontsize=theme.SIZE - 1)  # fmt: skip
        ax.set_yticks(rows, [labels.short(name, 26) for name in shown])
        ax.set_ylim(len(shown) - 0.4, -0.6)
        left = values.min() - 0.2 * widest if values.min() < 0 else 0.0
        ax.set_xlim(left, 2.1 * widest)
        ax.set_xticks([t for t in ax.get_xticks() if left <= t <= 1.15 * widest])
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.spines["bottom"].set_bounds(left, 1.15 * widest)
        ax.set_xlabel("Weight", x=0.28)
        _without_each(ax, est, shown, without)
        labels.heading(ax, _said(est, weights))
        theme.finish(ax)
    return ax


def describe_donor_weights(of: Evaluation | Estimate) -> str:
    """Say in words what `donor_weights` shows.

    Raises
    ------
    BriefError
        Where the design has no donors.
    """
    est, weights, without = _parts(of)
    first = list(weights)[:5]
    told = ", ".join(f"{name} {weights[name]:.2f}" for name in first)
    said = f"Chart of the weights of donors. {_said(est, weights)}. The largest: {told}."
    if without:
        far = max(without, key=lambda name: abs(without[name] - est.effect))
        said += (
            f" The effect is {amount(est.effect)}; without one donor it lies between "
            f"{amount(min(without.values()))} and {amount(max(without.values()))}, and moves most without {far}."
        )
    return labels.minus(said)


def _parts(of: Evaluation | Estimate) -> tuple[Estimate, dict[str, float], dict[str, float]]:
    """The estimate, the weights of its donors, largest first, and the effects without each."""
    candidates = [of] if isinstance(of, Estimate) else [of.estimate, *of.alternatives]
    for est in candidates:
        if est is None:
            continue
        weights = {
            part.term.removeprefix(_WEIGHT): part.estimate
            for part in est.components
            if part.term.startswith(_WEIGHT)
        }
        if weights:
            order = sorted(weights, key=lambda name: -abs(weights[name]))
            without = {
                part.term.removeprefix(_WITHOUT): part.estimate
                for part in est.components
                if part.term.startswith(_WITHOUT)
            }
            return est, {name: weights[name] for name in order}, without
    said = candidates[0].design if candidates[0] is not None else "no design"
    raise BriefError(
        f"{said} gives no weights of donors; fit SyntheticControl or SyntheticDiD, and draw its estimate"
    )


def _said(est: Estimate, weights: dict[str, float]) -> str:
    """How many donors carry the imitation."""
    effective = next(
        (p.estimate for p in est.components if p.term == "effective number of donors"), None
    )
    more = len(weights) - _SHOWN
    parts = [f"{est.design} mixes {len(weights)} of {est.n_units - est.n_treated} donors"]
    if effective is not None:
        parts.append(f"as many as {effective:.1f} of equal weight")
    if more > 0:
        parts.append(f"{more} with small weights not shown")
    return "; ".join(parts)


def _without_each(ax: Axes, est: Estimate, shown: list[str], without: dict[str, float]) -> None:
    """Dots on the right: the effect if the donor of a row is left out; the line is the effect itself."""
    known = [(row, without[name]) for row, name in enumerate(shown) if name in without]
    if not known:
        return
    side = ax.inset_axes((0.66, 0.0, 0.34, 1.0), sharey=ax)
    side.axvline(est.effect, color=theme.MUTED, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    values = [value for _, value in known]
    if min(values) <= 0 <= max(values) or abs(est.effect) < 3 * (max(values) - min(values)):
        side.axvline(0, color=theme.INK, linewidth=0.9, zorder=1)
    side.plot(values, [row for row, _ in known], "o", color=theme.EXPECTED, markersize=4, zorder=2)
    side.tick_params(axis="y", length=0, labelleft=False)
    side.spines["left"].set_visible(False)
    side.locator_params(axis="x", nbins=4)
    side.set_xlabel("Effect without it (dashed: with all)")
    side.set_facecolor("none")

"""Parts of an estimate: effects by period, donors with what changes without each, and the path."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from innoeval.designs.base import Mask, Positions
from innoeval.designs.synthetic.kernel import DonorKernel
from innoeval.records.estimate import Component, Path
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.stats.donors import effective_donors
from innoeval.stats.placebo import Ranked


def event_components(
    panel: Panel, launch: int, periods: Positions, each: Ranked
) -> tuple[Component, ...]:
    """The effect in each period from the start."""
    return tuple(
        Component(
            term=f"effect in {panel.periods[t]}",
            estimate=float(each.effect[k]), std_error=_number(each.std_error[k]),
            p_value=_number(each.p_value[k]), conf_low=float(each.low[k]),
            conf_high=float(each.high[k]), event_time=int(t) - launch, period=panel.periods[t],
        )
        for k, t in enumerate(periods)
    )  # fmt: skip


def donor_components(kernel: DonorKernel, counts: float) -> tuple[Component, ...]:
    """Weight of each donor that counts, the effect without it, and how well all of it fits.

    Parameters
    ----------
    kernel
        The design made ready.
    counts
        Least weight of a donor to be told of.
    """
    allowed = kernel.placebos.allowed[0]
    parts = explained(
        kernel.units, kernel.weights, allowed, lambda left: kernel.without(left)[0], counts
    )
    ratio, p_value = _ratio(kernel)
    return (
        *parts,
        Component(term="misfit before the start", estimate=float(kernel.misfit[0])),
        Component(term="misfit after over before", estimate=ratio, p_value=p_value),
    )


def explained(
    units: tuple[str, ...],
    weights: Floats,
    allowed: Mask,
    without: Callable[[Mask], Floats],
    counts: float,
) -> tuple[Component, ...]:
    """Which donors, how much, and what changes without each.

    Parameters
    ----------
    units
        Names of the N units.
    weights
        Weight of each, (N,).
    allowed
        Mask (N,) of the donors.
    without
        Effects with some donors left out, rows of a mask (K, N).
    counts
        Least weight of a donor to be told of.
    """
    order = [i for i in np.argsort(-np.abs(weights), kind="stable") if abs(weights[i]) > counts]
    if not order:
        return ()
    left_out = np.zeros((len(order), len(weights)), dtype=bool)
    left_out[np.arange(len(order)), order] = True
    can = (allowed & ~left_out).any(axis=1)
    effects = without(left_out[can])
    return (
        *(Component(term=f"weight of {units[i]}", estimate=float(weights[i])) for i in order),
        *(
            Component(term=f"effect without {units[i]}", estimate=float(effect))
            for i, effect in zip(np.array(order, dtype=int)[can], effects, strict=True)
        ),
        Component(
            term="effective number of donors", estimate=float(effective_donors(weights[None])[0])
        ),
    )


def _ratio(kernel: DonorKernel) -> tuple[float, float]:
    """RMSPE after over before, and its rank among the placebos as a p-value."""
    after = ~kernel.pool.before(kernel.launch)
    later = np.sqrt((kernel.main.gaps[:, after] ** 2).mean(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(later > 0, later / kernel.misfit, 0.0)
    return float(ratios[0]), float((ratios >= ratios[0]).mean())


def path_of(panel: Panel, kernel: DonorKernel, periods: Positions, each: Ranked) -> Path:
    """What was seen, and the imitation; the interval where it has ends."""
    observed = kernel.outcomes[kernel.treated].mean(axis=0)
    comparison = kernel.outcomes[~kernel.treated].mean(axis=0)
    expected = observed - kernel.series
    effect, low, high = (np.full(len(expected), np.nan) for _ in range(3))
    effect[periods] = each.effect
    bounded = np.isfinite(each.low) & np.isfinite(each.high)
    low[periods] = np.where(bounded, observed[periods] - each.high, np.nan)
    high[periods] = np.where(bounded, observed[periods] - each.low, np.nan)
    return Path(
        period=panel.periods, observed=observed, counterfactual=expected, effect=effect,
        low=low, high=high, comparison=comparison,
    )  # fmt: skip


def _number(value: Floats) -> float | None:
    return float(value) if np.isfinite(value) else None

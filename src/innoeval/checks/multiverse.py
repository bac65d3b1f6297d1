"""Would other reasonable analyses have come to the same answer?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.decide import bar
from innoeval.designs.base import Arrangement, Mask, arrange
from innoeval.errors import DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.freeze import Floats
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.records.specifications import SpecificationCurve
from innoeval.stats.specifications import changes, compare_sets, relative_time

#: Periods before a start that may have been a bad spell.
_SPELL = 3
#: Fewest comparison units of which half still make a group.
_FEWEST = 6
#: Shares of cells that a winsorised outcome is cut at.
_CUT = (2.5, 97.5)
#: From this share of agreeing analyses on the answer does not hang on the analysis.
_MOST = 0.8


@dataclass(frozen=True, slots=True)
class Multiverse:
    """The share of all admissible analyses that answer as the deciding one does.

    A fact, and a note: analyses differ in windows, comparison units, model and transformation (see
    `specification_curve`). Clear where four fifths of them agree with the deciding design on whether
    an improvement is shown. What decides was declared before; the curve shows how much room there
    was to choose.

    References
    ----------
    Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4:1208-1214,
    doi:10.1038/s41562-020-0912-z; Steegen, Tuerlinckx, Gelman & Vanpaemel (2016), Perspectives on
    Psychological Science 11:702-712, doi:10.1177/1745691616658637.
    """

    name: ClassVar[str] = "multiverse"
    question: ClassVar[str] = "Would other reasonable analyses give the same answer?"
    probes: ClassVar[tuple[Assumption, ...]] = (
        Assumption.prespecified_window,
        Assumption.prespecified_outcome,
    )

    def measure(self, case: Case) -> Measurement:
        """Draw the curve, and hold the deciding answer against it."""
        curve = _curve(case.claim, case.panel, case.arrangement, case.policy)
        shown = case.estimate.improvement_int.low > 0
        agree = curve.improves if shown else 1 - curve.improves
        place = (
            f"; {100 * curve.place:.0f} % find at least as much as was announced"
            if curve.place is not None
            else ""
        )
        says = (
            f"Of {len(curve.effect)} reasonable analyses {100 * curve.improves:.0f} % show an improvement, and "
            f"{100 * curve.supports:.0f} % would call the claim true{place}."
        )
        return Measurement(
            status="clear" if agree >= _MOST else "cannot_tell",
            severity="note",
            says=says,
            statistic=curve.supports,
        )


def specification_curve(
    claim: Claim, panel: Panel, *, policy: Policy = Policy()
) -> SpecificationCurve:
    """Analyse a claim in every admissible way at once.

    Every combination of: the baseline (all earlier periods, their later half or third, all but the
    last three), the horizon (all, first half, last half, last third), the comparison units (all,
    those not next to a treated one, the half most alike in level, the half most alike in their
    path), the model (difference in differences, with each unit's earlier trend, each by means or by
    medians) and the transformation (as recorded, logarithm, extreme values pulled in). Combinations
    that come to the same, or that the data do not allow, are left out. Effects on the logarithm are
    carried back to outcome units by the treated units' observed average.

    Parameters
    ----------
    claim, panel, policy
        What is analysed, and by which thresholds an analysis would call the claim supported.

    Raises
    ------
    ClaimError
        Where the claim does not fit the panel.
    DesignError
        Where fewer than two comparison units are there: the curve is one of comparisons.

    References
    ----------
    Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4:1208-1214,
    doi:10.1038/s41562-020-0912-z.

    Examples
    --------
    >>> from innoeval import simulate
    >>> case = simulate.draw(seed=1, size=2.0)
    >>> curve = specification_curve(case.claim, case.panel)
    >>> len(curve.effect) > 400, curve.improves > 0.9
    (True, True)
    """
    return _curve(claim, panel, arrange(panel, claim), policy)


class _Options(NamedTuple):
    """Options of one dimension: their names, and what each is."""

    names: tuple[str, ...]
    arrays: tuple[np.ndarray, ...]


def _curve(claim: Claim, panel: Panel, case: Arrangement, policy: Policy) -> SpecificationCurve:
    """The curve of an arranged claim."""
    treated = case.treated
    if int((~treated).sum()) < 2:
        raise DesignError(
            f"{int((~treated).sum())} units went without the innovation; other analyses need two "
            "to compare with"
        )
    layers = relative_time(case.outcomes, case.starts, treated)
    launch = int(case.launches[-1])
    baselines, horizons = _baselines(layers.shape[2], launch), _horizons(layers.shape[2], launch)
    sets = _comparison_sets(case, panel, claim)
    scales = _transformed(layers)
    before = np.repeat(np.stack(baselines.arrays), len(horizons.arrays), axis=0)
    after = np.tile(np.stack(horizons.arrays), (len(baselines.arrays), 1))
    observed = _observed(layers[:, treated], after)
    sign = -1 if claim.better == "lower" else 1
    found = []
    with np.errstate(invalid="ignore", divide="ignore"):
        for name, values in zip(scales.names, scales.arrays, strict=True):
            for trend in (False, True):
                units = changes(values, before, after, trend=trend)
                curve = compare_sets(
                    units, treated, np.stack(sets.arrays),
                    pooled=int(treated.sum()) <= policy.few_treated,
                )  # fmt: skip
                found.append(_ends(curve, policy.level, observed if name == "logarithm" else None))
    # Axes: transformation, trend, the three ends, set, kind of average, baseline, horizon.
    shape = (len(scales.names), 2, 3, len(sets.names), 2, len(baselines.names), len(horizons.names))
    table = np.moveaxis(np.array(found).reshape(shape), 2, 0).reshape(3, -1)
    grid = np.indices((*shape[:2], *shape[3:])).reshape(6, -1).T.astype(np.float64)
    known = np.isfinite(table).all(axis=0)
    if not known.any():
        raise DesignError(
            "no other analysis has the values that it needs before and after the start"
        )
    effect, low, high = sign * table[:, known]
    low, high = np.minimum(low, high), np.maximum(low, high)
    order = np.argsort(effect, kind="stable")
    seen = np.tile(observed, table.shape[1] // len(observed))[known]
    return _summed_up(
        claim, panel, policy, (effect[order], low[order], high[order]), seen[order],
        grid[known][order],
        (("transformation", scales.names), ("earlier trend", ("ignored", "goes on")),
         ("comparison units", sets.names), ("average", ("mean", "median")),
         ("baseline", baselines.names), ("horizon", horizons.names)),
    )  # fmt: skip


def _summed_up(
    claim: Claim,
    panel: Panel,
    policy: Policy,
    ends: tuple[Floats, Floats, Floats],
    observed: Floats,
    choice: Floats,
    dimensions: tuple[tuple[str, tuple[str, ...]], ...],
) -> SpecificationCurve:
    """The record: each analysis is held against the claim on the claim's own scale."""
    held = bar(claim, policy)
    sign = -1 if claim.better == "lower" else 1
    without = observed - sign * ends[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        match claim.scale:
            case "relative":
                scaled = [sign * (sign * x) / (observed - sign * x) for x in ends]
                unit = float(np.median(np.abs(without)))
            case "percentage_points":
                unit = share_unit(panel, claim.outcome) / 100
                scaled = [x / unit for x in ends]
            case _:
                scaled, unit = list(ends), 1.0
    effect, low, high = scaled
    claimed = held.claimed
    return SpecificationCurve(
        claim=claim.id,
        outcome=claim.outcome,
        effect=ends[0],
        low=ends[1],
        high=ends[2],
        choice=choice,
        dimensions=dimensions,
        claimed=None if claimed is None else claimed * unit,
        supports=float(((low > held.shown) & (high >= held.overstated)).mean()),
        improves=float((low > 0).mean()),
        place=None if claimed is None else float((effect >= claimed).mean()),
    )


def _baselines(length: int, launch: int) -> _Options:
    time = np.arange(length)
    past = time < launch
    return _distinct(
        ("all earlier periods", "their later half", "their last third", "all but the last three"),
        (past, past & (time >= launch // 2), past & (time >= launch - launch // 3),
         time < launch - _SPELL),
    )  # fmt: skip


def _horizons(length: int, launch: int) -> _Options:
    time = np.arange(length)
    since, horizon = time - launch, length - launch
    return _distinct(
        ("all later periods", "the first half", "the last half", "the last third"),
        (since >= 0, (since >= 0) & (since < (horizon + 1) // 2), since >= horizon // 2,
         since >= horizon - horizon // 3),
    )  # fmt: skip


def _distinct(names: tuple[str, ...], masks: tuple[Mask, ...]) -> _Options:
    """Options that are not empty, each once."""
    kept = {
        mask.tobytes(): (name, mask)
        for name, mask in reversed(list(zip(names, masks, strict=True)))
        if mask.any()
    }
    chosen = list(reversed(kept.values()))
    return _Options(tuple(name for name, _ in chosen), tuple(mask for _, mask in chosen))


def _comparison_sets(case: Arrangement, panel: Panel, claim: Claim) -> _Options:  # noqa: ARG001
    """Sets of comparison units, settled by what came before the first start."""
    treated, past = case.treated, case.outcomes[:, : int(case.launches[0])]
    names, masks = ["all"], [~treated]
    if panel.neighbour is not None:
        far = ~treated & ~(panel.matrix(panel.neighbour) > 0).any(axis=1)
        names.append("none next to a treated unit")
        masks.append(far if far.sum() > 1 else ~treated)
    seen = np.isfinite(past)
    if int((~treated & seen.any(axis=1)).sum()) >= _FEWEST:
        with np.errstate(invalid="ignore", divide="ignore"):
            level = np.where(seen, past, 0.0).sum(axis=1) / seen.sum(axis=1)
            path = past - level[:, None]
            away = np.abs(level - np.nanmean(level[treated]))
            ours = path[treated]
            mean = np.where(np.isfinite(ours), ours, 0.0).sum(axis=0) / len(ours)
            apart = np.where(seen, (path - mean) ** 2, 0.0).sum(axis=1) / seen.sum(axis=1)
        for name, distance in (("the half most alike in level", away),
                               ("the half most alike in its path", apart)):  # fmt: skip
            names.append(name)
            masks.append(~treated & (distance <= np.nanmedian(distance[~treated])))
    return _distinct(tuple(names), tuple(masks))


def _transformed(layers: Floats) -> _Options:
    known = layers[np.isfinite(layers)]
    names, arrays = ["as recorded"], [layers]
    if known.min() > 0:
        names.append("logarithm")
        arrays.append(np.log(layers))
    names.append("extremes pulled in")
    arrays.append(np.clip(layers, *np.percentile(known, _CUT)))
    return _Options(tuple(names), tuple(arrays))


def _observed(layers: Floats, after: Mask) -> Floats:
    """What the treated units averaged over each later window, (K,)."""
    seen = np.isfinite(layers).sum(axis=(0, 1)).astype(np.float64)
    sums = np.where(np.isfinite(layers), layers, 0.0).sum(axis=(0, 1))
    with np.errstate(invalid="ignore"):
        return np.asarray((after @ sums) / (after @ seen))


def _ends(curve: tuple[Floats, Floats, Floats], level: float, observed: Floats | None) -> Floats:
    """Effect and interval in outcome units and raw sign, (3, sets, 2, K)."""
    from scipy.special import stdtrit

    effect, error, df = curve
    reach = stdtrit(df, 0.5 + level / 2) * error
    ends = np.stack([effect, effect - reach, effect + reach])
    return ends if observed is None else observed * (1 - np.exp(-ends))

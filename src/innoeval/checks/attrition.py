"""Did sites or cases drop out that would have spoilt the result?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.records.freeze import Floats
from innoeval.stats.changes import mean_of, unit_changes
from innoeval.stats.randomization import assignments

#: Choices of units that are drawn where they cannot all be listed.
_DRAWS = 999


@dataclass(frozen=True, slots=True)
class Attrition:
    """Missing values that come with the start, on one side more than on the other.

    Null: from before to after the start, missing values increased alike among treated and comparison
    units (random choices of units). Then the side that kept more is trimmed to the share that the
    other kept, once of its worst and once of its best cells (Lee): the estimate can lie anywhere
    between. A problem where the loss differs and the bounds are wide enough to change the verdict;
    `left` reaches from the lower end of the interval at the lower bound to the upper at the upper.
    The sentence adds Manski's bounds, which assume only that what is missing lies within what is seen.

    References
    ----------
    Lee (2009), Review of Economic Studies 76:1071-1102, doi:10.1111/j.1467-937X.2009.00536.x;
    Horowitz & Manski (2000), JASA 95:77-84, doi:10.1080/01621459.2000.10473902.
    """

    name: ClassVar[str] = "attrition"
    question: ClassVar[str] = "Did sites or values drop out that would have spoilt the result?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.stable_composition,)

    def measure(self, case: Case) -> Measurement:
        """Compare what went missing, and bound what it can have done."""
        outcomes, treated = case.arrangement.outcomes, case.arrangement.treated
        missing = ~np.isfinite(outcomes)
        if not missing.any():
            return Measurement(status="clear", says="No value of the outcome is missing.")
        if treated.all() or (~treated).sum() < 2:
            return Measurement(
                status="cannot_tell",
                says=f"{missing.mean():.1%} of the values are missing, and no comparison shows whether that is more "
                "than usual.".replace("%", " %", 1),
            )
        lost = unit_changes(missing.astype(np.float64), case.arrangement.starts)
        p = _p_value(lost, treated, case.policy.seed)
        bounds = _bounds(case, lost)
        ours, theirs = float(lost[treated].mean()), float(lost[~treated].mean())
        shares = (
            f"After the start {_points(ours)} of the values are missing in treated units, {_points(theirs)} "
            "in the others"
        )
        effect, interval = case.estimate.improvement, case.estimate.improvement_int
        told = (
            f"the improvement lies between {amount(effect - bounds.down)} and {amount(effect + bounds.up)} if what is "
            f"missing was the worst or the best, and between {amount(effect - bounds.worst)} and "
            f"{amount(effect + bounds.best)} if it was anything"
        )
        matters = max(bounds.down, bounds.up) >= case.margin
        said = Measurement(
            status="clear",
            says=f"{shares}: too little to change the verdict.",
            bias=Bias(bounds.down, bounds.error),
            statistic=ours - theirs,
            left=Interval(interval.low - bounds.down, interval.high + bounds.up),
        )
        if p <= case.policy.check_level and matters:
            return replace(said, status="problem", says=f"{shares}{_gone(case)}; {told}.")
        if matters:
            return replace(
                said, status="cannot_tell", says=f"{shares}, which may be chance; {told}."
            )
        return said


class _Bounds(NamedTuple):
    """How far the improvement may lie below and above, by Lee and by Manski; and the error of `down`."""

    down: float
    up: float
    worst: float
    best: float
    error: float


def _p_value(lost: Floats, treated: np.ndarray, seed: int) -> float:
    """Of the difference in increases of missing shares, by random choices of units; two-sided."""
    chosen = assignments(treated, _DRAWS, seed)
    centred = lost - lost.mean()
    size = np.abs(chosen @ centred)
    return float((size >= size[0] * (1 - 1e-9)).mean())


def _bounds(case: Case, lost: Floats) -> _Bounds:
    """Trim the side that kept more to the share that the other kept."""
    arrangement = case.arrangement
    treated, time = arrangement.treated, np.arange(arrangement.n_periods)
    starts = np.where(treated, arrangement.starts, arrangement.launches[0])[:, None]
    outcomes = case.sign * arrangement.outcomes
    with np.errstate(invalid="ignore", divide="ignore"):
        own = mean_of(np.where(time < starts, outcomes, np.nan), axis=1)[:, None]
        away = np.where(time >= starts, outcomes - own, np.nan)
        group = np.stack([mean_of(away[treated], axis=0), mean_of(away[~treated], axis=0)])
        away -= np.where(treated[:, None], group[0], group[1])
    kept = 1 - np.array([lost[treated].mean(), lost[~treated].mean()])
    trims_ours = bool(kept[0] > kept[1])
    share = float(np.clip(1 - kept.min() / kept.max(), 0.0, 1.0)) if kept.max() > 0 else 1.0
    side = away[treated if trims_ours else ~treated]
    cells = np.sort(side[np.isfinite(side)])
    if not len(cells):
        return _Bounds(*(np.inf,) * 5)
    cut = min(len(cells) - 1, round(share * len(cells)))
    better = float(cells[cut:].mean() - cells.mean())
    worse = float(cells.mean() - cells[: len(cells) - cut].mean())
    down, up = (worse, better) if trims_ours else (better, worse)
    gone = np.clip([lost[treated].mean(), lost[~treated].mean()], 0.0, 1.0)
    low, high = float(cells[0]), float(cells[-1])
    by_unit = mean_of(side, axis=1)
    by_unit = by_unit[np.isfinite(by_unit)]
    error = float(by_unit.std(ddof=1) / len(by_unit) ** 0.5) if len(by_unit) > 1 else float("nan")
    return _Bounds(
        down,
        up,
        float(-gone[0] * low + gone[1] * high),
        float(gone[0] * high - gone[1] * low),
        error,
    )


def _points(share: float) -> str:
    """A change in the share of missing values in words."""
    size = f"{abs(100 * share):.0f}"
    if size == "0":
        return "as many as before"
    return f"{size} point{'s' if size != '1' else ''} {'more' if share > 0 else 'fewer'}"


def _gone(case: Case) -> str:
    """Names of treated units that end before the panel does, and how they did until then."""
    arrangement = case.arrangement
    seen = np.isfinite(arrangement.outcomes)
    last = np.where(seen, np.arange(arrangement.n_periods), -1).max(axis=1)
    ended = arrangement.treated & (last < arrangement.n_periods - 1)
    stayed = arrangement.treated & ~ended
    if not ended.any():
        return ""
    names = [case.panel.units[i] for i in np.flatnonzero(ended)]
    told = f" ({', '.join(names[:3])}{' and more' if len(names) > 3 else ''} end early"
    ours = case.sign * arrangement.outcomes
    gaps = []
    for unit in np.flatnonzero(ended):
        recent = np.flatnonzero(seen[unit])[-3:]
        earlier = seen[unit] & (np.arange(arrangement.n_periods) < recent[0])
        if earlier.any() and stayed.any():
            others = mean_of(ours[stayed][:, recent], axis=1) - mean_of(
                ours[stayed][:, earlier], axis=1
            )
            gaps.append(
                float(ours[unit, recent].mean() - ours[unit, earlier].mean() - np.nanmean(others))
            )
    if not gaps or not np.isfinite(np.mean(gaps)):
        return told + ")"
    word = "worse" if np.mean(gaps) < 0 else "better"
    return (
        f"{told}, having done {word} than those that stayed by {amount(abs(float(np.mean(gaps))))})"
    )

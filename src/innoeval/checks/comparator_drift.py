"""Did anything improve here, or did only the others get worse?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.stats.breaks import FEWEST_FOR_STEP, Step, shared_step
from innoeval.stats.contrast import student, window_contrasts

#: One-sided levels at which a step is doubtful beside a trend, and beyond chance without one.
_DOUBTFUL, _SURE = 0.1, 0.005


@dataclass(frozen=True, slots=True)
class ComparatorDrift:
    """The treated units' own change and that of the comparison units, apart.

    A fact, not a test of the estimate: a difference counts as an effect whichever side moved, and
    rightly so where something hit everybody. But where the comparison units got worse just then, and
    nothing on record tells why, nobody knows whether it would have hit the treated units as well: a
    problem, which leaves nothing. It is shown by a step of the comparison units' average at the start
    (REML with AR(1) errors and seasons) that is beyond chance for a level that stays, and doubtful at
    least for one that follows a trend; or, where the treated units did not get better by half of what
    is measured, by intervals over units. On record is an event that reached all units, a change of
    definition that they share, or a lot that decided who was treated. Clear where the treated
    units got better by half of it themselves, or where the others cannot have got so much worse
    that it changes the verdict.

    References
    ----------
    Shadish, Cook & Campbell (2002), chapter 5, ISBN 978-0-395-61556-0; Kahn-Lang & Lang (2020),
    Journal of Business & Economic Statistics 38:613-620, doi:10.1080/07350015.2018.1546591.
    """

    name: ClassVar[str] = "comparator_drift"
    question: ClassVar[str] = "Did the treated units get better, or only the others worse?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.parallel_trends, Assumption.donor_fit)

    def measure(self, case: Case) -> Measurement:
        """Take the two changes apart."""
        changes = case.sign * _changes(case)
        treated = case.arrangement.treated
        known = np.isfinite(changes)
        ours, theirs = changes[known & treated], changes[known & ~treated]
        if len(ours) < 1 or len(theirs) < 2:
            return Measurement(status="not_applicable", says="There are too few units to tell.")
        measured = case.estimate.improvement
        own, others = float(ours.mean()), float(theirs.mean())
        told = f"The treated units changed by {amount(own)} for the better, the others by {amount(others)}"
        doubt = _reach(theirs, case.policy.level)
        explained = _explained(case)
        if not explained and (step := _worse_at_once(case)) is not None:
            return Measurement(
                status="problem",
                says=f"{told}: just then the others got worse, and nothing on record explains why, so that they do "
                "not show what would have happened here.",
                bias=Bias(-case.sign * step.change, step.std_error),
            )
        if case.estimate.improvement_int.low <= 0:
            return Measurement(
                status="clear", says=f"{told}; no improvement is shown that this could have made."
            )
        highest = own + (_reach(ours, case.policy.level) if len(ours) > 1 else 0.0)
        worse = others + doubt < 0
        drifted = worse and highest < case.policy.shown_share * measured
        found = Bias(-others, doubt / 1.96)
        if drifted and not explained:
            return Measurement(
                status="problem",
                says=f"{told}: little got better here, the others got worse, and no event on record explains why.",
                bias=found,
            )
        # Ruled out where the treated units got better by themselves, where the others cannot have got
        # so much worse, or where something on record explains it.
        alone = len(ours) > 1 and 2 * own - highest >= case.policy.shown_share * measured
        ruled_out = alone or doubt - others < case.margin or (explained and not drifted)
        if worse:
            return Measurement(
                status="clear" if ruled_out else "cannot_tell",
                says=f"{told}; part of the improvement is that the others got worse"
                + (", which an event on record explains." if _for_all(case) else "."),
                bias=found,
            )
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says=f"{told}"
            + (
                "."
                if ruled_out
                else f"; that the others got worse by {amount(doubt - others)} is not ruled out."
            ),
            bias=found,
        )


def _changes(case: Case) -> np.ndarray:
    """Change of each unit from before to after its start; of comparison units, the first start."""
    arrangement = case.arrangement
    starts = np.where(arrangement.treated, arrangement.starts, arrangement.launches[0])
    changes = np.full(len(starts), np.nan)
    time = np.arange(arrangement.n_periods)
    for start in np.unique(starts):
        some = starts == start
        before, after = (time < start)[None], (time >= start)[None]
        changes[some] = window_contrasts(arrangement.outcomes[some], before, after)[:, 0]
    return changes


def _reach(values: np.ndarray, level: float) -> float:
    """Half the width of the interval of a mean over units."""
    error = values.std(ddof=1, keepdims=True) / np.sqrt(len(values))
    found = student(np.zeros(1), error, np.array([len(values) - 1.0]), level)
    return float(found.high[0])


def _worse_at_once(case: Case) -> Step | None:
    """A step for the worse of the comparison units at the start; None where none is shown."""
    from scipy.special import stdtr

    launch, n = int(case.arrangement.launches[0]), case.arrangement.n_periods
    average = case.comparison
    few = case.staggered or min(launch, n - launch) < FEWEST_FOR_STEP
    if few or not np.isfinite(average).all():
        return None
    for trend, level in ((True, _DOUBTFUL), (False, _SURE)):
        step = shared_step(average, launch, case.panel.calendar.cycle, trend=trend)
        if step is None or not step.std_error > 0:
            return None
        if stdtr(step.df, case.sign * step.change / step.std_error) > level:
            return None
    return step


def _explained(case: Case) -> bool:
    """Whether something on record tells why comparison units changed, or a lot makes them alike."""
    shared = case.panel.version is not None and _redefined(case)
    return shared or _for_all(case) or case.claim.assignment in {"lottery", "randomised"}


def _redefined(case: Case) -> bool:
    """Whether the comparison units changed the definition around the start."""
    first = int(case.arrangement.launches[0])
    versions = case.panel.labels(case.panel.version or "")[~case.arrangement.treated]
    before, after = (
        versions[:, max(0, first - 2)],
        versions[:, min(first + 1, versions.shape[1] - 1)],
    )
    known = np.array([None not in pair for pair in zip(before, after, strict=True)])
    return bool((before != after)[known].any())


def _for_all(case: Case) -> bool:
    """Whether an event from around the start on is on record that reached every unit."""
    position, first = case.panel.calendar.position, case.arrangement.launches[0]
    return any(e.scope == "all" and position(e.period) >= first - 1 for e in case.claim.events)

"""Did anything improve here, or did only the others get worse?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.stats.contrast import student, window_contrasts


@dataclass(frozen=True, slots=True)
class ComparatorDrift:
    """The treated units' own change and that of the comparison units, apart.

    A fact, not a test of the estimate: a difference counts as an effect whichever side moved, and
    rightly so where something hit everybody. But where the comparison units got worse and the
    treated units did not get better by half of what is measured, the claim stands on what the others
    would have gone through here too. A problem where both are shown by 95 % intervals over units,
    no event is on record that reached all of them, and no lot decided who was treated. What is left
    is the treated units' own change. Clear where they got better by half of it themselves, or where
    the others cannot have got so much worse that it changes the verdict.

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
        if case.estimate.improvement_int.low <= 0:
            return Measurement(
                status="clear", says=f"{told}; no improvement is shown that this could have made."
            )
        doubt = _reach(theirs, case.policy.level)
        highest = own + (_reach(ours, case.policy.level) if len(ours) > 1 else 0.0)
        worse = others + doubt < 0
        drifted = worse and highest < case.policy.shown_share * measured
        explained = _for_all(case) or case.claim.assignment in {"lottery", "randomised"}
        found = Bias(-others, doubt / 1.96)
        if drifted and not explained:
            inside = case.estimate.improvement_int
            reach = max(highest - own, (inside.high - inside.low) / 2)
            return Measurement(
                status="problem",
                left=Interval(own - reach, own + reach),
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


def _for_all(case: Case) -> bool:
    """Whether an event from around the start on is on record that reached every unit."""
    position, first = case.panel.calendar.position, case.arrangement.launches[0]
    return any(e.scope == "all" and position(e.period) >= first - 1 for e in case.claim.events)

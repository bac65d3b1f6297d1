"""Was the result announced after looking at it several times?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.decide import bar, status_of
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.stats.looks import looked_critical


@dataclass(frozen=True, slots=True)
class Peeking:
    """The interval that stays valid although results were looked at before, at declared times.

    A fact, not a test: who may stop at each of several looks finds a false improvement more often
    than who looks once. What is left is the interval widened to the critical value that all looks
    keep together (Pocock), each weighed by the share of the periods since the start that it saw. It
    is a problem where an improvement is shown without this and not with it, and none of the earlier
    looks showed one: then the last was the first lucky one. The bias is by how much the lower end
    was flattered; it has no error of its own. A further version of an earlier claim, without dates
    of looks, cannot be told.

    References
    ----------
    Pocock (1977), Biometrika 64:191-199, doi:10.1093/biomet/64.2.191; Armitage, McPherson & Rowe
    (1969), Journal of the Royal Statistical Society A 132:235-244, doi:10.2307/2343787.
    """

    name: ClassVar[str] = "peeking"
    question: ClassVar[str] = "Were results looked at until they looked good?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.prespecified_window,)

    def measure(self, case: Case) -> Measurement:
        """Widen the interval for the looks that were taken."""
        claim, calendar = case.claim, case.panel.calendar
        launch, last = int(case.arrangement.launches[0]), calendar.n - 1
        places = sorted({calendar.position(look) for look in claim.looks})
        earlier = [place for place in places if launch <= place < last]
        if not earlier:
            return self._without(claim.version_of, declared=bool(claim.looks))
        horizon = last - launch + 1
        shares = tuple((place - launch + 1) / horizon for place in (*earlier, last))
        level = case.policy.level
        wider = looked_critical(shares, level) / looked_critical((1.0,), level)
        base, middle = case.estimate.improvement_int, case.estimate.improvement
        left = Interval(middle - wider * (middle - base.low), middle + wider * (base.high - middle))
        times = f"{len(earlier)} time{'s' if len(earlier) > 1 else ''}"
        flattered = Bias(base.low - left.low, 0.0)
        if base.low > 0 >= left.low and not _shown_before(case, earlier):
            return Measurement(
                status="problem",
                says=f"Results were looked at {times}, and announced at the first look that showed an "
                f"improvement; with all looks counted it may be none (from {amount(left.low)} on).",
                bias=flattered,
                left=left,
            )
        same = _status(case, left) == _status(case, base)
        return Measurement(
            status="clear" if same else "cannot_tell",
            says=f"Results were looked at {times} before they were announced; "
            + (
                "the answer is the same if this is counted."
                if same
                else f"if this is counted, the improvement lies between {amount(left.low)} and {amount(left.high)}."
            ),
            bias=flattered,
            left=left,
        )

    @staticmethod
    def _without(version_of: str, *, declared: bool) -> Measurement:
        if version_of:
            return Measurement(
                status="cannot_tell",
                severity="note",
                says=f"This is a further version of '{version_of}'; how often results were looked at "
                "on the way is not on record.",
            )
        if declared:
            return Measurement(
                status="clear",
                says="Results were not looked at between the start and the last period.",
            )
        return Measurement(
            status="not_applicable",
            severity="note",
            says="No record of earlier looks at the results was supplied.",
        )


def _shown_before(case: Case, looks: list[int]) -> bool:
    """Whether an earlier look showed an improvement; also where that cannot be known."""
    time = np.arange(len(case.kernel.series))
    if case.staggered or len(time) != case.panel.calendar.n:
        return True
    post = time >= case.kernel.launch
    after = np.stack([post & (time <= look) for look in looks])
    before = np.tile(~post, (len(looks), 1))
    found = case.kernel.effects(before, after, case.policy.level)
    return any(case.improvement(found, k)[1].low > 0 for k in range(len(looks)))


def _status(case: Case, improvement: Interval) -> str:
    """What an interval in outcome units says of the claim."""
    held = bar(case.claim, case.policy)
    if not held.claimed or not case.claimed:
        return status_of(improvement, held)
    unit = case.claimed / held.claimed
    return status_of(Interval(improvement.low / unit, improvement.high / unit), held)

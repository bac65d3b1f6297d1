"""The regions of the plane of intervals: what an interval says of a claim."""

from __future__ import annotations

from dataclasses import dataclass

from innoeval.records.claim import Claim
from innoeval.records.estimate import Interval
from innoeval.records.policy import Policy
from innoeval.records.verdict import Status

#: Relative step to either side of an edge between two regions.
_EDGE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What an interval is held against, on the claim's scale.

    Parameters
    ----------
    claimed
        c; None where neither a size nor a smallest effect was declared.
    smallest
        δ; None likewise.
    shown, overstated
        max(δ, κc), which must be exceeded, and τc, under which a claim counts as overstated.
    """

    claimed: float | None
    smallest: float | None
    shown: float
    overstated: float

    @property
    def cut(self) -> float:
        """Under this the improvement is not meaningful: δ, or τc where that is smaller."""
        return self.overstated if self.smallest is None else min(self.smallest, self.overstated)


def bar(claim: Claim, policy: Policy) -> Bar:
    """The bar that a claim sets itself under a policy.

    Examples
    --------
    15 % claimed, 5 % matters: more than half of the claim, 7.5 %, must be shown.

    >>> claim = Claim(id="c", innovation="i", outcome="o", better="lower", treated=["A"],
    ...               start="2021", size=.15, smallest_effect=.05)
    >>> bar(claim, Policy()).shown
    0.075
    """
    smallest = claim.smallest_effect
    if smallest is None and claim.size is not None:
        smallest = policy.default_smallest * claim.size
    claimed = claim.size if claim.size is not None else smallest
    if claimed is None or smallest is None:
        # Nothing to fall short of: only an improvement, harm, or neither can be shown.
        return Bar(claimed=None, smallest=None, shown=float("inf"), overstated=0.0)
    return Bar(
        claimed=claimed,
        smallest=smallest,
        shown=max(smallest, policy.shown_share * claimed),
        overstated=policy.overstated_below * claimed,
    )


def status_of(interval: Interval, bar: Bar) -> Status:
    """The one region of the plane of intervals that an interval lies in.

    Parameters
    ----------
    interval
        Interval of the improvement, on the claim's scale.
    bar
        What the claim is held against.

    Examples
    --------
    >>> held = Bar(claimed=10, smallest=2, shown=5, overstated=8)
    >>> [status_of(Interval(*ends), held) for ends in
    ...  [(6, 12), (1, 12), (-1, 12), (1, 7), (-1, 1), (-3, -1)]]
    ['supported', 'partly_supported', 'inconclusive', 'overstated', 'refuted', 'harmful']
    """
    low, high = interval
    if high < 0:
        return "harmful"
    if high >= bar.overstated:
        if low > bar.shown:
            return "supported"
        return "partly_supported" if low > 0 else "inconclusive"
    return "overstated" if high >= bar.cut else "refuted"


def margin(interval: Interval, bar: Bar) -> float:
    """Smallest shift of an interval, either way, that changes its status; infinite if none does.

    Examples
    --------
    (6, 12) stays "supported" until its lower end falls by 1, to 5:

    >>> margin(Interval(6, 12), Bar(claimed=10, smallest=2, shown=5, overstated=8))
    1
    """
    low, high = interval
    now = status_of(interval, bar)
    crossings = [low - bar.shown, low, high - bar.overstated, high - bar.cut, high]
    scale = max((abs(x) for x in (*crossings, 1.0) if abs(x) != float("inf")), default=1.0)
    changing = []
    for crossing in crossings:
        if abs(crossing) == float("inf"):
            continue
        for nudge in (-_EDGE * scale, _EDGE * scale):
            moved = Interval(low - crossing + nudge, high - crossing + nudge)
            if status_of(moved, bar) != now:
                changing.append(abs(crossing))
    return min(changing, default=float("inf"))

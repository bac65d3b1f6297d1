"""What would change this verdict: the smallest bias, trend or shift of the start, or a single unit."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from innoeval.checks.base import Case
from innoeval.decide import bar, status_of
from innoeval.decide.regions import Bar
from innoeval.designs.imitation import Imitating
from innoeval.records.claim import Claim
from innoeval.records.display import amount
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.flip import Flip
from innoeval.records.verdict import Status, Verdict

#: Furthest shift of a start that is tried, in periods.
_FURTHEST = 6


def find_flips(case: Case, verdict: Verdict) -> tuple[Flip, ...]:
    """The smallest change of each kind that would make the verdict another one, or that none does.

    The interval that decided moves as the base one does: by a bias; by a difference in linear trends
    carried on from the middle of the time before the start to that after it; by another start, as
    the design's kernel finds it; without a unit, as far as that unit's influence on the estimate
    reaches (for designs that imitate by donors, without each donor).

    Parameters
    ----------
    case
        What the checks saw.
    verdict
        The verdict, with the interval that decided.

    Returns
    -------
    Nothing where no interval decided.
    """
    if verdict.interval is None or not np.isfinite(verdict.interval).any():
        return ()
    judge = _judge(case.estimate, verdict.interval, case.claim, bar(case.claim, case.policy))
    found = [_bias(case, verdict, judge), _trend(case, verdict), _start(case, verdict, judge),
             _unit(case, verdict, judge)]  # fmt: skip
    return tuple(flip for flip in found if flip is not None)


#: The verdict if improvement and interval of the base estimate moved by so much, in outcome units.
Judge = Callable[[float, float], Status]


def _judge(estimate: Estimate, interval: Interval, claim: Claim, held: Bar) -> Judge:
    base = estimate.on_scale(claim.scale)[1]
    lower = estimate.better == "lower"

    def judged(low: float, high: float) -> Status:
        ends = estimate.improvement_int
        # Another start may be known so much better that the ends would pass each other.
        moved = Interval(*sorted((ends.low + low, ends.high + high)))
        raw = moved.flipped if lower else moved
        told = estimate.interval_on_scale(raw, claim.scale)
        shifts = [_less(a, b) for a, b in zip(told, base, strict=True)]
        new = Interval(interval.low + shifts[0], interval.high + shifts[1])
        return status_of(Interval(min(new), max(new)), held)

    return judged


def _bias(case: Case, verdict: Verdict, judge: Judge) -> Flip | None:
    """The breakdown value, in words: which way a bias of that size would change the verdict."""
    if verdict.breakdown is None or not np.isfinite(case.margin):
        return None
    # On a relative scale a bias in outcome units shifts the interval a little less than evenly.
    for more in (1e-6, 0.02, 0.1):
        step = verdict.breakdown * case.unit * (1 + more)
        for sign, flatters in ((-1, True), (1, False)):
            status = judge(sign * step, sign * step)
            if status != verdict.status:
                way = "flatters the claim" if flatters else "hides part of the improvement"
                return Flip(
                    change="bias", size=verdict.breakdown * (1 if flatters else -1), status=status,
                    says=f"A bias of {amount(step)} that {way} would make it {_said(status)}.",
                )  # fmt: skip
    return None


def _trend(case: Case, verdict: Verdict) -> Flip | None:
    """The same bias as a difference in trends that goes on from the baseline into the horizon."""
    if verdict.breakdown is None or not len(case.theirs):
        return None
    # From the middle of the time before to the middle of the time after.
    apart = len(case.kernel.series) / 2
    slope = verdict.breakdown * case.unit / apart
    return Flip(
        change="trend", size=slope, status=None,
        says=f"So would a trend of the treated units that differed by {amount(slope)} a period all along.",
    )  # fmt: skip


def _start(case: Case, verdict: Verdict, judge: Judge) -> Flip | None:
    """The smallest shift of the start that would change the verdict."""
    kernel = case.kernel
    if isinstance(kernel, Imitating):
        return None  # every start asks for imitations of its own
    time, launch = np.arange(len(kernel.series)), kernel.launch
    room = min(_FURTHEST, launch - 2, len(time) - launch - 2)
    shifts = [s * k for k in range(1, room + 1) for s in (-1, 1)]
    if not shifts:
        return None
    edge = launch + np.array([0, *shifts])[:, None]
    found = kernel.effects(time < edge, time >= edge, case.policy.level)
    if not np.isfinite(found.effect[1:]).any():
        return None
    base = case.improvement(found, 0)[1]
    for k, shift in enumerate(shifts, start=1):
        if not np.isfinite(found.effect[k]):
            continue
        low, high = case.improvement(found, k)[1]
        status = judge(_less(low, base.low), _less(high, base.high))
        if status != verdict.status:
            when = f"{abs(shift)} period{'s' if abs(shift) > 1 else ''}"
            side = "earlier" if shift < 0 else "later"
            return Flip(
                change="start", size=float(shift), status=status,
                says=f"With a start {when} {side} it would be {_said(status)}.",
            )  # fmt: skip
    return Flip(
        change="start", size=None, status=None,
        says=f"No start up to {room} periods earlier or later would change it.",
    )  # fmt: skip


def _said(status: Status) -> str:
    return f"“{status.replace('_', ' ')}”"


def _less(one: float, other: float) -> float:
    return one - other if math.isfinite(one) and math.isfinite(other) else 0.0


def _unit(case: Case, verdict: Verdict, judge: Judge) -> Flip | None:
    """The unit with the largest pull whose absence would change the verdict."""
    pulls = _pulls(case)
    if pulls is None:
        return None
    units, shifts = pulls
    # A higher interval never reads worse: if the strongest pull up or down changes nothing, no
    # weaker one does.
    for i in sorted({int(shifts.argmin()), int(shifts.argmax())}, key=lambda i: -abs(shifts[i])):
        status = judge(float(shifts[i]), float(shifts[i]))
        if status != verdict.status:
            return Flip(
                change="unit", size=float(-shifts[i]), status=status,
                says=f"Without {units[i]} alone it would be {_said(status)}.",
            )  # fmt: skip
    return Flip(
        change="unit", size=None, status=None, says="Leaving out any one unit would not change it."
    )


def _pulls(case: Case) -> tuple[tuple[str, ...], np.ndarray] | None:
    """How the improvement moves without each unit, in outcome units; None where that is not known."""
    kernel, influence = case.kernel, case.estimate.influence
    if isinstance(kernel, Imitating):
        used = np.flatnonzero(np.abs(kernel.weights) > 0.01)
        if len(used) < 2:
            return None
        left_out = np.zeros((len(used), len(kernel.units)), dtype=bool)
        left_out[np.arange(len(used)), used] = True
        effects, _ = kernel.without(left_out)
        names = tuple(kernel.units[i] for i in used)
        return names, case.sign * (effects - case.estimate.effect)
    if influence is None or len(influence) != len(case.panel.units):
        return None
    treated = case.arrangement.treated
    count = np.where(treated, treated.sum(), (~treated).sum())
    if (count[treated] < 2).any():
        return None
    # Of a mean over n units, one moves the rest by its influence / n, n / (n − 1) times.
    return case.panel.units, -case.sign * influence / len(influence) * count / (count - 1)

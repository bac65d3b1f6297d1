"""Companions of a verdict: surprise, severity, exaggeration, posterior. They never decide."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from innoeval.decide.regions import Bar
from innoeval.decide.tails import reading_of
from innoeval.decide.words import size
from innoeval.records.claim import Claim
from innoeval.records.companions import Companions, Reading, Region, weakest
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.policy import Policy
from innoeval.stats.severity import flat_posterior, retrodesign, surprise


def companions(
    claim: Claim,
    base: Estimate,
    joined: Sequence[tuple[str, Estimate | None]],
    interval: Interval,
    held: Bar,
    policy: Policy,
    *,
    replaced: bool = False,
) -> Beside:
    """What helps to read a verdict, and the p-values of its two bars.

    Parameters
    ----------
    claim, base
        The claim, and the base estimate.
    joined
        Stressed analyses that were let in, by what they give up; None: could not be made.
    interval
        The interval that decides, on the claim's scale.
    held
        The bar.
    policy
        Holds the number of draws.
    replaced
        Whether the stressed analyses replace the base one.
    """
    readings = tuple(
        reading_of(name, found, claim, policy) for name, found in (("base", base), *joined)
    )
    sizes = [0.0, held.overstated]
    declared = held.smallest is not None and held.claimed is not None
    if held.smallest is not None and held.claimed is not None:
        sizes += [held.smallest, held.claimed, held.shown]
    at_most, at_least = (p.tolist() for p in weakest(readings, np.array(sizes), replaced=replaced))
    power, exaggeration, wrong_sign = _at_smallest(readings[0], base, held)
    return Beside(
        holds_up=at_most[4] if declared else None,
        falls_short=at_least[1],
        companions=Companions(
            readings=readings,
            reach=_reach(interval, held),
            replaced=replaced,
            s_none=surprise(at_most[0]),
            s_trivial=surprise(at_most[2]) if declared else None,
            s_claimed=surprise(at_least[3]) if declared else None,
            severity_shown=1 - at_most[4] if declared else None,
            power=power,
            exaggeration=exaggeration,
            wrong_sign=wrong_sign,
            posterior=_posterior(interval, held, claim, policy),
        ),
    )


class Beside(NamedTuple):
    """Companions, and one-sided p-values that agree with the interval that decides.

    `holds_up` is of "the improvement is at most what must be shown" (None where nothing was
    declared), `falls_short` of "it is at least the share below which a claim is overstated".
    """

    holds_up: float | None
    falls_short: float
    companions: Companions


def _reach(interval: Interval, held: Bar) -> Interval:
    """Sizes worth drawing: a third beyond the interval, no improvement and the claim."""
    ends = [end for end in (*interval, 0.0, held.claimed or 0.0) if isfinite(end)]
    low, high = min(ends), max(ends)
    more = (high - low) / 3 or 1.0
    return Interval(low - more, high + more)


def _at_smallest(
    reading: Reading, base: Estimate, held: Bar
) -> tuple[float | None, float | None, float | None]:
    """Power, type M and type S error of the base analysis at the smallest effect that matters."""
    low, high = reading.interval
    half = (high - low) / 2
    if held.smallest is None or not isfinite(half) or half <= 0:
        return None, None, None
    error = base.std_error
    if error is None or not (isfinite(error) and error > 0):
        error = half / 1.959963984540054
    smallest = float(reading.in_units(np.array([held.smallest]))[0])
    power, exaggeration, wrong_sign = retrodesign(smallest, error, half / error)
    return power, exaggeration if isfinite(exaggeration) else None, wrong_sign


def _posterior(interval: Interval, held: Bar, claim: Claim, policy: Policy) -> tuple[Region, ...]:
    """Probability of the ranges that the statuses speak of."""
    if not (isfinite(interval.low) and isfinite(interval.high) and interval.high > interval.low):
        return ()
    edges, says = [0.0], ["worse", "better"]
    if held.claimed is not None:
        over = held.overstated
        edges += [held.cut, over] if held.cut < over else [over]
        says = [
            "worse",
            f"better by less than {size(held.cut, claim)}, which is not meaningful",
            *([f"better by at least that, and by less than {size(over, claim)}, which falls short"]
              if held.cut < over else []),
            f"better by {size(over, claim)} or more, about as claimed",
        ]  # fmt: skip
    chances = flat_posterior(np.array(edges), *interval, level=policy.level)
    ends = (-inf, *edges, inf)
    return tuple(
        Region(says=said, low=ends[i], high=ends[i + 1], probability=float(chances[i]))
        for i, said in enumerate(says)
    )

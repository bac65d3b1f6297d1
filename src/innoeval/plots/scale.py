"""Improvements on a claim's own scale: numbers and words that figures and briefs share."""

from __future__ import annotations

import math
from dataclasses import dataclass

from innoeval.records.claim import Scale
from innoeval.records.estimate import Interval
from innoeval.records.evaluation import Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The improvement that was found, on the claim's scale.

    Parameters
    ----------
    value
        Point estimate of the analysis that decided (the base one where both together did).
    interval
        The interval that decided; the base one where none did.
    """

    value: float
    interval: Interval


def found(ev: Evaluation) -> Found | None:
    """The improvement that the verdict rests on; None where there is no estimate."""
    if ev.estimate is None:
        return None
    stressed = ev.verdict.deciding == "stressed" and ev.stressed is not None
    used = ev.stressed if stressed and ev.stressed is not None else ev.estimate
    value, interval = used.on_scale(ev.claim.scale)
    low, high = ev.verdict.interval or interval
    if ev.claim.scale == "relative":
        # Nothing falls by more than 100 %: an end there is no bound that the data set.
        low = -math.inf if ev.claim.better == "higher" and low <= -1 else low
        high = math.inf if ev.claim.better == "lower" and high >= 1 else high
    return Found(value=value, interval=Interval(low, high))


def decimals(interval: Interval, *sizes: float | None) -> int:
    """Decimal places that show two figures of an interval's width and of each size.

    Examples
    --------
    >>> decimals(Interval(0.0, 9.5)), decimals(Interval(0.0, 30.0)), decimals(Interval(0.0, 30.0), 1.5)
    (1, 0, 1)
    """
    widths = [interval.high - interval.low, *(size for size in sizes if size is not None)]
    known = [abs(width) for width in widths if math.isfinite(width) and width != 0]
    if not known:
        return 1
    return min(max(0, *(1 - math.floor(math.log10(width)) for width in known)), 6)


def number(value: float, places: int) -> str:
    """A number with so many decimal places, thousands separated and a true minus sign.

    Examples
    --------
    >>> number(-1234.5, 0), number(0.5, 2)
    ('−1,234', '0.50')
    """
    text = f"{value:,.{places}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")


def size(value: float, scale: Scale, places: int) -> str:
    """A size on a claim's scale; negative ones keep their sign.

    Examples
    --------
    >>> size(0.154, "relative", 0), size(5, "percentage_points", 0), size(1.29, "absolute", 1)
    ('15 %', '5 points', '1.3')
    """
    match scale:
        case "relative":
            return f"{number(100 * value, places)} %"
        case "percentage_points":
            shown = number(value, places)
            return f"{shown} point{'' if shown == '1' else 's'}"
        case _:
            return number(value, places)


def stated(value: float, scale: Scale) -> str:
    """A size as a claim states it: with the figures that it was given.

    Examples
    --------
    >>> stated(0.15, "relative"), stated(2.5, "percentage_points")
    ('15 %', '2.5 points')
    """
    shown = 100 * value if scale == "relative" else value
    places = next((p for p in range(7) if math.isclose(round(shown, p), shown, rel_tol=1e-9)), 6)
    return size(value, scale, places)


def places(ev: Evaluation) -> int:
    """Decimal places for the sizes of one evaluation, on its claim's scale."""
    factor = 100 if ev.claim.scale == "relative" else 1
    shown = found(ev)
    ends = shown.interval if shown else Interval(0, 0)
    sizes = [ev.verdict.claimed]
    if ev.verdict.status == "refuted":  # told against the smallest effect that matters
        sizes.append(ev.verdict.smallest)
    if shown and not all(map(math.isfinite, ends)):
        sizes.append(shown.value)
    scaled = [None if s is None else s * factor for s in sizes]
    return decimals(Interval(ends.low * factor, ends.high * factor), *scaled)


def limits(ev: Evaluation, found: Found) -> tuple[float, float]:
    """Ends of an axis for the claim, no change and the interval; a far end is cut, with an arrow."""
    core = [0.0, found.value, ev.claim.size or 0.0, ev.verdict.smallest or 0.0]
    # Without an announced size there is nothing near which the interval would dwarf.
    reach = (max(core) - min(core) or 1.0) * (2 if ev.claim.size else 10)
    near = [end for end in found.interval if math.isfinite(end)]
    near = [min(max(end, min(core) - reach), max(core) + reach) for end in near]
    low, high = min(*core, *near), max(*core, *near)
    pad = 0.1 * (high - low)
    return low - pad, high + pad

"""Which comparison units imitate the treated ones, how much each counts, and what changes without it."""

from __future__ import annotations

from innoeval.briefs import words
from innoeval.briefs.sizes import Sizes
from innoeval.plots import scale
from innoeval.records.evaluation import Evaluation

_WEIGHT, _WITHOUT = "weight of ", "effect without "


def mixture(ev: Evaluation, most: int) -> str:
    """The units that count most, and how well their mix went along before the start.

    Parameters
    ----------
    ev
        An evaluation.
    most
        So many units are named, largest weight first.

    Returns
    -------
    Sentences; "" where the design mixes no comparison units.
    """
    if ev.estimate is None:
        return ""
    parts = {part.term: part.estimate for part in ev.estimate.components}
    weights = {
        term.removeprefix(_WEIGHT): value
        for term, value in parts.items()
        if term.startswith(_WEIGHT)
    }
    if not weights:
        return ""
    # One place more than the interval has: what single donors change is small.
    places = Sizes.of(ev).unit_places + 1
    named = []
    for unit, weight in list(weights.items())[:most]:
        without = parts.get(_WITHOUT + unit)
        told = "" if without is None else f", without it {scale.number(without, places)}"
        share = scale.number(100 * weight, 1 if abs(weight) < 0.1 else 0)
        named.append(f"{words.shown(unit, 60)} {share} %{told}")
    said = f"{'; '.join(named)}"
    if len(weights) > most:
        rest = [parts.get(_WITHOUT + unit) for unit in list(weights)[most:]]
        ends = sorted(value for value in rest if value is not None)
        span = (
            f", without any one of them {scale.number(ends[0], places)} to {scale.number(ends[-1], places)}"
            if ends
            else ""
        )
        together = scale.number(100 * sum(list(weights.values())[most:]), 0)
        said += f"; {len(weights) - most} more with {together} % together{span}"
    with_all = scale.number(ev.estimate.effect, places)
    said += f". The effect with all of them is {with_all}, in outcome units."
    if (effective := parts.get("effective number of donors")) is not None:
        said += f" As diverse as {scale.number(effective, 1)} units of equal weight."
    if (misfit := parts.get("misfit before the start")) is not None:
        more = 2 if round(misfit, places) == 0 else 0
        said += (
            f" Before the start the mix misses by {scale.number(misfit, places + more)} a period."
        )
    return said

"""Which comparison units imitate the treated ones, how much each counts, and what changes without it."""

from __future__ import annotations

from innoeval.briefs import words
from innoeval.briefs.language import Language
from innoeval.briefs.sizes import Sizes
from innoeval.records.evaluation import Evaluation

_WEIGHT, _WITHOUT = "weight of ", "effect without "


def mixture(ev: Evaluation, say: Language, most: int) -> str:
    """The units that count most, and how well their mix went along before the start.

    Parameters
    ----------
    ev
        An evaluation.
    say
        The language.
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
    places = Sizes.of(ev, say).unit_places + 1
    named = []
    for unit, weight in list(weights.items())[:most]:
        without = parts.get(_WITHOUT + unit)
        share = say.number(100 * weight, 1 if abs(weight) < 0.1 else 0)
        told = {"unit": words.shown(unit, 60), "share": share}
        named.append(
            say("method.weight", **told)
            if without is None
            else say("method.weight_without", **told, effect=say.number(without, places))
        )
    if rest := list(weights)[most:]:
        named.append(_rest(rest, weights, parts, say, places))
    with_all = say("method.with_all", effect=say.number(ev.estimate.effect, places))
    said = [f"{'; '.join(named)}.", with_all]
    if (effective := parts.get("effective number of donors")) is not None:
        said.append(say("method.effective", n=say.number(effective, 1)))
    if (misfit := parts.get("misfit before the start")) is not None:
        more = 2 if round(misfit, places) == 0 else 0
        said.append(say("method.misfit", misfit=say.number(misfit, places + more)))
    return " ".join(said)


def _rest(
    units: list[str], weights: dict[str, float], parts: dict[str, float], say: Language, places: int
) -> str:
    """The units that are not named, in one."""
    together = say.number(100 * sum(weights[unit] for unit in units), 0)
    told = {"n": say.number(len(units), 0), "share": together}
    ends = sorted(parts[_WITHOUT + unit] for unit in units if _WITHOUT + unit in parts)
    if not ends:
        return say("method.weights_rest", **told)
    low, high = (say.number(end, places) for end in (ends[0], ends[-1]))
    return say("method.weights_rest_without", **told, low=low, high=high)

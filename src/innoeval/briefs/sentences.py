"""The public part of a brief in sentences: what was seen, what follows, what cannot be told."""

from __future__ import annotations

import math

import numpy as np

from innoeval.briefs import words
from innoeval.briefs.sizes import Sizes
from innoeval.briefs.summary import harms, judged, reasons
from innoeval.plots import scale
from innoeval.plots.lines import launch_position
from innoeval.records.assumption import Assumption
from innoeval.records.estimate import Estimate
from innoeval.records.evaluation import Evaluation
from innoeval.records.freeze import Floats
from innoeval.records.verdict import Status

#: So many assumptions or checks are named; the rest are counted.
_NAMED = 3


def evidence(ev: Evaluation) -> tuple[str, ...]:
    """What the data show, from the plain series to the number that decides."""
    if not judged(ev) or ev.estimate is None:
        return (*reasons(ev), *_seen(ev))
    elsewhere = tuple(f"Elsewhere: {harm}" for harm in harms(ev))
    return (*_seen(ev), *_difference(ev, ev.estimate), *_announced(ev, ev.estimate), *elsewhere)


def _seen(ev: Evaluation) -> tuple[str, ...]:
    """The plain averages, before and after."""
    if ev.estimate is None or ev.estimate.path is None:
        return ()
    sizes, path, launch = Sizes.of(ev), ev.estimate.path, launch_position(ev)
    before, after = mean(path.observed[:launch]), mean(path.observed[launch:])
    if before is None or after is None:
        return ()
    who, start = with_it(ev), words.when(ev.measured.launch)
    outcome = words.metric(ev.claim.outcome)
    said = [f"In {who}, {outcome} {_moved(sizes, before, after)} from {start} on{_first(ev)}."]
    others = mean(path.comparison[:launch]), mean(path.comparison[launch:])
    if others[0] is not None and others[1] is not None:
        n = len(ev.measured.comparison)
        theirs, ours = others[1] - others[0], after - before
        part = "at least as much" if abs(theirs) >= abs(ours) else "part of that change"
        anyway = f": {part} would have come anyway" if theirs * ours > 0 else ""
        them = f"the {words.counted(n, 'comparison unit')}" if n else "the comparison units"
        said.append(f"In {them} it {_moved(sizes, others[0], others[1])}{anyway}.")
    elif judged(ev):
        said.append(
            "There are no comparison units: what would have happened anyway is read from the earlier "
            "course of the same series."
        )
    return tuple(said)


def _first(ev: Evaluation) -> str:
    """That not all units started at once, where so."""
    if not ev.measured.launches:
        return ""
    return (
        f", when the first of them started (the last did in {words.when(ev.measured.launches[-1])})"
    )


def since(ev: Evaluation) -> str:
    """From when on the units have the innovation."""
    first, starts = words.when(ev.measured.launch), ev.measured.launches
    if not starts:
        return f"from {first} on"
    return f"from each unit's own start on, between {first} and {words.when(starts[-1])}"


def with_it(ev: Evaluation) -> str:
    """The units that got the innovation."""
    units = ev.claim.units
    if len(units) <= 2:
        return words.listed(units)
    return f"the {len(units):,} units that have it"


def _moved(sizes: Sizes, before: float, after: float) -> str:
    one, two = sizes.units(before), sizes.units(after)
    if one == two:
        return f"stayed at {one} on average"
    return f"{'fell' if after < before else 'rose'} from {one} on average to {two}"


def mean(values: Floats) -> float | None:
    """Average of the known values; None if there is none."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def _difference(ev: Evaluation, estimate: Estimate) -> tuple[str, ...]:
    """The effect, its range, and where the claim lies."""
    sizes, found = Sizes.of(ev), scale.found(ev)
    if found is None:
        return ()
    value, _ = estimate.on_scale(ev.claim.scale)
    in_units = sizes.units(abs(estimate.effect))
    size = in_units if ev.claim.scale == "absolute" else f"{in_units}, or {sizes.size(value)}"
    side = sizes.good if value >= 0 else sizes.bad
    said = [
        (
            f"Without it, {sizes.units(estimate.baseline)} would have been expected. The difference is "
            f"{size} {side}{'' if ev.verdict.deciding != 'base' else f' (likely range: {sizes.span(found.interval)})'}."
        )
    ]
    if ev.verdict.deciding == "stressed":
        said.append(
            "A check shows that an assumption behind this number does not hold. With it given up, "
            f"the difference is about {sizes.side(found.value)} (likely range: {sizes.span(found.interval)})."
        )
    elif ev.verdict.deciding == "hull":
        said.append(
            "With what the checks found or could not settle allowed for, the likely range becomes: "
            f"{sizes.span(found.interval)}."
        )
    if ev.claim.size is not None:
        said.append(
            f"The {sizes.stated(ev.claim.size)} announced {_lies(ev.claim.size, *found.interval)}."
        )
    return tuple(said)


def _lies(size: float, low: float, high: float) -> str:
    if size > high:
        return "is more than that range holds"
    if size < low:
        return "is less than that range holds: more was found than was announced"
    return "lies inside that range"


def _announced(ev: Evaluation, estimate: Estimate) -> tuple[str, ...]:
    """The promoter's own comparison, where it tells another story."""
    if ev.announced is None or math.isclose(ev.announced.effect, estimate.effect, rel_tol=0.1):
        return ()
    sizes, raw = Sizes.of(ev), ev.announced.effect
    move = f"a {'fall' if raw < 0 else 'rise'} of {sizes.units(abs(raw))}"
    share = estimate.effect / raw if raw else math.nan
    much = f"; the innovation accounts for about {100 * share:.0f} % of it" if 0 < share < 1 else ""
    return (
        f"Before and after alone, without asking what would have happened anyway, shows {move}{much}.",
    )


def meaning(ev: Evaluation) -> tuple[str, ...]:
    """What follows for a decision."""
    found = scale.found(ev)
    if not judged(ev) or found is None:
        return (
            "The claim may be true or untrue; these data cannot be used to judge it.",
            "What would help is named by the reasons above: mend that, and evaluate it again.",
        )
    sizes = Sizes.of(ev)
    span, careful = sizes.span(found.interval), sizes.side(found.interval.low)
    plan = (
        f"For planning, use {span}, not the announced number."
        if ev.verdict.improvement_shown
        else "Do not plan with the announced number."
    )
    advice: dict[Status, tuple[str, ...]] = {
        "supported": (
            f"For planning, use the whole range rather than one number: {span}.",
            f"The careful end of it is {careful}.",
        ),
        "partly_supported": (
            f"There is something to build on, but plan with the whole range: {span}.",
            _chance(ev),
        ),
        "inconclusive": (
            "The claim is neither borne out nor contradicted. Do not read this as evidence of absence.",
            _chance(ev) or "More periods or more comparison units would narrow the range.",
        ),
        "overstated": (
            plan,
            "The verdict is about the number that was announced, not about anybody's intent.",
        ),
        "refuted": (
            "On these data the innovation made no difference for the better of a size that matters.",
            "Before it is extended, ask what would have to change for it to make one.",
        ),
        "harmful": (
            f"An improvement does not fit the data; the likely range: {span}.",
            "Find out why before the innovation is kept or extended as it is.",
        ),
    }
    told = tuple(said for said in advice[ev.verdict.status] if said)
    if harms(ev):
        told += (
            "Weigh the result against what got worse elsewhere; the verdict is about this outcome alone.",
        )
    return told


def _chance(ev: Evaluation) -> str:
    """How often data like these would have borne out a true claim; "" where that is not known."""
    if ev.verdict.resolution is None or ev.claim.size is None:
        return ""
    chance = 50 * (1 + math.erf((ev.verdict.resolution - 1.96) / math.sqrt(2)))
    share = (
        "fewer than 1" if chance < 1 else "more than 99" if chance > 99 else f"about {chance:.0f}"
    )
    return f"Had the claim been exactly true, data like these would have borne it out {share} times in 100."


def limits(ev: Evaluation) -> tuple[str, ...]:
    """What the evaluation cannot tell, and what it did not look at."""
    last = words.when(ev.measured.last)
    said = [f"Whether the same would happen in other places, or after {last}."]
    if not judged(ev):
        said.insert(0, "Whether the innovation made things better or worse.")
        return tuple(said)
    named = [assumption.plain for assumption in ev.not_examined]
    if named:
        rest = len(named) - _NAMED
        more = (
            f"; and {words.counted(rest, 'more')[:-1] if rest > 1 else '1 more'}"
            if rest > 0
            else ""
        )
        said.append(
            f"Taken as given, as no check could look at it: that {'; that '.join(named[:_NAMED])}{more}."
        )
    unsure = [finding for finding in ev.findings if finding.status == "cannot_tell"]
    if unsure:
        said.append(
            f"{words.capital(words.counted(len(unsure), 'check'))} could not tell either way; see the table of checks."
        )
    if Assumption.no_harm_elsewhere not in {a for f in ev.findings for a in f.probes}:
        said.append("Whether other measures of the service got better or worse in exchange.")
    return tuple(said)

"""The public part of a brief in sentences: what was seen, what follows, what cannot be told."""

from __future__ import annotations

import math

import numpy as np

from innoeval.briefs.language import Language
from innoeval.briefs.sizes import Sizes
from innoeval.briefs.summary import harms, judged, obstacles, reasons
from innoeval.plots import scale
from innoeval.plots.lines import launch_position
from innoeval.records.assumption import Assumption
from innoeval.records.estimate import Estimate
from innoeval.records.evaluation import Evaluation
from innoeval.records.freeze import Floats
from innoeval.records.verdict import Status

#: So many assumptions are named; the rest are counted.
_NAMED = 2
#: So many downgrades are told; the rest are counted.
_LOWERED = 2


def evidence(ev: Evaluation, say: Language) -> tuple[str, ...]:
    """What the data show, from the plain series to the number that decides."""
    found = scale.found(ev)
    if not judged(ev) or ev.estimate is None or found is None:
        why = obstacles(ev, say)
        recorded = tuple(
            say("reason.recorded", reason=reason)
            for reason in reasons(ev, say)
            if reason not in why
        )
        return (*why, *recorded, *_seen(ev, say))
    elsewhere = tuple(say("evidence.elsewhere", harm=harm) for harm in harms(ev, say))
    return (*_seen(ev, say), *_difference(ev, ev.estimate, found, say),
            *_alone(ev, ev.estimate, say), *elsewhere)  # fmt: skip


def _seen(ev: Evaluation, say: Language) -> tuple[str, ...]:
    """The plain averages, before and after."""
    if ev.estimate is None or ev.estimate.path is None:
        return ()
    path = ev.estimate.path
    if not np.isfinite(path.observed).any():
        return ()
    sizes, launch = Sizes.of(ev, say), launch_position(ev)
    before, after = mean(path.observed[:launch]), mean(path.observed[launch:])
    if before is None or after is None:
        return ()
    said = say(
        f"evidence.{_moved(sizes, before, after)}", who=with_it(ev, say),
        outcome=say.metric(ev.claim.outcome), start=say.when(ev.measured.launch),
        before=sizes.units(before), after=sizes.units(after),
    )  # fmt: skip
    if ev.measured.launches:
        said += " " + say("evidence.starts", last=say.when(ev.measured.launches[-1]))
    others = mean(path.comparison[:launch]), mean(path.comparison[launch:])
    if others[0] is not None and others[1] is not None:
        return said, _elsewhere(ev, say, sizes, after - before, others[0], others[1])
    return (said, say("evidence.no_others")) if judged(ev) else (said,)


def _elsewhere(
    ev: Evaluation, say: Language, sizes: Sizes, ours: float, before: float, after: float
) -> str:
    """How the comparison units moved, and how much of our own move they make."""
    n, theirs = len(ev.measured.comparison), after - before
    others = say.counting("evidence.others", n) if n else say("evidence.others_unknown")
    moved = _moved(sizes, before, after)
    said = say(
        f"evidence.others_{moved}", others=others,
        before=sizes.units(before), after=sizes.units(after),
    )  # fmt: skip
    if moved != "stayed" and theirs * ours > 0:
        said += " " + say(f"evidence.anyway_{'all' if abs(theirs) >= abs(ours) else 'part'}")
    return said


def since(ev: Evaluation, say: Language) -> str:
    """From when on the units have the innovation."""
    first, starts = say.when(ev.measured.launch), ev.measured.launches
    if not starts:
        return say("claim.since", first=first)
    return say("claim.since_own", first=first, last=say.when(starts[-1]))


def with_it(ev: Evaluation, say: Language) -> str:
    """The units that got the innovation."""
    units = ev.claim.units
    return say.listed(units) if len(units) <= 2 else say.counting("evidence.who", len(units))


def _moved(sizes: Sizes, before: float, after: float) -> str:
    if sizes.units(before) == sizes.units(after):
        return "stayed"
    return "fell" if after < before else "rose"


def mean(values: Floats) -> float | None:
    """Average of the known values; None if there is none."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def _difference(
    ev: Evaluation, estimate: Estimate, found: scale.Found, say: Language
) -> tuple[str, ...]:
    """The effect, its range, and where the claim lies."""
    sizes = Sizes.of(ev, say)
    value, _ = estimate.on_scale(ev.claim.scale)
    size = sizes.units(abs(estimate.effect))
    if ev.claim.scale != "absolute":
        size = say("evidence.or", units=size, size=sizes.size(value))
    told, span = (
        {"difference": size, "side": sizes.good if value >= 0 else sizes.bad},
        sizes.span(found.interval),
    )
    first = say("evidence.expected", expected=sizes.units(estimate.baseline))
    if ev.verdict.deciding == "base":
        said = [f"{first} {say('evidence.difference_range', **told, range=span)}"]
    else:
        said = [f"{first} {say('evidence.difference', **told)}"]
    if ev.verdict.deciding == "stressed":
        said.append(say("evidence.stressed", found=sizes.side(found.value), range=span))
    elif ev.verdict.deciding == "hull":
        said.append(say("evidence.hull", range=span))
    if ev.claim.size is not None:
        low, high = found.interval
        place = "above" if ev.claim.size > high else "below" if ev.claim.size < low else "inside"
        said.append(say(f"evidence.{place}", size=sizes.stated(ev.claim.size)))
    return tuple(said)


def _alone(ev: Evaluation, estimate: Estimate, say: Language) -> tuple[str, ...]:
    """The promoter's own comparison, where it tells another story.

    A part of it is put down to the innovation only where an improvement is shown.
    """
    if ev.announced is None or math.isclose(ev.announced.effect, estimate.effect, rel_tol=0.1):
        return ()
    raw = ev.announced.effect
    size = Sizes.of(ev, say).units(abs(raw))
    whose = "alone" if ev.claim.windows is None else "own"
    said = say(f"evidence.{whose}_{'fall' if raw < 0 else 'rise'}", size=size)
    share = estimate.effect / raw if raw else math.nan
    if 0 < share < 1 and ev.verdict.improvement_shown:
        said += " " + say(
            "evidence.alone_share", share=say("size.percent", value=say.number(100 * share, 0))
        )
    return (said,)


def meaning(ev: Evaluation, say: Language) -> tuple[str, ...]:
    """What follows for a decision."""
    found = scale.found(ev)
    if not judged(ev) or found is None:
        return say("meaning.not_judged"), say("meaning.not_judged_help")
    sizes = Sizes.of(ev, say)
    span = sizes.span(found.interval)
    shown = ev.verdict.improvement_shown
    advice: dict[Status, tuple[str, ...]] = {
        "supported": (
            say("meaning.supported", range=span),
            say("meaning.supported_careful", careful=sizes.side(found.interval.low)),
        ),
        "partly_supported": (say("meaning.partly", range=span), _chance(ev, say)),
        "inconclusive": (
            say("meaning.inconclusive"),
            _chance(ev, say) or say("meaning.inconclusive_more"),
        ),
        "overstated": (
            say("meaning.plan_range", range=span) if shown else say("meaning.plan_none"),
            say("meaning.overstated"),
        ),
        "refuted": (say("meaning.refuted"), say("meaning.refuted_ask")),
        "harmful": (say("meaning.harmful", range=span), say("meaning.harmful_ask")),
    }
    told = tuple(said for said in advice[ev.verdict.status] if said)
    return (*told, say("meaning.worse_elsewhere")) if harms(ev, say) else told


def _chance(ev: Evaluation, say: Language) -> str:
    """How often data like these would have borne out a true claim; "" where that is not known."""
    # The resolution is that of the base analysis: where others have a say the chance is smaller.
    if ev.verdict.resolution is None or ev.claim.size is None or ev.verdict.deciding != "base":
        return ""
    chance = 50 * (1 + math.erf((ev.verdict.resolution - 1.96) / math.sqrt(2)))
    if chance < 1 or chance > 99:
        return say(f"meaning.chance_{'least' if chance < 1 else 'most'}")
    return say("meaning.chance", n=say.number(chance, 0))


def limits(ev: Evaluation, say: Language) -> tuple[str, ...]:
    """What the evaluation cannot tell, and what it did not look at."""
    said = [say("limits.elsewhere", last=say.when(ev.measured.last))]
    if not judged(ev):
        return say("limits.direction"), *said
    named = [say.assumption(assumption) for assumption in ev.not_examined]
    for place, assumption in enumerate(named[:_NAMED]):
        said.append(say("limits.given_also" if place else "limits.given", assumption=assumption))
    if rest := len(named[_NAMED:]):
        said.append(say.counting("limits.given_more", rest))
    if unsure := sum(finding.status == "cannot_tell" for finding in ev.findings):
        said.append(say.counting("limits.unsure", unsure))
    if Assumption.no_harm_elsewhere not in {a for f in ev.findings for a in f.probes}:
        said.append(say("limits.exchange"))
    return tuple(said)


def strength(ev: Evaluation, say: Language) -> tuple[str, ...]:
    """How well the design can tell, and what lowers that."""
    if not judged(ev):
        return (say("strength.none"),)
    scores = {standard.name: standard.score for standard in ev.verdict.standards}
    scored = scores.get("Maryland SMS, scored", "")
    open_trends = scored == "2" and scores.get("Maryland SMS, design") != "2"
    said = (
        [say(f"strength.sms{scored}{'_open' if open_trends else ''}")]
        if scored in set("12345")
        else []
    )
    lowered = [_lowered(text, ev, say) for text in ev.verdict.downgrades]
    said += lowered[:_LOWERED]
    if more := len(lowered[_LOWERED:]):
        said.append(say.counting("strength.more", more))
    return tuple(said)


#: How `innoeval.decide` records downgrades that are no finding's.
_MAIN = {
    "The main assumption of the design is shown not to hold.": "strength.main_shown",
    "The main assumption of the design could not be shown to hold.": "strength.main_open",
}


def _lowered(recorded: str, ev: Evaluation, say: Language) -> str:
    """A downgrade for everybody: the finding behind it is told by its question."""
    if recorded in _MAIN:
        return say(_MAIN[recorded])
    for finding in ev.findings:
        if finding.says == recorded:
            return say("strength.check", question=say.question(finding))
    n = len(ev.claim.units)
    return (
        say.counting("strength.few", n)
        if recorded.startswith(f"Only {n} treated unit")
        else say("strength.other")
    )

"""The verdict in one or two sentences, with its numbers."""

from __future__ import annotations

from innoeval.briefs import words
from innoeval.briefs.language import Language
from innoeval.briefs.sizes import Sizes
from innoeval.plots import scale
from innoeval.records.assumption import Assumption
from innoeval.records.evaluation import Evaluation

_BECAUSE = "Cannot be evaluated, because "
_RECORDED = "en"


def judged(ev: Evaluation) -> bool:
    """Whether there is an estimate that a verdict rests on."""
    return ev.estimate is not None and ev.verdict.status != "not_evaluable"


def reasons(ev: Evaluation, say: Language) -> tuple[str, ...]:
    """The verdict's reasons as recorded, as sentences that stand alone."""
    return tuple(
        say.recorded(words.capital(reason.removeprefix(_BECAUSE)), 400)
        for reason in ev.verdict.reasons
    )


def obstacles(ev: Evaluation, say: Language) -> tuple[str, ...]:
    """Why nothing can be said, for everybody: as recorded, or in a language that has no such record."""
    if say.code == _RECORDED and ev.verdict.reasons:
        return reasons(ev, say)
    known = ("definition_break", "concurrent_change")
    fatal = [
        finding.check
        for finding in ev.findings
        if finding.status == "problem" and finding.severity == "fatal" and finding.check in known
    ]
    return tuple(say(f"reason.{name}") for name in dict.fromkeys(fatal or ["no_design"]))


def summary(ev: Evaluation, say: Language) -> str:
    """Say what the verdict is and on which numbers it rests."""
    found = scale.found(ev)
    if not judged(ev) or found is None:
        why = obstacles(ev, say)
        return (
            say.counting("summary.more_reasons", len(why) - 1, reason=why[0]) if why[1:] else why[0]
        )
    sizes, size, verdict = Sizes.of(ev, say), ev.claim.size, ev.verdict
    low, high = found.interval
    cut = ev.policy.overstated_below * (verdict.claimed or 0.0)
    told = say(
        f"summary.{_form(ev)}",
        outcome=words.capital(say.metric(ev.claim.outcome)),
        better=sizes.good,
        found=sizes.size(found.value)
        if verdict.status == "overstated"
        else sizes.side(found.value),
        least=sizes.size(low),
        most=sizes.size(high),
        range=sizes.span(found.interval),
        size=""
        if (named := size if size is not None else verdict.smallest) is None
        else sizes.stated(named),
        matters=sizes.stated(cut if verdict.smallest is None else min(cut, verdict.smallest)),
    )
    return say("summary.worse_elsewhere", told=told) if harms(ev, say) else told


def _form(ev: Evaluation) -> str:
    """Which sentence: by the status, and by what was announced or shown."""
    status, size = ev.verdict.status, ev.claim.size
    if status in {"overstated", "refuted"}:
        return f"{status}_shown" if ev.verdict.improvement_shown else status
    if size is None and status == "supported" and ev.verdict.smallest is not None:
        return "supported_smallest"
    start = "partly" if status == "partly_supported" else status
    return f"{start}_{'open' if size is None else 'announced'}"


def harms(ev: Evaluation, say: Language) -> tuple[str, ...]:
    """What is shown to have got worse elsewhere: no interval of the outcome holds that."""
    return tuple(
        say.recorded(words.capital(finding.says), 400)
        for finding in ev.findings
        if finding.status == "problem" and Assumption.no_harm_elsewhere in finding.probes
    )

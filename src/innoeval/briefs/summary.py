"""The verdict in a headline and one or two sentences, with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from innoeval.briefs import words
from innoeval.briefs.sizes import Sizes
from innoeval.plots import scale
from innoeval.records.assumption import Assumption
from innoeval.records.evaluation import Evaluation
from innoeval.records.verdict import Status

HEADLINES: dict[Status, str] = {
    "supported": "Holds up",
    "partly_supported": "Holds up in part",
    "inconclusive": "Not substantiated: these data cannot tell",
    "overstated": "Does not hold up as announced: overstated",
    "refuted": "Does not hold up: no meaningful improvement",
    "harmful": "Does not hold up: it got worse",
    "not_evaluable": "Not substantiated: cannot be evaluated",
}
_BECAUSE = "Cannot be evaluated, because "


def judged(ev: Evaluation) -> bool:
    """Whether there is an estimate that a verdict rests on."""
    return ev.estimate is not None and ev.verdict.status != "not_evaluable"


def reasons(ev: Evaluation) -> tuple[str, ...]:
    """The verdict's reasons, as sentences that stand alone."""
    return tuple(
        words.shown(words.capital(reason.removeprefix(_BECAUSE)), 400)
        for reason in ev.verdict.reasons
    )


def summary(ev: Evaluation) -> str:
    """Say what the verdict is and on which numbers it rests."""
    found = scale.found(ev)
    if not judged(ev) or found is None:
        return _why_not(ev)
    size = ev.claim.size
    sizes = Sizes.of(ev)
    told = _TOLD[ev.verdict.status](
        _Result(
            ev=ev,
            sizes=sizes,
            found=found,
            outcome=words.capital(words.metric(ev.claim.outcome)),
            claim=f"the {sizes.stated(size)} announced" if size is not None else "",
        )
    )
    return f"{told} But something else got worse: see below." if harms(ev) else told


def harms(ev: Evaluation) -> tuple[str, ...]:
    """What is shown to have got worse elsewhere: no interval of the outcome holds that."""
    return tuple(
        words.shown(words.capital(finding.says), 400)
        for finding in ev.findings
        if finding.status == "problem" and Assumption.no_harm_elsewhere in finding.probes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """What the sentence of a status is made of; `claim` is "" where no number was announced."""

    ev: Evaluation
    sizes: Sizes
    found: scale.Found
    outcome: str
    claim: str

    @property
    def most(self) -> str:
        return self.sizes.size(self.found.interval.high)

    @property
    def came_out(self) -> str:
        side = self.sizes.side(self.found.value)
        return f"{self.outcome} came out about {side} than expected without it"


def _supported(result: _Result) -> str:
    smallest = result.ev.verdict.smallest
    if result.ev.claim.size is not None:
        held = f"{result.sizes.stated(result.ev.claim.size)} was announced"
    elif smallest is not None:
        held = f"no number was announced, and {result.sizes.stated(smallest)} would matter"
    else:
        held = "no number was announced"
    return f"{result.came_out}; {held}."


def _partly_supported(result: _Result) -> str:
    least = result.sizes.size(result.found.interval.low)
    rest = (
        f"That the difference is as large as {result.claim} is not shown."
        if result.claim
        else "No number was announced that it could be held against."
    )
    better = f"{result.sizes.good} than expected without it"
    return f"{result.outcome} came out {better}, by at least {least}. {rest}"


def _inconclusive(result: _Result) -> str:
    what = result.claim or "an improvement"
    span = result.sizes.span(result.found.interval)
    return f"The likely range is too wide to tell {what} from no improvement at all: {span}."


def _overstated(result: _Result) -> str:
    if result.ev.verdict.improvement_shown:
        about = result.sizes.size(result.found.value)
        return (
            f"{result.outcome} did come out {result.sizes.good} than expected without it, but by "
            f"about {about} (at most {result.most}), not by {result.claim}."
        )
    return (
        f"An improvement of at most {result.most} fits the data, not {result.claim}. "
        "That there was any improvement is not shown."
    )


def _refuted(result: _Result) -> str:
    verdict = result.ev.verdict
    cut = result.ev.policy.overstated_below * (verdict.claimed or 0.0)
    if verdict.smallest is not None:
        cut = min(cut, verdict.smallest)
    matter = f"from {result.sizes.stated(cut)} on it would matter"
    if verdict.improvement_shown:
        return f"An improvement is shown, but of at most {result.most}; {matter}."
    return f"Any improvement was at most {result.most}; {matter}."


def _harmful(result: _Result) -> str:
    size = result.ev.claim.size
    of = f" of {result.sizes.stated(size)}" if size is not None else ""
    return f"{result.came_out}, where an improvement{of} was announced."


def _why_not(ev: Evaluation) -> str:
    why = reasons(ev) or ("No design fits these data.",)
    rest = len(why) - 1
    more = f" ({words.counted(rest, 'more reason')} below.)" if rest else ""
    return f"{why[0]}{more}"


_TOLD: dict[Status, Callable[[_Result], str]] = {
    "supported": _supported,
    "partly_supported": _partly_supported,
    "inconclusive": _inconclusive,
    "overstated": _overstated,
    "refuted": _refuted,
    "harmful": _harmful,
}

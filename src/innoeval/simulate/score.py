"""How good an answer was: the scorer of the public benchmark, for any tool that judges claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from innoeval.errors import InnoevalError, nearest
from innoeval.records.verdict import Status
from innoeval.simulate.family import Family, scenarios
from innoeval.simulate.truth import Truth

_STATUSES: tuple[Status, ...] = get_args(Status)
_OPEN = ("inconclusive", "not_evaluable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What an answer got right and wrong; None where the question makes no sense.

    Parameters
    ----------
    false_support
        Of a claim without any improvement: it was called supported, wholly or in part.
    half_support
        Of a claim half of which is true: it was called supported in full.
    false_accusation
        Of a true claim: it was called overstated, refuted or harmful.
    power, shown
        Of a true claim: it was called supported; or an improvement was shown, in full or part.
    covers
        Whether the interval holds the true effect.
    decisive, right
        Whether anything was decided; and so that the truth does not contradict it.
    left_open
        Of what nobody can tell: it was left open.
    hit
        Whether one of the checks that should see the fault did; None where nothing is wrong.
    false_flag
        Where nothing is wrong: whether any problem was found that is none.
    """

    false_support: bool | None
    half_support: bool | None
    false_accusation: bool | None
    power: bool | None
    shown: bool | None
    covers: bool | None
    decisive: bool
    right: bool
    left_open: bool | None
    hit: bool | None
    false_flag: bool | None


def score(
    family: Family | str,
    truth: str,
    status: str,
    *,
    told: Truth | None = None,
    interval: tuple[float, float] | None = None,
    flags: Sequence[str] | None = (),
) -> Score:
    """Score one answer to one draw of a family.

    Parameters
    ----------
    family, truth
        What was drawn.
    status
        What the tool said: "supported", "partly_supported", "inconclusive", "overstated",
        "refuted", "harmful" or "not_evaluable". A tool with two answers says "supported" or
        "inconclusive".
    told
        The scenario's `truth`; without it nothing is said of `covers`, and `right` holds the
        answer against the share of the claim that is true.
    interval
        Ends of its interval for the improvement, on the claim's scale; + = better.
    flags
        Names of the checks that found a problem, as in `innoeval.checks`; None where the tool looks
        for none, and is not asked for hits.

    Raises
    ------
    InnoevalError
        For a family, truth or status that is not known.

    Examples
    --------
    >>> scenario = scenarios()["clean"].draw(seed=1, truth="true")
    >>> found = score("clean", "true", "supported", told=scenario.truth, interval=(1.2, 2.1))
    >>> found.power, found.covers, found.false_flag, found.false_support
    (True, True, False, None)
    """
    kind = named(family)
    if truth not in kind.truths:
        remedy = nearest(truth, kind.truths, "its truths are")
        raise InnoevalError(f"simulate: '{kind.name}' has no truth '{truth}'; {remedy}")
    if status not in _STATUSES:
        remedy = nearest(str(status), _STATUSES, "say one of")
        raise InnoevalError(f"simulate: '{status}' is no status; {remedy}")
    supported, part = status == "supported", status in {"supported", "partly_supported"}
    accused = status in {"overstated", "refuted", "harmful"}
    decisive = status not in _OPEN
    true, identified = truth == "true", kind.decidable
    clean = not kind.seen_by and identified
    # What was chosen for its result is no fault where it is true.
    faulty = bool(kind.seen_by) and not (kind.honest and truth != "null")
    asked = flags is not None
    return Score(
        false_support=part if truth in {"null", "harmful"} else None,
        half_support=supported if truth == "half" else None,
        false_accusation=accused if true else None,
        power=supported if true else None,
        shown=part if true else None,
        covers=None if told is None or interval is None
        else bool(interval[0] <= told.effect <= interval[1]),
        decisive=decisive,
        right=decisive and status in _right(truth, told),
        left_open=None if identified else not decisive,
        hit=any(flag in kind.seen_by for flag in flags or ()) if faulty and asked else None,
        false_flag=any(flag not in kind.also for flag in flags or ()) if clean and asked else None,
    )  # fmt: skip


def named(family: Family | str) -> Family:
    """A family by its name.

    Raises
    ------
    InnoevalError
        For a family that is not known.
    """
    if isinstance(family, Family):
        return family
    known = scenarios()
    if family not in known:
        remedy = nearest(family, known, "the families are", most=len(known))
        raise InnoevalError(f"simulate: there is no family '{family}'; {remedy}")
    return known[family]


def _right(truth: str, told: Truth | None) -> tuple[str, ...]:
    if told is not None:
        return told.allowed
    return {
        "null": ("overstated", "refuted"), "half": ("partly_supported", "overstated"),
        "true": ("supported", "partly_supported"), "harmful": ("overstated", "refuted", "harmful"),
    }[truth]  # fmt: skip

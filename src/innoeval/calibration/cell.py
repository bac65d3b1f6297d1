"""What a worker does: draw claims of one family and truth, ask every judge, score what they say."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any, get_args

from innoeval.calibration.answer import Answer, Judge, Sighted
from innoeval.records.verdict import Status
from innoeval.simulate import Family, Scenario, Score, score

Row = dict[str, Any]
#: Every question of the scorer.
QUESTIONS: tuple[str, ...] = tuple(f.name for f in fields(Score))
_STATUSES: tuple[Status, ...] = get_args(Status)
#: So much of an error's message is kept.
_LONGEST = 300


def rows_of(
    family: Family, truth: str, seeds: range, judges: Mapping[str, Judge | Sighted]
) -> tuple[Row, ...]:
    """A row for each seed and judge, whatever happens to them.

    Parameters
    ----------
    family, truth, seeds
        What is drawn.
    judges
        By name.
    """
    rows: list[Row] = []
    for seed in seeds:
        key = {"family": family.name, "truth": truth, "seed": seed}
        try:
            scenario = family.draw(seed=seed, truth=truth)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - named in the row and counted, never swallowed
            told = f"cannot be drawn: {_told(error)}"
            rows += [{**key, "judge": name, "status": "", "error": told} for name in judges]
            continue
        for name, judge in judges.items():
            if (row := _row(family, truth, scenario, judge)) is not None:
                rows.append({**key, "judge": name, **row})
    return tuple(rows)


def _row(family: Family, truth: str, scenario: Scenario, judge: Judge | Sighted) -> Row | None:
    """What a judge said and what that is worth; None where it passes over a claim."""
    began = time.process_time()
    answer, error = _asked(judge, scenario)
    cpu = time.process_time() - began
    if answer is None and error is None:
        return None
    # A judge that fails has decided nothing: it gets no credit, and stands in the denominator.
    kept = answer or Answer(status="not_evaluable")
    scored = score(family, truth, kept.status, told=scenario.truth, interval=kept.interval,
                   flags=kept.flags)  # fmt: skip
    low, high = kept.interval or (None, None)
    return {
        "status": answer.status if answer else "", "error": error, "low": low, "high": high,
        "flags": " ".join(kept.flags or ()), "effect": scenario.truth.effect,
        "size": scenario.truth.size, "cpu": cpu, **asdict(scored),
    }  # fmt: skip


def _asked(judge: Judge | Sighted, scenario: Scenario) -> tuple[Answer | None, str | None]:
    """The answer, or what went wrong; neither where a judge that sees all passes over a claim."""
    try:
        if isinstance(judge, Sighted):
            answer: object = judge.judge(scenario)
            if answer is None:
                return None, None
        else:
            answer = judge(scenario.claim, scenario.panel)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - named in the row and counted, never swallowed
        return None, _told(error)
    return _read(answer)


def _read(answer: object) -> tuple[Answer | None, str | None]:
    """The answer, if it is one; else what it is instead."""
    if not isinstance(answer, Answer):
        return None, f"returned {type(answer).__name__}, no Answer"
    status: object = answer.status
    if not isinstance(status, str) or status not in _STATUSES:
        return None, f"returned the status {status!r}, which is none"[:_LONGEST]
    try:
        interval = _interval(answer.interval)
    except (TypeError, ValueError):
        return None, f"returned the interval {answer.interval!r}, which is none"[:_LONGEST]
    flags: object = answer.flags
    names = flags if isinstance(flags, tuple | list) else () if flags is None else (None,)
    if not all(isinstance(name, str) for name in names):
        return None, f"returned the flags {flags!r}, which are no names"[:_LONGEST]
    return replace(answer, interval=interval), None


def _interval(told: object) -> tuple[float, float] | None:
    """An interval as two numbers in order, whatever kind of numbers they are."""
    if told is None:
        return None
    if isinstance(told, str) or not isinstance(told, Iterable):
        raise TypeError(type(told).__name__)
    low, high = map(float, told)
    if not low <= high:
        raise ValueError(f"{low} > {high}")
    return low, high


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:_LONGEST]

"""What a worker does: draw claims of one family and truth, ask every judge, score what they say."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, get_args

from innoeval.calibration.judges import Answer, Judge
from innoeval.records.verdict import Status
from innoeval.simulate import Family, Scenario, Score, score

Row = dict[str, Any]
#: Every question of the scorer.
QUESTIONS: tuple[str, ...] = tuple(f.name for f in fields(Score))
_STATUSES: tuple[Status, ...] = get_args(Status)
#: So much of an error's message is kept.
_LONGEST = 300


def rows_of(
    family: Family, truth: str, seeds: range, judges: Mapping[str, Judge]
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
        rows += [
            {**key, "judge": name, **_row(family, truth, scenario, judge)}
            for name, judge in judges.items()
        ]
    return tuple(rows)


def _row(family: Family, truth: str, scenario: Scenario, judge: Judge) -> Row:
    began = time.process_time()
    answer, error = _asked(judge, scenario)
    cpu = time.process_time() - began
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


def _asked(judge: Judge, scenario: Scenario) -> tuple[Answer | None, str | None]:
    """The answer, or what went wrong."""
    try:
        answer: object = judge(scenario.claim, scenario.panel)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - named in the row and counted, never swallowed
        return None, _told(error)
    if not isinstance(answer, Answer):
        return None, f"returned {type(answer).__name__}, no Answer"
    if answer.status not in _STATUSES:
        return None, f"returned the status {answer.status!r}, which is none"
    try:
        interval = None if answer.interval is None else tuple(map(float, answer.interval))
    except (TypeError, ValueError):
        interval = ()
    if interval is not None and (len(interval) != 2 or not interval[0] <= interval[1]):
        return None, f"returned the interval {answer.interval!r}, which is none"[:_LONGEST]
    return answer, None


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_LONGEST]
